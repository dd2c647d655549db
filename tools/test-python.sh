#!/bin/bash
# Puts Python's package together in a build folder, as pip would install it, and runs its tests there. Exits with 77,
# skipped, where Python has not what they need; examples that need more are skipped one by one.
#
#   tools/test-python.sh BUILD [PYTEST-ARGUMENT...]
#
# A build with the address sanitizer needs its library before Python's own: that is set here.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
shift
# The first that has the packages: of another Python in the PATH Debian's packages are not.
for python in ${SURGRAD_PYTHON:-python3 /usr/bin/python3} ""; do
    [[ -n $python ]] && "$python" -c 'import cffi, numpy, pytest' 2>/dev/null && break
done
[[ -n $python ]] || {
    echo "test-python: skipped, as Python has no cffi, numpy or pytest (Debian: python3-cffi python3-numpy python3-pytest)"
    exit 77
}
package=$build/python/surgrad
rm -rf "$package"
mkdir -p "$package"
cp "$source"/python/surgrad/* "$package"
"$python" "$source/python/make_cdef.py" "$build/surgrad_cdef.h" "$package/_cdef.py" >/dev/null
ln -s "$build/libsurgrad.so" "$package/libsurgrad.so"
preload=$(ldd "$build/libsurgrad.so" | awk '/libasan/ { print $3 }')
if [[ -n $preload ]]; then
    export LD_PRELOAD=$preload ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-}
fi
export PYTHONPATH=$build/python PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=Agg
cd "$build/python"
exec "$python" -m pytest -q -p no:cacheprovider "$source/python/tests" "$@"
