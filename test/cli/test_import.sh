# surgrad import: every command of docs/data.md, on small recordings; the summary; files that are damaged; and the same
# bits from the file as from the recordings in place.
source "$SOURCE_DIR/test/cli/lib.sh"
source "$SOURCE_DIR/test/cli/recordings.sh"

# ---------------------------------------------------------------------------- small data, named as in docs/data.md
for class in 0 1 2; do
    mkdir -p N-MNIST/Train/$class N-MNIST/Test/$class
    for i in 1 2 3; do bin_events $class $i >N-MNIST/Train/$class/0000$i.bin; done
    bin_events $class 4 >N-MNIST/Test/$class/00004.bin
done
echo "What these are" >N-MNIST/README

mkdir gestures long NMNISTsmall DvsGesture
for class in 0 1 2; do
    aedat3 5000000 $class >gestures/ann-$class.aedat
    aedat3 7000000 $class >gestures/bob-$class.aedat
done
{
    echo file,label,group,split
    for class in 0 1 2; do echo "ann-$class.aedat,way $class,ann,train"; done
    for class in 0 1 2; do echo "bob-$class.aedat,way $class,bob,test"; done
} >gestures/labels.csv

for class in 0 1 2; do mkdir long/$class && aedat3 1000000 $class $class $class >long/$class/a.aedat; done

printf '#sample #class\r\n' | tee NMNISTsmall/train1K.txt >NMNISTsmall/test100.txt
for i in 1 2 3 4 5 6; do
    bin_events $((i % 3)) $i >NMNISTsmall/$i.bs2
    printf '%d\t%d\r\n' $i $((i % 3)) >>NMNISTsmall/$( ((i < 5)) && echo train1K || echo test100).txt
done

for user in 01 02; do
    aedat3 53000000 0 1 2 >DvsGesture/user${user}_led.aedat
    printf 'class,startTime_usec,endTime_usec\n1,53000000,53200000\n2,54000000,54200000\n3,55000000,55200000\n' \
        >DvsGesture/user${user}_led_labels.csv
done
echo user01_led.aedat >DvsGesture/trials_to_train.txt
echo user02_led.aedat >DvsGesture/trials_to_test.txt

{
    echo sample,label,t_us,x,y,p
    for i in 0 1 2 3 4 5; do for e in 1 2 3 4; do echo "$i,$((i % 3)),$((e * 1000)),$((i % 3 * 9 + e)),$e,$((e % 2))"; done; done
} >taps.csv
cp "$SOURCE_DIR/test/golden/tables/many.npz" arrays.npz
cp "$SOURCE_DIR/test/golden/tables/arrays.h5" arrays.h5
mkdir SHD
for part in train test; do cp "$SOURCE_DIR/test/golden/tables/shd.h5" SHD/shd_$part.h5; done

# The corpus of the fuzzers has a small file of each format, behind a byte of theirs.
seed() { tail -c +2 "$SOURCE_DIR/test/fuzz/corpus/recording/$1"; }
for class in 0 1 2; do
    mkdir -p {dv,raw,dat,es}/$class
    for i in 1 2 3; do
        seed aedat4-plain.aedat4 >dv/$class/$i.aedat4
        seed evt3-a.raw >raw/$class/$i.raw
        seed dat-a.dat >dat/$class/$i.dat
        seed event-stream-a.es >es/$class/$i.es
    done
done
cp "$SOURCE_DIR/test/golden/tables/touch.npz" touch.npz
mkdir sounds
for i in 0 1 2 3; do
    make_wav 8000 $((400 + 10 * i)) 8000 >"sounds/0_ann_$i.wav"
    make_wav 8000 $((1600 + 20 * i)) 8000 >"sounds/1_bo_$i.wav"
done

# ------------------------------------------------------------------------------------- the commands of docs/data.md
page=$SOURCE_DIR/docs/data.md
awk '/^```yaml/ { on = 1; next } /^```/ { on = 0 } on' "$page" >net.yaml
sed -i 's/size: 3$/size: 11/' net.yaml # DVS Gesture has eleven classes
commands=0
while read -r line; do
    commands=$((commands + 1))
    [[ $line != *" nmnist "* ]] || line+=" --epochs 1 --set data.validation=0"
    [[ $line != *" -o runs/sound "* ]] || line+=" --epochs 1"
    eval "arguments=(${line#surgrad })"
    expect_exit 0 "$surgrad" "${arguments[@]}"
    [[ $line != "surgrad import"* ]] || expect_line '^  samples  ' out
done < <(awk '/^```sh/ { on = 1; next } /^```/ { on = 0 } on' "$page")
((commands == 48)) || fail "$commands commands in docs/data.md, expected three of each of 16 kinds"

# A file that may hold many samples and holds one is one, and channels without polarity are as many as the sensor has.
printf 't_us,x,y,p\n1000,3,4,1\n2000,5,6,0\n' >one.csv
expect_exit 0 "$surgrad" import one.csv -o one.h5 --dt 1ms --sensor 8x8
expect_line '^  samples        1, of 1 file' out
expect_line '^  events         2, ' out
expect_exit 0 "$surgrad" import SHD -o shd.h5 --dt 10ms --sensor 700 --downsample 5
expect_line '^  sensor         140 channels$' out

# -------------------------------------------------------------------------------------------------------- the summary
expect_exit 0 "$surgrad" import N-MNIST -o sum.h5 --window 200ms --dt 100ms --sensor 34x34 --downsample 8
expect_line '^  samples        12, of 12 files; 9 to train, 0 to validate, 3 to test$' out
expect_line '^  classes        3$' out
expect_line '^  sensor         5 x 5 pixels, 2 polarities: 50 channels$' out
expect_line '^  time           2 steps of 100 ms; the longest sample lasts 0\.2 s' out
expect_line '; the files hold 720$' out
expect_line '^  left out       [0-9]+ after the window$' out
expect_line '^  left out       [0-9]+ doubles: ' out
expect_line '^  left out       1 other files, which are no recordings$' out
kept=$(sed -nE 's/^  events +([0-9]+),.*/\1/p' out)
lost=$(awk '/^  left out/ && !/files/ { sum += $3 } END { print sum }' out)
((kept + lost == 720)) || fail "$kept events kept and $lost left out, expected 720 together"
expect_exit 0 "$surgrad" info sum.h5
expect_line '^split: 9 samples to train, 3 to test$' out
expect_line '^channels: 2 x 5 x 5 ' out

# What folders and tables tell of samples is in the file: classes, groups, parts, and those without a label.
mkdir told && cp gestures/*.aedat told
{
    echo file,label,group,split
    echo "ann-0.aedat,clap,ann,train" && echo "ann-1.aedat,wave,ann,validation" && echo "bob-2.aedat,wave,bob,test"
    echo "bob-1.aedat,,,train"
} >told/labels.csv
expect_exit 0 "$surgrad" import told -o told.h5
expect_line '^  samples        4, of 4 files; 2 to train, 1 to validate, 1 to test$' out
expect_exit 0 "$surgrad" info told.h5
expect_line '^split: 2 samples to train, 1 to test, 1 to validate$' out
expect_line '^samples of each class: 0 clap: 1, 1 wave: 2; without one: 1$' out
expect_line '^samples of each group: 0 ann: 2, 1 bob: 1; without one: 1$' out
expect_line 'sample 0 from .*ann-0\.aedat$' out

# A file's name may be no UTF-8: then its bytes are told.
mkdir latin && cp gestures/ann-0.aedat latin/$'caf\xe9.aedat'
expect_exit 0 "$surgrad" import latin -o latin.h5
expect_exit 0 "$surgrad" info latin.h5
expect_line 'sample 0 from .*caf\\xe9\.aedat$' out
expect_line '^no sample has a label: such data are for predictions$' out

# Classes by their names alone are numbered in the order of these, whichever comes first; by text, HDF5 and folders
# alike. A group and a part of each sample may stand beside.
{
    echo sample,class,speaker,split,t_us,x
    echo 0,dog,ann,train,1000,1 && echo 0,dog,ann,train,2000,2 && echo 1,ant,bo,test,1000,3 && echo 2,cat,ann,,1000,4
} >named.csv
expect_exit 0 "$surgrad" import named.csv -o named-text.h5 --sensor 8
expect_exit 0 "$surgrad" info named-text.h5
expect_line '^samples of each class: 0 ant: 1, 1 cat: 1, 2 dog: 1$' out
expect_line '^samples of each group: 0 ann: 2, 1 bo: 1$' out
expect_line '^split: 2 samples to train, 1 to test$' out
sed 's/^2,cat/2,1/' named.csv >mixed.csv
expect_error 3 'mixed\.csv: the class of one of its samples is a number alone, but those of others are not: ' \
    "$surgrad" import mixed.csv -o never.h5
sed 's/,test,/,tset,/' named.csv >parts.csv
expect_error 3 "parts\.csv: line 4, column 4: 'tset', expected train, test or validation" \
    "$surgrad" import parts.csv -o never.h5
sed 's/^0,dog,ann,train,2/0,dog,cy,train,2/' named.csv >groups.csv
expect_error 3 "groups\.csv: line 3: the group 'cy' is not that of the sample's lines before, 'ann'" \
    "$surgrad" import groups.csv -o never.h5

# What surgrad wrote is no recording: left out of folders, and refused by itself.
mkdir again && cp named.csv again && cp named-text.h5 again/out.h5
expect_exit 0 "$surgrad" import again -o again/out.h5 --sensor 8
expect_line '^  samples        3, of 1 file; ' out
expect_line '^  left out       1 file that surgrad wrote$' out
expect_error 3 "again/out\.h5: is no recording, but what surgrad wrote, 'surgrad events 1': " \
    "$surgrad" import again/out.h5 -o never.h5
rm again/named.csv
expect_error 3 'again: has no recording, but files that surgrad wrote' "$surgrad" import again -o never.h5

# A sensor that nobody tells is one that events tell, with a warning.
expect_exit 0 "$surgrad" import N-MNIST -o sum.h5
expect_line '^surgrad: warning: N-MNIST: its files do not tell the size of the sensor; 27 x 34 is as far as ' err

# ---------------------------------------------------------------------------- the file is what is read in place
common=(--epochs 2 --set layers.1.size=3)
expect_exit 0 "$surgrad" import N-MNIST -o events.h5 --window 300ms --dt 3ms --sensor 34x34 --counts true
expect_exit 0 "$surgrad" train net.yaml "${common[@]}" -o by-file
expect_exit 0 "$surgrad" train net.yaml "${common[@]}" -o in-place --set data.set=recordings --set data.file= \
    --set data.dir=N-MNIST --set data.sensor=34x34 --set data.counts=true
expect_same_metrics by-file in-place

# So it is with time series, whatever the encoder.
series=(--set data.range=255..0 --set encoder.kind=rate --set encoder.max_rate=300 --set data.seed=3)
expect_exit 0 "$surgrad" import touch.npz -o touch-events.h5 "${series[@]}" --window 300ms --dt 3ms
expect_line '; made of 120 frames of time series$' out
expect_exit 0 "$surgrad" train net.yaml "${common[@]}" -o by-touch --set data.split=shuffled --set data.seed=3 \
    --set data.file=touch-events.h5
expect_exit 0 "$surgrad" train net.yaml "${common[@]}" -o touch-in-place --set data.split=shuffled "${series[@]}" \
    --set data.set=recordings --set data.file=touch.npz --set data.window=300ms
expect_same_metrics by-touch touch-in-place
# New series are answered as those before; but for an import, whose encoder the network does not know.
expect_exit 0 "$surgrad" predict touch-in-place
sed 1d out | cut -d, -f1,3- >part
expect_exit 0 "$surgrad" predict touch-in-place touch.npz
cut -d, -f1,3- out | grep -qFxf part || fail "other answers for new series" # but for the folder
expect_error 3 'touch\.npz: .* holds a time series, expected events' "$surgrad" predict by-touch touch.npz
expect_error 2 'data\.range: is empty, but touch\.npz holds a time series, here from 189 to 255: say which values' \
    "$surgrad" import touch.npz -o touch.h5
expect_error 2 'command line: data\.range: |data\.range: found .1., expected LOW\.\.HIGH' \
    "$surgrad" import touch.npz -o touch.h5 --range 1

# Names of classes that the data tell are told of predictions.
mkdir named
{
    echo file,label
    for class in 0 1 2; do echo "../N-MNIST/Test/$class/00004.bin,a \\$class"; done
} >named/labels.csv
expect_exit 0 "$surgrad" import named -o named.h5 --steps 100 --dt 3ms --sensor 34x34 --counts true
expect_exit 0 "$surgrad" predict by-file named.h5 -f jsonl
expect_line '^\{"sample":2,"origin":"[^"]*","label":2,"label_name":"a \\\\2","predicted":([0-2]),"predicted_name":"a \\\\\1",' out

# What a recording is.
expect_exit 0 "$surgrad" info gestures/ann-0.aedat
expect_line '^gestures/ann-0\.aedat: a recording, aedat3: ' out
expect_exit 0 "$surgrad" info touch.npz
expect_line '^touch\.npz: a recording, npz: ' out

# Another dt than the file's is refused.
expect_error 3 'the data have steps of 3 ms, but the network has 2 ms: ' "$surgrad" train net.yaml "${common[@]}" --set "dt=2 ms"

# ------------------------------------------------------------------------------------------- what is wrong is one line
cp events.h5 before.h5
expect_error 2 'import: --out: found nothing|--out: found nothing' "$surgrad" import N-MNIST
expect_error 2 'import: found nothing, expected SOURCE' "$surgrad" import -o events.h5
expect_error 3 'none: there is no such file' "$surgrad" import none -o events.h5
head -c 7 N-MNIST/Train/0/00001.bin >torn.bin
mkdir -p bad/0 && cp torn.bin bad/0
expect_error 3 'bad/0/torn\.bin: ends at byte 7' "$surgrad" import bad -o events.h5
: >bad/0/torn.bin
expect_error 3 'bad/0/torn\.bin: is empty' "$surgrad" import bad -o events.h5
expect_error 2 "command line: data\.window: found '3'" "$surgrad" import N-MNIST -o events.h5 --window 3
expect_error 2 "data\.crop: found 'x', expected" "$surgrad" import N-MNIST -o events.h5 --crop x
expect_error 2 'data\.window: 1e\+06 ms are 1000000 steps of 1 ms, expected at most 65535' \
    "$surgrad" import N-MNIST -o events.h5 --window 1000s
expect_error 3 'N-MNIST: no event is left of the 720 ' "$surgrad" import N-MNIST -o events.h5 --crop 3x3+90+90
expect_error 1 'cannot write no/such/events\.h5' "$surgrad" import N-MNIST -o no/such/events.h5
expect_error 2 "unknown option '--polarty'; did you mean '--polarity'" "$surgrad" import N-MNIST -o x.h5 --polarty on
expect_same events.h5 before.h5
expect_nothing_aside .
[[ -z $(find . -name 'events.h5.*') ]] || fail "something is left beside events.h5"

# ------------------------------------------------------------------------- a file with nothing but samples to test
expect_exit 0 "$surgrad" import N-MNIST/Train N-MNIST/Test -o parts.h5 --steps 50 --sensor 34x34
expect_exit 0 "$surgrad" import N-MNIST/Test -o test.h5 --steps 50 --sensor 34x34
cat >parts.yaml <<END
data: {set: events, file: parts.h5, validation: 0.2}
steps: 50
layers: [{size: 5}, {size: 3, neuron: {kind: li}}]
loss: {kind: mean_ce}
END
expect_exit 0 "$surgrad" train parts.yaml --epochs 1 --out parts
expect_exit 0 "$surgrad" eval parts --data test.h5
expect_line '^samples       3 of the test split$' out
expect_error 3 '3 samples, of which none are to train and 3 to test: ' \
    "$surgrad" train parts.yaml --set data.file=test.h5 --out none
"$surgrad" info parts.yaml --time --set data.file=test.h5 >out 2>err && fail "training on nothing was timed"
expect_line 'no samples: a batch or an evaluation needs 1 or more$' err

# ------------------------------------------------------------------------------------- real files, where they are
data=${SURGRAD_SHARED_DATA:-}/nmnist
if [[ -z ${SURGRAD_SHARED_DATA:-} || ! -e $data/1.bs2 ]]; then
    echo "skipped: N-MNIST's reference binning, since SURGRAD_SHARED_DATA is not set"
    exit 0
fi
mkdir -p real/5 && cp "$data/1.bs2" real/5
for dt in 1 2; do
    expect_exit 0 "$surgrad" import real -o real$dt.h5 --zero file --dt ${dt}ms --window 350ms --sensor 34x34
    expect_line '; the files hold 4,681$' out
    expect_line "^  events         $( ((dt == 1)) && echo 4,674 || echo 4,658)," out
done
expect_exit 0 "$surgrad" import "${data%nmnist}braille/braille_taxels.h5" -o braille.h5 --period 10ms --range 255..0 \
    --dt 5ms --set encoder.kind=delta --set encoder.delta=0.005
expect_line '^  samples        1,350, of 1 file$' out
expect_line '^  events         90,455, .*; made of 103,059 frames of time series$' out
