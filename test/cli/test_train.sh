# A whole run: train, what it leaves, evaluate, describe, encode.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >small.yaml

expect_exit 0 "$surgrad" train small.yaml --epochs 12 --seed=5 --set optimiser.lr=0.03
expect_line '^epoch  train loss' out
expect_line '^ +12 +[0-9.]+ ' out
expect_line '^test accuracy [01]\.[0-9]{4} after 12 epochs in [0-9.]+ s; model: runs/small/model\.h5$' out
expect_line '^network +16-24-4, 480 parameters, 20 steps$' err
expect_line '^samples +40 to train, 20 to test$' err
accuracy=$(sed -n 's/^test accuracy \([0-9.]*\) .*/\1/p' out)
awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.8) }' || fail "accuracy $accuracy on patterns that are easy to learn"
if grep -q $'\r' err; then fail "a progress bar where stderr is no terminal"; fi

# The run directory.
[[ $(ls runs/small | tr '\n' ' ') == "checkpoint.h5 config.yaml metrics.csv model.h5 " ]] || fail "$(ls runs/small)"
expect_line '^epoch,train_loss,train_accuracy,test_loss,test_accuracy,layer0_rate_hz,layer1_rate_hz,lr,gradient_norm,layer0_silent,layer1_silent,seconds,samples_per_s$' \
    runs/small/metrics.csv
[[ $(wc -l <runs/small/metrics.csv) == 13 ]] || fail "metrics.csv has $(wc -l <runs/small/metrics.csv) lines"
expect_line '^seed: 5$' runs/small/config.yaml
expect_line '^ +lr: 0\.03$' runs/small/config.yaml

# The saved configuration repeats the run. A run is never overwritten: the default folder moves on, a named one is refused.
expect_exit 0 "$surgrad" train runs/small/config.yaml --out runs/again
expect_same runs/small/model.h5 runs/again/model.h5
expect_error 1 "runs/again already holds a run.*--resume" "$surgrad" train small.yaml --out runs/again
expect_exit 0 "$surgrad" train ./small.yaml --epochs 1
expect_line 'after 1 epoch in .* model: runs/small-2/model\.h5$' out
expect_exit 0 "$surgrad" train small.yaml --epochs 2 --resume
expect_line 'model: runs/small-2/model\.h5$' out
expect_same runs/small/model.h5 runs/again/model.h5

# Evaluation finds the accuracy that training reported, from the folder and from the file.
expect_exit 0 "$surgrad" eval runs/small
expect_line "^accuracy +$accuracy \(" out
expect_line '^samples +20 of the test split$' out
expect_line '^spikes +[0-9.]+ per sample in layer 1; [0-9]+ neurons never fire$' out
expect_line '^ +0 +1 +2 +3$' out
right=$(awk 'NF == 5 && $1 ~ /^[0-3]$/ { sum += $($1 + 2) } END { print sum }' out)
expect_line "\($right right\)" out
expect_exit 0 "$surgrad" eval runs/small/model.h5 --threads 1 --json
expect_line '^\{"model":"runs/small/model\.h5","accuracy":[0-9.]+,"loss":[0-9.e-]+,"samples":20,"correct":[0-9]+,' out
expect_line '"spikes_per_sample":\[[0-9.]+,[0-9.]+\],"silent_neurons":\[[0-9]+,[0-9]+\],"confusion":\[(\[[0-9]+(,[0-9]+){3}\],?){4}\]\}$' out
cp -r data moved
mv data gone
expect_error 3 ".*train-images-idx3-ubyte" "$surgrad" eval runs/small
expect_exit 0 "$surgrad" eval runs/small --data moved
expect_line "^accuracy +$accuracy \(" out
mv gone data

# What files are.
expect_exit 0 "$surgrad" info runs/small/model.h5
expect_line 'surgrad model' out
expect_line '16 -> 24' out
expect_exit 0 "$surgrad" info runs/small/checkpoint.h5
expect_line 'surgrad checkpoint' out
expect_exit 0 "$surgrad" info runs/small/config.yaml
expect_line '^ +0 +dense +cuba_lif +16 +24 +384$' out
expect_exit 0 "$surgrad" info data/train-images-idx3-ubyte
expect_line '40 x 4 x 4' out
expect_exit 0 "$surgrad" info patterns --time
expect_line '^time of an epoch, measured for a second: [0-9.]+ s$' out
expect_line '^training +[0-9.]+ s  2,880 samples to train$' out
expect_line '^evaluation +[0-9.]+ s  1,120 samples to validate and test$' out

# A path that does not fit is an error: its first 4,095 bytes may be the path of another file, here a model.
dots=$(printf './%.0s' {1..2038})
expect_exit 0 "$surgrad" eval "${dots}runs/small/model.h5"
expect_error 2 "the path \./.*\.\.\. has 4103 bytes, expected at most 4095: use a shorter one" \
    "$surgrad" eval "${dots}runs/small/model.h5.of.mine"
expect_error 2 "the path \./.*\.\.\. has 4100 bytes, " "$surgrad" eval "./././${dots}runs/small"

# Events: encoded, described, and trained on.
expect_exit 0 "$surgrad" encode small.yaml -o events.h5
expect_line '^events\.h5: 60 samples, 20 steps, 16 channels, 4 classes, [0-9]+ events \([0-9.]+ per sample\)$' out
expect_exit 0 "$surgrad" info events.h5
expect_line '60 samples, 20 steps, 16 channels, 4 classes' out
expect_exit 0 "$surgrad" train small.yaml --out runs/events --set data.set=events --set data.file=events.h5 \
    --set data.dir= \
    --set data.split=shuffled --set data.train_fraction=0.5
expect_line '^samples +30 to train, 30 to test$' err
mv events.h5 elsewhere.h5
expect_exit 0 "$surgrad" eval runs/events --data elsewhere.h5
expect_line '^samples +30 ' out

expect_nothing_aside .
