#!/bin/bash
# Measures training steps of surgrad and of what it is compared with, in rounds that alternate between them, and writes
# bench/results.csv. `make bench` builds what it needs and calls it.
#
#   bench/run.sh [BUILD]
#
# Environment: QUICK=1 makes one short round, which goes to BUILD/measured/ and not to bench/; THREADS (one for each
# processor) and ROUNDS (5) as they say; SURGRAD_CPU for the kernels of the main rows.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=bench/lib.sh
. bench/lib.sh
build=$(realpath "${1:-build}")
threads=${THREADS:-$(nproc)}
quick=${QUICK:+1}
rounds=${ROUNDS:-$((quick ? 1 : 5))}
work=$build/measured
out=${quick:+$work}
out=${out:-bench}
page=$(test "$quick" || echo docs/performance.md)
lines=$work/lines.json
python=/usr/bin/python3 # Debian's, which has python3-torch
mkdir -p "$work"
export OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads

"$build/surgrad" fetch mnist
case $(readlink -f /lib/*-linux-gnu/libblas.so.3) in
*openblas*) ;;
*) echo "bench: libblas.so.3 is not OpenBLAS, which makes PyTorch slow; see: update-alternatives --get-selections" >&2 ;;
esac

# The notebook's hidden layer fires ever more while it learns, so its cost is also measured at the end of its training.
# The learning rate is then nearly 0, so that the network stays what it is.
rm -rf "$work/notebook"
"$build/surgrad" train notebook --epochs "$((quick ? 1 : 20))" --threads "$threads" --out "$work/notebook" >&2

# Each prints one line, which is kept with its round.
note() { # note COMMAND...
    "$@" | sed "s/^{/{\"round\":$round,/" | tee -a "$lines" | sed 's/^/  /' | cut -c1-150 >&2
}
surgrad() { # surgrad RECIPE [options]
    note "$build/bench-surgrad" "$@" --warm-up 20 --batches "$((quick ? 30 : 400))"
}
fast_with() { surgrad bench/fast.yaml --name fast --threads "$1"; }
fast() { fast_with "$threads"; }
notebook() { surgrad notebook --threads "$threads"; }
trained() { surgrad --model "$work/notebook/model.h5" --set optimiser.lr=1e-12 --name "notebook trained" --threads "$threads"; }
torch() { # torch PROGRAM BATCHES [options]
    note $python "bench/$1" --threads "$threads" --batches "$((quick ? 1 : $2))" "${@:3}"
}
# Without waits that spin: PyTorch's threads and OpenBLAS's then do not take the processors from each other.
passive() { # passive PROGRAM BATCHES [options]
    OMP_WAIT_POLICY=passive torch "$@"
}
blas() { # blas NETWORK
    note "$build/bench-blas" --name "$1" --threads "$threads" --batches "$((quick ? 2 : 8))"
}
kernels() { sed -n 's/^kernels: *\([a-z0-9]*\).*/\1/p'; }
own_level=$("$build/surgrad" info cpu | kernels)
levels() { # surgrad with the kernels of every other level that there is
    local level
    for level in scalar avx2 avx512 neon; do
        test "$level" != "$own_level" || continue
        test "$(SURGRAD_CPU=$level "$build/surgrad" info cpu 2>/dev/null | kernels)" = "$level" || continue
        SURGRAD_CPU=$level fast
        fast
    done
}
# surgrad against itself, which takes no time, so often that a processor that is taken away for a while does not matter.
against_fast() {
    local i
    for ((i = 0; i < 3; i++)); do
        ((threads == 1)) || { fast_with 1 && fast; }
        levels
    done
}

: >"$lines"
echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
for ((round = 1; round <= rounds; round++)); do
    echo "round $round of $rounds" >&2
    notebook
    torch notebook_torch.py 2
    notebook
    passive notebook_torch.py 2
    notebook
    passive notebook_torch.py 4 --tuned
    notebook
    blas notebook
    trained
    fast
    torch fast_torch.py 3
    fast
    passive fast_torch.py 4
    fast
    passive fast_torch.py 4 --tuned
    fast
    blas fast
    fast
    against_fast
done

$python bench/table.py "$lines" "$out/results.csv" --commit "$(commit_name)" \
    --processor "$(processor_name "$build")" --threads "$threads" ${page:+--page "$page"}
echo "written: $out/results.csv"
