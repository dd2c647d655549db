# labels: threads
# Sparse links: trained, stopped, resumed and evaluated; the same bits for any number of threads, set of kernels and cut
# of time.
source "$SOURCE_DIR/test/cli/lib.sh"

cat >sparse.yaml <<'YAML'
seed: 3
epochs: 6
batch: 16
steps: 40
data: {set: patterns, split: shuffled, train_fraction: 0.5, classes: 4, channels: 60, samples: 40}
loss: {kind: mean_ce}
optimiser: {lr: 0.01}
layers:
- {size: 150, link: {kind: sparse, density: 0.2, sd: 0.4, dropout: 0.1}, neuron: {kind: cuba_lif}}
- {size: 140, link: {kind: sparse, density: 0.1, sd: 0.4, bias: true}, recurrent: {from: own, sd: 0.05},
   neuron: {kind: alif}, surrogate: {kind: triangle}}
- {size: 4, link: {kind: sparse, density: 0.5}, neuron: {kind: li}}
YAML
expect_exit 0 "$surgrad" info cpu
read -ra levels < <(sed -n 's/^kernels: .*this machine runs: //p' out)
expect_exit 0 "$surgrad" info sparse.yaml
expect_line ' sparse +cuba_lif +60 +150 +1,800$' out # synapses
expect_exit 0 "$surgrad" check-grad sparse.yaml
expect_exit 0 "$surgrad" train sparse.yaml --threads 1 --out one
for level in "${levels[@]}"; do
    expect_exit 0 "$surgrad" train sparse.yaml --threads 2 --cpu "$level" --out "at-$level"
    expect_same one/model.h5 "at-$level/model.h5"
    expect_same_metrics one "at-$level"
done
expect_exit 0 "$surgrad" train sparse.yaml --threads 1 --set memory="0.7 MB" --out cut
expect_same_metrics one cut

expect_exit 0 "$surgrad" train sparse.yaml --epochs 2 --threads 2 --out parts
expect_exit 0 "$surgrad" train --epochs 6 --threads 3 --resume --out parts
expect_same one/model.h5 parts/model.h5
expect_exit 0 "$surgrad" eval one
expect_line '^accuracy +(0\.[4-9]|1\.)' out
