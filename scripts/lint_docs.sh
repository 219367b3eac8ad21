#!/usr/bin/env bash
# Usage: scripts/lint_docs.sh
# Checks the documentation of plugins and roles, references to amazon.aws included. Only amazon.aws
# is shown to it: reading the other hundred collections of the package "ansible" takes minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
mkdir -p .cache/docs/ansible_collections/amazon
ln -sfn "$site/ansible_collections/amazon/aws" .cache/docs/ansible_collections/amazon/aws
export ANSIBLE_COLLECTIONS_PATH="$PWD/.cache/docs" ANSIBLE_COLLECTIONS_SCAN_SYS_PATH=false
.venv/bin/antsibull-docs lint-collection-docs \
  --plugin-docs --skip-rstcheck --validate-collection-refs all .
