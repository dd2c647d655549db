# labels: threads
# surgrad predict: labels, outputs and probabilities of new samples, from files of images and of events, from standard
# input, in every format; they agree with `surgrad eval`.
source "$SOURCE_DIR/test/cli/lib.sh"

make_data data
make_fast_config "$PWD/data" >fast.yaml
"$surgrad" train fast.yaml -o fast >/dev/null 2>&1
make_config "$PWD/data" >counts.yaml
"$surgrad" train counts.yaml -o counts >/dev/null 2>&1

# Without DATA: the test part. The right answers are as many as eval's.
expect_exit 0 "$surgrad" predict fast
cp out test.csv
expect_line '^sample,label,predicted,output_0,output_1,output_2,output_3,probability_0,.*,probability_3$' test.csv
[[ $(wc -l <test.csv) == 21 ]] || fail "$(wc -l <test.csv) lines, expected 21"
expect_line '^40,0,[0-3](,-?[0-9.e-]+){8}$' test.csv
"$surgrad" eval fast --json >eval.json
right=$(awk -F, 'NR > 1 && $2 == $3 { n++ } END { print n + 0 }' test.csv)
expect_line "\"correct\":$right[,}]" eval.json
# The prediction is the largest output; probabilities are the softmax of outputs.
awk -F, 'NR > 1 {
    best = 0; total = 0; sum = 0
    for (n = 0; n < 4; n++) { if ($(4 + n) > $(4 + best)) best = n; total += exp($(4 + n)); sum += $(8 + n) }
    for (n = 0; n < 4; n++) { d = $(8 + n) - exp($(4 + n)) / total; if (d * d > 1e-12) bad = 1 }
    if (best != $3 || (sum - 1) ^ 2 > 1e-12) bad = 1
} END { exit bad }' test.csv || fail "probabilities are not the softmax of the outputs"
# A loss that is no cross-entropy has none.
expect_exit 0 "$surgrad" predict counts/model.h5
expect_line '^sample,label,predicted,output_0,output_1,output_2,output_3$' out

# Images: a folder of all, and one file without labels, packed too. The same sample has the same answer.
expect_exit 0 "$surgrad" predict fast data
cp out all.csv
[[ $(wc -l <all.csv) == 61 ]] || fail "$(wc -l <all.csv) lines, expected 61"
diff <(sed 1d test.csv) <(tail -20 all.csv) >&2 || fail "the test part has other answers in the folder"
gzip -k data/t10k-images-idx3-ubyte
for file in data/t10k-images-idx3-ubyte data/t10k-images-idx3-ubyte.gz; do
    expect_exit 0 "$surgrad" predict fast "$file"
    diff <(awk -F, -v OFS=, 'NR > 1 { $1 -= 40; $2 = "" } 1' test.csv) out >&2 || fail "$file has other answers"
done

# Events: of the same images.
"$surgrad" encode fast.yaml -o events.h5 >/dev/null
expect_exit 0 "$surgrad" predict fast events.h5
expect_same all.csv out

# More samples than are in work at once, in blocks: each has its answer, in order, whatever the threads.
make_images 40 4 | tail -c 640 >pixels
{
    bytes 0 0 8 3
    big_endian 2600 4 4
    for ((i = 0; i < 65; i++)); do cat pixels; done
} >many
for threads in 1 2 5; do
    expect_exit 0 "$surgrad" predict fast many -t $threads
    cp out many.$threads
done
expect_same many.1 many.2
expect_same many.1 many.5
diff <(awk -F, -v OFS=, 'NR > 1 && NR < 42 { $2 = ""; print }' all.csv) <(sed -n 2,41p many.1) >&2 || fail "other answers"
awk -F, 'NR > 1 { number = $1; $1 = ""; if (number != NR - 2 || (NR > 41 && $0 != seen[number % 40])) exit 1
                  seen[number % 40] = $0 }' many.1 || fail "blocks have other answers"

# Formats, by the name of the file or by --format; nothing is left aside.
for file in answers.csv answers.jsonl answers.h5; do
    expect_exit 0 "$surgrad" predict fast -o $file
    [[ ! -s out ]] || fail "answers on stdout beside $file"
done
expect_same test.csv answers.csv
expect_line '^\{"sample":40,"label":0,"predicted":[0-3],"outputs":\[([^],]*,){3}[^],]*\],"probabilities":\[[^]]*\]\}$' answers.jsonl
expect_exit 0 "$surgrad" predict fast data/t10k-images-idx3-ubyte -f jsonl
expect_line '^\{"sample":0,"predicted":' out
expect_exit 0 "$surgrad" predict fast -o csv.txt --format csv
expect_same test.csv csv.txt
expect_nothing_aside .
if python3 -c 'import h5py' 2>/dev/null; then
    python3 - <<'PY' || fail "answers.h5 differs from test.csv"
import csv, h5py
rows = list(csv.DictReader(open("test.csv")))
with h5py.File("answers.h5") as f:
    assert f.attrs["format"] in ("surgrad predictions 1", b"surgrad predictions 1")
    assert f["output"].shape == f["probability"].shape == (20, 4)
    for s, row in enumerate(rows):
        assert f["label"][s] == int(row["label"]) and f["predicted"][s] == int(row["predicted"])
        for n in range(4):
            assert abs(f["output"][s, n] - float(row[f"output_{n}"])) < 1e-7
            assert abs(f["probability"][s, n] - float(row[f"probability_{n}"])) < 1e-7
PY
fi

# Standard input: events of a sample in a line, in any order, answered before the next line is read. The events of the
# images by their latency: here of one bright row.
lines() {
    echo '{"t": [3.5, 2, 2.9], "channel": [0, 2, 1]}'
    echo
    echo '{"t": [], "channel": []}'
}
lines | expect_exit 0 "$surgrad" predict fast -
[[ $(wc -l <out) == 3 ]] || fail "expected two answers: $(cat out)"
expect_line '^0,,[0-3],' out
expect_line '^1,,0,0,0,0,0,0.25,0.25,0.25,0.25$' out
mkfifo to from
"$surgrad" predict fast - -f jsonl <to >from 2>err &
exec 3>to 4<from
for ((i = 0; i < 3; i++)); do
    echo '{"t": [1, 4], "channel": [3, 5]}' >&3
    read -r -t 20 answer <&4 || fail "no answer to line $i"
    [[ $answer == "{\"sample\":$i,\"predicted\":"* ]] || fail "line $i: $answer"
done
exec 3>&- 4<&-
wait

# What is odd is told, what is wrong refused, with the line.
echo '{"t": [1, 1.5, 30], "channel": [0, 0, 0]}' | expect_exit 0 "$surgrad" predict fast -
expect_line 'warning: standard input: line 1: 1 of its events .* fall on another' err
expect_line 'warning: standard input: line 1: 1 of its events .* come after the last step, at 20 ms' err
refuse_line() { # refuse_line PATTERN LINE
    printf '\n%s\n' "$2" | expect_exit 3 "$surgrad" predict fast -
    expect_line "^surgrad: standard input: line 2: $1" err
    [[ $(wc -l <err) == 1 ]] || fail "not one line: $(cat err)"
    [[ $(wc -l <out) == 1 ]] || fail "an answer to a wrong line: $(cat out)"
}
refuse_line 'is no JSON, expected a sample such as' '{"t": [1'
refuse_line 'is no JSON' '{"t": [1], "channel": [1]} x'
refuse_line 'has no lists "t" and "channel"' '{"t": [1]}'
refuse_line 'has no lists' '[1, 2]'
refuse_line 'its lists "t" and "channel" are not of one length' '{"t": [1, 2], "channel": [1]}'
refuse_line '"t" holds what is no number' '{"t": ["1"], "channel": [1]}'
refuse_line '"channel" holds what is no whole number' '{"t": [1], "channel": [1.5]}'
refuse_line '"channel" holds what is no whole number' '{"t": [1], "channel": [-1]}'
refuse_line 'event 0 of sample 0 .*channel 16, expected below 20 and 16' '{"t": [1], "channel": [16]}'
refuse_line 'event 0 of sample 0 is at -1 ms, expected 0 ms or more' '{"t": [-1], "channel": [1]}'

# Data that the model cannot take.
expect_exit 3 "$surgrad" predict fast nowhere
expect_line '^surgrad: nowhere: there is no such file or folder: name the samples to predict$' err
expect_exit 3 "$surgrad" predict fast fast.yaml
expect_line '^surgrad: fast.yaml: is of no known kind, expected an HDF5 file of spike events, an IDX file' err
expect_exit 3 "$surgrad" predict fast data/t10k-labels-idx1-ubyte
expect_line '^surgrad: data/t10k-labels-idx1-ubyte: begins with .* it holds labels' err
expect_exit 3 "$surgrad" predict fast fast/model.h5
make_images 2 5 >large
expect_exit 3 "$surgrad" predict fast large
expect_line 'the data have 25 channels, but the network has 16 inputs' err
make_tiny_config 1 1 >tiny.yaml
"$surgrad" train tiny.yaml -o tiny >/dev/null 2>&1
expect_exit 3 "$surgrad" predict tiny many
expect_line '^surgrad: many: is IDX data, but the network was trained on data.set: patterns, which has no encoder' err
expect_exit 3 "$surgrad" predict tiny data
expect_line '^surgrad: data: is a folder, but the network was trained on data.set: patterns' err
# A failure leaves no file.
expect_exit 3 "$surgrad" predict fast nowhere -o failed.csv
[[ ! -e failed.csv && ! -e failed.csv.tmp ]] || fail "a file is left of a failure"
expect_exit 3 "$surgrad" predict fast nowhere -o failed.h5
[[ ! -e failed.h5 ]] || fail "a file is left of a failure"

# The command line.
expect_error 2 "predict: found nothing, expected MODEL" "$surgrad" predict
expect_error 2 "'c' is one argument too many" "$surgrad" predict a b c
expect_error 2 "--format: found 'xml', expected csv, jsonl or hdf5" "$surgrad" predict fast -f xml
expect_error 2 "--format: found 'hdf5', which needs a file to write: add -o FILE.h5" "$surgrad" predict fast -f hdf5
expect_error 2 "--out: found 'answers.txt', expected a name that ends in" "$surgrad" predict fast -o answers.txt
expect_error 1 "nowhere/x.csv: cannot be written: No such file" "$surgrad" predict fast -o nowhere/x.csv
