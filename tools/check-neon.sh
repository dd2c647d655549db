#!/bin/bash
# Checks the NEON kernels: kernel-check, compiled for AArch64 and run under qemu. The digest of the scalar kernels' results
# must be that of this machine's as well, so both architectures give the same bits.
#
#   tools/check-neon.sh KERNEL-CHECK     the one of this machine, to compare with
set -euo pipefail
cd "$(dirname "$0")/.."
native=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

digests() { sed -nE 's/.*digest ([0-9a-f]+).*/\1/p' "$@"; }

# The flags that settle the bits are those of CMakeLists.txt.
bits=$(grep -oE -- '-f(fp-contract=off|no-[a-z]*-?math[a-z-]*)' CMakeLists.txt | tr '\n' ' ')
# shellcheck disable=SC2086 # a word each
aarch64-linux-gnu-gcc -std=gnu11 -O3 -Wall -Wextra -Werror $bits -static -D_GNU_SOURCE -Iinclude -Isrc \
    -o "$work/kernel-check" src/base/*.c src/kernel/*.c src/kernel/*/*.c test/kernel/*.c -lm -pthread
qemu-aarch64 "$work/kernel-check" --level neon | tee "$work/neon"
"$native" --level scalar >"$work/native"
test -n "$(digests "$work/native")"
diff <(digests "$work/native") <(digests "$work/neon") || {
    echo "check-neon: the scalar kernels give other bits on AArch64 than here" >&2
    exit 1
}
