#!/bin/sh
# Writes the pages that the program makes from its own tables into a folder.
#
#   tools/write-docs.sh PROGRAM FOLDER
set -eu
"$1" info options --markdown >"$2/configuration.md.tmp"
"$1" help --markdown >"$2/cli.md.tmp"
for page in configuration cli; do mv "$2/$page.md.tmp" "$2/$page.md"; done
