# surgrad train --leave-one-out: a run for each group, its table, and what a stop leaves to go on with.
source "$SOURCE_DIR/test/cli/lib.sh"

# Three speakers with odd names; a sample of each class and each way to hold one back.
{
    echo file,label,group
    for speaker in ann 'b,o' 'c/e "%"'; do
        for i in 0 1 2 3 4 5; do
            name=$(printf '%s' "$speaker$i" | tr -c 'a-z0-9' _).csv
            echo "$name,$((i % 2)),\"${speaker//\"/\"\"}\""
        done
    done
} >labels.csv
for name in $(sed -n 's/^\([^,]*\.csv\),.*/\1/p' labels.csv); do
    i=$(printf '%s' "$name" | tr -dc 0-9)
    { echo t_us,x,y && for e in 1 2 3 4 5 6; do echo "$((e * 3000 + i * 100)),$((i % 2 * 4 + e % 3)),0"; done; } >"$name"
done
expect_exit 0 "$surgrad" import labels.csv -o events.h5 --dt 1ms --steps 20 --sensor 8x2

cat >net.yaml <<YAML
seed: 1
epochs: 3
batch: 4
steps: 20
dt: 1 ms
data: {set: events, file: events.h5, split: shuffled, train_fraction: 0.7, validation: 0.25}
layers: [{size: 6, link: {sd: 1}}, {size: 2, link: {sd: 1}, neuron: {kind: li, tau_mem: 20 ms}}]
loss: {kind: mean_ce}
schedule: {kind: constant}
YAML
expect_exit 0 "$surgrad" train net.yaml --leave-one-out
expect_line '^group    *samples  epoch  valid acc  test acc$' out
expect_line '^ann    *6  +[1-3]  +[01]\.[0-9]{4}  +[01]\.[0-9]{4}$' out
expect_line '^test accuracy [01]\.[0-9]{4}, mean of 3 groups; standard deviation ' out
all=runs/net-leave-one-out
[[ -d $all/ann && -d $all/b%2co && -d "$all/c%2fe%20%22%25%22" ]] || fail "folders: $(ls $all)"
[[ $(wc -l <$all/leave-one-out.csv) == 4 ]] || fail "lines: $(cat $all/leave-one-out.csv)"
expect_line '^"c/e ""%""",6,[1-3],[01][.0-9]*,[01][.0-9]*$' $all/leave-one-out.csv

# Mean and deviation are those of the column.
awk -F, 'NR > 1 { x = $NF; n++; s += x; q += x * x }
    END { printf "test accuracy %.4f, mean of 3 groups; standard deviation %.4f; \n", s / n, sqrt((q - s * s / n) / (n - 1)) }' \
    $all/leave-one-out.csv >sums
grep -qF "$(cat sums)" out || fail "expected $(cat sums)"

# Each is the run that data.test_groups makes.
expect_exit 0 "$surgrad" train net.yaml -o one --set data.split=groups --set data.test_groups=ann \
    --set data.train_fraction=0.85
expect_same_metrics one $all/ann
expect_same one/model.h5 $all/ann/model.h5
expect_exit 0 "$surgrad" eval $all/b%2co
expect_line '^samples +6 of the test split$' out

# It is not begun where runs are. A resume reads those that are whole, and makes what is missing, to the same bits.
expect_exit 1 "$surgrad" train net.yaml --leave-one-out
expect_line "already holds runs \(leave-one-out.yaml\): go on with them \(--resume\)" err
cp -r $all before
rm -r "$all/b%2co" $all/leave-one-out.csv
expect_exit 0 "$surgrad" train --resume --leave-one-out --out $all
for dir in ann b%2co 'c%2fe%20%22%25%22'; do expect_same "before/$dir/model.h5" "$all/$dir/model.h5"; done
expect_same before/leave-one-out.csv $all/leave-one-out.csv
expect_exit 2 "$surgrad" train --resume --out $all
expect_line 'config.yaml: there is no such file' err

# A stop saves the run in hand; the hint goes on with it and the rest.
set -m
sed 's/epochs: 3/epochs: 100000/' net.yaml >endless.yaml
"$surgrad" train endless.yaml --leave-one-out -o stopped >out 2>err &
job=$!
tries=0
while [[ ! -e stopped/ann/metrics.csv ]] && kill -0 $job 2>/dev/null && ((tries++ < 6000)); do sleep 0.01; done
kill -INT $job
code=0
wait $job || code=$?
((code == 130)) || fail "exit code $code after a signal, expected 130: $(cat err)"
expect_line '^surgrad: stopped and saved; to go on: surgrad train --resume --leave-one-out --out stopped$' err
[[ -e stopped/ann/checkpoint.h5 && ! -e stopped/b%2co ]] || fail "not stopped in the first group"

# Data without groups, or with one alone.
make_tiny_config 1 1 >tiny.yaml
expect_error 2 'tiny.yaml: --leave-one-out: its data have samples of 0 groups, expected 2 or more' \
    "$surgrad" train tiny.yaml --leave-one-out
[[ ! -e runs/tiny-leave-one-out ]] || fail "a folder is left of what was refused"
