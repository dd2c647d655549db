# labels: threads
# Networks with convolutions and pools: the same bits, resumed too; pictures; and what cannot be, refused in one line.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data 12

# network LAYER0 LAYER1 LAYER2: a configuration with these three layers, each in the braces of YAML.
network() {
    cat <<YAML
seed: 3
epochs: 2
batch: 8
steps: 20
data: {set: idx, dir: "$PWD/data", split: standard}
loss: {kind: mean_ce}
layers:
- {$1}
- {$2}
- {$3}
YAML
}
neuron='neuron: {kind: cuba_lif}, surrogate: {kind: fast_sigmoid, k: 10}'
top='size: 4, link: {pool: sum}, neuron: {kind: li}'
maps="link: {kind: conv2d, channels: 5, kernel: 3, padding: 1, bias: true, dropout: 0.1, sd: 0.4}, $neuron"
strided="link: {kind: conv2d, channels: 6, kernel: 2, stride: 2, padding: 1, pool: max, sd: 0.5}, $neuron"
network "$maps" "$strided" "$top" >conv.yaml

# Threads, levels and a cut of time do not change a bit.
expect_exit 0 "$surgrad" train conv.yaml --threads 1 --out one
expect_exit 0 "$surgrad" info cpu
read -ra levels < <(sed -n 's/^kernels: .*this machine runs: //p' out)
for level in "${levels[@]}"; do
    expect_exit 0 "$surgrad" train conv.yaml --threads 2 --cpu "$level" --out "two-$level"
    expect_same one/model.h5 "two-$level/model.h5"
    expect_same_metrics one "two-$level"
done
expect_exit 0 "$surgrad" train conv.yaml --threads 5 --out five
expect_same one/model.h5 five/model.h5
expect_exit 0 "$surgrad" train conv.yaml --threads 1 --set memory="0.26 MB" --out cut
expect_same_metrics one cut

# Stopped and resumed.
expect_exit 0 "$surgrad" train conv.yaml --epochs 1 --threads 2 --out parts
expect_exit 0 "$surgrad" train --epochs 2 --threads 3 --resume --out parts
expect_same one/model.h5 parts/model.h5

# What is told of it, and its gradients.
expect_exit 0 "$surgrad" info conv.yaml
expect_line '^ +0  conv2d +cuba_lif +144 +720 +50$' out
expect_line '^ +1  conv2d +cuba_lif +180 +96 +120$' out
expect_line '^ +2  dense +li +24 +4 +96$' out
expect_exit 0 "$surgrad" info conv.yaml --set data.dir=absent
expect_line '^layers follow from the shape of the data, which are not here yet$' out
expect_exit 0 "$surgrad" check-grad conv.yaml
expect_exit 0 "$surgrad" eval one
expect_exit 0 "$surgrad" predict one

# refused PATTERN LAYER0 LAYER1 LAYER2
refused() {
    network "$2" "$3" "$4" >bad.yaml
    expect_error 2 "$1" "$surgrad" train bad.yaml --out none
    [[ ! -e none ]] || fail "a refused network left a folder"
}
plain="link: {kind: conv2d}"
map="layers\.0\.link"
refused "layers\.0\.link\.pool: has no layer below to pool: use data\.downsample, .*" "link: {pool: sum}" "$plain" "$top"
refused "bad\.yaml:10:.*: layers\.2\.link\.kind: 'conv2d' in the last layer, .*: add a dense layer .*" "$plain" "$plain" "$plain"
refused "bad\.yaml:8:.*: layers\.0\.recurrent\.from: 'own', but link\.kind is 'conv2d', .*: use none, or link\.kind: dense" \
    "$plain, recurrent: {from: own}" "$plain" "$top"
refused "bad\.yaml:8:.*: layers\.0\.neuron: tau_mem has a value for each neuron, but link\.kind is 'conv2d', .*: leave out .*" \
    "$plain, neuron: {train: {tau_mem: true}}" "$plain" "$top"
refused "bad\.yaml:8:.*: layers\.0\.neuron: threshold has a value for each neuron, .*: leave out .*" \
    "$plain, neuron: {spread: {threshold: 0.1}}" "$plain" "$top"
refused "bad\.yaml:8:.*: layers\.0\.neuron: .* has a value for each neuron, .*: leave out .*" \
    "$plain, neuron: {file: values.h5}" "$plain" "$top"
refused "$map\.kernel: 13 places in both directions do not fit its input of 1x12x12: use a smaller kernel or more link\.padding" \
    "link: {kind: conv2d, kernel: 13}" "$plain" "$top"
refused "$map\.kernel: 5 places with their dilation in both directions do not fit its input of 1x12x12: .*" \
    "link: {kind: conv2d, kernel: 5, dilation: 3}" "$plain" "$top"
refused "layers\.1\.link\.kernel: 3 places .* do not fit its input of 7x1x1: .*" "size: 7" "$plain" "$top"
refused "$map\.groups: 2 groups, but 1 channels? come in and link\.channels is 16: use a number that divides both" \
    "link: {kind: conv2d, groups: 2}" "$plain" "$top"
refused "layers\.1\.link\.groups: 4 groups, but 8 channels come in and link\.channels is 6: use a number that divides both" \
    "link: {kind: conv2d, channels: 8}" "link: {kind: conv2d, channels: 6, groups: 4}" "$top"
refused "$map\.kind: conv1d, but its input has 12 rows: use conv2d, or the shape CHANNELSx1xLENGTH .*" \
    "link: {kind: conv1d}" "$plain" "$top"
refused "bad\.yaml:8:.*: layers\.0\.size: 9, but link\.kind is 'conv2d', .*: leave it out, .*" "size: 9, $plain" "$plain" "$top"
refused "bad\.yaml:8:.*: layers\.0\.link\.kernel: 5, but link\.kind is 'dense', .*: leave it out, .*" \
    "size: 9, link: {kernel: 5}" "$plain" "$top"
refused "layers\.1\.link\.pool_size: windows of 5 places do not fit the layer below, of 16x4x4: use a smaller one, .*" \
    "link: {kind: conv2d, kernel: 9}" "link: {kind: conv2d, pool: sum, pool_size: 5}" "$top"
refused "layers\.1\.link\.pool_size: windows of 2 places do not fit the layer below, of 7x1x1: .*, or link\.pool: none" \
    "size: 7" "size: 3, link: {pool: max}" "$top"
refused "bad\.yaml:8:.*: layers\.0\.link\.pool_size: 3, but link\.pool is 'none', .*" "link: {kind: conv2d, pool_size: 3}" \
    "$plain" "$top"
refused "bad\.yaml:8:.*: layers\.0\.link\.channels: found '0', expected a whole number, 1 to 4096" \
    "link: {kind: conv2d, channels: 0}" "$plain" "$top"

# Above a layer that is trained block by block, whose membranes nobody keeps.
cat >wide.yaml <<'END'
batch: 32
steps: 20
epochs: 1
data: {set: patterns, split: shuffled, classes: 4, channels: 1600, samples: 20}
layers:
  - {size: 512}
  - {link: {kind: conv2d, channels: 8, kernel: 1}}
  - {size: 4, neuron: {kind: li}}
loss: {kind: mean_ce}
END
expect_exit 0 "$surgrad" info wide.yaml
expect_line '; all samples of a batch, block after block of its neurons$' out
expect_exit 0 "$surgrad" train wide.yaml --out wide

# Pictures of maps.
command -v gnuplot >/dev/null || exit 0
expect_exit 0 "$surgrad" plot one --samples 0
for name in loss weights raster-0 membranes-0; do
    [[ -s one/plots/$name.png ]] || fail "there is no picture $name: $(cat out)"
done
