# Sourced by tools that train recipes.

# Where the data of a recipe are that surgrad does not fetch: below the folder SURGRAD_SHARED_DATA, unpacked into SCRATCH where they are packed.
# Sets the array `where` to the options that say so; false, with a line, where the data are not there.
recipe_data() { # recipe_data NAME SCRATCH
    local shared=${SURGRAD_SHARED_DATA:-} packed
    where=()
    case $1 in
    braille) where=(--set "data.file=$shared/braille/braille_taxels.h5") packed=$shared/braille/braille_taxels.h5 ;;
    nmnist) where=(--set "data.dir=$2/nmnist" --set data.seed=7) packed=$shared/nmnist/bs2_0.tar.gz ;; # its first 1,000
    fsdd) where=(--set "data.dir=$2/fsdd") packed=$shared/fsdd/theo.tar.gz ;;
    *) return 0 ;;
    esac
    if [[ -z $shared || ! -e $packed ]]; then
        echo "$1: skipped, since its data are not below SURGRAD_SHARED_DATA" >&2
        return 1
    fi
    [[ $1 == braille || -e $2/$1 ]] && return
    mkdir -p "$2/$1"
    for packed in "$shared/$1"/*.tar.gz; do tar -xzf "$packed" -C "$2/$1"; done
    ! compgen -G "$shared/$1/*.txt" >/dev/null || cp "$shared/$1"/*.txt "$2/$1"
}
