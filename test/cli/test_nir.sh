# NIR graphs: a trained network goes out and comes back with the same answers; train, eval and predict take a graph in the
# place of a recipe or a model; what is wrong is refused in one line.
source "$SOURCE_DIR/test/cli/lib.sh"

cat >net.yaml <<'YAML'
seed: 3
epochs: 2
batch: 16
steps: 40
data: {set: patterns, split: shuffled}
loss: {kind: mean_ce}
layers:
- {size: 30, link: {sd: 0.3}, recurrent: {from: own, sd: 0.1}, neuron: {kind: cuba_lif, order: snntorch}, surrogate: {kind: fast_sigmoid}}
- {size: 10, neuron: {kind: li}}
YAML
expect_exit 0 "$surgrad" train net.yaml --out run
expect_exit 0 "$surgrad" export-nir run -o run.nir
expect_line '^dt: 1 ms, and integration: euler, which readers must take for the same spikes$' out
expect_line '^layers\.0\.neuron\.order: snntorch is in the metadata alone: NIR does not know it$' out
expect_line '^graph: run\.nir$' out

# ------------------------------------------------------------------------------------------------- the same answers
expect_exit 0 "$surgrad" import-nir run.nir -o back.h5
expect_line '^layer 0: dense, [0-9]+ inputs, 30 cuba_lif, recurrent$' out
expect_line "^order: snntorch, as the file's metadata tell$" out
expect_exit 0 "$surgrad" predict run -o model.csv
expect_exit 0 "$surgrad" predict back.h5 -o back.csv
expect_same model.csv back.csv
expect_exit 0 "$surgrad" predict run.nir -o graph.csv
expect_same model.csv graph.csv
expect_exit 0 "$surgrad" eval run --json
sed '/"model"/d' out >model.json
expect_exit 0 "$surgrad" eval run.nir --json
sed '/"model"/d' out >graph.json
expect_same model.json graph.json
expect_line "^dt: 1 ms, as the file's metadata tell$" err
expect_exit 0 "$surgrad" export-nir back.h5 -o again.nir
expect_same run.nir again.nir

expect_exit 0 "$surgrad" info run.nir
expect_line '^run\.nir: a NIR graph; surgrad import-nir makes a model of it' out
expect_line '^  layers\.0: dense [0-9]+ -> 30, cuba_lif, ' out

# ------------------------------------------------------------------------------------------------ training goes on
expect_exit 0 "$surgrad" train --from run --epochs 1 --out from
expect_exit 0 "$surgrad" train run.nir --epochs 1 --out graph
expect_exit 0 "$surgrad" predict from -o from.csv
expect_exit 0 "$surgrad" predict graph -o graph.csv
expect_same from.csv graph.csv

# -------------------------------------------------------------------------------------------------------- refusals
expect_error 2 "--dt: is for a NIR file, whose name ends in \.nir" "$surgrad" eval run --dt 1ms
expect_error 2 "--reset: is for a NIR file" "$surgrad" train net.yaml --reset zero
expect_error 2 "--out: found nothing, expected the file to write" "$surgrad" import-nir run.nir
expect_error 2 "--out: found nothing, expected the file to write" "$surgrad" export-nir run
expect_error 2 "dt: found '7', expected" "$surgrad" import-nir run.nir -o x.h5 --dt 7
expect_error 2 "neuron\.order: found 'norce', expected .*did you mean 'norse'" "$surgrad" import-nir run.nir -o x.h5 --order norce
expect_error 3 "no\.nir: there is no such file" "$surgrad" import-nir no.nir -o x.h5
expect_error 3 "back\.h5.*node/type is missing" "$surgrad" import-nir back.h5 -o x.h5
expect_error 3 "run\.nir: " "$surgrad" export-nir run.nir -o x.nir
expect_error 2 "--leave-one-out: begins with drawn weights" "$surgrad" train run.nir --leave-one-out
echo "no graph" >wrong.nir
expect_error 3 "wrong\.nir: is not a sound HDF5 file" "$surgrad" eval wrong.nir
[[ ! -e x.h5 && ! -e x.nir ]] || fail "a file was written for what is wrong"

# ------------------------------------------------------------- Sinabs' network and N-MNIST, where they are
data=${SURGRAD_SHARED_DATA:-}
if [[ -z $data || ! -e $data/nir/cnn_sinabs.nir || ! -e $data/nmnist/bs2_0.tar.gz ]]; then
    echo "skipped: N-MNIST through Sinabs' network, since SURGRAD_SHARED_DATA is not set"
    exit 0
fi
mkdir nmnist
for part in "$data"/nmnist/bs2_*.tar.gz; do
    tar xzf "$part" -C nmnist --wildcards '*60[01][0-9][0-9].bs2' 2>/dev/null || true
done
cp "$data/nmnist/test100.txt" nmnist
expect_exit 0 "$surgrad" import nmnist -o nmnist.h5 --dt 1ms --steps 310 --counts true --sensor 34x34
expect_line '^  samples        100, ' out
for wanted in zero:100 subtract:97; do
    expect_exit 0 "$surgrad" predict "$data/nir/cnn_sinabs.nir" nmnist.h5 --dt 1ms --steps 310 --reset ${wanted%:*} -o out.csv
    right=$(awk -F, 'NR > 1 && $3 == $4' out.csv | wc -l)
    [[ $right == "${wanted#*:}" ]] || fail "reset ${wanted%:*}: $right of 100 right, expected ${wanted#*:}"
done
