# Pictures of a run, in a folder whose name needs quotes.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >small.yaml
run="it's a run"
expect_exit 0 "$surgrad" train small.yaml --set data.validation=0.2 --out "$run"

# Without gnuplot there is one line that tells how to get it; other reasons are told as they are.
mkdir empty
expect_error 1 'gnuplot: found no such program, .*: install it \(apt-get install gnuplot-nox\)$' \
    env PATH="$PWD/empty:" "$surgrad" plot "$run"
touch empty/gnuplot
expect_error 1 'gnuplot: cannot be started: Permission denied$' env PATH="$PWD/empty" "$surgrad" plot "$run"
printf '#!/bin/sh\necho "a warning" >&2\necho "no fonts" >&2\nexit 3\n' >empty/gnuplot
chmod +x empty/gnuplot
expect_error 1 '.*: gnuplot could not draw it: no fonts$' env PATH="$PWD/empty:/bin" "$surgrad" plot "$run"
printf '#!/bin/sh\ntest "$1" = --version || kill -9 $$\n' >empty/gnuplot
expect_error 1 ".*/loss\.svg: gnuplot could not draw it: signal 9 ended it$" env PATH="$PWD/empty:/bin" "$surgrad" plot "$run"
expect_error 1 'gnuplot: cannot be started: Too many open files$' bash -c 'ulimit -n 5 && exec "$0" plot "$1"' "$surgrad" "$run"
[[ -z $(ls "$run/plots") ]] || fail "a picture of a gnuplot that failed: $(ls "$run/plots")"
if ! command -v gnuplot >/dev/null; then
    echo "gnuplot is not installed: pictures are not tested"
    exit 0
fi

# expect_pictures DIR NAME...: each as PNG and SVG, not empty.
expect_pictures() {
    local dir=$1 name
    shift
    for name; do
        [[ $(head -c 8 "$dir/$name.png" | od -An -tx1 | tr -d ' ') == 89504e470d0a1a0a ]] || fail "$name.png is no PNG"
        (($(wc -c <"$dir/$name.png") > 3000)) || fail "$name.png is empty"
        grep -q '</svg>' "$dir/$name.svg" || fail "$name.svg is not whole"
    done
    expect_nothing_aside "$dir"
}

# A gnuplot that fails where it has something to complain about, which the program would keep to itself.
mkdir strict
cat >strict/gnuplot <<END
#!/bin/sh
code=0
"$(command -v gnuplot)" "\$@" 2>"$PWD/complaints" || code=\$?
cat "$PWD/complaints" >&2
test ! -s "$PWD/complaints" && exit \$code
END
chmod +x strict/gnuplot

# expect_plot DIR [OPTION...]: draws without a word on stderr.
expect_plot() {
    expect_exit 0 env PATH="$PWD/strict:$PATH" "$surgrad" plot "$@"
    [[ ! -s err ]] || fail "on stderr: $(cat err)"
}

expect_plot "$run" --samples 0,2
expect_pictures "$run/plots" loss accuracy rates weights confusion raster-{0,2} membranes-{0,2}
grep -q '>validation<' "$run/plots/loss.svg" || fail "the validation part has no curve"
[[ $(wc -l <out) == 18 ]] || fail "the paths of 18 pictures are not printed: $(cat out)"

# Few descriptors are enough.
expect_exit 0 bash -c 'ulimit -n 8 && exec "$0" plot "$1" --out narrow' "$surgrad" "$run"
expect_pictures narrow loss confusion membranes-0

expect_plot "$run" --ascii
expect_line 'epoch' out
expect_line 'time \(ms\)' out
[[ ! -e plots ]] || fail "text made a folder"
if LC_ALL=C grep -q $'\f' out; then fail "a new page in the text"; fi

# Where all numbers are the same, or there is one: nothing for gnuplot to complain about.
tiny() { # tiny CLASSES OUTPUTS EPOCHS: a network of two neurons and outputs that never fire
    printf 'epochs: %d\nsteps: 20\ndata: {set: patterns, split: shuffled, classes: %d, samples: 8}\n' "$3" "$1"
    printf 'layers:\n- {size: 2}\n- {size: %d, neuron: {threshold: 1000000}}\nloss: {kind: count_ce}\n' "$2"
}
tiny 1 1 3 | sed 's/count_ce/spike_count_mse/' >one.yaml
tiny 1 2 1 >row.yaml
tiny 2 2 1 >two.yaml
tiny 3 30 2 >wide.yaml
tiny 2 2 2 | sed 's/size: 2/&, link: {sd: 0}/' >silent.yaml
echo 'patterns: {drop: 1}' >>silent.yaml
for name in one row two wide silent; do
    expect_exit 0 "$surgrad" train $name.yaml --out $name
    expect_plot $name
    expect_pictures $name/plots loss accuracy rates weights confusion raster-0 membranes-0
done
tiny 2 2 1 | sed '/^- {size: 2}$/d; s/threshold: 1000000/kind: li/; s/count_ce/mean_ce/' >readout.yaml
expect_exit 0 "$surgrad" train readout.yaml --out readout
expect_plot readout # no layer fires, so that there are no rates
expect_pictures readout/plots loss accuracy weights confusion raster-0 membranes-0
[[ ! -e readout/plots/rates.png ]] || fail "rates of no layer"
expect_plot one --ascii
sed 's/^\([0-9]*\),[^,]*,/\1,nan,/; s/^\([0-9]*\),nan,\([^,]*\),[^,]*/\1,nan,\2,inf/' one/metrics.csv >odd.csv
mv odd.csv one/metrics.csv
expect_plot one --out odd
expect_pictures odd accuracy

# Mistakes, all before a picture is drawn.
for list in 99999 0,99999 x 0,x '' 0, ,0 ' 0' +1 -1 0x1 99999999999999999999; do
    expect_error 2 "--samples: found '.*', expected numbers below [0-9]+, with commas between; try .*" \
        "$surgrad" plot "$run" --out none --samples "$list"
done
expect_error 2 "--samples: found 'x', expected numbers" "$surgrad" plot "$run" --out none --samples x --ascii
expect_error 3 "nowhere: there is no such run directory$" "$surgrad" plot nowhere
expect_error 2 ".*model\.h5: found a file, expected a run directory" "$surgrad" plot "$run/model.h5"
expect_error 3 "data: found no model\.h5 in this folder, expected a run directory" "$surgrad" plot data
expect_error 3 ".*nothing" "$surgrad" plot "$run" --out none --data "$PWD/nothing"
expect_error 1 "small.yaml/x: cannot be made: Not a directory$" "$surgrad" plot "$run" --out small.yaml/x
[[ ! -e none ]] || fail "a folder was made before the mistake was found"

# metrics_error PATTERN SED-EXPRESSION: metrics.csv so changed is refused.
cp -r one broken
metrics_error() {
    sed "$2" two/metrics.csv >broken/metrics.csv
    expect_error 3 "broken/metrics\.csv: $1" "$surgrad" plot broken --out none
}
metrics_error "line 2, column '[a-z_]+': found '!touch pwned', expected a number$" '2s/,[^,]*/,!touch pwned/'
metrics_error "line 2, column '[a-z_]+': found '0x1p3', expected a number$" '2s/,[^,]*/,0x1p3/'
metrics_error "line 2, column '[a-z_]+': found '', expected a number$" '2s/,[^,]*/,/'
metrics_error 'line 2: found [0-9]+ columns, expected [0-9]+ as in the first line$' '2s/,[^,]*$//'
metrics_error "found no column 'test_loss', expected those that a run writes$" 's/test_loss/tset_loss/'
metrics_error 'found no epoch in it, expected one or more$' 2d
metrics_error "found no epoch in it" d
rm broken/metrics.csv
expect_error 3 'broken/metrics\.csv: cannot be read: No such file or directory$' "$surgrad" plot broken --out none
mkfifo broken/metrics.csv
expect_error 3 'broken/metrics\.csv: expected a file' timeout 10 "$surgrad" plot broken --out none

# Without the data, what can be drawn is; --data tells where they are.
mv data moved
expect_exit 0 "$surgrad" plot "$run" --out few
expect_line '; so confusion, raster and membranes are left out$' err
[[ -s few/loss.png && ! -e few/confusion.png ]] || fail "the wrong pictures were left out"
expect_plot "$run" --out whole --data moved --threads 1 --cpu scalar
for name in confusion raster-0 membranes-0; do expect_same "whole/$name.svg" "$run/plots/$name.svg"; done
