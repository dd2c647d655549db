#!/bin/bash
# Builds surgrad without a part (SURGRAD_FETCH, SURGRAD_HDF5, SURGRAD_AUDIO), where the libraries of that part are not installed, installs
# it and has a program train on arrays with it, by pkg-config and by CMake. What is left out must say so and the rest work.
#
#   tools/test-parts.sh
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

source "$source/tools/steps.sh"

# A pkg-config that does not find what matches the pattern $1.
hide() { # hide PATTERN FILE
    cat >"$2" <<END
#!/bin/sh
case "\$*" in $1) exit 1 ;; esac
exec "$(command -v pkg-config)" "\$@"
END
    chmod +x "$2"
}

# A project that uses what is installed.
mkdir outside
cp "$source/test/arrays.c" outside
cat >outside/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(outside LANGUAGES C)
find_package(surgrad REQUIRED COMPONENTS static)
add_executable(shared arrays.c)
target_link_libraries(shared PRIVATE surgrad::surgrad)
add_executable(static arrays.c)
target_link_libraries(static PRIVATE surgrad::surgrad_static)
END

# What the library and programs in $1 need, and pkg-config names for the static library, of the libraries that match $2.
# Not what ldd tells: Debian's HDF5 needs libcurl itself.
needed() { # needed FOLDER LIBRARIES
    local pc
    pc=$(dirname "$(find "$1/prefix" -name surgrad.pc)")
    readelf -d "${pc%/pkgconfig}/libsurgrad.so" "$1"/outside/{shared,static} >"$work/needed"
    grep -q 'NEEDED.*libz' "$work/needed" || fail "readelf does not tell what $1 needs"
    PKG_CONFIG_PATH=$pc pkg-config --static --libs surgrad | tr ' ' '\n' >>"$work/needed"
    grep -E "NEEDED.*\[lib($2)\.|^-l($2)$" "$work/needed" || true
}

# Builds without $1, whose libraries are $2 as a pattern of pkg-config and $3 as names of libraries.
build_without() { # build_without PART MODULES LIBRARIES
    local dir=$work/$1 program found
    mkdir "$dir"
    hide "$2" "$dir/pkg-config"
    local configure=(env PKG_CONFIG="$dir/pkg-config" cmake -DCMAKE_BUILD_TYPE=Debug)
    step "configure without $1" "${configure[@]}" -S "$source" -B "$dir/build" -D"SURGRAD_$1=OFF" -DSURGRAD_PROGRAM=OFF
    step "build without $1" cmake --build "$dir/build" --parallel "$(nproc)"
    step "install without $1" cmake --install "$dir/build" --prefix "$dir/prefix"
    step "configure a project without $1" "${configure[@]}" -S outside -B "$dir/outside" -DCMAKE_PREFIX_PATH="$dir/prefix"
    step "build a project without $1" cmake --build "$dir/outside"
    found=$(needed "$dir" "$3")
    test -z "$found" || fail "without $1 there still is a need of: $found"
    for program in shared static; do
        mkdir "$dir/$program-files"
        cp "$work"/FETCH/shared-files/model.h5 "$dir/$program-files" 2>/dev/null || true # to be described
        # Nothing is downloaded: a build that can finds the mirror closed.
        http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 "$dir/outside/$program" "$dir/$program-files" \
            >"$dir/$program.txt" || fail "without $1, $program fails to train: $(cat "$dir/$program.txt")"
    done
    cmp <(sed 's/shared-files/static-files/g' "$dir/shared.txt") "$dir/static.txt"
    cp "$dir/shared.txt" said.txt
    echo "ok   programs without $1"
}

says() { grep -qE "$1" said.txt || fail "expected a line '$1' in: $(cat said.txt)"; }

build_without FETCH '*libcurl* | *libarchive*' 'curl|archive|crypto'
for line in "model save" "model load" "describe" "events save" "events load" "run in a folder" "run in memory"; do
    says "^$line: done$"
done
says '^fetch: this surgrad is built without downloads \(SURGRAD_CURL=OFF\): get http.* by other means and save it as /.*/data/.*-ubyte.gz$'

build_without HDF5 '*hdf5*' 'hdf5[a-z_]*'
for line in "model save" "model load" "describe" "events save" "events load" "run in a folder"; do
    says "^$line: .*this surgrad is built without HDF5 \(SURGRAD_HDF5=OFF\)"
done
says '^run in memory: done$'
if ldd HDF5/outside/{shared,static} | grep hdf5; then fail "without HDF5, a program loads it"; fi
test ! -e HDF5/shared-files/run || fail "a run without HDF5 has made its folder"

build_without AUDIO '*sndfile*' 'sndfile'
says '^sound: .*/0_ann_1.wav: this surgrad is built without audio \(SURGRAD_AUDIO=OFF\)$'
for line in "model save" "events load" "run in a folder" "run in memory"; do
    says "^$line: done$"
done
