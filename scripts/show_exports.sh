#!/usr/bin/env bash
# Usage: python -m sandbox | scripts/show_exports.sh
# Passes the sandbox's lines on and adds the settings that point AWS tools at it.
set -euo pipefail

while IFS= read -r line; do
  echo "$line"
  if [[ "$line" == "sandbox ready: "* ]]; then
    cat <<SETTINGS

In another terminal:
  export AWS_ENDPOINT_URL=${line#sandbox ready: }
  export AWS_ACCESS_KEY_ID=111111111111   # acts as administrator of this account
  export AWS_SECRET_ACCESS_KEY=local-only-key
  export AWS_REGION=ap-northeast-1
Ctrl-C here ends it; it forgets everything.
SETTINGS
  fi
done
