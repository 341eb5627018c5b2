#!/usr/bin/env bash
# consumer.sh installed BUILD ROOT [CMAKE ARGUMENT...]: installs the library from BUILD and builds a
# project with find_package.
# consumer.sh subdirectory BUILD ROOT [CMAKE ARGUMENT...]: builds it with add_subdirectory.
# Then runs what was built.
set -euo pipefail
way=$1 build=$2 root=$3
shift 3
targets=(ewma ewma_check)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

if [[ $way == installed ]]; then
  cmake --install "$build" --prefix "$dir/prefix" --component library >/dev/null
  set -- "$@" "-DCMAKE_PREFIX_PATH=$dir/prefix"
  if grep -rlF -e "$root" -e "$build" "$dir/prefix" --include='*.cmake' --include='*.hpp'; then
    echo "the installed package points back to where it was built"
    exit 1
  fi
else
  set -- "$@" "-DKAPACITOR_UDF_SOURCE=$root"
  # The server's sources take a minute; a compiler cache has them already, wherever they are built.
  export CCACHE_NOHASHDIR=1
  if [[ " $* " != *ccache* ]]; then targets=(ewma_check); fi
fi

cmake -S "$root/tests/consumer/project" -B "$dir/build" "-DEWMA_SOURCE=$root/udf/examples/ewma.cpp" "$@"
cmake --build "$dir/build" --parallel 2 --target "${targets[@]}"
[[ $("$dir/build/ewma_check") == twice=42 ]]
if [[ -x $dir/build/ewma ]]; then "$dir/build/ewma" --describe | grep -F '.alpha(DOUBLE)'; fi
