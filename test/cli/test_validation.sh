# A validation part: the best epoch is chosen by it, never by the test part, kept, and found again by a resumed run.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >small.yaml
train=("$surgrad" train small.yaml --set data.validation=0.2 --set patience=3)

expect_exit 0 "${train[@]}" --epochs 40 --out whole
expect_line '^samples +32 to train, 8 to validate, 20 to test$' err
expect_line '^best epoch [0-9]+: validation accuracy [01]\.[0-9]{4}, test accuracy [01]\.[0-9]{4}; [0-9]+ epochs in ' out
expect_line '^epoch  train loss  train acc  valid loss  valid acc   test loss   test acc ' out
epochs=$(($(wc -l <whole/metrics.csv) - 1))
((epochs < 40)) || fail "patience ended nothing"

# The best has the highest validation accuracy, of those the lowest validation loss; then patience waits for three more.
best=$(tail -n +2 whole/metrics.csv | sort -t, -k7,7gr -k6,6g -k1,1n | head -n 1)
IFS=, read -r epoch _ _ _ accuracy _ validation _ <<<"$best"
expect_line "^best epoch $epoch: validation accuracy $(printf %.4f "$validation"), test accuracy $(printf %.4f "$accuracy"); " out
((epochs == epoch + 3)) || fail "$epochs epochs, expected 3 more than the best, $epoch"

# expect_same_network MODEL MODEL: they tell the same of the data, whatever the epochs in their configurations.
expect_same_network() {
    local model
    for model; do
        expect_exit 0 "$surgrad" eval "$model" --json
        cut -d, -f2- out >"${model//\//-}.told"
    done
    expect_same "${1//\//-}.told" "${2//\//-}.told"
}

# best.h5 is the model of that epoch: a run of so many epochs ends with it. It is not the last.
expect_exit 0 "${train[@]}" --epochs "$epoch" --out until
expect_same_network until/model.h5 whole/best.h5
if cmp -s whole/model.h5 whole/best.h5; then fail "best.h5 is model.h5, three epochs later"; fi

# A run directory stands for its best model.
expect_exit 0 "$surgrad" eval whole/best.h5 --json
cp out best.told
expect_exit 0 "$surgrad" eval whole --json
expect_same best.told out

# A run in parts, with other threads, remembers what it waits for.
expect_exit 0 "${train[@]}" --epochs 2 --threads 1 --out parts
for until in $((epoch - 1)) $((epoch + 1)) 40 40; do
    expect_exit 0 "${train[@]}" --epochs "$until" --threads 2 --resume --out parts
done
expect_same_network whole/best.h5 parts/best.h5
expect_same whole/model.h5 parts/model.h5
expect_same_metrics whole parts

# How long to wait and how much memory to use may change on the way.
cp -r whole longer
expect_exit 0 "${train[@]}" --epochs $((epochs + 2)) --set patience=6 --set memory='0.1 MB' --resume --out longer
expect_line "; $((epochs + 2)) epochs in " out

# The test part decides nothing: other test labels, the same models and epochs.
cp -r data other
make_labels 21 | tail -c 20 >labels
(head -c 8 data/t10k-labels-idx1-ubyte && cat labels) >other/t10k-labels-idx1-ubyte
expect_exit 0 "${train[@]}" --epochs 40 --set data.dir=other --out other-test
if cmp -s <(cut -d, -f5 whole/metrics.csv) <(cut -d, -f5 other-test/metrics.csv); then fail "the test labels did not change"; fi
cmp <(cut -d, -f1-3,6-7 whole/metrics.csv) <(cut -d, -f1-3,6-7 other-test/metrics.csv) || fail "the test part was looked at"

# A run of an older version, whose column and key had other names, is described and gone on with; then it has the new.
cp -r whole old
sed -i '1s/validation_/held_/g' old/metrics.csv
sed -i 's/^  validation:/  held_out:/' old/config.yaml
expect_exit 0 "$surgrad" info old
expect_line "^best +epoch $epoch: .*validation accuracy" out
(($(grep -c 'is called' err) == 1)) || fail "warned more than once: $(cat err)"
expect_exit 0 "$surgrad" train --resume --out old
expect_line 'old/config\.yaml:[0-9:]*: data\.held_out is called data\.validation now$' err
(($(grep -c 'is called' err) == 1)) || fail "warned more than once: $(cat err)"
expect_same whole/config.yaml old/config.yaml
expect_same_metrics whole old

# Rates that depend on the end of the run; shares of too few samples.
expect_exit 0 "$surgrad" train small.yaml --set schedule.kind=cosine --epochs 2 --out cosine
expect_error 2 'cosine/checkpoint\.h5: .*epochs: 2, found 4 \(with schedule\.kind cosine the learning rate .*\): .*--from RUN' \
    "$surgrad" train small.yaml --set schedule.kind=cosine --epochs 4 --resume --out cosine
for share in 0.01:none:larger 0.99:all:smaller; do
    IFS=: read -r part what remedy <<<"$share"
    expect_error 2 "data\.validation: $part of 40 training samples is $what.*: use a $remedy share$" \
        "$surgrad" train small.yaml --set data.validation="$part" --out none
    [[ ! -e none ]] || fail "a run directory was made"
done
