#!/bin/bash
# Checks that surgrad_cdef.h declares what surgrad.h does: the same words in the same order once a C preprocessor has read
# either, the same numbers, and that it compiles by itself.
#
#   tools/test-cdef.sh [BUILD]
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$source/build}" && pwd)
header=$source/include/surgrad.h cdef=$build/surgrad_cdef.h
CC=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A word a line, of surgrad's own declarations: the headers of C are empty here.
mkdir "$work/empty"
touch "$work"/empty/std{bool,def,int}.h
words() {
    "$CC" -E -P -nostdinc -I"$work/empty" -x c "$1" | sed 's/__attribute__((visibility("default")))//' |
        sed 's/[^A-Za-z0-9_]/ & /g' | tr -s ' \t\n' '\n' | grep .
}
words "$header" >"$work/header"
words "$cdef" >"$work/cdef"
diff "$work/header" "$work/cdef" || { echo "test-cdef: the declarations differ, as above" >&2 && exit 1; }
test "$(wc -l <"$work/cdef")" -gt 1000

# Constants are those of the header, all that are plain numbers.
constants() { sed -nE 's/^#define (SG_[A-Z_]+) +([0-9]+)( .*|$)/\1 \2/p' "$1"; }
diff <(constants "$header") <(constants "$cdef") || { echo "test-cdef: constants differ, as above" >&2 && exit 1; }
test -n "$(constants "$cdef")"

flags=(-std=c99 -pedantic-errors -Wall -Wextra -Werror -fsyntax-only -x c)
"$CC" "${flags[@]}" -include stdbool.h -include stddef.h -include stdint.h "$cdef"
if grep -nE '^#|\b(SG_API|extern|__attribute__)\b' "$cdef" | grep -vE ':#define SG_[A-Z_]+ [0-9]+$'; then
    echo "test-cdef: a parser without a preprocessor cannot read the lines above" >&2
    exit 1
fi
