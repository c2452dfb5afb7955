#!/usr/bin/env bash
# Makes the virtual environment $1 with the Python $2, or with the first one found that is new enough.
set -euo pipefail
target=$1
wanted=${2:-}

fail() { echo "hpi: $*" >&2; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=
for candidate in ${wanted:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if command -v "$candidate" >/dev/null && new_enough "$candidate"; then python=$candidate; break; fi
done
[ -n "$python" ] || fail "found no Python 3.11 or later (looked for ${wanted:-python3});" \
    "install one, or name it: make PYTHON=/path/to/python3.11"

"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python cannot make virtual environments;" \
    "on Debian and Ubuntu: sudo apt-get install python3-venv, then run make again"

if [ -e "$target" ] && [ ! -e "$target/pyvenv.cfg" ]; then
    fail "$target is there and is no virtual environment; remove it, or name another place: make VENV=/path"
fi
# A half-made environment would look finished to make; one whose Python has gone cannot be mended.
trap 'rm -rf "$target"' ERR INT TERM
rm -rf "$target"
echo "making $target with $("$python" --version)"
"$python" -m venv "$target"
