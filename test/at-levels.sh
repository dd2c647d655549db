#!/bin/sh
# Runs test programs at every level that kernel-check lists.
#
#   at-levels.sh KERNEL-CHECK PROGRAM...
set -eu
levels=$("$1" --list)
shift
for level in $levels; do
    for program; do
        echo "== $program at $level"
        SURGRAD_CPU=$level "$program"
    done
done
