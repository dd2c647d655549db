# A run that ends where chance would is told so, with what may help; one that learned is not.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >small.yaml

# told PATTERN OPTION...: the run ends well, and one line warns of chance.
told() {
    rm -rf run
    expect_exit 0 "$surgrad" train "${@:2}" --out run
    [[ $(grep -c 'is that of chance' err) == 1 ]] || fail "$(grep -c 'is that of chance' err) warnings of chance: ${*:2}"
    expect_line "^surgrad: warning: the $1" err
}
untold() {
    rm -rf run
    expect_exit 0 "$surgrad" train "$@" --out run
    if grep 'chance' err; then fail "a warning of chance: $*"; fi
}

patterns=(patterns --set data.samples=50 --set batch=50)
untold "${patterns[@]}" --epochs 6
told 'validation accuracy, 0\.[0-9]*, is that of chance: .* in 0\.[0-9]* of .*: lower optimiser\.lr \(1e\+30\)' \
    "${patterns[@]}" --epochs 3 --set optimiser.lr=1e30
told 'validation accuracy.*; the training loss hardly fell .*: lower optimiser\.lr \(1e-09\), or if that is low raise it' \
    "${patterns[@]}" --epochs 2 --set optimiser.lr=1e-9
told 'validation accuracy.*; train for more epochs, or ' "${patterns[@]}" --epochs 1 --set optimiser.lr=1e-9

untold small.yaml
told 'test accuracy, 0\.2500, .* 0\.2500 of .*; no neuron of layers\.0 fires: raise its link\.sd' \
    small.yaml --epochs 2 --set layers.0.neuron.threshold=1e6
told 'test accuracy.*; the neurons of layers\.0 fire nearly always: lower its link\.sd' \
    small.yaml --epochs 2 --set layers.0.link.bias=true --set layers.0.neuron.reset=none --set optimiser.lr=100 \
    --set regularise.lower=1e6 --set regularise.lower_rate=1000

# A single class is always right, and no chance.
cp -r data one
(head -c 8 data/t10k-labels-idx1-ubyte && head -c 20 /dev/zero) >one/t10k-labels-idx1-ubyte
untold small.yaml --set data.dir=one

# Of four samples of two classes chance may have all right, so that they say nothing.
untold randman --set data.classes=2 --set data.samples=4 --set layers.1.size=2 --set data.train_fraction=0.5 \
    --set data.validation=0 --set batch=2 --epochs 1 --set optimiser.lr=1e-9
