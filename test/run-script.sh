#!/bin/sh
# Runs one test script in an empty folder of its own, and removes the folder.
set -eu
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'cd / && rm -rf "$TMPDIR"' EXIT
cd "$TMPDIR"
bash "$1"
