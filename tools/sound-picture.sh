#!/bin/bash
# Draws docs/pictures/sound.png: a spectrogram of a sound that is made here, over the spikes that the encoder makes of it.
#
#   tools/sound-picture.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/.."
surgrad=$PWD/${1:-build}/surgrad
picture=$PWD/docs/pictures/sound.png
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir sounds

# Three glides of 0.3 s with two harmonics, on an exponential scale of frequency, that rise, fall and rise; 16 bits at 8 kHz.
python3 - sounds/0_glides_0.wav sounds/1_glides_1.wav <<'PYTHON'
import math
import sys
import wave

RATE, LENGTH = 8000, 0.3
for path in sys.argv[1:]:
    samples, phase = bytearray(), 0.0
    for low, high in ((150, 1200), (1500, 200), (300, 1100)):
        for n in range(int(RATE * LENGTH)):
            t = n / (RATE * LENGTH)
            phase += 2 * math.pi * low * (high / low) ** t / RATE
            value = math.sin(math.pi * t) ** 0.5 * sum(math.sin(k * phase) / k for k in (1, 2, 3)) / 2
            samples += int(20000 * value).to_bytes(2, "little", signed=True)
        samples += bytes(2 * int(RATE * 0.05))
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
PYTHON

cat >net.yaml <<'YAML'
epochs: 1
batch: 1
steps: 210
dt: 5 ms
data: {set: wav, dir: sounds}
wav: {test_numbers: 1}
encoder: {kind: lif, max_rate: 200, tau: 20 ms}
layers: [{size: 8}, {size: 2, neuron: {kind: li}}]
loss: {kind: mean_ce}
YAML
"$surgrad" train net.yaml -o run >log 2>&1 || { cat log && exit 1; }
"$surgrad" plot run --sound sounds/0_glides_0.wav --out pictures
cp pictures/sound.png "$picture"
