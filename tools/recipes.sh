#!/bin/bash
# Trains every recipe with three seeds and writes recipes/results.csv, or compares with what is there.
#
#   tools/recipes.sh BUILD [RECIPE...]   all, or some; accuracies that are not those of the file are said, and exit code 1
#
# nmnist, nmnist_conv, nmnist_slayer, oxford, fsdd and braille need the folder SURGRAD_SHARED_DATA with their data; without it they are skipped,
# with a line. Recipes without classes, oxford and pattern, have no accuracies but the test loss of the last epoch.
#
# The results are the same bits on every machine, so a difference is a change of the program. Seconds are not compared.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/best.sh
source tools/recipe-data.sh
build=${1:-build}
shift || true
names=("$@")
((${#names[@]})) || names=(notebook fast mnist mnist_conv fashion fashion_conv smnist randman patterns store_recall evidence coincidence yinyang latency_eventprop slayer oxford pattern
    nmnist nmnist_slayer nmnist_conv fsdd braille)
results=recipes/results.csv
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

seeds() { # the notebook's: docs/recipes.md says why
    [[ $1 == notebook ]] && echo 3 4 5 || echo 1 2 3
}

without_classes() { [[ $1 == oxford || $1 == pattern ]]; }

last_loss() { # last_loss FILE: the test loss of the last epoch of a metrics.csv
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } END { print $at["test_loss"] }' "$1"
}

without_seconds() { # without_seconds ROW
    awk -F, -v OFS=, '{ $7 = ""; print }' <<<"$1"
}

header=recipe,seed,epochs,best_epoch,validation_accuracy,test_accuracy,seconds,test_loss
[[ -e $results ]] || echo $header >$results
wrong=0
for name in "${names[@]}"; do
    recipe_data "$name" "$new/data" || continue
    for seed in $(seeds "$name"); do
        started=$(date +%s)
        "$build/surgrad" train "$name" --seed "$seed" --out "$new/$name-$seed" "${where[@]}" >"$new/log" 2>&1 || { cat "$new/log" && exit 1; }
        metrics=$new/$name-$seed/metrics.csv
        took=$(($(date +%s) - started)) epochs=$(($(wc -l <"$metrics") - 1))
        if without_classes "$name"; then
            row="$name,$seed,$epochs,$epochs,,,$took,$(last_loss "$metrics")"
        else
            row="$name,$seed,$epochs,$(best "$metrics"),$took"
        fi
        echo "$row"
        old=$(grep "^$name,$seed," $results || true)
        if [[ -z $old ]]; then
            echo "$row" >>$results
        elif [[ $(without_seconds "$old") != "$(without_seconds "$row")" ]]; then
            echo "recipes: $name, seed $seed: found $row, $results has $old; delete that line to record the new one" >&2
            wrong=1
        fi
    done
done
exit $wrong
