# Pictures of a run, in a folder whose name needs quotes.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >small.yaml
run="it's a run"
expect_exit 0 "$surgrad" train small.yaml --set data.held_out=0.2 --out "$run"

# Without gnuplot there is one line that tells how to get it.
mkdir empty
expect_exit 1 env PATH="$PWD/empty:" "$surgrad" plot "$run"
expect_line '^surgrad: gnuplot: found no such program, .*: install it \(apt-get install gnuplot-nox\)$' err
if ! command -v gnuplot >/dev/null; then
    echo "gnuplot is not installed: pictures are not tested"
    exit 0
fi

expect_exit 0 "$surgrad" plot "$run" --samples 0,2
for name in loss accuracy rates weights confusion raster-0 raster-2 membranes-0 membranes-2; do
    [[ $(head -c 8 "$run/plots/$name.png" | od -An -tx1 | tr -d ' ') == 89504e470d0a1a0a ]] || fail "$name.png is no PNG"
    (($(wc -c <"$run/plots/$name.png") > 3000)) || fail "$name.png is empty"
    grep -q '</svg>' "$run/plots/$name.svg" || fail "$name.svg is not whole"
done
expect_nothing_aside "$run/plots"
grep -q 'held out' "$run/plots/loss.svg" || fail "the held-out part has no curve"

expect_exit 0 "$surgrad" plot "$run" --ascii
expect_line 'epoch' out
expect_line 'time \(ms\)' out
[[ ! -e plots ]] || fail "text made a folder"

# Mistakes.
expect_exit 2 "$surgrad" plot "$run" --samples 0,99999
expect_line "^surgrad: --samples: found '0,99999', expected numbers below [0-9]+, with commas between; try .*" err
expect_exit 3 "$surgrad" plot nowhere
expect_line '^surgrad: nowhere/model\.h5: ' err

# Without the data, what can be drawn is.
mv data moved
expect_exit 0 "$surgrad" plot "$run" --out few
expect_line '; so confusion, raster and membranes are left out$' err
[[ -s few/loss.png && ! -e few/confusion.png ]] || fail "the wrong pictures were left out"
