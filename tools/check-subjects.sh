#!/bin/bash
# Checks that the subjects of commits have 72 characters at most, from a commit on (before it some are longer). Exits with
# 77, which skips the test, where there is no history to read: no clone, a shallow one, or no git.
set -euo pipefail
cd "$(dirname "$0")/.."
since=752e36f

# The clone may belong to another user, as in containers.
history() { git -c safe.directory="$PWD" "$@"; }
history merge-base --is-ancestor "$since" HEAD 2>/dev/null || exit 77
wrong=0
while read -r commit subject; do
    if ((${#subject} > 72)); then
        echo "check-subjects: $commit: ${#subject} characters: $subject" >&2
        wrong=1
    fi
done < <(history log --no-merges --format='%h %s' "$since..HEAD")
exit $wrong
