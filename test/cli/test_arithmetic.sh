# Compilers that were told to compute otherwise than IEEE 754 says are stopped: by the sources, and by CMake where no
# macro tells. The flags are tried with every compiler that is there, on the sources that compute.
source "$SOURCE_DIR/test/cli/lib.sh"

sources=(base/exact.c base/random.c kernel/ref/neuron_li.c net/neuron_param.c train/trainer.c)

compile() { # compile COMPILER SOURCE FLAG...
    "$1" -std=gnu11 -D_GNU_SOURCE -O2 -fsyntax-only -I"$SOURCE_DIR/include" -I"$SOURCE_DIR/src" "${@:3}" "$SOURCE_DIR/src/$2"
}

refused_by_sources() { # refused_by_sources COMPILER FLAG...
    local source
    for source in "${sources[@]}"; do
        expect_exit 1 compile "$1" "$source" "${@:2}"
        expect_line 'error: .*surgrad (cannot be compiled with|needs) ' err
    done
}

refused_by_cmake() { # refused_by_cmake FLAG CMAKE-ARGUMENT...
    rm -rf tree
    expect_exit 1 cmake -S "$SOURCE_DIR" -B tree "${@:2}"
    tr -s ' \n' ' ' <err >message
    expect_line "has $1, with which results would differ .*: leave it out" message
}

is_gcc() {
    "$1" --version | grep -q 'Free Software Foundation'
}

for compiler in "$CC" gcc clang; do
    command -v "$compiler" >/dev/null || continue
    for source in "${sources[@]}"; do expect_exit 0 compile "$compiler" "$source" -O3 -ffp-contract=off; done
    for flag in -ffast-math -Ofast -ffinite-math-only; do refused_by_sources "$compiler" $flag; done
    is_gcc "$compiler" || continue
    for flag in -funsafe-math-optimizations -freciprocal-math -fno-signed-zeros -fsingle-precision-constant; do
        refused_by_sources "$compiler" $flag
    done
done

refused_by_cmake -funsafe-math-optimizations "-DCMAKE_C_FLAGS=-g -funsafe-math-optimizations -Wall"
refused_by_cmake -Ofast -DCMAKE_BUILD_TYPE=Quick -DCMAKE_C_FLAGS_QUICK=-Ofast
refused_by_cmake -ffast-math -DCMAKE_SHARED_LINKER_FLAGS=-ffast-math
CFLAGS=-fassociative-math refused_by_cmake -fassociative-math
