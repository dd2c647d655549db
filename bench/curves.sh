#!/bin/bash
# Measures how the time of a training step grows with steps T, hidden neurons N, input density, batch and threads, on
# random spikes with the network of bench/fast.yaml, and writes bench/curves.csv and a picture of it, bench/curves.svg
# and .png. `make bench` builds what it needs and calls it.
#
#   bench/curves.sh [BUILD]
#
# Environment: QUICK=1 measures few points briefly, and writes to BUILD/measured/ and not to bench/; ROUNDS (3).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=bench/lib.sh
. bench/lib.sh
build=$(realpath "${1:-build}")
quick=${QUICK:+1}
rounds=${ROUNDS:-$((quick ? 1 : 3))}
recipe=${RECIPE:-bench/fast.yaml}
work=$build/measured
out=${quick:+$work}
out=${out:-bench}
page=$(test "$quick" || echo docs/performance.md)
lines=$work/curves.json
mkdir -p "$work"

# The point that all curves share. An image of MNIST has 0.16 % of 784 x 100 places.
T=100 N=128 density=0.002 batch=256 threads=1
channels=784
if ((quick)); then
    Ts="50 200 800" Ns="32 128 512" densities="0.001 0.01 0.1" batches="32 256" seconds=0.1
else
    Ts="50 100 200 400 800 1600" Ns="32 64 128 256 512 1024 2048 4096" seconds=1
    densities="0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5" batches="16 32 64 128 256 512 1024"
fi
threadss=$(for ((i = 1; i <= $(nproc); i *= 2)); do echo $i; done)

# Weights shrink as the input grows, so that neurons fire about as often at every point; the learning rate is nearly 0, so
# that it stays so. A step at the point (0.002, 128) has 1.57 spikes in the mean.
sds() { # sds DENSITY N
    awk -v density="$1" -v n="$2" 'BEGIN {
        printf "--set layers.0.link.sd=%g --set layers.1.link.sd=%g", 0.1 * sqrt(0.002 / density), 0.1 * sqrt(128 / n) }'
}

point() { # point CURVE T N DENSITY BATCH THREADS VALUE
    # shellcheck disable=SC2046 # words on purpose
    "$build/bench-surgrad" "$recipe" --synthetic "$4" --channels "$channels" --threads "$6" --warm-up 2 --batches 5000 \
        --seconds "$seconds" --set steps="$2" --set layers.0.size="$3" --set batch="$5" --set optimiser.lr=1e-12 \
        $(sds "$4" "$3") | sed "s/^{/{\"curve\":\"$1\",\"value\":$7,/" | tee -a "$lines" | cut -c1-170 >&2
}

: >"$lines"
for ((round = 1; round <= rounds; round++)); do
    echo "curves: round $round of $rounds" >&2
    for x in $Ts; do point steps "$x" $N $density $batch $threads "$x"; done
    for x in $Ns; do point neurons $T "$x" $density $batch $threads "$x"; done
    for x in $densities; do point density $T $N "$x" $batch $threads "$x"; done
    for x in $batches; do point batch $T $N $density "$x" $threads "$x"; done
    for x in $threadss; do point threads $T $N $density $batch "$x" "$x"; done
done

/usr/bin/python3 bench/curves.py "$lines" "$out" --commit "$(commit_name)" --processor "$(processor_name "$build")" \
    ${page:+--page "$page"}
for kind in svg png; do gnuplot -e "folder='$out'; kind='$kind'" bench/curves.gp; done
echo "written: $out/curves.csv, $out/curves-fit.csv, $out/curves.svg, $out/curves.png"
