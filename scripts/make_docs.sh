#!/usr/bin/env bash
# Usage: scripts/make_docs.sh
# Builds the documentation site in .cache/docs-site/html from the pages of this repository and the
# documentation of modules, filters and roles; ends with an error when a link leads nowhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pages=.cache/docs-site/pages
rm -rf .cache/docs-site
mkdir -p "$pages/modules" "$HOME"
chmod go-w "$pages/modules"
git ls-files -z ':(glob)*.md' docs sandbox/README.md LICENSE | tar --create --null --files-from - \
  | tar --extract --directory "$pages"
cp scripts/docs_site/conf.py scripts/docs_site/index.md "$pages"

# Only these two: reading the other hundred collections of the package "ansible" takes minutes.
site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
collections="$PWD/.cache/docs-site/collections"
mkdir -p "$collections"/ansible_collections/{amazon,jumpaccount}
ln -s "$site/ansible_collections/amazon/aws" "$collections/ansible_collections/amazon/aws"
ln -s "$PWD" "$collections/ansible_collections/jumpaccount/aws"
export ANSIBLE_COLLECTIONS_PATH="$collections" ANSIBLE_COLLECTIONS_SCAN_SYS_PATH=false
.venv/bin/antsibull-docs collection --use-current --squash-hierarchy --fail-on-error \
  --output-format simplified-rst \
  --dest-dir "$pages/modules" jumpaccount.aws
.venv/bin/python -m sphinx --quiet --fail-on-warning --keep-going --builder html \
  "$pages" .cache/docs-site/html
echo "The site is in .cache/docs-site/html/index.html."
