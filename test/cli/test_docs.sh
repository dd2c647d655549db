# The documents say what works: their blocks of YAML are configurations that train, their commands have those options, and
# their C compiles.
source "$SOURCE_DIR/test/cli/lib.sh"

# blocks PAGE LANGUAGE: writes each block of a language to block-N.
blocks() {
    rm -f block-*
    awk -v fence="^\`\`\`$2\$" '$0 ~ fence { n++; on = 1; next } /^```/ { on = 0 } on { print > ("block-" n) }' "$1"
    [[ -e block-1 ]] || fail "no block of ${2:-text} in $1"
}

# Networks of MNIST get a few images of their size.
make_data data 28

expect_trains() { # expect_trains PAGE
    local block data
    blocks "$SOURCE_DIR/$1" yaml
    for block in block-*; do
        mv "$block" "$block.yaml"
        data=()
        ! grep -q 'set: mnist' "$block.yaml" || data=(--set "data.dir=$PWD/data")
        expect_exit 0 "$surgrad" info "$block.yaml"
        expect_exit 0 "$surgrad" train "$block.yaml" "${data[@]}" --epochs 1
    done
}

# Each line "surgrad COMMAND ..." of a block names a command and options that this command has.
expect_commands() { # expect_commands PAGE
    local command option line lines=0
    while read -r line; do
        lines=$((lines + 1))
        command=$(awk '{ print $2 }' <<<"$line")
        expect_exit 0 "$surgrad" "$command" --help
        cp out help
        for option in $(grep -oE -- ' --?[a-z][a-z-]*' <<<"$line"); do expect_line "(^| )$option(,| |$)" help; done
    done < <(awk '/^```/ { on = !on } on' "$SOURCE_DIR/$1" | sed -nE 's/   .*//; s/^ *(\$ )?(surgrad [a-z].*)/\2/p')
    ((lines > 0)) || fail "no command in $1"
}

for page in README.md docs/tutorial.md docs/from-pytorch.md; do expect_trains "$page"; done
for page in README.md docs/tutorial.md; do expect_commands "$page"; done

# Links lead to files and pictures that are there.
for page in "$SOURCE_DIR"/*.md "$SOURCE_DIR"/docs/*.md; do
    for link in $(grep -oE '\]\([^):# ]+' "$page" | cut -c3-); do
        [[ -e ${page%/*}/$link ]] || fail "$page links to $link, which is not there"
    done
done

blocks "$SOURCE_DIR/README.md" c
{
    printf '#include <surgrad.h>\n#include <stdio.h>\nint main(void) {\n'
    cat block-1
    printf 'return 0;\n}\n'
} >five.c
expect_exit 0 "${CC:-cc}" -std=c99 -Wall -Wextra -Werror -fsyntax-only -I "$SOURCE_DIR/include" five.c
