#!/bin/bash
# Checks who includes whom: the arrows of docs/design.md. Prints one line for each include that goes against them.
set -euo pipefail
cd "$(dirname "$0")/.."

# A folder of src/, and the folders whose headers it may include besides its own.
declare -A may=(
    [base]=""
    [file]="base"
    [kernel]="base"
    [fetch]="file base"
    [recording]="file base"
    [import]="recording file base"
    [data]="import recording fetch kernel file base"
    [net]="kernel file base"
    [learn]="net data kernel file base"
    [config]="learn net data file base"
    [engine]="learn net data kernel file base"
    [train]="engine config learn net data kernel file base"
    [check]="train config learn net data kernel file base"
    [store]="train config learn net file base"
    [nir]="config learn net data kernel file base"
    [run]="recording import engine train config learn net data fetch store kernel file base"
)
# The program knows the library by surgrad.h alone, and of other libraries only cJSON.
libraries='hdf5|H5[A-Z]|curl/|archive|libfyaml|zlib|lz4|zstd'

wrong=0
complain() {
    echo "check-arrows: $1:$2: includes $3; $4" >&2
    wrong=1
}

check_src() { # check_src FILE LINE HEADER
    local from=${1#*/} to=${3%%/*}
    from=${from%%/*}
    [[ $3 == surgrad.h ]] && return
    if [[ ! -v may[$from] ]]; then
        complain "$@" "src/$from is not in the table of tools/check-arrows.sh"
    elif [[ " $from ${may[$from]} " != *" $to "* || $3 != */* ]]; then
        complain "$@" "src/$from may include surgrad.h and the headers of: $from ${may[$from]}"
    fi
}

check_cli() { # check_cli FILE LINE HEADER
    [[ $3 == surgrad.h || -e cli/$3 || $3 == cli/* ]] || complain "$@" "cli may include surgrad.h and headers of cli"
}

check_bench() { # check_bench FILE LINE HEADER
    [[ $3 == surgrad.h || -e bench/$3 ]] || complain "$@" "bench may include surgrad.h and headers of bench"
}

# Prints FILE LINE HEADER for the includes of folder $1 that match $2, a pattern with the opening mark.
includes() {
    grep -rnE "^ *# *include *$2" --include='*.[ch]' "$1" 2>/dev/null |
        sed -E 's/^([^:]*):([0-9]*):[^<"]*[<"]([^>"]*)[>"].*/\1 \2 \3/' || true
}

while read -r file line header; do check_src "$file" "$line" "$header"; done < <(includes src '"')
while read -r file line header; do check_cli "$file" "$line" "$header"; done < <(includes cli '"')
while read -r file line header; do check_bench "$file" "$line" "$header"; done < <(includes bench '"')
while read -r file line header; do
    complain "$file" "$line" "$header" "own headers are written in quotes"
done < <(includes . "<(surgrad\.h|(base|file|recording|import|kernel|fetch|data|net|learn|config|engine|train|check|store|nir|run)/)" | grep -E '^\./(src|cli|test|bench)/' || true)
while read -r file line header; do
    complain "$file" "$line" "$header" "cli may use no library but surgrad and cJSON"
done < <(includes cli "<($libraries)")
exit $wrong
