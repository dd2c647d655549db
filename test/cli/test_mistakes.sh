# What a newcomer gets wrong in a network: refused before training, with line and remedy. And proofs of gradients.
source "$SOURCE_DIR/test/cli/lib.sh"

# expect_refused LINE-PATTERN: bad.yaml is refused so.
expect_refused() {
    expect_exit 2 "$surgrad" train bad.yaml --out run
    expect_line "^surgrad: bad\.yaml:$1\$" err
    [[ ! -e run ]] || fail "a refused run left a folder"
}

printf 'layers:\n- size: 8\n- size: 10\n  neuron: {kind: li}\nloss: {kind: count_ce}\n' >bad.yaml
expect_refused "5:8: loss\.kind: 'count_ce' is made of spikes, but layers\.1\.neuron\.kind 'li' never fires: use a loss .*"

printf 'dt: 9 ms\nlayers:\n- size: 10\n  neuron: {tau_syn: 5 ms, integration: euler}\n' >bad.yaml
expect_refused '4:12: layers\.0\.neuron\.tau_syn: dt 9 ms is not below tau_syn 5 ms, .*: use a smaller dt or .*'

printf 'layers:\n- size: 8\n  recurrent: {from: 4}\n- size: 10\n' >bad.yaml
expect_refused '3:15: layers\.0\.recurrent\.from: there is no layer 4, the layers are 0 to 1: use own, or none'

printf 'layers:\n- size: 8\n  recurrent: {from: 1}\n- size: 10\n' >bad.yaml
expect_refused '3:15: layers\.0\.recurrent\.from: layer 1, but layers are computed one after the other, .*: use own, or none'

printf 'layers: [{size: 10}]\nepochs: 4\nschedule: {kind: cosine, warmup: 5}\n' >bad.yaml
expect_refused '3:26: schedule\.warmup: 5 epochs, but the run has 4: use fewer, or raise epochs above them'

printf 'layers: [{size: 10}]\nepochs: 4\nschedule: {kind: step, step_epochs: 9}\n' >bad.yaml
expect_refused '3:24: schedule\.step_epochs: 9, but the run has 4 epochs, .*: use fewer, or schedule\.kind: constant'

printf 'layers: [{size: 10}]\noptimiser: {kind: sgd, nesterov: true}\n' >bad.yaml
expect_refused '2:24: optimiser\.nesterov: true, but optimiser\.momentum is 0, .*: set optimiser\.momentum, .*'

printf 'layers: [{size: 10}]\npatience: 3\n' >bad.yaml
expect_refused '2:1: patience: 3 epochs, but nothing is held out .*: set data\.validation, .*'

printf 'layers:\n- size: 10\n  neuron: {order: snntorch, reset_gradient: true}\n' >bad.yaml
expect_refused '3:29: layers\.0\.neuron\.reset_gradient: true, but orders spytorch and snntorch hold .*: use false, .*'

# What has no effect is refused, in its line; the message says how to put the default back.
printf 'layers: [{size: 10}]\nloss: {kind: spike_count_mse, true_count: 40}\n' >bad.yaml
expect_exit 2 "$surgrad" info bad.yaml --set loss.kind=count_ce
expect_line "^surgrad: bad\.yaml:2:31: loss\.true_count: 40, but loss\.kind is 'count_ce', .*--set loss\.true_count=100.*" err
expect_exit 0 "$surgrad" info bad.yaml --set loss.kind=count_ce --set loss.true_count=100
printf 'layers:\n- size: 10\n  neuron: {kind: lif, coupling: 3}\n' >bad.yaml
expect_refused "3:23: layers\.0\.neuron\.coupling: 3, but neuron\.kind is 'lif', .*use neuron\.kind: adlif"
expect_exit 0 "$surgrad" info bad.yaml --set layers.0.neuron.kind=adlif

# What the command line set is not looked for in the file.
printf 'layers: [{size: 10}]\n' >good.yaml
expect_exit 2 "$surgrad" train good.yaml --set loss.kind=mean_ce
expect_line "^surgrad: command line: loss\.kind: 'mean_ce' needs the membrane of a read-out, .*: use a loss on spikes .*" err
expect_exit 2 "$surgrad" train good.yaml --set layers.0.surrogate.k=5
expect_line "^surgrad: command line: layers\.0\.surrogate\.k: 5, but surrogate\.kind is 'relu', .*: leave it out, .*" err

# A file of another kind in the place of a configuration, with a '/' in its name or without.
make_data data
make_config "$PWD/data" >small.yaml
expect_exit 0 "$surgrad" encode small.yaml -o events.h5
expect_exit 0 "$surgrad" train small.yaml --epochs 2 --set data.validation=0.2 --out run
gzip -k <data/train-images-idx3-ubyte >packed
bytes 137 80 78 71 13 10 26 10 0 >picture
kind_error() { # kind_error FILE KIND
    local file
    for file in "$1" "./$1"; do
        expect_error 2 "$file: is $2, expected a configuration \(YAML\)" "$surgrad" train "$file" --out none
        expect_error 2 "$file: is $2, expected a configuration \(YAML\)" "$surgrad" encode "$file" -o none.h5
        expect_error 2 "$file: is $2, expected a configuration \(YAML\)" "$surgrad" check-grad "$file"
    done
}
kind_error events.h5 'HDF5 \(a model, a checkpoint or spike events\)'
kind_error run/model.h5 'HDF5 .*'
kind_error data/train-images-idx3-ubyte 'IDX data'
kind_error packed 'IDX data'
kind_error picture 'a PNG picture'
kind_error data 'a folder'
expect_error 2 'run: is a folder, expected a configuration \(YAML\); did you mean run/config\.yaml\?$' "$surgrad" train run
cp small.yaml small
expect_error 2 "found no recipe 'small', but a file: write \./small for a configuration$" "$surgrad" train small
gzip -k small.yaml
expect_exit 0 "$surgrad" train ./small.yaml.gz --epochs 1 --out packed-run

# A run directory stands for the run, its model, or neither yet.
expect_exit 0 "$surgrad" info run
expect_line '^done +2 of 2 epochs$' out
expect_line '^last +epoch 2: training loss [0-9.]+, .*validation accuracy [0-9.]+, .*test accuracy [0-9.]+$' out
expect_line '^best +epoch [12]: .*validation accuracy [0-9.]+' out
expect_line '^model +run/best\.h5$' out
expect_line '^peak ' out
expect_exit 0 "$surgrad" eval run
mkdir young
cp run/config.yaml young
expect_exit 0 "$surgrad" info young
expect_line '^done +0 of 2 epochs$' out
expect_line '^model +none yet$' out
expect_error 3 'young: this run has no model yet, .*: surgrad train --resume --out young$' "$surgrad" eval young
expect_error 3 'data: found no model\.h5 in this folder' "$surgrad" eval data
expect_error 3 'data: is a folder without config\.yaml, expected a run directory, a recipe or a file$' "$surgrad" info data

# Gradients.
expect_exit 0 "$surgrad" check-grad good.yaml --set layers.0.recurrent.from=own
expect_line '^layers\.0\.recurrent .* right$' out
expect_line '^all gradients are right: ' out
expect_exit 0 "$surgrad" check-grad fast --json --seed 3
expect_line '"good":[[:space:]]true' out
