#!/bin/bash
# Compares settings of the recipes by held-out samples alone, and writes recipes/settings.csv (docs/recipes.md tells what came of it).
#
#   tools/settings.sh BUILD [RECIPE]   trains each line of recipes/settings.txt, or those of one recipe; an hour for all
#
# A sixth of the training data (10,000 images) is held out, more than the recipes themselves do without, so that a tenth of a point can be seen.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/best.sh
source tools/recipe-data.sh
build=${1:-build}
results=recipes/settings.csv
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

trim() { sed -E 's/^ +| +$//g' <<<"$1"; }
field() { [[ $1 == *,* ]] && echo "\"$1\"" || echo "$1"; } # of CSV

echo recipe,what,settings,seeds,validation_accuracy >"$new/settings.csv"
grep -v '^#' recipes/settings.txt | while IFS='|' read -r name seeds what settings; do
    name=${name// /}
    [[ ${2:-$name} == "$name" ]] || continue
    recipe_data "$name" "$new/data" || continue
    set=("${where[@]}" --set data.validation=0.16666667)
    for setting in $settings; do set+=(--set "$setting"); done
    for seed in $seeds; do
        out=$new/$name-$seed
        rm -rf "$out"
        "$build/surgrad" train "$name" --seed "$seed" --out "$out" "${set[@]}" >"$new/log" 2>&1 || { cat "$new/log" && exit 1; }
        best "$out/metrics.csv" | cut -d, -f2
    done | awk -v row="$name,$(trim "$what"),$(field "$(trim "$settings")"),$(trim "$seeds")" \
        '{ sum += $1 } END { printf "%s,%.4f\n", row, sum / NR }' | tee -a "$new/settings.csv"
done
[[ -n ${2:-} ]] || mv "$new/settings.csv" $results
