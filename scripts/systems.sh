#!/bin/sh
# Installs what the tests meet outside Python, when it is missing and can be. Tests whose program is still missing say
# plainly that they were not run; with KABINET_REQUIRE_SYSTEMS=1 (as .ci/run sets it) they fail instead.
set -u
PATH="$PATH:/usr/sbin:/sbin"
wanted=""
need() { # need PACKAGES PROGRAM...
    packages=$1
    shift
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 && return
        ls /usr/lib/postgresql/*/bin/"$program" >/dev/null 2>&1 && return
        ls /usr/lib/dovecot/"$program" >/dev/null 2>&1 && return
    done
    wanted="$wanted $packages"
}
need dovecot-imapd dovecot
need dovecot-lmtpd lmtp
need postfix postfix
need postgresql pg_ctl
need "libreoffice-calc fonts-dejavu-core" soffice
need poppler-utils pdftoppm
need "chromium fonts-dejavu-core fonts-liberation" chromium
need nodejs node
need npm npm
need pngquant pngquant
need spamassassin spamassassin
need neomutt neomutt
node_packages() {
    sh "$(dirname "$0")/../tests/editors/install.sh"
    sh "$(dirname "$0")/../tests/accessibility/install.sh"
}
[ -z "$wanted" ] && { node_packages; exit 0; }
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Not installed here:$wanted. Install them with the system's package manager; their tests are not run until then."
    node_packages
    exit 0
fi
echo "Installing for the tests (once):$wanted"
# Nothing that is installed may start by itself: the tests run private instances on free ports of loopback.
policy=/usr/sbin/policy-rc.d
made=""
[ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made=1; }
log=$(mktemp)
{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $wanted; } >"$log" 2>&1 \
    || { tail -n 5 "$log"; echo "Some could not be installed; their tests are not run."; }
rm -f "$log"
[ -n "$made" ] && rm -f "$policy"
node_packages
exit 0
