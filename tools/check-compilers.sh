#!/bin/bash
# Checks that two builds, by different compilers, train the same networks to the same bits.
#
#   tools/check-compilers.sh BUILD BUILD
set -euo pipefail
SOURCE_DIR=$(cd "$(dirname "$0")/.." && pwd)
one=$(cd "$1" && pwd) two=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export SURGRAD=$one/surgrad # what lib.sh wants
# shellcheck source=test/cli/lib.sh
source "$SOURCE_DIR/test/cli/lib.sh"

make_data data
make_config "$PWD/data" >notebook.yaml
make_fast_config "$PWD/data" >fast.yaml
read -ra levels < <("$one/surgrad" info cpu | sed -n 's/^kernels: .*this machine runs: //p')
for recipe in notebook fast; do
    for level in "${levels[@]}"; do
        expect_exit 0 "$one/surgrad" train $recipe.yaml --cpu "$level" --out "one-$recipe-$level"
        expect_exit 0 "$two/surgrad" train $recipe.yaml --cpu "$level" --out "two-$recipe-$level"
        expect_same "one-$recipe-$level/model.h5" "two-$recipe-$level/model.h5"
        expect_same_metrics "one-$recipe-$level" "two-$recipe-$level"
    done
done
echo "the same models at: ${levels[*]}"
