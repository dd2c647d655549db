# Training that begins with the weights of another run: what is kept, what is new, and what is refused.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >small.yaml
expect_exit 0 "$surgrad" train small.yaml --out runs/first --set schedule.kind=cosine

# loss_of MODEL: the test loss.
loss_of() {
    expect_exit 0 "$surgrad" eval "$1" --json
    grep -o '"loss":[^,]*' out
}

# A step so small that no weight changes: the weights are those of the first run, whatever the seed and the initialiser.
still=(--epochs 1 --set optimiser.lr=1e-30 --set schedule.kind=constant)
expect_exit 0 "$surgrad" train --from runs/first "${still[@]}" --seed 7 --set layers.all.link.sd=2
expect_line "^weights +of $PWD/runs/first/model\.h5$" err
expect_line 'model: runs/first-2/model\.h5$' out
expect_line "^init: \"$PWD/runs/first/model\.h5\"$" runs/first-2/config.yaml
expect_line "^batch: 8$" runs/first-2/config.yaml
[[ $(loss_of runs/first) == "$(loss_of runs/first-2)" ]] || fail "other weights than those of the run"

# By a recipe or file; of a model file, a checkpoint, and the best model where there is one.
expect_exit 0 "$surgrad" train small.yaml --from runs/first/checkpoint.h5 "${still[@]}" --out file
[[ $(loss_of runs/first) == "$(loss_of file)" ]] || fail "other weights than those of the checkpoint"
expect_exit 0 "$surgrad" train --from runs/first/model.h5 "${still[@]}"
expect_line 'model: runs/model/model\.h5$' out
cp runs/first/model.h5 runs/first-2/best.h5
expect_exit 0 "$surgrad" train --from ./runs/first-2/ --epochs 1
expect_line "^init: \"$PWD/runs/first-2//best\.h5\"$" runs/first-2-2/config.yaml
{ cat small.yaml && echo 'init: runs/first/model.h5'; } >init.yaml
expect_exit 0 "$surgrad" train init.yaml "${still[@]}" --out option
[[ $(loss_of option) == "$(loss_of file)" ]] || fail "init: other weights"

# It is trained, and goes on from its checkpoint to the same bits, even if the file of the weights is gone.
more=("$surgrad" train small.yaml --set init=runs/first/model.h5)
expect_exit 0 "${more[@]}" --epochs 3 --out whole
expect_exit 0 "${more[@]}" --epochs 1 --out parts
if cmp -s runs/first/model.h5 whole/model.h5; then fail "nothing was trained"; fi
mv runs/first gone
expect_exit 0 "$surgrad" train --resume --epochs 3 --out parts
expect_same whole/model.h5 parts/model.h5
expect_same_metrics whole parts
expect_exit 0 "$surgrad" eval whole
expect_exit 0 "$surgrad" info whole/config.yaml

# What is not there, is no model, or is one of another network.
missing="$PWD/runs/first/model\.h5: "
expect_error 3 "$missing" "${more[@]}" --out none
expect_error 3 "none: there is no such file" "$surgrad" train --from none
expect_error 3 ".*/small\.yaml: " "$surgrad" train small.yaml --from small.yaml --out none
refused() {
    expect_error 3 "$PWD/gone/model\.h5: $1" "$surgrad" train small.yaml --from gone --out none "${@:2}"
    [[ ! -e none ]] || fail "a run directory was made"
}
refused 'layers\.0 has the parameters weights 16 x 24, but in the network to train weights 16 x 25: ' --set layers.0.size=25
refused 'layers\.1 has the parameters weights 24 x 4, but .* weights 24 x 4, bias 1 x 4: ' --set layers.1.link.bias=true
refused 'has 2 layers, but the network to train has 3: ' --set layers.2.size=4
expect_error 2 '--from begins a new run, --resume goes on with one' "$surgrad" train --from gone --resume --out parts
expect_error 2 'found no recipe, .*--from RUN' "$surgrad" train
expect_error 2 "command line: optimiser\.lr: found 'fast'" "$surgrad" train --from gone --set optimiser.lr=fast

# A weight from a neuron to itself, where the new network may have none.
own=("$surgrad" train small.yaml --epochs 1 --set layers.0.recurrent.from=own)
expect_exit 0 "${own[@]}" --out own
expect_error 3 ".*own/model\.h5: layers\.0\.recurrent: neuron 0 has a weight from itself, but recurrent\.self is false" \
    "${own[@]}" --from own --set layers.0.recurrent.self=false --out none
[[ ! -e none ]] || fail "a run directory was made"

# Weights and constants that were read from files at first are not read again either.
expect_exit 0 "$surgrad" train small.yaml --epochs 1 --set layers.0.link.weights=file --set layers.0.link.sd=0.1 --set layers.0.link.file=gone/model.h5 \
    --set layers.0.link.dataset=layers/0/weights --out read
mv gone away
expect_exit 0 "$surgrad" train --resume --epochs 2 --out read
