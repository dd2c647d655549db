# labels: threads
# Skip links: the same bits, resumed too; what is told of them; and what cannot be, refused in one line.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data 8

neuron='neuron: {kind: cuba_lif}, surrogate: {kind: fast_sigmoid, k: 10}'
map='link: {kind: conv2d, channels: 4, kernel: 3, padding: 1, sd: 0.4'
cat >residual.yaml <<END
seed: 3
epochs: 3
batch: 8
steps: 20
data: {set: idx, dir: "$PWD/data", split: standard}
encoder: {kind: direct}
loss: {kind: mean_ce}
optimiser: {lr: 0.005}
layers:
- {$map}, $neuron}
- {$map}, $neuron}
- {$map, add: 0, dropout: 0.1}, $neuron}
- {size: 4, link: {pool: avg, add: "0, 1"}, neuron: {kind: li}}
END
expect_exit 0 "$surgrad" check-grad residual.yaml
sed 's/{kind: fast_sigmoid, k: 10}/{kind: boxcar, width: 0.3}/' residual.yaml >compact.yaml # of which most is not wanted
expect_exit 0 "$surgrad" check-grad compact.yaml
expect_exit 0 "$surgrad" info residual.yaml
expect_exit 0 "$surgrad" train residual.yaml --threads 1 --out one
expect_exit 0 "$surgrad" info cpu
read -ra levels < <(sed -n 's/^kernels: .*this machine runs: //p' out)
for level in "${levels[@]}"; do
    expect_exit 0 "$surgrad" train residual.yaml --threads 2 --cpu "$level" --out "two-$level"
    expect_same one/model.h5 "two-$level/model.h5"
    expect_same_metrics one "two-$level"
done
expect_exit 0 "$surgrad" train residual.yaml --epochs 1 --threads 2 --out parts
expect_exit 0 "$surgrad" train --epochs 3 --threads 3 --resume --out parts
expect_same one/model.h5 parts/model.h5

# The model keeps what is added, and matters: the same weights without are another network.
expect_exit 0 "$surgrad" eval one
cp out told
expect_exit 0 "$surgrad" eval one/model.h5
diff <(grep loss told) <(grep loss out) || fail "the model is not that of its run"
expect_exit 0 "$surgrad" train residual.yaml --threads 1 --set layers.3.link.add=none --out without
! cmp -s one/model.h5 without/model.h5 || fail "what is added has no effect"

expect_error 2 ".*layers\\.2\\.link\\.add: found '1', expected none, or numbers from 0 to 0, .*" \
    "$surgrad" train residual.yaml --set layers.2.link.add=1 --out none
expect_error 2 ".*layers\\.2\\.link\\.add: layer 0 is 5x8x8, but the layer below is 4x8x8, .*" \
    "$surgrad" train residual.yaml --set layers.0.link.channels=5 --out none
[[ ! -e none ]] || fail "a refused network left a folder"
