# Recordings of sound: trained on, evaluated and predicted, with the parts that their names tell.
source "$SOURCE_DIR/test/cli/lib.sh"

mkdir sounds
for ((i = 0; i < 6; i++)); do
    make_wav 4000 $((280 + 10 * i)) 8000 >"sounds/0_ann_$i.wav"
    make_wav 4000 $((800 + 20 * i)) $((4000 + 3000 * i)) >"sounds/1_bo_$i.wav"
done
cat >net.yaml <<YAML
seed: 1
epochs: 8
batch: 4
steps: 40
dt: 5 ms
data: {set: wav, dir: sounds}
wav: {test_numbers: 0-1}
audio: {channels: 12, low: 100, high: 1800}
encoder: {kind: lif, max_rate: 150}
layers:
  - {size: 16, link: {sd: 0.5}, neuron: {tau_mem: 20 ms}}
  - {size: 2, link: {sd: 0.5}, neuron: {kind: li, tau_mem: 50 ms}}
loss: {kind: mean_ce}
optimiser: {lr: 0.02}
YAML
expect_exit 0 "$surgrad" train net.yaml -o run
expect_exit 0 "$surgrad" eval run
expect_line '^samples +4 of the test split$' out
expect_line '^accuracy +1\.0000' out
expect_exit 0 "$surgrad" info net.yaml
expect_exit 0 "$surgrad" encode net.yaml -o events.h5
expect_line '^events.h5: 12 samples, 40 steps, 12 channels, 2 classes, ' out
expect_exit 0 "$surgrad" info events.h5
expect_line '^samples of each group: 0 ann: 6, 1 bo: 6' out

# Predicted: the test part, a folder, one file; a file's answer is that of the folder.
expect_exit 0 "$surgrad" predict run
[[ $(awk -F, 'NR > 1 { print $3 $4 }' out | sort | uniq -c | tr -d '\n ') == 200211 ]] || fail "wrong: $(cat out)"
expect_exit 0 "$surgrad" predict run sounds
cp out all.csv
[[ $(wc -l <all.csv) == 13 ]] || fail "expected 12 answers"
expect_exit 0 "$surgrad" predict run sounds/1_bo_4.wav
diff <(awk -F, '$1 == 10 { sub(/^10/, "0"); print }' all.csv) <(sed 1d out) >&2 || fail "another answer"
# Events of the same sounds; new sounds without a label; labels that are words, of which a file alone tells no number.
expect_exit 0 "$surgrad" predict run events.h5
diff <(cut -d, -f1,3- all.csv) <(cut -d, -f1,3- out) >&2 || fail "other answers by way of events" # but for the folder
cp sounds/1_bo_4.wav new.wav
expect_exit 0 "$surgrad" predict run new.wav
expect_line '^0,new\.wav,,1,' out
mkdir words
cp sounds/0_ann_0.wav words/low_ann_0.wav
cp sounds/1_bo_5.wav words/high_bo_5.wav
expect_exit 0 "$surgrad" predict run words
expect_line '^0,words/high_bo_5\.wav,,1,' out
expect_line '^1,words/low_ann_0\.wav,,0,' out

# The figure of a spectrogram and its spikes; of a run that hears.
if command -v gnuplot >/dev/null; then
    expect_exit 0 "$surgrad" plot run --sound new.wav -o pictures
    expect_line '^pictures/sound.svg$' out
    [[ -s pictures/sound.png ]] || fail "no picture of the sound"
    expect_line 'centre of the channel' pictures/sound.svg
    expect_exit 3 "$surgrad" plot run --sound net.yaml -o pictures
    expect_line '^surgrad: net.yaml: is no recording of sound that can be read' err
    make_tiny_config 1 1 >tiny.yaml
    "$surgrad" train tiny.yaml -o tiny >/dev/null 2>&1
    expect_exit 2 "$surgrad" plot tiny --sound new.wav -o pictures
    expect_line "^surgrad: data.set: is 'patterns', whose data are no sound, expected wav" err
fi

# By speaker, which is every sample of a class here: training sees one class alone.
expect_exit 0 "$surgrad" train net.yaml -o speaker --epochs 1 --set wav.test_numbers= --set wav.test_groups=bo
expect_exit 0 "$surgrad" eval speaker
expect_line '^samples +6 of the test split$' out
expect_exit 0 "$surgrad" train net.yaml -o group --epochs 1 --set data.split=groups --set data.test_groups=bo
expect_line "^surgrad: warning: wav.test_numbers: 0-1 has no effect, since data.split is not standard" err
expect_same_metrics speaker group
expect_exit 2 "$surgrad" train net.yaml --set wav.test_numbers=
expect_line 'data.split: standard, but neither wav.test_numbers nor wav.test_groups tells what to test by' err
expect_exit 0 "$surgrad" train net.yaml -o drawn --epochs 1 --set wav.test_numbers= --set data.split=shuffled

# What is odd is told: other files, recordings longer than the steps.
touch sounds/README.md
expect_exit 0 "$surgrad" predict run sounds
expect_line "^surgrad: warning: sounds: 1 of its files do not fit wav.name: .*the first is sounds/README.md$" err
expect_exit 0 "$surgrad" train net.yaml -o short --epochs 1 --set steps=20
expect_line 'warning: .*sounds: 12 of 12 recordings are longer than 20 steps of 5 ms: what comes later is left out' err
rm sounds/README.md

# What is wrong is refused.
head -c 1000 new.wav >cut.wav
expect_exit 3 "$surgrad" predict run cut.wav
expect_line "^surgrad: cut.wav: byte 36: its part 'data' tells 1600 bytes, but 956 follow: fetch it again$" err
cp cut.wav sounds/1_bo_9.wav
expect_error 3 ".*sounds/1_bo_9.wav: byte 36: its part 'data'" "$surgrad" encode net.yaml -o never.h5
rm sounds/1_bo_9.wav
: >empty.wav
expect_exit 3 "$surgrad" predict run empty.wav
expect_error 3 ".*0_ann_0.wav: 4000 samples a second hold frequencies below 2000 Hz, but audio.high is 3000 Hz" \
    "$surgrad" encode net.yaml -o never.h5 --set audio.high=3000
make_data images
expect_exit 3 "$surgrad" predict run images/t10k-images-idx3-ubyte
expect_line 'is IDX data, but .* data.set: wav, which has no encoder for it: .*, or recordings of sound' err

# The spoken digits, where they are: all are read, by the rule of their authors; a few epochs know most.
fsdd=${SURGRAD_SHARED_DATA:-}/fsdd
if [[ -z ${SURGRAD_SHARED_DATA:-} || ! -e $fsdd/theo.tar.gz ]]; then
    echo "skipped: fsdd, as SURGRAD_SHARED_DATA does not name a folder that has it"
    exit 0
fi
mkdir digits
for archive in "$fsdd"/*.tar.gz; do tar -xzf "$archive" -C digits; done
expect_exit 0 "$surgrad" encode fsdd --set data.dir=digits -o digits.h5
expect_line '^digits.h5: 3,000 samples, .* 10 classes' out
expect_exit 0 "$surgrad" info digits.h5
expect_line '^split: 2700 samples to train, 300 to test$' out
expect_exit 0 "$surgrad" train fsdd --set data.dir=digits -o fsdd --epochs 5
expect_exit 0 "$surgrad" eval fsdd
accuracy=$(sed -n 's/^accuracy  *\([0-9.]*\).*/\1/p' out)
awk -v a="$accuracy" 'BEGIN { exit !(a >= 0.85) }' || fail "accuracy $accuracy after five epochs, expected 0.85 or more"
