#!/bin/sh
# Installs the spreadsheet libraries that stand for editors in the tests, from the lock, when node is there. Their
# packages run no scripts of their own. Tests say plainly that they were not run when this did not work.
set -u
cd "$(dirname "$0")" || exit 0
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || exit 0
cmp -s package-lock.json node_modules/.from-lock && exit 0
echo "Installing the spreadsheet libraries that the tests meet (once)..."
if npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; then
    cp package-lock.json node_modules/.from-lock
else
    echo "They could not be installed; their tests are not run."
fi
exit 0
