#!/usr/bin/env bash
# rejects.sh COMPILER INCLUDE FOLDER FILE: FILE does not compile, and the compiler says what its
# first line asks for. FOLDER is that of precompile.sh.
# rejects.sh COMPILER INCLUDE FOLDER --repaired FILE...: with REPAIRED defined they all do, so that
# nothing else was wrong with them.
set -euo pipefail
compile=("$1" -std=c++20 -Wall -Wextra -fsyntax-only -I "$2" -include "$3/udf.hpp")
shift 3

if [[ $1 == --repaired ]]; then
  shift
  {
    echo '#include <kapacitor/udf.hpp>'
    for file in "$@"; do
      printf 'namespace %s {\n#include "%s"\n}\n' "$(basename "$file" .cpp)" "$file"
    done
  } | "${compile[@]}" -DREPAIRED -Werror -x c++ -
  exit
fi

wanted=$(sed -n '1s|^// says: ||p' "$1")
if said=$("${compile[@]}" "$1" 2>&1); then
  echo "compiles"
  exit 1
fi
if [[ $said != *"$wanted"* ]]; then
  printf 'does not say "%s" but:\n%s\n' "$wanted" "$said"
  exit 1
fi
