#!/usr/bin/env bash
# Usage: scripts/test.sh STAGE...
# Runs the parts of each stage (joined by '+') side by side with make, goes on after a failure, and
# ends with a summary of all parts.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

logs=.cache/logs
mkdir -p "$logs"
passed=0 failed=0 summary=""

run_part() {
  local begin=$SECONDS word=passed cpu TIMEFORMAT='%U %S'
  cpu=$({ time make "$1" >"$logs/$1.log" 2>&1 </dev/null; } 2>&1) || word=FAILED
  printf '  %-12s %-7s %4d s, %4.0f s of CPU\n' "$1" "$word" "$((SECONDS - begin))" \
    "$(awk '{ print $1 + $2 }' <<<"$cpu")" >"$logs/$1.result"
}

for stage in "$@"; do
  IFS=+ read -ra parts <<<"$stage"
  printf '\n=== %s ...\n' "${parts[*]}"
  for part in "${parts[@]}"; do
    run_part "$part" &
  done
  wait
  for part in "${parts[@]}"; do
    printf '\n=== %s\n' "$part"
    cat "$logs/$part.log"
    result=$(<"$logs/$part.result")
    summary+=$result$'\n'
    if [[ $result == *passed* ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
done

printf '\n=== summary\n%s' "$summary"
echo "parts: $passed passed, $failed failed"
[[ $failed -eq 0 ]]
