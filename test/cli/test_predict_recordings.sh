# surgrad predict of recordings: the answers are those of the events that `surgrad import` makes of them, whether the
# network was trained on such events or on recordings in place; a sensor that does not fit is refused.
source "$SOURCE_DIR/test/cli/lib.sh"
source "$SOURCE_DIR/test/cli/recordings.sh"

for class in 0 1 2; do
    name=$(echo up down "a,b" | cut -d' ' -f$((class + 1)))
    for i in 1 2 3; do
        mkdir -p train/"$name" new
        bin_events $class $i >train/"$name"/$i.bin
        aedat3 5000000 $class >new/$class.aedat
    done
    bin_events $class 4 >$class.bin
    bin_events $class 7 >new-$class.bin
done
cat >net.yaml <<'Y'
epochs: 3
batch: 3
shuffle: true
steps: 97
data: {set: events, file: events.h5, split: shuffled}
layers:
  - size: 16
    link: {kind: dense, weights: normal, sd: 0.3}
    neuron: {kind: cuba_lif, tau_mem: 20 ms, tau_syn: 10 ms}
  - size: 3
    link: {kind: dense, weights: normal, sd: 0.3}
    neuron: {kind: li, tau_mem: 50 ms}
loss: {kind: mean_ce}
optimiser: {kind: adam, lr: 0.003}
Y

# Options of every stage of an import; 97 steps make dt a number without end, which decides in which step an event is.
options=(--window 250ms --steps 97 --sensor 34x34 --crop 32x32+1+1 --downsample 4 --polarity both --refractory 2ms
    --most 50 --binning nearest --counts true --zero first_event)
dt=2.57731958762887
expect_exit 0 "$surgrad" import train -o events.h5 "${options[@]}"
expect_exit 0 "$surgrad" train net.yaml -o by-file --set "dt=$dt ms"

# same_answers RUN SOURCE [OPTION...]: predicts SOURCE, and the file that is imported from it with these options.
same_answers() {
    local run=$1 source=$2
    shift 2
    expect_exit 0 "$surgrad" predict "$run" "$source" -o at-once.csv
    if [[ -s err ]]; then fail "$source: $(cat err)"; fi
    expect_exit 0 "$surgrad" import "$source" -o imported.h5 "$@"
    expect_exit 0 "$surgrad" predict "$run" imported.h5 -o imported.csv
    expect_same imported.csv at-once.csv
}
for class in 0 1 2; do same_answers by-file new-$class.bin "${options[@]}"; done
gzip -k new-1.bin
same_answers by-file new-1.bin.gz "${options[@]}"
for class in 0 1 2; do same_answers by-file train "${options[@]}"; done
expect_line '^sample,origin,label,label_name,predicted,predicted_name,output_0,output_1,output_2,' at-once.csv
expect_line '^0,"train/a,b/1\.bin",0,"a,b",[0-2],("a,b"|up|down),' at-once.csv
[[ $(wc -l <at-once.csv) == 10 ]] || fail "$(wc -l <at-once.csv) lines, expected 10"

# A recording in which little happens does not tell the sensor; the network does.
bytes 5 6 0 3 232 7 8 128 7 208 >little.bin
expect_exit 0 "$surgrad" predict by-file little.bin
expect_line '^0,little\.bin,,,[0-2],' out

# Recordings in place: the configuration has the options.
sed 's/data: .*/data: {set: recordings, dir: train, split: shuffled, sensor: 34x34, downsample: 2, window: 200 ms}/' \
    net.yaml >in-place.yaml
expect_exit 0 "$surgrad" train in-place.yaml -o in-place --set "dt=$dt ms"
for threads in 1 3; do
    expect_exit 0 "$surgrad" predict in-place new-2.bin -t $threads -o threads.$threads.csv
done
expect_same threads.1.csv threads.3.csv
expect_exit 0 "$surgrad" predict in-place train -o all.csv
expect_exit 0 "$surgrad" predict in-place -o tests.csv
while IFS= read -r line; do # the test part is predicted as it is in the folder
    grep -qF "${line#*,*,}" all.csv || fail "the test part has other answers in the folder: $line"
done < <(sed 1d tests.csv)

# Names in every format; labels go by them, whatever the numbers of the folder at hand.
mkdir -p other/up other/sideways
cp new-0.bin other/up && cp new-1.bin other/sideways
expect_exit 0 "$surgrad" predict by-file other -f jsonl
expect_line '^\{"sample":0,"origin":"other/sideways/new-1\.bin","predicted":' out
expect_line '^\{"sample":1,"origin":"other/up/new-0\.bin","label":2,"label_name":"up","predicted":[0-2],"predicted_name":' out
expect_line "warning: other: the network has no class 'sideways': 1 samples are taken to have no label" err
echo '{"t": [1, 4], "channel": [3, 5]}' | expect_exit 0 "$surgrad" predict by-file -
expect_line '^sample,label,label_name,predicted,predicted_name,output_0' out
expect_line '^0,,,[0-2],("a,b"|up|down),' out
if python3 -c 'import h5py' 2>/dev/null; then
    expect_exit 0 "$surgrad" predict by-file train -o answers.h5
    python3 - <<'PY' || fail "answers.h5 has no names"
import h5py
with h5py.File("answers.h5") as f:
    assert [n.decode() for n in f["class_names"]] == ["a,b", "down", "up"]
    assert [n.decode().split("/")[-2] for n in f["origin"]] == ["a,b"] * 3 + ["down"] * 3 + ["up"] * 3
    assert list(f["label"]) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
PY
fi

# What does not fit is refused in one line, and leaves no file.
refuse() { # refuse PATTERN RUN SOURCE
    expect_exit 3 "$surgrad" predict "$2" "$3" -o refused.csv
    expect_line "$1" err
    [[ $(wc -l <err) == 1 ]] || fail "not one line: $(cat err)"
    [[ ! -e refused.csv && ! -e refused.csv.tmp ]] || fail "a file is left of a failure"
}
printf 't_us,x,y,p\n1000,3,4,1\n2000,60,6,0\n' >wide.csv
expect_exit 0 "$surgrad" import train -o any.h5 --window 250ms --steps 97
expect_exit 0 "$surgrad" train net.yaml -o any --set "dt=$dt ms" --set data.file=any.h5
refuse '^surgrad: wide\.csv: its events are of 61 x 7 pixels and 2 polarities, .* but the network was trained on 27 x 34 and 2: ' any wide.csv
refuse '^surgrad: new: its events are of 128 x 128 pixels' any new
refuse '^surgrad: empty\.bin: ' any empty.bin
: >empty.bin
refuse '^surgrad: empty\.bin: ' any empty.bin
printf '\x89PNG\r\n\x1a\n' >picture.png
refuse '^surgrad: picture\.png: is a PNG picture, which surgrad does not read: save its grey values as an IDX file' any picture.png
make_data images
make_fast_config "$PWD/images" >fast.yaml
expect_exit 0 "$surgrad" train fast.yaml -o fast
refuse '^surgrad: 1\.bin: is a recording of a sensor \(nmnist\), but the network was not trained on such: ' fast 1.bin
refuse '^surgrad: images: has no recording' any images

# Data whose classes have other names are not those that the network knows.
for i in 1 2 3 4; do cp new-0.bin other/up/$i.bin && cp new-1.bin other/sideways/$i.bin; done
expect_exit 0 "$surgrad" import other -o other.h5 "${options[@]}"
expect_exit 3 "$surgrad" eval by-file --data other.h5
expect_line "class 0 is 'sideways' in the data, but 'a,b' in the network" err
