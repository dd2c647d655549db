# Numbers that cannot be used as they were asked for: changed with a warning that counts them, or refused.
source "$SOURCE_DIR/test/cli/lib.sh"

train() { # train SETTING...
    local settings=() setting
    for setting; do settings+=(--set "$setting"); done
    rm -rf run
    "$surgrad" train patterns --epochs 1 --set data.samples=10 "${settings[@]}" --out run
}
spread=(layers.0.neuron.integration=euler layers.0.neuron.tau_mem="2 ms" layers.0.neuron.spread.tau_mem=1)

# Draws that are too short for euler, and those alone.
expect_exit 0 train layers.0.neuron.tau_syn="5 ms" "${spread[@]}"
expect_line '^surgrad: warning: layers\.0\.neuron\.spread\.tau_mem: [1-9][0-9] of [0-9]+ neurons were drawn below 1\.01 ms and have that instead, since euler .*: use a smaller spread or dt, or integration: exact$' err
[[ $(grep -c 'were drawn below' err) == 1 ]] || fail "more than one warning: $(cat err)"
expect_exit 0 train "${spread[@]}" layers.0.neuron.order=norse
expect_line 'use a smaller spread or dt$' err
expect_exit 0 train "${spread[@]}" layers.0.neuron.integration=exact
! grep 'were drawn' err || fail "a warning where nothing was raised"
expect_exit 0 train layers.0.neuron.integration=euler layers.0.neuron.spread.tau_mem=0.1
! grep 'were drawn' err || fail "a warning where nothing was raised"

# A time constant that is set, not drawn, stays as it is.
expect_exit 0 train layers.0.neuron.integration=euler layers.0.neuron.tau_mem="1.002 ms" layers.0.neuron.train.tau_mem=true
! grep 'were drawn' err || fail "a warning for a setting"

# The networks of check-grad are drawn until one serves.
expect_exit 0 "$surgrad" check-grad patterns --set "${spread[0]}" --set "${spread[1]}" --set "${spread[2]}"
[[ ! -s err ]] || fail "check-grad warns of its own networks: $(cat err)"

# Rates and shares.
expect_exit 2 train patterns.rate=1001
expect_line '^surgrad: .*patterns\.rate: 1001 Hz is more than one spike in a step of 1 ms: use at most 1000 Hz$' err
expect_exit 2 train data.train_fraction=0.0001
expect_line '^surgrad: .*data\.train_fraction: 0\.0001 of [0-9]+ samples is none: use a larger share$' err
expect_exit 2 train data.train_fraction=0.9999
expect_line '^surgrad: .*data\.train_fraction: 0\.9999 of [0-9]+ samples is all of them: use a smaller share$' err
