# Paths of a configuration begin at its file; what a run keeps leads to the same files from any folder.
source "$SOURCE_DIR/test/cli/lib.sh"
mkdir -p project/nets elsewhere
make_data project/data
make_config ../data >project/nets/small.yaml

expect_exit 0 "$surgrad" train project/nets/small.yaml --epochs 1 --out run
expect_line "^ +dir: \"$PWD/project/nets/\.\./data\"$" run/config.yaml
(cd project/nets && expect_exit 0 "$surgrad" train small.yaml --epochs 1 --out ../../inside)
expect_same run/model.h5 inside/model.h5

# From another folder: evaluated, gone on with, trained again.
cd elsewhere
expect_exit 0 "$surgrad" eval ../run
expect_line '^samples +20 of the test split$' out
expect_exit 0 "$surgrad" train --resume --epochs 2 --out ../run
expect_exit 0 "$surgrad" train ../run/config.yaml --out ../again
expect_same ../run/model.h5 ../again/model.h5

# What the command line says begins where one stands, and is kept for later.
expect_exit 0 "$surgrad" encode ../project/nets/small.yaml -o events.h5
expect_exit 0 "$surgrad" train ../project/nets/small.yaml --set data.set=events --set data.file=events.h5 \
    --set data.split=shuffled --set data.dir= --out ../events
cd ..
expect_exit 0 "$surgrad" eval events
expect_error 2 "command line: data\.dir: found '~/data', expected a path without '~'" \
    "$surgrad" train project/nets/small.yaml --set data.dir='~/data' --out none

# Data that were moved: where they were, and how to say where they are.
mv project/data data
mv elsewhere/events.h5 events.h5
expect_error 3 "/.*/project/nets/\.\./data: neither .* is there: .*\(data\.dir, or --data DIR\)$" "$surgrad" eval run
expect_exit 0 "$surgrad" eval run --data data
expect_error 3 "/.*/elsewhere/events\.h5: there is no such file: .*\(data\.file, or --data FILE\)$" "$surgrad" eval events
expect_exit 0 "$surgrad" eval events --data events.h5
expect_exit 0 "$surgrad" train --resume --epochs 3 --set data.dir=data --out run
expect_exit 0 "$surgrad" eval run
