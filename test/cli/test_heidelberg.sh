# SHD and SSC: the recipes on synthetic files of that layout, small; where files are looked for; what is told of the parts.
source "$SOURCE_DIR/test/cli/lib.sh"
python3 -c 'import h5py, numpy' 2>/dev/null || { echo "skipped: Python has no h5py to make the files with" && exit 77; }

# make_part FILE SAMPLES CLASSES SPEAKERS SEED: 200 events a sample.
make_part() {
    python3 "$SOURCE_DIR/test/make_shd.py" "$1" "$2" 200 "$3" 700 "$4" "$5"
}

# expect_learns RUN CLASSES: the test accuracy is three times that of chance, or more.
expect_learns() {
    expect_exit 0 "$surgrad" eval "$1"
    local accuracy
    accuracy=$(sed -n 's/^accuracy  *\([0-9.]*\).*/\1/p' out)
    awk -v a="$accuracy" -v n="$2" 'BEGIN { exit !(a >= 3 / n) }' || fail "$1: accuracy $accuracy of $2 classes"
}

mkdir SHD SSC
make_part SHD/shd_train.h5 240 20 10 1
make_part SHD/shd_test.h5 80 20 12 2
gzip SHD/shd_test.h5
make_part SSC/ssc_train.h5 280 35 40 3
make_part SSC/ssc_valid.h5 70 35 40 4
make_part SSC/ssc_test.h5 70 35 40 5
short=(--epochs 12 --set batch=16 --set layers.0.size=64)

# The recipe, recurrent; without recurrence; with all 700 channels.
expect_exit 0 "$surgrad" train shd --set data.dir=SHD "${short[@]}" -o shd
expect_line '^network    140-64-20, ' err
expect_line '^samples    2[0-9][0-9] to train, [0-9]+ to validate, 80 to test$' err
expect_line '^parts      8,156 samples to train and 2,264 to test' err
expect_learns shd 20
expect_exit 0 "$surgrad" train shd --set data.dir=SHD "${short[@]}" -o forward --set layers.0.recurrent.from=none
expect_learns forward 20
expect_exit 0 "$surgrad" train shd --set data.dir=SHD "${short[@]}" --epochs 1 -o whole --set data.downsample=1
expect_line '^network    700-64-20, ' err

# One speaker of the training part validates, and whole.
expect_exit 0 "$surgrad" encode shd --set data.dir=SHD -o shd.h5
expect_line '^shd.h5: 320 samples, 100 steps, 140 channels, 20 classes, ' out
expect_exit 0 "$surgrad" info shd.h5
expect_line '^split: 240 samples to train, 80 to test$' out
expect_line '^samples of each group: ' out

# SSC has a validation part of its own.
expect_exit 0 "$surgrad" train ssc --set data.dir=SSC "${short[@]}" -o ssc
expect_line '^samples    280 to train, 70 to validate, 70 to test$' err
expect_line '^best epoch ' out
expect_learns ssc 35
expect_exit 0 "$surgrad" info ssc --set data.dir=SSC
expect_line '^parts       75,466 samples to train, 9,981 to validate and 20,382 to test' out

# Files in the cache folder need no data.dir; where there are none, the message says where to get them.
export XDG_CACHE_HOME=$PWD/cache
expect_exit 1 "$surgrad" train shd -o never
expect_line "^surgrad: shd: is not fetched by surgrad, as .* https://zenkelab.org/datasets/ .*$PWD/cache/surgrad/shd" err
mkdir -p cache/surgrad && mv SHD cache/surgrad/shd
expect_exit 0 "$surgrad" train shd "${short[@]}" --epochs 1 -o cached
expect_line '^samples    2[0-9][0-9] to train, [0-9]+ to validate, 80 to test$' err
# Other parts than the publisher's have no custom.
expect_exit 0 "$surgrad" info shd --set data.split=shuffled
! grep -q '^parts' out || fail "a custom is told of parts that are not the publisher's"
