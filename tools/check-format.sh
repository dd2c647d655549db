#!/bin/bash
# Checks how tracked files are written: clang-format, blanks, and the limits that CONTRIBUTING.md sets. One line a fault.
set -euo pipefail
cd "$(dirname "$0")/.."
wrong=0
complain() { # complain TEXT: one line for each place on stdin
    local place
    while read -r place; do
        echo "check-format: $place: $1" >&2
        wrong=1
    done
}

# The clone may belong to another user, as in containers.
tracked() { git -c safe.directory="$PWD" ls-files "$@" | while read -r file; do test ! -f "$file" || echo "$file"; done; }
mapfile -t c < <(tracked '*.[ch]')
mapfile -t text < <(tracked '*.[ch]' '*.cmake' '*CMakeLists.txt' '*.in' '*.json' '*.md' '*.sh' '*.yaml' '*Makefile' .ci/run \
    ':!*corpus*' ':!*expected*')
mapfile -t tabless < <(printf '%s\n' "${text[@]}" | grep -v 'Makefile$')

places() { grep -nE "$@" | cut -d: -f1,2 || true; }
longer_than() { # longer_than LINES FILE...
    wc -l "${@:2}" | awk -v limit="$1" '$1 > limit && $2 != "total" { print $2 " (" $1 " lines)" }'
}

# By clang-format's style a definition begins in the first column and ends with a brace there.
long_functions() {
    awk -v limit=60 '
        /^[A-Za-z].*[^:;]$/ { start = FNR; head = $0 }
        /^}$/ && head ~ /\(/ && FNR - start + 1 > limit {
            match(head, /[A-Za-z_0-9]+\(/)
            print FILENAME ":" start " " substr(head, RSTART, RLENGTH) ") of " FNR - start + 1 " lines"
        }' "${c[@]}"
}

complain "not as clang-format writes it; run make format" < <(
    clang-format --dry-run -Werror "${c[@]}" 2>&1 | sed -nE 's/^([^:]+):([0-9]+):.*error:.*/\1/p' | sort -u)
complain "a tab" < <(places $'\t' -H "${tabless[@]}")
complain "a blank at the end of the line" < <(places '[[:space:]]$' -H "${text[@]}")
complain "no newline at the end" < <(for file in "${text[@]}"; do test -z "$(tail -c1 "$file")" || echo "$file"; done)
complain "a function may have 60 lines" < <(long_functions)
complain "a header may have 800 lines" < <(longer_than 800 src/*/*.h)
complain "the public header may have 1,000 lines" < <(longer_than 1000 include/*.h)
complain "a file may have 1 MB" < <(tracked | xargs -d '\n' du -b | awk -F '\t' '$1 > 1000000 { print $2 }')
exit $wrong
