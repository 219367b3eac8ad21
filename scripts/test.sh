#!/usr/bin/env bash
# Usage: scripts/test.sh PART...
# Runs each part with make, goes on after a failure, and ends with a summary of all parts.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

passed=0 failed=0 summary=""
for part in "$@"; do
  printf '\n=== %s\n' "$part"
  SECONDS=0
  if make "$part"; then
    word=passed passed=$((passed + 1))
  else
    word=FAILED failed=$((failed + 1))
  fi
  summary+=$(printf '  %-12s %-7s %4d s' "$part" "$word" "$SECONDS")$'\n'
done

printf '\n=== summary\n%s' "$summary"
echo "parts: $passed passed, $failed failed"
[[ $failed -eq 0 ]]
