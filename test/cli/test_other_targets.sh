# Targets that are no labels. What a run is judged by follows its loss: the columns of the table and of metrics.csv, the
# best epoch, eval, info, plot; and so does what predict answers.
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

# A line for each spike; as JSON the samples of another network, and as HDF5 those of a file of events.
expect_exit 0 "$surgrad" predict trains -o trains.csv
expect_line '^sample,step,output$' trains.csv
expect_exit 0 "$surgrad" predict trains -o trains.jsonl
expect_exit 0 "$surgrad" predict trains -o trains.h5
[[ $(grep -o '"channel":\[[^]]*' trains.jsonl | tr , '\n' | grep -c '[0-9]') == $(($(wc -l <trains.csv) - 1)) ]] ||
    fail "other spikes in trains.jsonl"
[[ $python ]] || exit 0
"$python" - <<'PY' || fail "trains.h5 differs from trains.csv"
import csv, json, h5py
number = [json.loads(line)["sample"] for line in open("trains.jsonl")]
rows = [tuple(map(int, r.values())) for r in csv.DictReader(open("trains.csv"))]
with h5py.File("trains.h5") as f:
    first = f["first"][:]
    found = [(number[s], int(f["step"][e]), int(f["channel"][e])) for s in range(len(first) - 1) for e in range(first[s], first[s + 1])]
    assert "output" not in f and "predicted" not in f
assert found == rows and len(rows) > 0, (len(found), len(rows))
PY

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
every = {"target_first": np.arange(S + 1, dtype="u8") * T * 3, "target_step": np.tile(np.repeat(np.arange(T, dtype="u2"), 3), S),
         "target_channel": np.tile(np.arange(3, dtype="u4"), S * T)}
moving = np.sin(np.arange(T)[None, :, None] / 3 + label[:, None, None] + np.arange(3))
write("moving.h5", 3, {**every, "target_value": moving.astype("f4").ravel()})
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

# Predictions in the kind of the targets, the same in every format.
for run in numbers bits steps; do
    for ending in csv jsonl h5; do
        expect_exit 0 "$surgrad" predict $run -o of_$run.$ending
    done
done
expect_line '^sample,output_0,output_1,output_2$' of_numbers.csv
expect_line '^\{"sample":3,"outputs":\[[^]]*\]\}$' of_numbers.jsonl
expect_line '^sample,predicted_0,predicted_1,predicted_2,output_0,output_1,output_2,probability_0,probability_1,probability_2$' of_bits.csv
expect_line '^sample,label,predicted,output_0,' of_steps.csv
expect_error 2 "--each-step: the loss of numbers makes no answer of a step" "$surgrad" predict numbers --each-step
for ending in csv jsonl h5; do
    expect_exit 0 "$surgrad" predict steps --each-step -o each.$ending
done
expect_line '^sample,step,predicted,output_0,output_1,output_2,probability_0,probability_1,probability_2$' each.csv
expect_exit 0 "$surgrad" train net.yaml -o moving --set data.file=moving.h5 --set loss.kind=step_mse
for ending in csv jsonl h5; do
    expect_exit 0 "$surgrad" predict moving -o of_moving.$ending
done
expect_line '^sample,step,output_0,output_1,output_2$' of_moving.csv
mse=$("$surgrad" eval moving --json | grep -o '"mse": *[0-9.e-]*' | grep -o '[0-9.e-]*$')
accuracy=$("$surgrad" eval steps --json | grep -o '"accuracy": *[0-9.e-]*' | grep -o '[0-9.e-]*$')
"$python" - "$mse" "$accuracy" <<'PY' || fail "formats of predictions differ"
import csv, json, math, sys
import h5py, numpy as np
def read(name, steps, kind):
    rows = list(csv.DictReader(open(name + ".csv")))
    lines = [json.loads(line) for line in open(name + ".jsonl")]
    shape = (20, 20, 3) if steps else (20, 3)
    wide = lambda title: np.array([[float(r["%s_%d" % (title, n)]) for n in range(3)] for r in rows]).reshape(shape)
    with h5py.File(name + ".h5") as f:
        told = {key: f[key][()] for key in f}
    output = wide("output")
    assert told["output"].shape == shape and np.allclose(told["output"], output, atol=1e-6)
    assert np.allclose([l["outputs"] for l in lines], output, atol=1e-6)
    assert [l["sample"] for l in lines] == list(range(3, 80, 4))
    if kind == "numbers":
        assert "predicted" not in told and "probability" not in told
    else:
        p = np.exp(output) / np.exp(output).sum(-1, keepdims=True) if kind == "class" else 1 / (1 + np.exp(-output))
        assert np.allclose(told["probability"], p, atol=1e-5) and np.allclose(wide("probability"), p, atol=1e-5)
        predicted = output.argmax(-1) if kind == "class" else output > 0
        assert np.array_equal(told["predicted"], predicted) and np.array_equal([l["predicted"] for l in lines], predicted)
    return output
read("of_numbers", False, "numbers")
read("of_bits", False, "bits")
each, whole = read("each", True, "class"), read("of_steps", False, "class")
assert np.allclose(each.mean(1), whole, atol=1e-5)
label = np.arange(3, 80, 4) % 3
assert abs((each.argmax(-1) == label[:, None]).mean() - float(sys.argv[2])) < 1e-9
moving = read("of_moving", True, "numbers")
wanted = np.sin(np.arange(20)[None, :, None] / 3 + label[:, None, None] + np.arange(3))
assert abs(((moving - wanted) ** 2).mean() - float(sys.argv[1])) < 1e-5, (((moving - wanted) ** 2).mean(), sys.argv[1])
PY
