#!/usr/bin/env bash
# format.sh: clang-format all sources; with --check only say which are not as it would have them.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t sources < <(find generator proto tests udf -name '*.hpp' -o -name '*.cpp' | sort)
if [[ ${1:-} != --check ]]; then
  clang-format -i "${sources[@]}"
  exit
fi
# Its --dry-run calls the end of `namespace a::inline b` wrong whatever it is: a second look tells.
mapfile -t doubtful < <(clang-format --dry-run --Werror "${sources[@]}" 2>&1 | sed -n 's/:[0-9]*:[0-9]*: error: .*//p' | sort -u)
wrong=0
for source in "${doubtful[@]}"; do
  clang-format "$source" | diff -u --label "$source" --label formatted "$source" - || wrong=1
done
exit $wrong
