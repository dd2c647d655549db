#!/bin/bash
# Does what a newcomer does, on a new Debian 12 with nothing but git and make: clones surgrad and runs a target of make.
# Needs root and debootstrap. Prints the wall-clock time from the first word to the last.
#
#   tools/fresh-root.sh [TARGET [COMMIT [FOLDER]]]      demo, HEAD, /var/tmp/surgrad-root
#
# The root stays in FOLDER to be looked at (chroot FOLDER); the next run makes it anew. Of this system it gets the name
# servers, the proxies and the local certificates; MIRROR names another Debian mirror.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-demo}
commit=$(git rev-parse --verify "${2:-HEAD}^{commit}")
root=${3:-/var/tmp/surgrad-root}
mirror=${MIRROR:-http://deb.debian.org/debian}
mark=$root/.made-by-surgrad-fresh-root

fail() {
    echo "fresh-root: $1" >&2
    exit 2
}
test "$(id -u)" = 0 || fail "needs root, to make a root file system and change into it"
command -v debootstrap >/dev/null || fail "needs debootstrap: apt-get install debootstrap"
test ! -e "$root" || test -e "$mark" || fail "$root is there and was not made by this script; name another folder"

make_root() {
    rm -rf --one-file-system "$root"
    mkdir -p "$root"
    touch "$mark"
    debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" "$mirror" >"$root.log" ||
        fail "debootstrap failed; see $root.log"
    mv "$root.log" "$root/var/log/debootstrap-output.log"
}

borrow_network() {
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    apt-config dump | grep -iE '^Acquire::https?::Proxy' >"$root/etc/apt/apt.conf.d/90proxy" || true
    if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
        cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
        chroot "$root" update-ca-certificates >/dev/null
    fi
}

# The one commit, as the branch that a clone takes.
offer_repository() {
    git init -q --bare --initial-branch=main "$root/srv/surgrad.git"
    git push -q "$root/srv/surgrad.git" "$commit:refs/heads/main"
    chown -R 0:0 "$root/srv/surgrad.git"
}

# Its mounts and processes end with it.
enter() {
    env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
        unshare --mount --pid --fork --mount-proc="$root/proc" chroot "$root" /bin/sh -euc "$1"
}

make_root
borrow_network
offer_repository
echo "fresh-root: Debian $(cat "$root/etc/debian_version"), $(chroot "$root" dpkg-query -W | wc -l) packages;" \
    "make $target of $(git log -1 --format='%h %s' "$commit")"
start=$(date +%s)
status=0
enter "cd /root && git clone -q file:///srv/surgrad.git surgrad && cd surgrad && make $target" </dev/null || status=$?
echo "fresh-root: make $target ended with $status after $(($(date +%s) - start)) s; see $root/root/surgrad"
exit $status
