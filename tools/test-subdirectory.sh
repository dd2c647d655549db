#!/bin/bash
# Builds surgrad within another project, by add_subdirectory as FetchContent does it: a project that has targets of its
# own with the names that surgrad once took, warnings and needs of its own, and neither cmocka nor cJSON.
#
#   tools/test-subdirectory.sh
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

source "$source/tools/steps.sh"

# What tests and program need is not installed here.
cat >pkg-config <<END
#!/bin/sh
case "\$*" in *cmocka* | *cjson*) exit 1 ;; esac
exec "$(command -v pkg-config)" "\$@"
END
chmod +x pkg-config

names='objects seeds kernel-check bench-surgrad bench-blas bench-peak tsan_race'
for file in "$source"/test/{unit,golden,grad,fuzz}/{test,fuzz}_*.c; do
    [[ ! -e $file ]] || names+=" $(basename "$file" .c)"
done
mkdir parent
cp "$source/examples/outside/train.c" parent
echo 'int main(void) { return 0; }' >parent/other.c
cat >parent/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(parent LANGUAGES C)
find_package(Threads REQUIRED)
set(SURGRAD_DIR "" CACHE PATH "Where surgrad's source is")
add_subdirectory(\${SURGRAD_DIR} surgrad EXCLUDE_FROM_ALL)
foreach(name $names)
  add_executable(\${name} EXCLUDE_FROM_ALL other.c)
endforeach()
add_executable(train train.c)
target_link_libraries(train PRIVATE surgrad::surgrad)
add_executable(train-static train.c)
target_link_libraries(train-static PRIVATE surgrad::surgrad_static)
foreach(target train train-static)
  target_compile_options(\${target} PRIVATE -std=c99 -pedantic -Wall -Wextra -Werror)
endforeach()

# Nothing of surgrad's own is left here.
get_directory_property(options COMPILE_OPTIONS)
get_directory_property(definitions COMPILE_DEFINITIONS)
foreach(name options definitions CMAKE_C_STANDARD CMAKE_C_VISIBILITY_PRESET ZLIB_FOUND HDF5_FOUND)
  if(\${name})
    message(FATAL_ERROR "\${name} is \${\${name}} after surgrad, and was empty before")
  endif()
endforeach()
install(TARGETS train RUNTIME DESTINATION bin)
END

step "configure" env PKG_CONFIG="$work/pkg-config" cmake -S parent -B build -DSURGRAD_DIR="$source" -DCMAKE_BUILD_TYPE=Debug
step "build" cmake --build build --parallel "$(nproc)"
printf 'batch: 4\nsteps: 20\ndata: {set: patterns, split: shuffled, classes: 2, samples: 8}\nlayers: [{size: 2}]\n' >tiny.yaml
for program in train train-static; do step "$program" "build/$program" tiny.yaml; done
step "install" cmake --install build --prefix "$work/prefix"
[[ $(cd prefix && find . -type f) == ./bin/train ]] || fail "surgrad was installed with its parent: $(find prefix -type f)"
[[ ! -e build/surgrad/test && ! -e build/surgrad/surgrad ]] || fail "tests or program were built in another project"
