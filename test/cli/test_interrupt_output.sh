# A signal that ends the program leaves nothing of the file that it was writing, and the file of before as it was.
source "$SOURCE_DIR/test/cli/lib.sh"
set -m # so that a program in the background listens to SIGINT
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # the leak sanitizer needs what strace holds
make_tiny_config 1 1 >tiny.yaml
"$surgrad" train tiny.yaml -o tiny >/dev/null 2>&1

# wait_for FILE: until it is there.
wait_for() {
    local tries=0
    until [[ -e $1 ]]; do
        ((tries++ < 2000)) || fail "$1 was not begun"
        sleep 0.01
    done
}

# expect_gone OUT STATUS JOB: the job ends by a signal, OUT is as before, and nothing lies beside it.
expect_gone() {
    local code=0
    wait -f "$3" 2>/dev/null || code=$?
    [[ $code == "$2" ]] || fail "$1: exit code $code, expected $2: $(cat err)"
    cmp -s "$1" <(echo before) || fail "$1 is not as before"
    [[ ! -e $1.tmp ]] || fail "$1.tmp is left"
}

# Texts are written as answers come: here the program waits for a second line.
declare -A numbers=([INT]=130 [TERM]=143 [HUP]=129 [USR1]=138)
for signal in INT TERM HUP USR1; do
    for out in answers.csv answers.jsonl; do
        echo before >$out
        mkfifo lines
        "$surgrad" predict tiny - -o $out <lines >/dev/null 2>err &
        job=$!
        exec 3>lines
        echo '{"t": [1], "channel": [0]}' >&3
        wait_for $out.tmp
        kill -$signal $job
        expect_gone $out ${numbers[$signal]} $job
        exec 3>&-
        rm lines
    done
done

# A signal that was ignored when the program began (nohup) stays ignored.
mkfifo lines
(trap '' HUP && exec "$surgrad" predict tiny - -o answers.csv) <lines >/dev/null 2>err &
job=$!
exec 3>lines
wait_for answers.csv.tmp
kill -HUP $job
echo '{"t": [1], "channel": [0]}' >&3
exec 3>&-
wait -f $job || fail "ended by a signal that is ignored"
[[ $(wc -l <answers.csv) == 2 ]] || fail "no answer in $(cat answers.csv)"

# What the library writes, which takes strace to be told at the right moment.
if ! strace -o trace true 2>err; then
    echo "SKIPPED: strace is not installed, or may not trace here: $(cat err)" >&2
    exit 0
fi
told() { # told SYSCALL OUT ARGUMENT...: runs the program, which gets SIGINT with each such call
    local call=$1 out=$2
    shift 2
    echo before >"$out"
    strace -f -o trace -e trace=$call -e inject=$call:signal=INT "$surgrad" "$@" >/dev/null 2>err &
    expect_gone "$out" 130 $!
    expect_line SIGINT trace
}
told fsync events.h5 encode tiny.yaml -o events.h5
told fsync answers.h5 predict tiny -o answers.h5
# The first asks to stop, the second ends.
printf 't_us,x,y,p\n1000,3,4,1\n2000,5,6,0\n' >taps.csv
told pwrite64 imported.h5 import taps.csv -o imported.h5 --sensor 8x8
