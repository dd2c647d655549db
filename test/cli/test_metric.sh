# What a run is judged by follows its loss: the columns of the table and of metrics.csv, the best epoch, eval, info, plot.
source "$SOURCE_DIR/test/cli/lib.sh"

python=
for program in python3 /usr/bin/python3; do
    "$program" -c 'import h5py' 2>/dev/null && python=$program
done

# Spike trains, drawn from the seed.
train_trains=("$surgrad" train oxford -e 2 --set data.samples=6 --set steps=120)
expect_exit 0 "${train_trains[@]}" -o trains
expect_line '^epoch,train_loss,train_spikes,test_loss,test_spikes,' trains/metrics.csv
expect_line '^epoch  train loss  train spikes   test loss   test spikes ' out
expect_line '^test share of matched spikes [01]\.[0-9]{4} after 2 epochs' out
expect_exit 0 "$surgrad" eval trains
expect_line '^spikes        [01]\.[0-9]{4} \(share of spikes' out
! grep -q confusion out || fail "a confusion of spike trains"
expect_exit 0 "$surgrad" info trains
expect_line 'test share of matched spikes [01]\.' out

[[ $python ]] || exit 0

# A number of each output for the sample: the label's, so that it can be learned. Every fourth sample is to test, of the
# others a part is to validate.
"$python" - <<'PY'
import h5py, numpy as np
rng = np.random.default_rng(1)
S, T, C, E = 80, 20, 12, 10
label = np.arange(S) % 3
step = np.sort(np.argsort(rng.random((S, T)), 1)[:, :E], 1)
channel = 4 * label[:, None] + np.arange(E) % 4
def write(name, outputs, of_target):
    with h5py.File(name, "w") as f:
        f.attrs["format"] = np.bytes_("surgrad events 3")
        f["channels"], f["steps"], f["dt_ms"] = np.uint32(C), np.uint32(T), 1.0
        f["first"] = np.arange(S + 1, dtype="u8") * E
        f["step"], f["channel"] = step.ravel().astype("u2"), channel.ravel().astype("u4")
        f["split"] = (np.arange(S) % 4 == 3).astype("u1")
        for key, value in of_target.items():
            f[key] = value
        f["target_channels"] = np.uint32(outputs)
one = {"target_first": np.arange(S + 1, dtype="u8") * 3, "target_step": np.zeros(3 * S, "u2"),
       "target_channel": np.tile(np.arange(3, dtype="u4"), S), "target_constant": np.uint8(1)}
write("numbers.h5", 3, {**one, "target_value": (label[:, None] == np.arange(3)).astype("f4").ravel() - 0.5})
write("bits.h5", 3, {**one, "target_value": (label[:, None] != np.arange(3)).astype("f4").ravel()})
write("steps.h5", 3, {"target_first": np.arange(S + 1, dtype="u8") * T, "target_step": np.tile(np.arange(T, dtype="u2"), S),
                      "target_channel": np.repeat(label, T).astype("u4")})
PY
cat >net.yaml <<'Y'
seed: 2
epochs: 6
batch: 10
steps: 20
data: {set: events, file: numbers.h5, split: standard, validation: 0.2}
loss: {kind: mean_mse}
optimiser: {lr: 0.02}
layers:
  - {size: 30, link: {weights: normal, sd: 0.5}}
  - {size: 3, link: {weights: normal, sd: 0.3}, neuron: {kind: li}}
Y
column() { # column FILE NAME -> its numbers
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$1"
}

expect_exit 0 "$surgrad" train net.yaml -o numbers
expect_line '^epoch,train_loss,train_mse,test_loss,test_mse,validation_loss,validation_mse,' numbers/metrics.csv
expect_line '^epoch  train loss  train mse  valid loss  valid mse   test loss   test mse ' out
best=$(column numbers/metrics.csv validation_mse | awk 'NR == 1 || $1 < low { low = $1; at = NR } END { print at }')
expect_line "^best epoch $best: validation mean squared error [0-9.e-]+, test mean squared error " out
expect_exit 0 "$surgrad" info numbers
expect_line "^best +epoch $best: .*validation mean squared error" out
# Of three outputs the mean of squares is two thirds of the loss, half their sum.
paste -d' ' <(column numbers/metrics.csv test_loss) <(column numbers/metrics.csv test_mse) |
    awk '{ d = $2 - $1 * 2 / 3; if (d * d > 1e-12) exit 1 }' || fail "the mean squared error is not that of the loss"
[[ $(column numbers/metrics.csv test_mse | awk 'NR == 1 { a = $1 } END { print ($1 < a) }') == 1 ]] || fail "not learned"
expect_exit 0 "$surgrad" eval numbers
expect_line '^mse           [0-9.e-]+ \(mean over numbers of' out
expect_exit 0 "$surgrad" eval numbers --json
expect_line '"mse": *[0-9]' out
! grep -q '"accuracy"\|"confusion"' out || fail "accuracy of numbers: $(cat out)"

# The rows are those of a run that was stopped and gone on with.
expect_exit 0 "$surgrad" train net.yaml -o parts --epochs 3
expect_exit 0 "$surgrad" train --resume --out parts --epochs 6
expect_same_metrics numbers parts

expect_exit 0 "$surgrad" train net.yaml -o bits --set data.file=bits.h5 --set loss.kind=mean_bce
expect_line '^epoch,train_loss,train_bits,test_loss,test_bits,' bits/metrics.csv
expect_line '^best epoch [1-6]: validation share of right bits [01]\.[0-9]{4}' out

# Classes of steps are classes: the accuracy is that of steps.
expect_exit 0 "$surgrad" train net.yaml -o steps --set data.file=steps.h5 --set loss.kind=step_ce
expect_line '^epoch,train_loss,train_accuracy,test_loss,test_accuracy,' steps/metrics.csv
column steps/metrics.csv test_accuracy | awk '!($1 > 0.3 && $1 <= 1 && ($1 * 400 - int($1 * 400 + 0.5)) ^ 2 < 1e-6) { exit 1 }' ||
    fail "no share of 400 steps: $(column steps/metrics.csv test_accuracy)"
expect_exit 0 "$surgrad" eval steps
expect_line '^accuracy      [01]\.[0-9]{4} \(share of right' out
if command -v gnuplot >/dev/null; then
    expect_exit 0 "$surgrad" plot numbers
    [[ -s numbers/plots/mse.png && ! -e numbers/plots/accuracy.png && ! -e numbers/plots/confusion.png ]] ||
        fail "other pictures: $(ls numbers/plots)"
fi
