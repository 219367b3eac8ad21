#!/usr/bin/env bash
# Usage: PYTHON=python3 scripts/setup.sh KIND...
# Makes .venv where it is missing and installs what the locks of these kinds list for its Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export HOME="${USER_HOME:-$HOME}" PIP_CACHE_DIR="$PWD/.cache/pip" PIP_DISABLE_PIP_VERSION_CHECK=1

python=.venv/bin/python
[[ -x $python ]] || python=$PYTHON
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' || echo unknown)
if [[ ! -e locks/run-$version.txt ]]; then
  supported=(locks/run-*.txt)
  supported=("${supported[@]#locks/run-}")
  echo "Could not set up .venv with $python (Python $version): supported are ${supported[*]%.txt}." \
    "Name another one, after make clean if .venv exists: make setup PYTHON=python3.13" >&2
  exit 1
fi
[[ -x .venv/bin/python ]] || "$PYTHON" -m venv .venv

# The checks run with a home of their own; where pip finds packages is the caller's choice.
mkdir -p .cache/home/.config
if [[ -e "$HOME/.config/pip" ]]; then
  ln -sfn "$HOME/.config/pip" .cache/home/.config/pip
fi

arguments=()
for kind in "$@"; do arguments+=(-r "locks/$kind-$version.txt"); done
echo "Installing $* for Python $version into .venv, which takes one to three minutes the first time ..."
# Wheels only: to build a package, pip would fetch tools that no lock lists. Without dependencies: a
# lock lists them all, and pip would ask the index for the newest of those that are named with extras.
.venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: --no-deps \
  "${arguments[@]}"
broken=$(.venv/bin/python -m pip check) || { echo "$broken" >&2; exit 1; }
