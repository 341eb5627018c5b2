#!/usr/bin/env bash
# alone.sh COMPILER INCLUDE: every header below INCLUDE compiles by itself, also twice in a row.
set -euo pipefail
compiler=$1 include=$2

cd "$include"
failed=0
for header in $(find . -name '*.hpp' | sort); do
  printf '#include <%s>\n#include <%s>\n' "${header#./}" "${header#./}" |
    "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only \
      -I . -x c++ - || { echo "$header does not compile alone" && failed=1; }
done
exit $failed
