# Small recordings for tests of import and predict, written byte by byte.

# bin_events CLASS SEED: a recording of N-MNIST's format: 60 events of 290 ms, in a place that the class tells.
bin_events() {
    local e t values=()
    for ((e = 0; e < 60; e++)); do
        t=$((e * 4900 + ($1 * 7 + $2 * 13 + e * 5) % 40 + 1000))
        values+=($(($1 * 9 + (e * 7 + $2) % 9)) $(((e * 5 + $2) % 34)) $(((e % 2) << 7 | t >> 16)) $((t >> 8 & 255))
            $((t & 255)))
    done
    bytes "${values[@]}"
}

# little BYTES NUMBER...: adds numbers, little-endian, to the array `values`.
little() {
    local size=$1 number i
    shift
    for number; do
        for ((i = 0; i < size; i++)); do values+=($((number >> 8 * i & 255))); done
    done
}

# aedat3 FIRST_US CLASS...: AEDAT 3.1: for each class 30 events within 100 ms, a second after the one before.
aedat3() {
    local first=$1 class e values=()
    shift
    printf '#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n'
    for class; do
        little 2 1 1
        little 4 8 4 0 30 30 30
        for ((e = 0; e < 30; e++)); do
            little 4 $((1 | (e % 2) << 1 | (e * 3 % 128) << 2 | (class * 40 + e % 40) << 17)) $((first + e * 3300))
        done
        first=$((first + 1000000))
    done
    bytes "${values[@]}"
}
