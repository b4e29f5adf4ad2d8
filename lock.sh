#!/bin/sh
# Makes the two requirements files anew. Needs uv on the PATH. No index address is written into them.
set -eu
cd "$(dirname "$0")"
options="--universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11"
uv pip compile pyproject.toml --extra build $options -o requirements.txt "$@" >/dev/null
uv pip compile pyproject.toml --extra build --extra test $options -c requirements.txt -o requirements-test.txt "$@" >/dev/null
