# A run that is stopped or killed can be gone on with, to the same bits as one that was not.
source "$SOURCE_DIR/test/cli/lib.sh"
set -m # so that a program in the background listens to SIGINT
make_data data
make_config "$PWD/data" | sed 's/steps: 20/steps: 400/; s/size: 24/size: 200/; s/epochs: 4/epochs: 24/' >long.yaml
train=("$surgrad" train long.yaml --threads 1)

rows() {
    if [[ -e $1/metrics.csv ]]; then wc -l <"$1/metrics.csv"; else echo 0; fi
}

# interrupt SIGNAL DIR ROWS [OPTION...]: trains, sends the signal once metrics.csv has this many lines; sets `code`.
interrupt() {
    local signal=$1 dir=$2 lines=$3 job tries=0
    shift 3
    "${train[@]}" --out "$dir" "$@" >out 2>err &
    job=$!
    while (($(rows "$dir") < lines)) && kill -0 $job 2>/dev/null && ((tries++ < 6000)); do sleep 0.01; done
    kill "-$signal" $job 2>/dev/null || true
    code=0
    wait $job 2>/dev/null || code=$?
}

expect_exit 0 "${train[@]}" --out whole

for signal in INT TERM; do
    dir=stopped-$signal
    interrupt $signal "$dir" 3
    [[ $code == 130 ]] || fail "exit code $code after SIG$signal, expected 130: $(cat err)"
    expect_line "stopped and saved; to go on: surgrad train --resume --out $dir$" err
    if grep -q '^test accuracy' out; then fail "a result of a run that was stopped"; fi
    (($(rows "$dir") < 25)) || fail "all epochs were done before SIG$signal"
    expect_exit 0 "$surgrad" info "$dir/checkpoint.h5"
    expect_exit 0 "$surgrad" eval "$dir/checkpoint.h5"
    expect_nothing_aside "$dir"
    expect_exit 0 "$surgrad" train --resume --out "$dir"
    expect_line '^test accuracy .* after 24 epochs in ' out
    expect_same whole/model.h5 "$dir/model.h5"
    expect_same whole/config.yaml "$dir/config.yaml"
    expect_same_metrics whole "$dir"
done

# Killed again and again, at no chosen moment: what is there can always be loaded.
kills=0
for lines in 0 2 4 8 12 16; do
    interrupt KILL killed $lines --resume
    [[ $code == 137 ]] && kills=$((kills + 1))
    if [[ -e killed/checkpoint.h5 ]]; then expect_exit 0 "$surgrad" info killed/checkpoint.h5; fi
    if [[ -e killed/model.h5 ]]; then expect_exit 0 "$surgrad" eval killed; fi
done
((kills >= 3)) || fail "only $kills of 6 runs were killed before they ended"
expect_exit 0 "${train[@]}" --resume --out killed
expect_same whole/model.h5 killed/model.h5
expect_same_metrics whole killed
expect_nothing_aside killed
