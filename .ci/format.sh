#!/usr/bin/env bash
# format.sh: clang-format all sources; with --check only say which are not as it would have them.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t sources < <(find generator proto tests udf -name '*.hpp' -o -name '*.cpp' | sort)
if [[ ${1:-} == --check ]]; then
  clang-format --dry-run --Werror "${sources[@]}"
else
  clang-format -i "${sources[@]}"
fi
