# Sourced by tools that train recipes.

# Where the data of a recipe are that surgrad does not fetch: below the folder SURGRAD_SHARED_DATA, unpacked into SCRATCH where they are packed.
# Sets the array `where` to the options that say so; false, with a line, where the data are not there.
recipe_data() { # recipe_data NAME SCRATCH
    local shared=${SURGRAD_SHARED_DATA:-} packed set=${1%_conv}
    set=${set%_slayer}
    where=()
    case $1 in
    braille) where=(--set "data.file=$shared/braille/braille_taxels.h5") packed=$shared/braille/braille_taxels.h5 ;;
    oxford) where=(--set "data.dir=$shared/oxford") packed=$shared/oxford/input.bs1 ;;
    nmnist | nmnist_conv | nmnist_slayer) where=(--set "data.dir=$2/nmnist" --set data.seed=7) packed=$shared/nmnist/bs2_0.tar.gz ;; # its first 1,000
    fsdd) where=(--set "data.dir=$2/fsdd") packed=$shared/fsdd/theo.tar.gz ;;
    *) return 0 ;;
    esac
    if [[ -z $shared || ! -e $packed ]]; then
        echo "$1: skipped, since its data are not below SURGRAD_SHARED_DATA" >&2
        return 1
    fi
    [[ $set == braille || $set == oxford || -e $2/$set ]] && return
    mkdir -p "$2/$set"
    for packed in "$shared/$set"/*.tar.gz; do tar -xzf "$packed" -C "$2/$set"; done
    ! compgen -G "$shared/$set/*.txt" >/dev/null || cp "$shared/$set"/*.txt "$2/$set"
}
