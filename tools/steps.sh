# For scripts that build and try things in a folder of their own, $work. To be sourced, after $work is set.

fail() {
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
}

step() { # step NAME COMMAND...: silent unless it fails
    local name=$1
    shift
    "$@" >"$work/log" 2>&1 && echo "ok   $name" && return
    cat "$work/log"
    fail "$name failed, as above"
}
