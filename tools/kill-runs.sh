#!/bin/bash
# Kills runs at random moments and resumes them, until they end: every file must be that of a run that was not disturbed.
# All recipes, on a little data; about a quarter of the signals are SIGTERM and SIGHUP, which save first. Ten minutes.
#
#   tools/kill-runs.sh [KILLS (1000)] [PROGRAM (build/surgrad)] [SEED of the moments (1)]
set -euo pipefail
kills=${1:-1000}
SURGRAD=$(realpath "${2:-$(dirname "$0")/../build/surgrad}")
RANDOM=${3:-1}
SOURCE_DIR=$(realpath "$(dirname "$0")/..")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data

recipes=(fast mnist fashion smnist notebook randman patterns store_recall evidence)
killed=0 saved=0 runs=0

# one_start MOST: starts or resumes the run in ./run and signals it within MOST ms; sets `code`, 0 once the run has ended.
one_start() {
    local signals=(KILL KILL KILL KILL KILL KILL TERM HUP) job
    "${train[@]}" --threads $((RANDOM % 3 + 1)) --resume --out run >out 2>err &
    job=$!
    sleep "$(printf '0.%03d' $((RANDOM % $1 + 1)))"
    kill -"${signals[RANDOM % ${#signals[@]}]}" $job 2>/dev/null || true
    code=0
    wait $job 2>/dev/null || code=$?
}

# one_run MOST: a run from its first start to its last; and one epoch more, which shows that its checkpoint is right too.
one_run() {
    local file
    rm -rf run
    for (( ; ; )); do
        one_start "$1"
        case $code in
            0) break ;;
            137) killed=$((killed + 1)) ;;
            130 | 143 | 129) saved=$((saved + 1)) ;; # 143 and 129: before it listened
            *) fail "exit code $code: $(cat err)" ;;
        esac
    done
    for file in config.yaml model.h5; do expect_same whole/$file run/$file; done
    [[ ! -e whole/best.h5 ]] || expect_same whole/best.h5 run/best.h5
    expect_same_metrics whole run
    [[ $(ls -A run) == "$(ls -A whole)" ]] || fail "left in the folder: $(ls -A run)"
    expect_exit 0 "${train[@]}" --epochs 7 --resume --out run
    expect_same longer/model.h5 run/model.h5
    expect_same_metrics longer run
    runs=$((runs + 1))
}

for ((r = 0; r < ${#recipes[@]}; r++)); do
    small_recipe "${recipes[r]}"
    train+=(--epochs 6)
    rm -rf whole longer
    started=$(date +%s%3N)
    expect_exit 0 "${train[@]}" --out whole
    most=$((($(date +%s%3N) - started) * 5 / 4))
    ((most < 999)) || most=999
    cp -r whole longer
    expect_exit 0 "${train[@]}" --epochs 7 --resume --out longer
    until ((killed >= kills * (r + 1) / ${#recipes[@]})); do one_run "$most"; done
    echo "${recipes[r]}: up to here $runs runs ended whole, after $killed kills and $saved signals that save"
done
