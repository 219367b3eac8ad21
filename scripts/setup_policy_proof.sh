#!/usr/bin/env bash
# Installs the evaluator of the policy proof into tests/policy/node_modules, as its lock file says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The checks run with a home of their own; where npm finds packages is the caller's choice.
if [[ -n "${USER_HOME:-}" && -e "$USER_HOME/.npmrc" ]]; then
  export NPM_CONFIG_USERCONFIG="$USER_HOME/.npmrc"
fi
export NPM_CONFIG_CACHE="$PWD/.cache/npm" NPM_CONFIG_UPDATE_NOTIFIER=false
cd tests/policy
echo "Installing the evaluator of the policy proof ..."
npm ci --loglevel error --ignore-scripts --no-audit --no-fund
