#!/bin/bash
# Installs a build into a folder of its own and uses it from outside the tree: examples/outside and test/installed, by
# CMake and by pkg-config, shared and static, and the program.
#
#   tools/test-install.sh [BUILD]
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:-$source/build}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

source "$source/tools/steps.sh"

# COUNT images of 4 x 4 pixels, of label 0 (bright on the left) and label 1 (bright on the right) in turn.
write_idx() { # write_idx PREFIX COUNT
    local i side=('\xff\xff\0\0' '\0\0\xff\xff') count images labels
    count=$(printf '\\0\\0\\0\\x%02x' "$2")
    images="\\0\\0\\x08\\x03$count\\0\\0\\0\\x04\\0\\0\\0\\x04"
    labels="\\0\\0\\x08\\x01$count"
    for ((i = 0; i < $2; i++)); do
        labels+="\\x0$((i % 2))"
        images+=${side[i % 2]}${side[i % 2]}${side[i % 2]}${side[i % 2]}
    done
    printf '%b' "$images" >"$1-images-idx3-ubyte"
    printf '%b' "$labels" >"$1-labels-idx1-ubyte"
}

tiny_recipe() {
    write_idx "$work/train" 8
    write_idx "$work/t10k" 4
    cat <<END_OF_RECIPE
batch: 4
steps: 20
data: {set: idx, dir: $work, split: standard}
layers:
  - size: 2
END_OF_RECIPE
}

tiny_recipe >"$work/tiny.yaml"
# A component of its own, so that the manifest of `make install` is left alone.
step "install" cmake --install "$build" --prefix "$prefix" --component Unspecified
cp -r "$source/examples/outside" "$work/outside"
cd "$work/outside"

# One version everywhere: the header's. While MAJOR is 0 the linker tells MINORs apart.
part() { sed -n "s/^#define SG_VERSION_$1 //p" "$prefix/include/surgrad.h"; }
version=$(part MAJOR).$(part MINOR).$(part PATCH)
if [[ $version == 0.* ]]; then soname=libsurgrad.so.${version%.*}; else soname=libsurgrad.so.${version%%.*}; fi
lib=$(dirname "$(find "$prefix" -name libsurgrad.a)")
step "pkg-config --modversion" test "$(PKG_CONFIG_LIBDIR=$lib/pkgconfig pkg-config --modversion surgrad)" = "$version"
step "soname $soname" test "$(readlink "$lib/libsurgrad.so")" = "$soname" -a -e "$lib/libsurgrad.so.$version"
step "--version" test "$("$prefix/bin/surgrad" --version)" = "surgrad $version"

step "surgrad_cdef.h" test -s "$prefix/include/surgrad_cdef.h"

# pkg-config sees surgrad alone: nobody who links the shared library needs what it is built on.
pc=$(dirname "$(find "$prefix" -name surgrad.pc)")
export CFLAGS="-std=c99 -pedantic -Wall -Wextra -Werror"
jobs=$(nproc)
step "make" env PKG_CONFIG_LIBDIR="$pc" make -j "$jobs" all
step "make, static" env PKG_CONFIG_PATH="$pc" make train-static
for static in OFF ON; do
    step "cmake, static $static" cmake -S . -B build-$static -DSTATIC=$static -DCMAKE_PREFIX_PATH="$prefix"
    step "cmake --build, static $static" cmake --build build-$static --parallel "$jobs"
done

# Runs an example, whose output must match each of the patterns and stays in $work/out.
example() { # example PROGRAM [ARGUMENT...] -- PATTERN...
    local command=() pattern
    while test "$1" != --; do command+=("$1") && shift; done
    shift
    step "${command[0]}" "${command[@]}"
    cp "$work/log" "$work/out"
    for pattern; do grep -qE -- "$pattern" "$work/out" || { cat "$work/out" && fail "${command[0]}: no $pattern"; }; done
}

good='test accuracy (1\.000|0\.9[0-9]*)'
for program in ./train ./train-static build-OFF/train build-ON/train; do
    example "$program" "$work/tiny.yaml" -- '^test accuracy [01]\.[0-9]{3} after one epoch$'
done
for way in . build-OFF build-ON; do
    example $way/predict "$work/predict-$way" -- '^sample label predicted outputs$' '^ +89 +2 +2( +-?[0-9.]+){3}$'
    right=$(awk 'NR > 1 && $2 == $3' "$work/out" | wc -l)
    step "$way/predict is right nine times in ten" test "$(wc -l <"$work/out")" = 19 -a "$right" -gt 16
    example $way/own_loss -- '^epoch 40: hinge loss 0\.[0-9]+, ' "^$good$"
    example $way/own_optimiser -- '^epoch 60: loss 0\.[0-9]+$' "^$good$"
    example $way/fine_tune "$work/tune-$way" -- "^first task: +$good$" "^second task, from the model: +$good$" \
        '^second task, weights drawn: +test accuracy 0\.[0-6]'
    example $way/saliency -- '^256 of 256 training samples right$' '^  #{8}  \|[ .:=+*#%@-]{8}\|$'
    example $way/record "$work/tune-$way/model.h5" -- '^sample,step,neuron,membrane,spike$' '^1,59,29,[^,]+,[01]$'
    example $way/record -- '^1,39,4,[^,]+,[01]$' ',1$'
    step "$way/record has a line for each" test "$(wc -l <"$work/out")" = $((1 + 2 * 40 * 5))
done

# A program that uses all that the header declares.
cp -r "$source/test/installed" "$work/installed"
cd "$work/installed"
step "cmake, test/installed" cmake -S . -B build -DCMAKE_PREFIX_PATH="$prefix"
step "cmake --build, test/installed" cmake --build build --parallel "$jobs"
pkg() { PKG_CONFIG_LIBDIR=$pc pkg-config "$@" surgrad; }
read -ra cc <<<"${CC:-cc} $CFLAGS $(pkg --cflags)"
read -ra libs <<<"$(pkg --libs) -Wl,-rpath,$(pkg --variable=libdir) -lpthread -lm"
step "pkg-config, test/installed" "${cc[@]}" ./*.c "${libs[@]}" -o by-pkg-config
for program in ./by-pkg-config build/installed build/installed-static; do
    mkdir "$work/files"
    step "$program" "$program" "$work/files"
    test "$(grep -c '^ok ' "$work/log")" -ge 50 || fail "$program ran too few cases"
    rm -r "$work/files"
done
sed -nE '/^SG_API/ s/^SG_API [^(]*\b(sg_[a-z_0-9]+)\(.*/\1/p' "$prefix/include/surgrad.h" | sort >"$work/declared"
test "$(wc -l <"$work/declared")" = "$(grep -c '^SG_API' "$prefix/include/surgrad.h")" || fail "a declaration is not understood"
nm -D --undefined-only by-pkg-config | sed -n 's/^ *U \(sg_[a-z_0-9]*\)$/\1/p' | sort >"$work/called"
step "test/installed calls every function" diff "$work/declared" "$work/called"

# `make uninstall` removes what the manifest names, and that again without complaint.
mkdir -p "$work/build"
find "$prefix" -type f -printf '/%P\n' >"$work/build/installed.txt"
truncate -s -1 "$work/build/installed.txt" # CMake writes no newline behind the last name
uninstall=(make -C "$source" uninstall BUILD="$work/build" DESTDIR="$prefix")
step "make uninstall" "${uninstall[@]}"
left=$(find "$prefix" -type f -o -path '*/surgrad*' | grep -v '\.so' || true)
test -z "$left" || { echo "test-install: make uninstall left: $left" >&2 && exit 1; }
step "make uninstall, again" "${uninstall[@]}"
rm "$work/build/installed.txt"
"${uninstall[@]}" >"$work/log" 2>&1 && { echo "test-install: make uninstall of nothing succeeded" >&2 && exit 1; }
grep -q '^uninstall: nothing was installed from ' "$work/log"
