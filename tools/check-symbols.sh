#!/bin/bash
# Checks names that leave the library: every global symbol of libsurgrad.a begins with sg_, and libsurgrad.so exports
# exactly the functions that surgrad.h marks SG_API.
#
#   tools/check-symbols.sh [BUILD]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
wrong=0
complain() { # complain TEXT NAMES
    test -z "$2" && return
    echo "check-symbols: $1: ${2//$'\n'/, }" >&2
    wrong=1
}

globals=$(nm -g --defined-only "$build/libsurgrad.a" | awk 'NF == 3 { print $3 }' | sort -u)
exported=$(nm -D --defined-only "$build/libsurgrad.so" | awk 'NF == 3 { print $3 }' | sort -u)
promised=$(sed -nE 's/^SG_API .*\b(sg_[a-z0-9_]+)\(.*/\1/p' include/surgrad.h | sort -u)
test -n "$globals" && test -n "$exported" && test -n "$promised" # an empty list would agree with anything

complain "global in libsurgrad.a, but not sg_..." "$(grep -v '^sg_' <<<"$globals" || true)"
complain "exported by libsurgrad.so, but not SG_API in surgrad.h" "$(comm -23 <(echo "$exported") <(echo "$promised"))"
complain "SG_API in surgrad.h, but not in libsurgrad.so" "$(comm -13 <(echo "$exported") <(echo "$promised"))"
exit $wrong
