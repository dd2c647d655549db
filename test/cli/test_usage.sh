# The command line: help, what is wrong with it, and what the program answers.
source "$SOURCE_DIR/test/cli/lib.sh"

# Help is on stdout, complete, and what the documentation shows.
expect_exit 0 "$surgrad" --help
for command in train eval predict info encode check-grad plot fetch help; do
    expect_line "^  $command  +[a-z]" out
    expect_exit 0 "$surgrad" help "$command"
    cp out by-help
    expect_line "^Usage: surgrad $command" out
    expect_exit 0 "$surgrad" "$command" --help
    expect_same by-help out
    expect_exit 0 "$surgrad" "$command" -h
    expect_same by-help out
    expect_exit 0 "$surgrad" --help "$command"
    expect_same by-help out
    expect_exit 0 "$surgrad" --help
done
expect_exit 0 "$surgrad" help --markdown
diff "$SOURCE_DIR/docs/cli.md" out >&2 || fail "docs/cli.md is old: surgrad help --markdown > docs/cli.md"
expect_exit 0 "$surgrad" info options --markdown
diff "$SOURCE_DIR/docs/configuration.md" out >&2 ||
    fail "docs/configuration.md is old: surgrad info options --markdown > docs/configuration.md"
# The data sets of the help are those that fetch knows.
expect_exit 0 "$surgrad" help fetch
sets=$(sed -n 's/^Data sets: //p' out)
[[ $sets ]] || fail "surgrad help fetch names no data set"
by_hand=$(sed -n 's/^By hand: \(.*\); .surgrad fetch NAME. says from where$/\1/p' out)
[[ $by_hand ]] || fail "surgrad help fetch names no data set that is got by hand"
expect_error 2 "fetch: found no data set 'banana', expected one of $sets, $by_hand$" "$surgrad" fetch banana
# Of the others it says why, from where, and into which folder.
for set in ${by_hand//,/}; do
    expect_error 1 "$set: is not fetched by surgrad, as .*: get .* from https://.*, and .* " "$surgrad" fetch "$set"
done
expect_error 1 "nmnist: .*, and unpack them into $PWD/cache/surgrad/nmnist, or name another folder" \
    env XDG_CACHE_HOME="$PWD/cache" "$surgrad" fetch nmnist
expect_error 1 "nmnist: .*, and unpack them into here, or name another folder" "$surgrad" fetch nmnist --dir here
expect_error 1 "nmnist: is not fetched by surgrad, as " env XDG_CACHE_HOME="$PWD/cache" "$surgrad" train nmnist

expect_exit 0 "$surgrad" --version
expect_line '^surgrad [0-9]+\.[0-9]+\.[0-9]+$' out
expect_exit 2 "$surgrad"
expect_line '^Usage: ' err

# Commands and options.
expect_error 2 "unknown command 'trian'; did you mean 'train'\?; try .surgrad help.$" "$surgrad" trian
expect_error 2 "unknown command 'banana'; try .surgrad help.$" "$surgrad" banana
expect_error 2 "unknown command 'banana'" "$surgrad" help banana
expect_error 2 "unknown option '--epoch2'; did you mean '--epochs'\?; try .surgrad help train.$" \
    "$surgrad" train notebook --epoch2 3
expect_error 2 "unknown option '--banana'; try" "$surgrad" train --banana notebook
expect_error 2 "unknown option '-x'" "$surgrad" train notebook -x
expect_error 2 "--seed: found no value, expected N" "$surgrad" train notebook --seed
expect_error 2 "--resume takes no value, found '--resume=yes'" "$surgrad" train notebook --resume=yes
expect_error 2 "'b' is one argument too many" "$surgrad" train a b
expect_error 2 "'--json' is one argument too many" "$surgrad" eval -- a --json
expect_error 2 "found no recipe, expected RECIPE" "$surgrad" train
expect_error 2 "eval: found nothing, expected MODEL" "$surgrad" eval
expect_error 2 "--out: found nothing, expected the file" "$surgrad" encode notebook
for number in 2x '' x 1.5 -1 1025 99999999999999999999 ' 2' +2; do
    expect_error 2 "--threads: found '.*', expected a whole number, 0 to 1024" "$surgrad" info notebook --threads "$number"
done

# Words of other programs, and those that stand elsewhere here.
for pair in lr:optimiser.lr learning-rate:optimiser.lr batch-size:batch weight-decay:optimiser.weight_decay \
    optimiser.lr:optimiser.lr tau-mem:layers.all.neuron.tau_mem dataset:data.set hidden:layers.0.size; do
    for word in "--${pair%%:*}" "--${pair%%:*}=1"; do
        expect_error 2 "unknown option '$word'; did you mean '--set ${pair#*:}='\?; try .surgrad help train.$" \
            "$surgrad" train notebook "$word"
    done
    expect_exit 0 grep -q "^${pair#*:}:" <("$surgrad" info options | sed 's/^layers\.N\.\(.*\)/layers.all.\1\nlayers.0.\1/')
done
expect_error 2 "unknown option '--lr'; try .surgrad help eval.$" "$surgrad" eval --lr 1
expect_error 2 "unknown command 'notebook', which is a recipe; did you mean .surgrad train notebook.\?" "$surgrad" notebook
expect_error 2 "unknown command 'options'; did you mean .surgrad info options.\?" "$surgrad" help options
expect_error 2 "unknown command 'version'; did you mean .surgrad --version.\?" "$surgrad" version
expect_error 2 "unknown command 'banana'" "$surgrad" --help banana
expect_error 2 "found no recipe 'option'; did you mean 'options'\?" "$surgrad" info option
expect_error 2 "found no recipe 'cpus'; did you mean 'cpu'\?" "$surgrad" info cpus
expect_error 2 "'fast' is one argument too many" "$surgrad" train notebook fast

# Settings: the key and what was expected are named.
set_error() { # set_error SETTING PATTERN
    expect_error 2 "$2" "$surgrad" info notebook --set "$1"
}
set_error epochs "--set: found 'epochs', expected KEY=VALUE"
set_error =3 "--set: found '=3', expected KEY=VALUE"
set_error optimizer.lr=1 "command line: .*optimizer\.lr.*optimiser\.lr"
set_error layers.0.neuron.tau_mem=20 "command line: layers\.0\.neuron\.tau_mem: found '20', expected .*ms"
set_error layers.0.neuron.tau_mem=-20ms "command line: layers\.0\.neuron\.tau_mem: found '-20 ?ms', expected "
set_error layers.0.neuron.tau_mem=20mV "command line: layers\.0\.neuron\.tau_mem: found '20mV', expected "
set_error epochs=2x "command line: epochs: found '2x', expected "
set_error epochs=0 "command line: epochs: found '0', expected "
set_error shuffle=perhaps "command line: shuffle: found 'perhaps', expected "
set_error optimiser.kind=adma "command line: optimiser\.kind: found 'adma', expected .*adam"
set_error data.train_fraction=2 "command line: data\.train_fraction: found '2', expected "
expect_error 2 "command line: epochs: found '2x'" "$surgrad" train notebook --epochs 2x
expect_error 2 "command line: epochs: found '2x'" "$surgrad" train notebook --epochs=2x
expect_error 2 "command line: seed: found 'one'" "$surgrad" train --seed one notebook
expect_error 2 "notebook:18:30: layers\.0.*dt.*tau" "$surgrad" info notebook --set layers.0.neuron.integration=euler --set dt=20ms

# Configuration files: the place is named.
printf 'seed: 1\nlayers:\n  - siez: 3\n' >wrong.yaml
expect_error 2 "wrong\.yaml:3:.*siez.*size" "$surgrad" train wrong.yaml
printf 'seed: [1\n' >wrong.yaml
expect_error 2 "wrong\.yaml:" "$surgrad" info wrong.yaml
printf 'seed: 1\n' >wrong.yaml
expect_error 2 ".*layer" "$surgrad" info wrong.yaml
expect_error 2 ".*'?notebok'?.*notebook" "$surgrad" train notebok
expect_error 2 ".*'?notebok'?.*notebook" "$surgrad" info notebok
[[ ! -e runs ]] || fail "a run directory was made for a configuration that is wrong"

# What can be asked for without data.
expect_exit 0 "$surgrad" info
expect_line '^notebook +[A-Z]' out
expect_exit 0 "$surgrad" info options
expect_line '^optimiser\.lr: number' out
expect_exit 0 "$surgrad" info cpu
expect_line '^threads' out
expect_exit 0 env XDG_CACHE_HOME="$PWD" "$surgrad" info notebook --set layers.0.size=64
expect_line '^ +0 +dense +cuba_lif +784 +64 +50,176$' out
expect_line '^peak +[0-9.]+ [KM]iB' out

# A result that cannot be written is a failure; a reader that went away is none of the user's business.
if [[ -w /dev/full ]]; then
    code=0
    "$surgrad" info options >/dev/full 2>err || code=$?
    [[ $code == 1 ]] || fail "exit code $code with stdout full, expected 1"
    expect_line '^surgrad: standard output: cannot write: No space left' err
fi
(trap '' PIPE; sleep 0.1; "$surgrad" info options 2>err || true) | true
[[ ! -s err ]] || fail "a message for a closed pipe: $(cat err)"
