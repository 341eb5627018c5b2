#!/usr/bin/env bash
# instructions_selftest.sh: instructions.sh fails where a path takes over 5 % more instructions or
# has nothing to be compared with, names it, and fails nowhere else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

tools='# some compiler, some flags'
compare() { # COMMITTED NOW, a path's name and figure a line
  printf '%s\n' "$tools" "$1" >"$dir/committed"
  printf '%s\n' '# some compiler, some flags' "$2" >"$dir/now"
  "$here/instructions.sh" --compare "$dir/committed" "$dir/now" >"$dir/said"
}
says() {
  if ! grep -qxF -- "$1" "$dir/said"; then
    printf 'does not say "%s" but:\n%s\n' "$1" "$(<"$dir/said")" && exit 1
  fi
}
refused() { # COMMITTED NOW LINE
  if compare "$1" "$2"; then echo "instructions.sh let pass: $1 -> $2" && exit 1; fi
  says "$3"
}
taken() { # COMMITTED NOW
  if ! compare "$1" "$2"; then echo "instructions.sh refused: $(<"$dir/said")" && exit 1; fi
}

both=$'decode 100.0\nencode 200.0'
taken "$both" "$both"
taken "$both" $'decode 104.9\nencode 190.1'
refused "$both" $'decode 105.1\nencode 200.0' 'FAILED: decode takes 5.1 % more instructions'
refused "$both" $'decode 100.0\nencode 220.0' 'FAILED: encode takes 10.0 % more instructions'
refused "$both" $'decode 50.0\nencode 400.0' 'FAILED: encode takes 100.0 % more instructions'
says 'faster: decode takes 50.0 % fewer instructions'
taken "$both" $'decode 90.0\nencode 200.0'
says 'faster: decode takes 10.0 % fewer instructions'
refused "$both" 'decode 100.0' 'FAILED: encode has a committed figure, but is not counted'
refused 'decode 100.0' "$both" 'FAILED: encode has no committed figure'
if grep -q 'other tools' "$dir/said"; then echo "the tools were the same" && exit 1; fi
tools='# another compiler, some flags'
taken "$both" "$both"
says '  committed # another compiler, some flags'

printf '#!/bin/sh\nexit 2\n' >"$dir/broken"
chmod +x "$dir/broken"
if "$here/instructions.sh" "$dir/broken" >"$dir/said" 2>&1; then
  echo "a program that fails passed" && exit 1
fi
