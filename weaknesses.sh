#!/bin/sh
# Compares what is installed with Crisis (requirements.txt, every version and digest of it) with a public list of known
# weaknesses. Needs pip-audit (`pipx install pip-audit`) and a way to that list; nothing of this installation is sent
# but names and versions. Ends with 1 where a weakness is known, or where the list does not know a part: --strict,
# since pip-audit else calls what it could not look up "not vulnerable".
set -eu
cd "$(dirname "$0")"
exec pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt "$@"
