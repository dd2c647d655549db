# What run.sh and curves.sh share; sourced in the repository's folder.
# shellcheck shell=bash

# The commit that is measured; marked where something else than earlier results has changed since.
commit_name() {
    local safe=(git -c safe.directory="$PWD") name
    name=$("${safe[@]}" rev-parse --short=7 HEAD 2>/dev/null) || { echo unknown && return; }
    "${safe[@]}" diff --quiet HEAD -- . ':!docs' ':!bench/*.csv' ':!bench/*.svg' ':!bench/*.png' || name+=-dirty
    echo "$name"
}

processor_name() { # processor_name BUILD
    "$1/surgrad" info cpu | sed -n 's/^processor: //p'
}
