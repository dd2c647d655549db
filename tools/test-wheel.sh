#!/bin/bash
# Builds the library of Python's wheel as pip does, with the options of pyproject.toml, and checks that it stands alone:
# HDF5 and libarchive are inside, without the libraries that Debian's need; no name of theirs leaves it; and it is small.
# Skipped (77) where the system has no archives of HDF5 and libarchive.
#
#   tools/test-wheel.sh
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$source/tools/steps.sh"
MOST=3500000 # bytes, packed: what auditwheel adds, libsndfile and its codecs, is 1.4 MB more

mapfile -t options < <(sed -nE '/^cmake.args/,/^\]/s/^ *"(-D[^"]*)".*/\1/p' "$source/pyproject.toml")
test ${#options[@]} -gt 3 || fail "pyproject.toml has no cmake.args that could be read"
step "configure" cmake -S "$source" -B "$work/build" -DCMAKE_BUILD_TYPE=Release "${options[@]}"
if grep -E "no archive of (hdf5|archive) " "$work/log"; then exit 77; fi
step "build" cmake --build "$work/build" --target surgrad_package --parallel "$(nproc)"

library=$work/build/python/libsurgrad.so
needed=$(readelf -d "$library" | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p')
grep -qx 'libc.so.6' <<<"$needed" || fail "readelf does not tell what the library needs"
others=$(grep -vE '^(libc|libm|libpthread|ld-linux.*|libsndfile|libnettle|libfyaml|libz|liblz4|libzstd)[.]so' <<<"$needed" || true)
test -z "$others" || fail "the wheel's library needs $others"
foreign=$(nm -D --defined-only "$library" | awk 'NF == 3 && $3 !~ /^sg_/ { print $3 }')
test -z "$foreign" || fail "the wheel's library exports $foreign"
strip -s -o "$work/stripped.so" "$library"
bytes=$(gzip -9c "$work/stripped.so" | wc -c)
((bytes < MOST)) || fail "the wheel's library has $bytes bytes packed, expected less than $MOST"
echo "ok   the library stands alone, $bytes bytes packed"
