# Damaged files, files of another network, folders and disks that cannot be written: one clear line, and nothing is lost.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data good
make_config "$PWD/good" >small.yaml
expect_exit 0 "$surgrad" train small.yaml --epochs 1 --out run

# data_error PATTERN: training on ./data fails so, and makes no run directory.
data_error() {
    expect_error 3 "$1" "$surgrad" train small.yaml --set data.dir=data --out none
    [[ ! -e none ]] || fail "a run directory was made for data that cannot be read"
}
fresh_data() {
    rm -rf data
    cp -r good data
}
images=data/train-images-idx3-ubyte labels=data/train-labels-idx1-ubyte

fresh_data
gzip data/*
expect_exit 0 "$surgrad" train small.yaml --epochs 1 --set data.dir=data --out packed
expect_same_metrics run packed
head -c 200 $images.gz >cut && mv cut $images.gz
data_error ".*$images\.gz: .*"
fresh_data
head -c 500 $images >cut && mv cut $images
data_error ".*$images: .*"
fresh_data
echo surplus >>$images
data_error ".*$images: .*"
fresh_data
bytes 0 0 9 3 | dd of=$images conv=notrunc status=none
data_error ".*$images: .*"
fresh_data
cp $labels $images
data_error ".*$images: .*"
fresh_data
make_labels 39 >$labels
data_error ".*images.*40.*labels.*39"
fresh_data
bytes 9 | dd of=$labels bs=1 seek=11 conv=notrunc status=none
data_error ".*train-labels-idx1-ubyte: .* 3 .*label 9, expected below 4"
fresh_data
make_images 20 5 >data/t10k-images-idx3-ubyte
data_error ".*4 x 4 .*5 x 5"
fresh_data
: >$images
data_error ".*$images: .*"
rm $images
data_error ".*train-images-idx3-ubyte"
rm -r data
data_error ".*data"

# Pipes that nobody writes to are not waited for, wherever a file may be named.
mkfifo pipe
pipe_error() { # pipe_error COMMAND...
    expect_error 3 ".*pipe: is a device or pipe, expected a file" timeout 20 "$@"
}
pipe_error "$surgrad" info pipe
pipe_error "$surgrad" eval pipe
pipe_error "$surgrad" train small.yaml --set data.set=events --set data.dir= --set data.file=pipe \
    --set data.split=shuffled --out none
pipe_error "$surgrad" train small.yaml --set layers.0.link.weights=file --set layers.0.link.file=pipe \
    --set layers.0.link.dataset=w --set layers.0.link.sd=0.1 --out none
pipe_error "$surgrad" train small.yaml --set layers.0.neuron.file=pipe --out none

# Models: not one, cut, of other inputs.
cp small.yaml text.h5
expect_error 3 ".*text\.h5: " "$surgrad" eval text.h5
expect_error 3 ".*none\.h5: " "$surgrad" eval none.h5
head -c 900 run/model.h5 >cut.h5
expect_error 3 ".*cut\.h5: " "$surgrad" eval cut.h5
expect_error 3 ".*cut\.h5: " "$surgrad" info cut.h5
make_data wide 5
expect_error 3 ".*25.*16|.*16.*25" "$surgrad" eval run --data wide
"$surgrad" encode small.yaml -o events.h5 >out
expect_error 3 ".*events\.h5: " "$surgrad" eval events.h5
expect_error 3 ".*/none/file" "$surgrad" info "$PWD/none/file"

# A checkpoint of other settings, or cut, is refused and stays as it was.
cp run/checkpoint.h5 before.h5
expect_error 2 "run/checkpoint\.h5: .*layers\.0\.size: 24, found 25" \
    "$surgrad" train small.yaml --set layers.0.size=25 --resume --out run
expect_error 2 "run/checkpoint\.h5: .*seed: 3, found 4" "$surgrad" train small.yaml --seed 4 --resume --out run
expect_same before.h5 run/checkpoint.h5
head -c 900 before.h5 >run/checkpoint.h5
expect_error 3 "run/checkpoint\.h5: " "$surgrad" train small.yaml --resume --out run
cp before.h5 run/checkpoint.h5

# A training that diverges: the place, and the last good checkpoint is kept.
expect_exit 4 "$surgrad" train small.yaml --set optimiser.kind=sgd --set optimiser.amsgrad=false \
    --set optimiser.lr=1e38 --out diverged
expect_line '^surgrad: epoch [0-9]+, batch [0-9]+ of [0-9]+: layers\.[01]\.weights, row [0-9]+, neuron [0-9]+, is not a finite number: lower optimiser\.lr$' err

# One whose gradient outgrows single precision, at any rate: another remedy, and no checkpoint.
cat >explode.yaml <<YAML
epochs: 2
steps: 2000
data: {set: patterns, split: shuffled, classes: 20, channels: 50, samples: 10}
patterns: {rate: 10, jitter: 5 ms, drop: 0.2}
layers:
  - size: 64
    link: {weights: fluctuation, input_rate: 10}
    recurrent: {from: own, weights: orthogonal}
    surrogate: {kind: fast_sigmoid, k: 1}
  - size: 20
    link: {weights: xavier_normal}
    surrogate: {kind: fast_sigmoid, k: 10}
loss: {kind: ttfs_ce, scale: 0.2}
optimiser: {kind: sgd, lr: 1e-30, clip_norm: 1}
YAML
expect_exit 4 "$surgrad" train explode.yaml --out exploded
expect_line '^surgrad: epoch 1, batch 1 of 1: the gradient of layers\.0\.[a-z]+, row [0-9]+, neuron [0-9]+, is not a finite number: it outgrew single precision on its way back through 2000 steps, .*: use fewer steps, smaller recurrent weights, ' err
[[ ! -e exploded/checkpoint.h5 ]] || fail "a checkpoint of a training that diverged"

# Folders that cannot be made.
echo >file
expect_error 1 ".*file" "$surgrad" train small.yaml --out file/run
expect_error 1 ".*file/events\.h5" "$surgrad" encode small.yaml -o file/events.h5
expect_exit 2 "$surgrad" train --resume --out file/run
expect_line '^surgrad: file/run/config\.yaml: there is no such file, .*: name the recipe too' err

# A full disk: the error names it, the run of before can still be loaded, and nothing is left aside.
mkdir disk
# umount needs /proc.
if [[ -e /proc/self/mountinfo ]] && mount -t tmpfs -o size=256k tmpfs disk 2>/dev/null; then
    trap 'umount disk' EXIT
    expect_exit 0 "$surgrad" train small.yaml --set layers.0.size=60 --epochs 1 --out disk/run
    cp -r disk/run before
    dd if=/dev/zero of=disk/filler bs=4k status=none 2>/dev/null || true
    truncate -s -12k disk/filler # room for the configuration, but not for a model or a checkpoint
    expect_exit 1 "$surgrad" train small.yaml --set layers.0.size=60 --epochs 3 --resume --out disk/run
    expect_line '^surgrad: .*disk/run/(model|checkpoint)\.h5.*No space left' err
    expect_nothing_aside disk
    dd if=/dev/zero of=disk/more bs=4k status=none 2>/dev/null || true
    expect_error 1 ".*disk/events\.h5.*No space left" "$surgrad" encode small.yaml -o disk/events.h5
    expect_nothing_aside disk
    expect_same before/model.h5 disk/run/model.h5
    expect_exit 0 "$surgrad" eval disk/run
    rm disk/filler disk/more
    expect_exit 0 "$surgrad" train small.yaml --set layers.0.size=60 --epochs 3 --resume --out disk/run
else
    echo "SKIPPED: the full disk (needs the right to mount a tmpfs)" >&2
fi
expect_nothing_aside .
