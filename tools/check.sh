#!/bin/bash
# All that CI checks, in folders of its own (build-gcc, build-clang, build-asan, build-tsan). Goes on after a failure; the
# last line counts the tests of every run of ctest, and the checks, as "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
passed=0 failed=0 wrong=()
work=$(mktemp -d)
log=$work/log
trap 'rm -rf "$work"' EXIT

count() { # count NAME PASSED FAILED
    passed=$((passed + $2)) failed=$((failed + $3))
    test "$3" = 0 || wrong+=("$1")
}

check() { # check NAME COMMAND...: a command that fails or not
    echo "== $1"
    if "${@:2}"; then count "$1" 1 0; else count "$1" 0 1; fi
}

suite() { # suite NAME COMMAND...: a command that ends in ctest
    echo "== $1"
    local status=0 bad=0 all=0
    "${@:2}" 2>&1 | tee "$log" || status=1
    read -r bad all < <(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/p' "$log") || true
    if ((status && !${bad:-0})); then # it did not come to the tests
        count "$1" 0 1
    else
        count "$1" $((all - bad)) "$bad"
    fi
}

docs_are_fresh() { # docs_are_fresh FOLDER: an empty one, to write them to
    local page stale=0
    tools/write-docs.sh build-gcc/surgrad "$1" || return 1
    for page in "$1"/*.md; do
        cmp -s "$page" "docs/${page##*/}" && continue
        echo "docs/${page##*/} is not what the program's tables say; run make docs and commit it" >&2
        stale=1
    done
    return $stale
}

check "format" tools/check-format.sh
check "arrows" tools/check-arrows.sh
suite "make test: gcc, warnings are errors" make test BUILD=build-gcc WERROR=ON
check "symbols" tools/check-symbols.sh build-gcc
mkdir "$work/docs"
check "documentation" docs_are_fresh "$work/docs"
suite "make clang: warnings are errors" env SURGRAD_ONE_OF=8 make clang WERROR=ON # the bits of gcc, compared below
check "gcc and clang: the same bits" tools/check-compilers.sh build-gcc build-clang
check "NEON, under qemu" tools/check-neon.sh build-gcc/kernel-check
suite "make asan: address and undefined behaviour" make asan
suite "make tsan: threads" make tsan

for name in "${wrong[@]}"; do echo "FAILED: $name"; done
echo "$passed passed, $failed failed"
test "$failed" = 0
