# Killed, or with a full disk, at every call by which a run changes its folder: a resumed run leaves the files of one that
# was not disturbed. Needs strace, which makes a chosen system call kill or fail.
source "$SOURCE_DIR/test/cli/lib.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # the leak sanitizer needs what strace holds
if ! strace -o trace true 2>err; then
    echo "SKIPPED: strace is not installed, or may not trace here: $(cat err)" >&2
    exit 77
fi

make_tiny_config 8 3 >tiny.yaml
train=("$surgrad" train tiny.yaml --threads 1)

# traced SYSCALL INJECTION: trains in ./run under strace; sets `code`, 137 if it was killed.
traced() {
    code=0
    strace -y -o trace -e trace="$1" ${2:+-e "inject=$1:$2"} "${train[@]}" --out run >out 2>err || code=$?
} 2>/dev/null # what bash says of a killed process

# calls SYSCALL PATTERN: which of its calls, counted from 1, are about ./run and match the pattern.
calls() {
    rm -rf run
    traced "$1"
    grep -E "^$1\(" trace | grep -nE '[/"]run["/>]' | grep -E -- "$2" | cut -d: -f1
}

# expect_whole_run: a resumed run leaves the files of the undisturbed one.
expect_whole_run() {
    local file
    expect_exit 0 "${train[@]}" --resume --out run
    for file in config.yaml model.h5 best.h5; do expect_same whole/$file run/$file; done
    expect_same_metrics whole run
    [[ $(ls -A run) == "$(ls -A whole)" ]] || fail "left in the folder: $(ls -A run)"
}

# expect_same_checkpoint: another epoch, which begins with the checkpoint's weights, optimiser state and history, ends with
# the bits that it ends with after the undisturbed run. Its times differ, so that its bytes cannot be compared.
expect_same_checkpoint() {
    expect_exit 0 "${train[@]}" --epochs 4 --resume --out run
    expect_same longer/model.h5 run/model.h5
    expect_same_metrics longer run
}

expect_exit 0 "${train[@]}" --out whole
expect_line '^best epoch 2: ' out # so one epoch is the best when it ends, and one is not
cp -r whole longer
expect_exit 0 "${train[@]}" --epochs 4 --resume --out longer
# Resuming a run that is whole changes nothing.
cp -r whole same
expect_exit 0 "${train[@]}" --resume --out same
diff -r whole same >&2 || fail "a run that was whole is another after --resume"

kills=0
for syscall in mkdir openat flock write fsync rename unlink; do
    pattern=
    [[ $syscall == openat ]] && pattern=O_CREAT
    for n in $(calls $syscall "$pattern"); do
        rm -rf run
        traced $syscall "signal=SIGKILL:when=$n"
        [[ $code == 137 ]] || fail "exit code $code, expected to be killed at $syscall number $n"
        expect_whole_run
        expect_same_checkpoint
        kills=$((kills + 1))
    done
done
((kills > 60)) || fail "only $kills kills"

full=0
for syscall in mkdir openat write fsync rename; do
    pattern=
    [[ $syscall == openat ]] && pattern=O_CREAT
    for n in $(calls $syscall "$pattern"); do
        rm -rf run
        traced $syscall "error=ENOSPC:when=$n"
        [[ $code == 1 ]] || fail "exit code $code with a disk full at $syscall number $n, expected 1"
        [[ $(tail -n 1 err) =~ ^"surgrad: ".*": No space left on device" ]] || fail "what it says: $(cat err)"
        expect_nothing_aside .
        expect_whole_run
        full=$((full + 1))
    done
done
((full > 50)) || fail "only $full full disks"

# Interrupted calls are made again: the first of each, and where only our files are concerned every second one.
for which in flock write openat+2 fsync+2; do
    syscall=${which%+*}
    first=$(calls "$syscall" "")
    rm -rf run
    traced "$syscall" "error=EINTR:when=${first%%$'\n'*}${which#"$syscall"}"
    [[ $code == 0 ]] || fail "exit code $code with $syscall interrupted: $(cat err)"
    grep -q EINTR trace || fail "$syscall was not interrupted"
    expect_whole_run
done

# Where there are no locks, a warning, and the run goes on.
rm -rf run
traced flock error=ENOLCK
[[ $code == 0 ]] || fail "exit code $code without locks: $(cat err)"
expect_line '^surgrad: warning: run/\.surgrad-run\.lock: its file system has no locks: ' err
expect_whole_run
# Two processes write the same file: the second takes the place of the first, which is told so, and no half file is seen.
expect_exit 0 "$surgrad" encode tiny.yaml -o whole.h5
strace -o trace -e inject=fsync:delay_enter=1000000 "$surgrad" encode tiny.yaml -o events.h5 >out.1 2>err.1 &
first=$!
while [[ ! -s events.h5.tmp ]] && kill -0 $first; do sleep 0.01; done
strace -o trace.2 -e inject=write:delay_enter=2500000:when=1 "$surgrad" encode tiny.yaml -o events.h5 >out.2 2>err.2 &
second=$!
code=0
wait $first || code=$?
[[ $code == 1 ]] || fail "exit code $code of the first to write, expected 1"
expect_line '^surgrad: cannot write events\.h5: another process began to write it too' err.1
[[ ! -e events.h5 ]] || fail "a file that is not whole: $(ls -l events.h5)"
wait $second || fail "the second to write: $(cat err.2)"
expect_same whole.h5 events.h5

echo "$kills kills, $full full disks"
