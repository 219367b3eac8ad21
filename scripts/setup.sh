#!/usr/bin/env bash
# Usage: PYTHON=python3 scripts/setup.sh REQUIREMENTS...
# Makes .venv where it is missing and installs the requirements into it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export HOME="${USER_HOME:-$HOME}" PIP_CACHE_DIR="$PWD/.cache/pip" PIP_DISABLE_PIP_VERSION_CHECK=1

if ! "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])'; then
  echo "Could not set up .venv: $PYTHON is missing or older than Python 3.11." \
    "Name a newer one: make setup PYTHON=python3.12" >&2
  exit 1
fi
[[ -x .venv/bin/python ]] || "$PYTHON" -m venv .venv

# The checks run with a home of their own; where pip finds packages is the caller's choice.
mkdir -p .cache/home/.config
if [[ -e "$HOME/.config/pip" ]]; then
  ln -sfn "$HOME/.config/pip" .cache/home/.config/pip
fi

arguments=()
for file in "$@"; do arguments+=(-r "$file"); done
echo "Installing $* into .venv, which takes one to three minutes the first time ..."
.venv/bin/python -m pip install --quiet "${arguments[@]}"
