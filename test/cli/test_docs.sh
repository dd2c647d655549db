# The blocks of YAML in the documents are configurations that work: described, and trained for an epoch.
source "$SOURCE_DIR/test/cli/lib.sh"

# blocks PAGE: writes each block of YAML that is a whole configuration to block-N.yaml.
blocks() {
    awk '/^```yaml/ { n++; on = 1; next } /^```/ { on = 0 } on { print > ("block-" n ".yaml") }' "$1"
}

for page in from-pytorch; do
    rm -f block-*.yaml
    blocks "$SOURCE_DIR/docs/$page.md"
    [[ -e block-1.yaml ]] || fail "no YAML in docs/$page.md"
    for block in block-*.yaml; do
        expect_exit 0 "$surgrad" info "$block"
        expect_exit 0 "$surgrad" train "$block" --epochs 1 --out "$page-${block%.yaml}"
    done
done
