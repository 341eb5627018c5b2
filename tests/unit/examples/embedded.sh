#!/usr/bin/env bash
# embedded.sh PROGRAM: the example that embeds a function prints means, and goes on from its file.
set -euo pipefail
state=$(mktemp)
trap 'rm -f "$state"' EXIT
expect() { # INPUT OUTPUT
  local got
  got=$("$program" "$state" <<<"$1")
  if [[ $got != "$2" ]]; then
    printf 'for "%s" it says "%s", not "%s"\n' "$1" "$got" "$2" >&2
    exit 1
  fi
}
program=$1
expect $'a 1\nb 10\na 2' $'host=a 1\nhost=b 10\nhost=a 1.5'
expect $'a 2.5\nb 10' $'host=a 2\nhost=b 10'
