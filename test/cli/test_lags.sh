# labels: threads
# Delays of synapses: trained, stopped, resumed, evaluated, predicted; the same bits for any number of threads and set of
# kernels; and that a run whose kernels shrink by its epochs keeps them.
source "$SOURCE_DIR/test/cli/lib.sh"

# network SIZE KERNEL: two layers with trained delays and a read-out with fixed ones.
network() {
    cat <<YAML
seed: 3
epochs: 6
batch: 16
steps: 40
data: {set: patterns, split: shuffled, train_fraction: 0.5, classes: 4, channels: $1, samples: 40}
loss: {kind: mean_ce}
optimiser: {lr: 0.01}
layers:
- {size: $2, delay: {kind: synaptic, high: 9 ms, train: true, most: 9 ms, unit: 5 ms, kernel: $3, shrink: 0.5},
   link: {dropout: 0.1}, neuron: {kind: cuba_lif}, surrogate: {kind: fast_sigmoid, k: 10}}
- {size: 140, delay: {kind: synaptic, high: 9 ms, train: true, most: 7 ms, unit: 5 ms}, link: {bias: true},
   recurrent: {from: own, sd: 0.05}, neuron: {kind: alif}}
- {size: 4, delay: {kind: synaptic, high: 5 ms}, neuron: {kind: li}}
YAML
}
network 30 150 gauss | sed '/size: 140/s/high: 9 ms/high: 7 ms/' >narrow.yaml
network 800 512 triangle | sed -e '/size: 140/s/high: 9 ms/high: 7 ms/' -e '/size: 512/s/9 ms/4 ms/g' -e 's/size: 140/size: 20/' \
    -e 's/^epochs.*/epochs: 2/' -e 's/samples: 40/samples: 6/' >wide.yaml # trained block by block

expect_exit 0 "$surgrad" info cpu
read -ra levels < <(sed -n 's/^kernels: .*this machine runs: //p' out)
for name in narrow wide; do
    expect_exit 0 "$surgrad" info "$name.yaml"
    expect_exit 0 "$surgrad" train "$name.yaml" --threads 1 --out "$name"
    for level in "${levels[@]}"; do
        expect_exit 0 "$surgrad" train "$name.yaml" --threads 2 --cpu "$level" --out "$name-$level"
        expect_same "$name/model.h5" "$name-$level/model.h5"
        expect_same_metrics "$name" "$name-$level"
    done
done
expect_exit 0 "$surgrad" check-grad narrow.yaml
sed 's/kind: synaptic, high: 5 ms/kind: axonal, high: 5 ms/' narrow.yaml >fixed.yaml
expect_exit 0 "$surgrad" check-grad fixed.yaml

# What the run found at its end is what its model has: whole lags.
expect_exit 0 "$surgrad" eval narrow
told=$(sed -n 's/^accuracy  *\([0-9.]*\) .*/\1/p' out)
found=$(tail -1 narrow/metrics.csv | cut -d, -f"$(head -1 narrow/metrics.csv | tr , '\n' | grep -n '^test_accuracy$' | cut -d: -f1)")
awk -v a="$told" -v b="$found" 'BEGIN { exit !(a > 0.3 && a - b < 1e-4 && b - a < 1e-4) }' ||
    fail "eval told $told, the run $found"

# Stopped between two epochs, and resumed with more epochs than it began with.
sed 's/shrink: 0.5/shrink: 0/; s/most: 7 ms,/most: 7 ms, shrink: 0,/' narrow.yaml >constant.yaml
expect_exit 0 "$surgrad" train constant.yaml --epochs 2 --threads 2 --out parts
expect_exit 0 "$surgrad" train --epochs 6 --threads 3 --resume --out parts
expect_exit 0 "$surgrad" train constant.yaml --out whole
expect_same whole/model.h5 parts/model.h5
expect_exit 0 "$surgrad" train narrow.yaml --epochs 2 --out short
expect_error 2 ".*made with epochs: 2, found 6 \(the width of delay\.kernel in each epoch depends on epochs\): .*" \
    "$surgrad" train --epochs 6 --resume --out short
