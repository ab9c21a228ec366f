#!/bin/sh
# Installs the mailer that the sending benchmark runs beside us, from the lock. Its package runs no script of its own.
set -eu
cd "$(dirname "$0")"
cmp -s package-lock.json node_modules/.from-lock && exit 0
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
cp package-lock.json node_modules/.from-lock
