# The same bits at every level of vector instructions that this machine runs, and no level that it does not run.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data
make_config "$PWD/data" >notebook.yaml
make_fast_config "$PWD/data" >fast.yaml
make_fast_config "$PWD/data" | sed 's/^rule: .*//; 1i rule: eprop\neprop: {feedback: random}' >eprop.yaml
make_fast_config "$PWD/data" | sed 's/^rule: .*//; 1i bptt: {window: 7}' >windows.yaml
make_tiny_config 1 2 | sed '/^layers/d' >ottt.yaml
cat >>ottt.yaml <<'YAML'
rule: ottt
layers:
  - {size: 20, link: {sd: 1}, neuron: {kind: lif, reset: subtract, scale: decay}, surrogate: {kind: sigmoid}}
  - {size: 9, link: {sd: 1}, neuron: {kind: lif, reset: subtract}, surrogate: {kind: fast_sigmoid}}
  - {size: 2, link: {sd: 1}, neuron: {kind: lif, reset: subtract}, surrogate: {kind: triangle}}
YAML
make_tiny_config 1 2 | sed '/^layers/d; /^loss/d' >decolle.yaml
cat >>decolle.yaml <<'YAML'
rule: decolle
decolle: {chunk: 13}
loss: {kind: step_ce}
layers:
  - {size: 20, link: {sd: 1}, neuron: {kind: cuba_lif}, surrogate: {kind: sigmoid}}
  - {size: 9, link: {sd: 1}, neuron: {kind: lif, reset: subtract}, surrogate: {kind: fast_sigmoid}}
  - {size: 2, link: {sd: 1}, neuron: {kind: li}}
YAML
sed 's/^epochs: .*/epochs: 3/; s/^steps: .*/steps: 150/; s/samples: [0-9]*/samples: 4/' \
    "$SOURCE_DIR/recipes/oxford.yaml" >slayer.yaml

expect_exit 0 "$surgrad" info cpu
expect_line '^kernels: [a-z0-9]+; this machine runs: scalar' out
read -ra levels < <(sed -n 's/^kernels: .*this machine runs: //p' out)

# expect_level LEVEL COMMAND...: the library says that it uses it.
expect_level() {
    expect_exit 0 "${@:2}"
    expect_line "^kernels: $1; " out
}
for level in "${levels[@]}"; do
    expect_level "$level" env SURGRAD_CPU="$level" "$surgrad" info cpu
done
expect_level "${levels[-1]}" env SURGRAD_CPU= "$surgrad" info cpu

for recipe in notebook fast eprop windows ottt decolle slayer; do
    expect_exit 0 env -u SURGRAD_CPU "$surgrad" train $recipe.yaml --out $recipe
    expect_exit 0 env -u SURGRAD_CPU "$surgrad" eval $recipe --json
    cp out $recipe.eval
    for level in "${levels[@]}"; do
        expect_exit 0 env SURGRAD_CPU="$level" "$surgrad" train $recipe.yaml --out "$recipe-$level"
        expect_same $recipe/model.h5 "$recipe-$level/model.h5"
        expect_same_metrics $recipe "$recipe-$level"
        expect_exit 0 "$surgrad" eval $recipe --json --cpu "$level"
        expect_same $recipe.eval out
    done
    # --cpu comes before the environment.
    expect_exit 0 env SURGRAD_CPU=pdp11 "$surgrad" train $recipe.yaml --cpu scalar --out $recipe-option
    expect_same $recipe/model.h5 $recipe-option/model.h5
done
if cmp -s notebook/model.h5 fast/model.h5; then fail "two recipes gave the same model"; fi
for rule in eprop windows; do
    if cmp -s $rule/model.h5 fast/model.h5; then fail "two rules gave the same model"; fi
done

known="$(printf '%s, ' "${levels[@]}" | sed 's/, $//')"
for command in "train notebook.yaml --out none" "eval notebook"; do
    expect_error 2 "cpu: found 'pdp11', expected one of $known, which this machine runs$" "$surgrad" $command --cpu pdp11
    expect_error 2 "SURGRAD_CPU: found 'pdp11', expected one of $known, which this machine runs$" \
        env SURGRAD_CPU=pdp11 "$surgrad" $command
done
[[ ! -e none ]] || fail "a run directory was made for a level that this machine does not run"
