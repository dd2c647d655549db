# labels: threads
# Numbers in the place of spikes: images as constant currents and as frames, trained, resumed, evaluated, predicted; the
# same bits; and what does not go with them, refused in one line.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data 12

# network SEQUENCE STEPS LAYER0 LAYER1: a configuration with these two layers, each in the braces of YAML.
network() {
    cat <<YAML
seed: 3
epochs: 6
batch: 8
steps: $2
data: {set: idx, dir: "$PWD/data", split: standard, sequence: $1}
encoder: {kind: direct}
loss: {kind: mean_ce}
optimiser: {lr: 0.01}
layers:
- {$3}
- {$4}
YAML
}
neuron='neuron: {kind: cuba_lif}, surrogate: {kind: fast_sigmoid, k: 10}'
top='size: 4, neuron: {kind: li}'
network none 20 "size: 150, link: {sd: 0.2, dropout: 0.1}, $neuron" "$top" >dense.yaml
network none 20 "link: {kind: conv2d, channels: 6, kernel: 3, bias: true, sd: 0.5}, $neuron" "$top" >conv.yaml
network rows 24 "size: 40, link: {sd: 0.5}, recurrent: {from: own, sd: 0.05}, $neuron" "$top" >rows.yaml

expect_exit 0 "$surgrad" info cpu
read -ra levels < <(sed -n 's/^kernels: .*this machine runs: //p' out)
for name in dense conv rows; do
    expect_exit 0 "$surgrad" check-grad "$name.yaml"
    expect_exit 0 "$surgrad" info "$name.yaml"
    expect_exit 0 "$surgrad" train "$name.yaml" --threads 1 --out "$name"
    for level in "${levels[@]}"; do
        expect_exit 0 "$surgrad" train "$name.yaml" --threads 2 --cpu "$level" --out "$name-$level"
        expect_same "$name/model.h5" "$name-$level/model.h5"
        expect_same_metrics "$name" "$name-$level"
    done
    expect_exit 0 "$surgrad" train "$name.yaml" --threads 1 --set memory="0.6 MB" --out "$name-cut"
    expect_same_metrics "$name" "$name-cut"

    # Stopped and resumed.
    expect_exit 0 "$surgrad" train "$name.yaml" --epochs 2 --threads 2 --out "$name-parts"
    expect_exit 0 "$surgrad" train --epochs 6 --threads 3 --resume --out "$name-parts"
    expect_same "$name/model.h5" "$name-parts/model.h5"

    # Learnt: each class is a bright row. New images are read as those that trained.
    expect_exit 0 "$surgrad" eval "$name"
    expect_line '^accuracy +(0\.[4-9]|1\.)' out
    told=$(sed -n 's/^accuracy .*(\([0-9]*\) right)$/\1/p' out)
    expect_exit 0 "$surgrad" predict "$name" data/t10k-images-idx3-ubyte
    right=$(awk -F, 'NR > 1 && $3 == (NR - 2) % 4 { right++ } END { print right + 0 }' out)
    [[ $right == "$told" ]] || fail "predict has $right right, eval told $told: $(head -3 out)"
done

# The same from a file, which knows what it holds.
expect_exit 0 "$surgrad" encode conv.yaml -o numbers.h5
expect_exit 0 "$surgrad" info numbers.h5
expect_line '^[0-9]+ numbers, [0-9.]+ a sample, the same in every step$' out
sed -e 's/^data: .*/data: {set: events, file: numbers.h5}/' -e '/^encoder/d' conv.yaml >file.yaml
expect_exit 0 "$surgrad" train file.yaml --out file
expect_same_metrics conv file
expect_exit 0 "$surgrad" encode rows.yaml -o frames.h5
expect_exit 0 "$surgrad" info frames.h5
expect_line '^[0-9]+ numbers, [0-9.]+ a sample$' out
expect_exit 0 "$surgrad" encode conv.yaml --set encoder.kind=latency -o spikes.h5
expect_error 3 ".*spikes\\.h5: has spikes, but .*numbers\\.h5 has constant numbers: samples of one set are all of one kind" \
    "$surgrad" train file.yaml --set data.test_file=spikes.h5 --out none

# Images may be moved, turned and mirrored; single spikes may not, as there are none.
for option in shift=2 rotate=20 scale=0.2 drop=0.2 flip=0.5; do
    expect_exit 0 "$surgrad" train conv.yaml --epochs 1 --set "augment.$option" --out moved
    rm -r moved
done
for option in "jitter=1 ms" stretch=0.1 blend=0.5; do
    expect_error 2 "augment\.${option%%=*}: moves single spikes, but the data are numbers: .*" \
        "$surgrad" train conv.yaml --set "augment.$option" --out none
done
expect_error 3 "the data are numbers, but layers\.0 has delays, .*" \
    "$surgrad" train dense.yaml --set layers.0.delay.kind=axonal --out none
