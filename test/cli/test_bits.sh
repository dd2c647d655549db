# labels: threads
# The same bits: whatever the number of threads, and whether a run was interrupted by its end or not.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >small.yaml

for threads in 1 2 3 4; do
    expect_exit 0 "$surgrad" train small.yaml --threads $threads --out "threads$threads"
    expect_same threads1/model.h5 "threads$threads/model.h5"
    expect_same_metrics threads1 "threads$threads"
done
expect_exit 0 "$surgrad" train small.yaml --seed 4 --out other
if cmp -s threads1/model.h5 other/model.h5; then fail "another seed gave the same model"; fi

# Four epochs are two and two more; a run that is done has nothing more to do.
expect_exit 0 "$surgrad" train small.yaml --epochs 2 --out two
if cmp -s threads1/model.h5 two/model.h5; then fail "two epochs gave the model of four"; fi
expect_exit 0 "$surgrad" train small.yaml --epochs 4 --resume --threads 2 --out two
expect_same threads1/model.h5 two/model.h5
expect_same threads1/config.yaml two/config.yaml
expect_same_metrics threads1 two
expect_exit 0 "$surgrad" train small.yaml --resume --out two
expect_line '^test accuracy .* after 4 epochs in ' out
expect_same threads1/model.h5 two/model.h5

# Evaluation, too.
expect_exit 0 "$surgrad" eval two --threads 1 --json
cp out one-thread
expect_exit 0 "$surgrad" eval two --threads 4 --json
expect_same one-thread out
