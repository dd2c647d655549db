# Names of files that a shell, gnuplot or a terminal would obey. Nothing of them is run, nothing of them reaches the
# terminal as it is, and the hint to resume works as it stands.
source "$SOURCE_DIR/test/cli/lib.sh"
set -m # so that a program in the background listens to SIGINT
make_data data
make_config "$PWD/data" >small.yaml
sed 's/epochs: 4/epochs: 100000/' small.yaml >endless.yaml

names=($'a\n!touch pwned #' $'b\n$(touch pwned)' '$(touch pwned)' 'a`touch pwned`' ';touch pwned;' '|touch pwned' "it's"
    "'.system('touch pwned').'" 'a"b\' ' two  blanks ' '-dash' 'a!b' '%s%n' $'title\e]0;pwned\a' $'c1\xc2\x9b31m' $'c1\x9b31m'
    $'del\x7f' 'ünïcödé')

# expect_tame FILE: no control character but newlines, and no broken one.
expect_tame() {
    LC_ALL=C grep -aqP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|(^|[\x00-\x7f])[\x80-\xbf]' "$1" || return 0
    od -c "$1" | head -n 20 >&2
    fail "control characters in $1"
}

# expect_run COMMAND...: succeeds, starts nothing, prints nothing that a terminal obeys.
expect_run() {
    expect_exit 0 "$@"
    expect_tame out
    expect_tame err
    [[ -z $(find . -name 'pwned*') ]] || fail "a name was run as a program: $*"
}

# stop DIR: an endless training is stopped once an epoch is done; its message is in err.
stop() {
    local job tries=0
    "$surgrad" train endless.yaml --out "$1" >out 2>err &
    job=$!
    while [[ ! -e $1/metrics.csv ]] && kill -0 $job 2>/dev/null && ((tries++ < 6000)); do sleep 0.01; done
    kill -INT $job
    wait $job || true
    expect_tame err
}

# expect_hint DIR: a shell that is given the hint to resume calls the program with this folder.
expect_hint() {
    local hint words
    surgrad() { words=("$@"); }
    hint=$(sed -n 's/^surgrad: stopped and saved; to go on: \(surgrad train .*\)$/\1/p' err)
    [[ -n $hint ]] || fail "no hint to resume: $(cat err)"
    eval "$hint"
    [[ ${#words[@]} == 4 && "${words[*]:0:3}" == "train --resume --out" && ${words[3]} == "$1" ]] ||
        fail "the hint does not name $1: $hint"
    [[ -z $(find . -name 'pwned*') ]] || fail "the hint runs the name: $hint"
}

gnuplot=$(command -v gnuplot || true)
for name in "${names[@]}"; do
    expect_run "$surgrad" train small.yaml --epochs 1 --out "$name"
    expect_line ' in .*model: ' out
    [[ -e ./$name/model.h5 ]] || fail "no run in ./$name"
    expect_run "$surgrad" eval "./$name"
    expect_run "$surgrad" eval "./$name" --json
    expect_run "$surgrad" info "./$name/model.h5"
    expect_run "$surgrad" encode small.yaml -o "./$name/events.h5"
    cp small.yaml "./$name.yaml"
    expect_run env XDG_CACHE_HOME="$PWD" "$surgrad" info "./$name.yaml"
    [[ -z $gnuplot ]] || expect_run "$surgrad" plot "./$name" --ascii
    rm -r -- "$name"
    stop "$name"
    expect_hint "$name"
    expect_error 3 '.*no such file' "$surgrad" eval "./$name/none"
    expect_tame err
done
[[ -n $gnuplot ]] || { echo "gnuplot is not installed: pictures are not tested"; exit 0; }
for name in "${names[0]}" "${names[1]}" "${names[12]}" "${names[13]}"; do
    expect_run "$surgrad" plot "./$name" --out "$name/pictures"
    [[ $(find "./$name" -name '*.png' -printf x) == xxxxxxx ]] || fail "not all pictures are in ./$name/pictures"
    expect_nothing_aside "./$name"
done
