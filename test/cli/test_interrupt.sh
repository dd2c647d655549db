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

for signal in INT TERM HUP XCPU USR1 USR2; do
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

# Signals that come in numbers do not end the saving; a second Ctrl-C ends at once. Both wait while the program is held up.
signals() { # signals DIR SIGNAL...: sends them all at once; sets `code`
    local dir=$1 job signal
    shift
    "${train[@]}" --out "$dir" >out 2>err &
    job=$!
    while (($(rows "$dir") < 3)) && kill -0 $job; do sleep 0.01; done
    kill -STOP $job
    for signal; do kill "-$signal" $job; done
    kill -CONT $job
    code=0
    wait -f $job 2>/dev/null || code=$?
    while ((code == 147)); do code=0; wait -f $job 2>/dev/null || code=$?; done # it was told of the stop
}
signals numbers HUP TERM XCPU USR1 USR2 PIPE
[[ $code == 130 ]] || fail "exit code $code after many signals, expected 130: $(cat err)"
expect_line "stopped and saved; to go on: surgrad train --resume --out numbers$" err
expect_exit 0 "$surgrad" train --resume --out numbers
expect_same whole/model.h5 numbers/model.h5
signals quit QUIT
[[ $code == 131 ]] || fail "exit code $code after SIGQUIT, expected 131"
expect_exit 0 "$surgrad" train --resume --out quit # which removes what was being written
expect_same whole/model.h5 quit/model.h5
expect_nothing_aside quit

# Under nohup a terminal that closes is no reason to stop.
(trap '' HUP; interrupt HUP nohup 3; [[ $code == 0 ]] || fail "exit code $code after SIGHUP under nohup: $(cat err)")
expect_same whole/model.h5 nohup/model.h5

# A reader of the results that goes away stops the run, which saves; where SIGPIPE is ignored the run goes on.
code=0
("${train[@]}" --out unread 2>err || echo $? >code) | head -n 2 >out
[[ $(cat code) == 130 ]] || fail "exit code $(cat code) without a reader, expected 130: $(cat err)"
expect_line "stopped and saved; to go on: surgrad train --resume --out unread$" err
[[ $(tail -n 1 err) == *"stopped and saved"* ]] || fail "more than that is told: $(cat err)"
(($(rows unread) < 25)) || fail "all epochs were done before the pipe was broken"
expect_exit 0 "$surgrad" train --resume --out unread
expect_same whole/model.h5 unread/model.h5
(trap '' PIPE; "${train[@]}" --out ignored 2>err || true) | head -n 2 >out
expect_same whole/model.h5 ignored/model.h5

# A file larger than may be: a message, and nothing that is half.
(ulimit -f 8; code=0; "${train[@]}" --out limited >out 2>err || code=$?; echo $code >code)
[[ $(cat code) == 1 ]] || fail "exit code $(cat code) at the limit of file sizes, expected 1"
expect_line '^surgrad: cannot write limited/checkpoint\.h5: File too large$' err
expect_nothing_aside limited
expect_exit 0 "$surgrad" train --resume --out limited
expect_same whole/model.h5 limited/model.h5
(ulimit -f 1; code=0; "$surgrad" encode long.yaml -o events.h5 >out 2>err || code=$?; echo $code >code)
[[ $(cat code) == 1 ]] || fail "exit code $(cat code) of encode at the limit of file sizes, expected 1"
expect_line '^surgrad: cannot write events\.h5: File too large$' err
expect_nothing_aside .

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
