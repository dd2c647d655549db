# A run directory belongs to one process at a time; runs that start side by side get one each.
source "$SOURCE_DIR/test/cli/lib.sh"

make_tiny_config 9 120 >tiny.yaml
train=("$surgrad" train tiny.yaml --threads 1)

# wait_for CONDITION...: until a command succeeds, a minute at most.
wait_for() {
    local tries=0
    until "$@" 2>/dev/null; do
        ((tries++ < 6000)) || fail "still not so: $*"
        sleep 0.01
    done
}

# side_by_side COUNT COMMAND...: starts them all at once, with their number as seed; sets `codes`, and leaves err.N and out.N.
side_by_side() {
    local count=$1 i jobs=()
    shift
    for ((i = 1; i <= count; i++)); do
        "$@" --seed $i >out.$i 2>err.$i &
        jobs+=($!)
    done
    codes=()
    for ((i = 0; i < count; i++)); do
        local code=0
        wait "${jobs[i]}" || code=$?
        codes+=($code)
    done
}

# A run that is held up keeps its folder: it alone writes there, before and after.
expect_exit 0 "${train[@]}" --out whole
"${train[@]}" --out held >out.held 2>err.held &
holder=$!
wait_for test -e held/metrics.csv
kill -STOP $holder
before=$(cksum held/*)
for more in "" --resume "--resume --epochs 400" "--seed 4"; do
    # shellcheck disable=SC2086 # words
    expect_exit 1 "${train[@]}" --out held $more
    expect_line "^surgrad: held is in use by process $holder on $(uname -n): wait until it ends, or name another folder \(--out\)$" err
done
expect_exit 1 "$surgrad" train --resume --out held
expect_line "^surgrad: held is in use by process $holder on " err
[[ $(cksum held/*) == "$before" ]] || fail "a refused run changed the folder"
kill -CONT $holder
wait $holder || fail "the run that was held up: $(cat err.held)"
expect_same whole/model.h5 held/model.h5
expect_same_metrics whole held
[[ $(ls -A held) == "$(ls -A whole)" ]] || fail "left in the folder: $(ls -A held)"

# A killed holder bars nobody.
"${train[@]}" --out killed >out 2>err &
holder=$!
wait_for test -e killed/metrics.csv
kill -KILL $holder
wait $holder 2>/dev/null || true
[[ -e killed/.surgrad-run.lock ]] || fail "the run ended before it was killed"
expect_exit 0 "${train[@]}" --resume --out killed
expect_same whole/model.h5 killed/model.h5

# Eight at once in one folder: one winner, whose run is whole; the others are told why.
for round in 1 2 3; do
    side_by_side 8 "${train[@]}" --epochs 20 --out shared-$round
    winner=
    for i in {1..8}; do
        if [[ ${codes[i - 1]} == 0 ]]; then
            [[ -z $winner ]] || fail "two winners, $winner and $i"
            winner=$i
        else
            [[ ${codes[i - 1]} == 1 && $(wc -l <err.$i) == 1 && ! -s out.$i ]] || fail "$i: ${codes[i - 1]}: $(cat err.$i)"
            expect_line "^surgrad: shared-$round (is in use by process [0-9]+ on |already holds a run )" err.$i
        fi
    done
    [[ -n $winner ]] || fail "no winner"
    expect_exit 0 "${train[@]}" --epochs 20 --seed "$winner" --out alone-$round
    for file in config.yaml model.h5 best.h5; do expect_same alone-$round/$file shared-$round/$file; done
    expect_same_metrics alone-$round shared-$round
    [[ $(ls -A shared-$round) == "$(ls -A alone-$round)" ]] || fail "left in the folder: $(ls -A shared-$round)"
done

# Without --out each gets the next free folder, and tells which.
mkdir -p runs/tiny-3
side_by_side 6 "${train[@]}" --epochs 5
[[ ${codes[*]} == "0 0 0 0 0 0" ]] || fail "exit codes ${codes[*]}: $(cat err.?)"
[[ $(ls runs | tr '\n' ' ') == "tiny tiny-2 tiny-3 tiny-4 tiny-5 tiny-6 tiny-7 " ]] || fail "$(ls runs)"
for i in {1..6}; do
    told=$(sed -n 's/.* model: \(.*\)\/best\.h5$/\1/p' out.$i)
    expect_line "^run in +$told$" err.$i
    expect_line "^seed: $i$" "$told/config.yaml"
    [[ -e $told/model.h5 ]] || fail "$told holds no model"
done
expect_exit 0 "${train[@]}" --epochs 6 --seed "$(sed -n 's/^seed: //p' runs/tiny-7/config.yaml)" --resume
expect_line ' model: runs/tiny-7/best\.h5$' out
