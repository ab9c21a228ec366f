#!/bin/sh
# The lock files say what pyproject.toml asks for: resolving again with the present pins preferred changes nothing.
set -eu
bin=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp requirements.lock requirements-dev.lock requirements-bench.lock "$work"
compile() { "$bin"/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --quiet "$@"; }
compile --group build -o "$work/requirements.lock"
compile --group dev --group build -c requirements.lock -o "$work/requirements-dev.lock"
compile --group bench -c requirements.lock -o "$work/requirements-bench.lock"
for name in requirements.lock requirements-dev.lock requirements-bench.lock; do
    diff -q "$name" "$work/$name" >/dev/null || { echo "$name is not what pyproject.toml asks for: run 'make lock'"; exit 1; }
done
echo "Lock files hold."
