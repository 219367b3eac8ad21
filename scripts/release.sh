#!/usr/bin/env bash
# Usage: scripts/release.sh
# Writes the changelog of the version in galaxy.yml, commits it and tags the commit; pushes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n 's/^version: *//p' galaxy.yml | tr -d '"')
if [[ -n "$(git status --porcelain)" ]]; then
  echo "Commit or remove what 'git status' shows, then release." >&2
  exit 1
fi
if git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null; then
  echo "Version $version is released: raise 'version' in galaxy.yml." >&2
  exit 1
fi
.venv/bin/antsibull-changelog release
git add CHANGELOG.md changelogs
git commit --quiet --message "chore(release): $version"
git tag --annotate "v$version" --message "jumpaccount.aws $version"
echo "Tagged v$version. Push the branch and the tag; the workflow Release publishes it."
