#!/bin/sh
# Installs the Debian packages that surgrad is built from, or says how to. Silent when nothing is missing.
#
#   tools/deps.sh        what `make`, `make demo` and `make test` need
#   tools/deps.sh bench  what `make bench` needs as well
#   tools/deps.sh ci     what `make check` needs as well
set -eu

# Group; a sign by which it is seen where dpkg does not know it (a command, a module of pkg-config, a file); the package,
# and others that do as well.
table='
build command:gcc         gcc
build file:/usr/include/stdio.h libc6-dev
build command:cmake       cmake
build command:pkg-config  pkgconf pkg-config
build module:zlib         zlib1g-dev
build module:liblz4       liblz4-dev
build module:libzstd      libzstd-dev
build module:hdf5         libhdf5-dev
build module:libfyaml     libfyaml-dev
build module:libcurl      libcurl4-openssl-dev libcurl4-gnutls-dev
build module:libarchive   libarchive-dev
build module:libcjson     libcjson-dev
build module:sndfile      libsndfile1-dev
build module:cmocka       libcmocka-dev
build file:/etc/ssl/certs/ca-certificates.crt ca-certificates
bench file:/usr/lib/python3/dist-packages/torch python3-torch
bench file:/usr/lib/python3/dist-packages/h5py python3-h5py
bench file:/usr/lib/python3/dist-packages/yaml python3-yaml
bench module:openblas     libopenblas-dev
bench command:gnuplot     gnuplot-nox gnuplot-qt gnuplot-x11
ci    command:git         git
ci    command:g++         g++
ci    command:clang       clang
ci    command:clang-format clang-format
ci    command:aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
ci    file:/usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross
ci    command:qemu-aarch64 qemu-user
ci    command:strace      strace
ci    file:/usr/lib/python3/dist-packages/cffi python3-cffi
ci    file:/usr/lib/python3/dist-packages/numpy python3-numpy
ci    file:/usr/lib/python3/dist-packages/pytest python3-pytest
ci    file:/usr/lib/python3/dist-packages/h5py python3-h5py
ci    file:/usr/lib/python3/dist-packages/sklearn python3-sklearn
ci    file:/usr/lib/python3/dist-packages/matplotlib python3-matplotlib
ci    file:/usr/lib/python3/dist-packages/tqdm python3-tqdm
ci    command:gnuplot     gnuplot-nox gnuplot-qt gnuplot-x11
'

seen() { # seen SIGN
    name=${1#*:}
    case $1 in
    command:*) command -v "$name" >/dev/null ;;
    module:*) pkg-config --exists "$name" 2>/dev/null ;;
    file:*) for file in $name; do test -e "$file" && return; done ;;
    esac
}

# Prints the packages of the group "build", and of group $1, that are not there.
missing() {
    # shellcheck disable=SC2046 # a word each
    installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' \
        $(echo "$table" | sed -n 's/^[a-z]* *[^ ]* *//p') 2>/dev/null || true)"
    echo "$table" | while read -r group sign packages; do
        case $group in build | "$1") ;; *) continue ;; esac
        for package in $packages; do
            case $installed in *" installed:$package "*) continue 2 ;; esac
        done
        seen "$sign" || echo "${packages%% *}"
    done
}

# apt_install ROOT-COMMAND PACKAGE...: fetches the package lists only if they are missing or too old.
apt_install() {
    root=$1
    shift
    apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120"
    { apt-get -s install --no-install-recommends "$@" >/dev/null 2>&1 &&
        $apt install --no-install-recommends "$@"; } ||
        { $apt update && $apt install --no-install-recommends "$@"; }
}

packages=$(missing "${1:-build}" | tr '\n' ' ')
test -n "$packages" || exit 0

if ! command -v apt-get >/dev/null; then
    echo "deps: there is no apt-get here; install what is like these Debian packages: $packages" >&2
    exit 0 # CMake then says what it really lacks
elif test "$(id -u)" = 0; then
    root=
elif sudo -n true 2>/dev/null; then
    root="sudo -n"
else
    echo "deps: packages are missing; install them and try again:" >&2
    echo "    sudo apt-get update && sudo apt-get install --no-install-recommends $packages" >&2
    exit 1
fi

echo "deps: installing $packages" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a word each
if ! apt_install "$root" $packages >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "deps: apt-get failed, as above; it was to install: $packages" >&2
    exit 1
fi
