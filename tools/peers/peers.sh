#!/bin/bash
# Installs other programs for spiking networks, at pinned versions, and exchanges networks with them by NIR graphs; prints
# the table of docs/nir.md. It needs PyPI, 6 GB of disk and some minutes; nothing else of the project needs it.
#
#   tools/peers/peers.sh BUILD [FOLDER]
#
# Each program has an environment of its own in FOLDER (default: BUILD/peers), as they want other versions of nir; PyTorch
# is in one that they share.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
folder=${2:-$build/peers}
shared=$folder/shared

# PROGRAM SCRIPT PACKAGE...
peers() {
    cat <<'PEERS'
snntorch peers.py snntorch==1.0.0 nir==1.0.8 nirtorch==2.0.2
norse peers.py norse==1.1.0 nir==1.0.4 nirtorch==2.0.2
sinabs peers.py sinabs==3.1.3
spikingjelly peers.py spikingjelly==2.0.0 nir==1.0.8 nirtorch==2.6
spyx spyx_peer.py spyx==1.0.0 nir==1.0.8 jax==0.10.2 flax==0.12.8
PEERS
}

install() { # install FOLDER PACKAGE...
    local where=$1
    shift
    [[ -x $where/bin/python ]] || python3 -m venv "$where"
    [[ $where == "$shared" ]] || realpath "$shared"/lib/python3*/site-packages >"$(echo "$where"/lib/python3*/site-packages)/shared.pth"
    "$where/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check "$@"
}

"$source/tools/test-python.sh" "$build" --collect-only >/dev/null || true # puts the package together
mkdir -p "$folder"
install "$shared" torch==2.15.0 torchvision numpy cffi h5py scipy matplotlib pandas
first=1
while read -r name script packages; do
    # shellcheck disable=SC2086
    install "$folder/$name" $packages
    PYTHONPATH=$build/python "$folder/$name/bin/python" "$source/tools/peers/$script" "$name" | tail -n +$((first ? 1 : 3))
    first=0
done < <(peers)
