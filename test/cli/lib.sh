# For the tests of the program: what they expect of a command, and tiny data sets made here. A script begins with
#     source "$SOURCE_DIR/test/cli/lib.sh"
# and stands in an empty folder. The output of the last command that was run is in ./out and ./err.
set -euo pipefail
surgrad=$SURGRAD

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# expect_exit CODE COMMAND...: runs it and checks its exit code.
expect_exit() {
    local expected=$1 code=0
    shift
    "$@" >out 2>err || code=$?
    [[ $code == "$expected" ]] && return
    sed 's/^/  stdout: /' out >&2
    sed 's/^/  stderr: /' err >&2
    fail "exit code $code, expected $expected: $*"
}

# expect_line PATTERN FILE: a line matches the extended regular expression.
expect_line() {
    grep -Eq -- "$1" "$2" && return
    sed 's/^/  /' "$2" >&2
    fail "no line like '$1' in $2"
}

# expect_error CODE PATTERN COMMAND...: fails with one line on stderr, "surgrad: ...", and prints no result.
expect_error() {
    local code=$1 pattern=$2
    shift 2
    expect_exit "$code" "$@"
    expect_line "^surgrad: $pattern" err
    [[ $(wc -l <err) == 1 ]] || fail "$(wc -l <err) lines on stderr, expected one: $(cat err)"
    [[ ! -s out ]] || fail "a result on stdout beside the error: $(cat out)"
}

# expect_same FILE FILE: the same bytes.
expect_same() {
    cmp "$1" "$2" >&2 || fail "$1 and $2 differ"
}

# expect_same_metrics DIR DIR: the same metrics but for the last two columns, which are times.
expect_same_metrics() {
    local dir
    for dir in "$1" "$2"; do
        rev "$dir/metrics.csv" | cut -d, -f3- | rev >"$dir.metrics"
        [[ -s $dir.metrics ]] || fail "$dir/metrics.csv is empty"
    done
    diff "$1.metrics" "$2.metrics" >&2 || fail "$1/metrics.csv and $2/metrics.csv differ"
}

# expect_nothing_aside DIR: no file that was being written is left.
expect_nothing_aside() {
    local left
    left=$(find "$1" -name '*.tmp')
    [[ -z $left ]] || fail "left behind: $left"
}

# bytes NUMBER...: these bytes.
bytes() {
    printf "$(printf '\\%03o' "$@")"
}

# little_endian BYTES NUMBER
little_endian() {
    local i
    for ((i = 0; i < $1; i++)); do bytes $(($2 >> (8 * i) & 255)); done
}

# make_wav RATE HZ LOUDNESS: 800 samples of a tone, 16 bits each, at RATE Hz.
make_wav() {
    printf 'RIFF'
    little_endian 4 1636
    printf 'WAVEfmt '
    little_endian 4 16
    little_endian 2 1
    little_endian 2 1
    little_endian 4 "$1"
    little_endian 4 $((2 * $1))
    little_endian 2 2
    little_endian 2 16
    printf 'data'
    little_endian 4 1600
    bytes $(awk -v rate="$1" -v hz="$2" -v loud="$3" 'BEGIN {
        for (n = 0; n < 800; n++) {
            v = int(loud * sin(6.28318530718 * hz * n / rate)); v += v < 0 ? 65536 : 0
            print v % 256, int(v / 256)
        }
    }')
}

# big_endian NUMBER...: 32-bit numbers.
big_endian() {
    local number
    for number; do
        bytes $((number >> 24 & 255)) $((number >> 16 & 255)) $((number >> 8 & 255)) $((number & 255))
    done
}

# make_images COUNT SIDE: an IDX file of images; image i shows class i % 4 as a bright row, and a little noise.
make_images() {
    local count=$1 side=$2 i p values=()
    bytes 0 0 8 3
    big_endian "$count" "$side" "$side"
    for ((i = 0; i < count; i++)); do
        for ((p = 0; p < side * side; p++)); do
            if ((p / side == i % 4)); then
                values+=($((180 + (i * 7 + p * 5) % 70)))
            elif (((i * 11 + p * 3) % 13 == 0)); then
                values+=(100)
            else
                values+=(0)
            fi
        done
    done
    bytes "${values[@]}"
}

# make_labels COUNT: an IDX file of the classes of those images.
make_labels() {
    local i values=()
    bytes 0 0 8 1
    big_endian "$1"
    for ((i = 0; i < $1; i++)); do values+=($((i % 4))); done
    bytes "${values[@]}"
}

# make_data DIR [SIDE]: 40 training and 20 test images of SIDE x SIDE (4 x 4) pixels.
make_data() {
    mkdir -p "$1"
    make_images 40 "${2:-4}" >"$1/train-images-idx3-ubyte"
    make_labels 40 >"$1/train-labels-idx1-ubyte"
    make_images 20 "${2:-4}" >"$1/t10k-images-idx3-ubyte"
    make_labels 20 >"$1/t10k-labels-idx1-ubyte"
}

# small_network DATA_DIR SURROGATE OUTPUT LOSS MORE: a configuration on stdout that learns those images in four epochs of
# five batches.
small_network() {
    cat <<YAML
seed: 3
epochs: 4
batch: 8
shuffle: true
steps: 20
dt: 1 ms
data: {set: idx, dir: "$1", split: standard}
encoder: {kind: latency, threshold: 0.25}
layers:
  - size: 24
    link: {kind: dense, weights: normal, sd: 0.5}
    neuron: {kind: cuba_lif, tau_mem: 20 ms, tau_syn: 5 ms, threshold: 1, integration: exact, reset: zero}
    surrogate: {$2}
  - size: 4
    link: {kind: dense, weights: normal, sd: 0.3}
    neuron: {$3, tau_mem: 20 ms, integration: exact}
loss: {$4}
rule: bptt
optimiser: {kind: adam, lr: 0.02$5}
YAML
}

# make_config DATA_DIR: with the parts of the recipe notebook.
make_config() {
    small_network "$1" "kind: relu" "kind: cuba_lif, tau_syn: 5 ms, threshold: 1, reset: zero" \
        "kind: spike_count_mse, true_count: 15, false_count: 2" ", amsgrad: true"
}

# make_fast_config DATA_DIR: with those of the recipe fast.
make_fast_config() {
    small_network "$1" "kind: fast_sigmoid, k: 10" "kind: li" "kind: mean_ce" ""
}

# make_tiny_config SEED EPOCHS: a network that trains in no time, on drawn data.
make_tiny_config() {
    cat <<YAML
seed: $1
epochs: $2
batch: 16
steps: 20
data: {set: patterns, split: shuffled, validation: 0.2, classes: 2, channels: 8, samples: 40}
layers: [{size: 6, link: {sd: 1}}, {size: 2, link: {sd: 1}}]
loss: {kind: count_ce}
YAML
}

# small_recipe RECIPE: sets `train`, the command that trains a recipe on a little data (make_data data), with a rate that does
# not depend on the number of epochs.
small_recipe() {
    train=("$surgrad" train "$1" --set schedule.kind=constant)
    case $1 in
        randman | patterns | yinyang | store_recall | evidence) train+=(--set data.samples=20) ;;
        oxford | pattern) train+=(--set data.samples=6 --set steps=120) ;;
        *) train+=(--set data.dir="$PWD/data" --set data.set=mnist --set batch=8) ;;
    esac
    [[ $1 != smnist ]] || train+=(--set steps=8)
    [[ $1 == notebook ]] || train+=(--set data.validation=0.2)
}
