#!/bin/bash
# Checks that headers use the words of docs/glossary.md: looks in src/**/*.h and include/ for those that its last table,
# "Not used", replaces. Prints one line for each place.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t headers < <(find src include -name '*.h' | sort)

# Rows of the table: | `PATTERN` | replacement | `PATTERN` `PATTERN` ... |, the last ones being uses that are right.
rows() { sed -n '/^## Not used/,$ { /^| `/p }' docs/glossary.md; }
cell() { awk -F ' *[|] *' -v n="$2" '{ print $(n + 1) }' <<<"$1"; }

wrong=0 count=0
while read -r row; do
    count=$((count + 1))
    pattern=$(cell "$row" 1) instead=$(cell "$row" 2)
    right=$(cell "$row" 3 | grep -o '`[^`]*`' | sed 's/.*/s#&##gI/; s/`//g' || true)
    while IFS=: read -r file line text; do
        text=$(sed -E "$right" <<<"$text")
        grep -qiE -- "${pattern//\`/}" <<<"$text" || continue
        echo "check-words: $file:$line: $(grep -oiE -m1 -- "${pattern//\`/}" <<<"$text" | head -1): write $instead" >&2
        wrong=1
    done < <(grep -niE -- "${pattern//\`/}" "${headers[@]}" || true)
done < <(rows)
((count > 0)) || { echo "check-words: no table 'Not used' in docs/glossary.md" >&2 && wrong=1; }
exit $wrong
