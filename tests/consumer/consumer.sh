#!/usr/bin/env bash
# consumer.sh installed BUILD ROOT [CMAKE ARGUMENT...]: installs the library from BUILD and builds a
# project with find_package.
# consumer.sh pkgconfig BUILD ROOT [CMAKE ARGUMENT...]: builds its programs with the flags of pkg-config.
# consumer.sh subdirectory BUILD ROOT [CMAKE ARGUMENT...]: builds it with add_subdirectory.
# Then runs what was built.
set -euo pipefail
way=$1 build=$2 root=$3
shift 3
targets=(ewma ewma_check)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

install_library() {
  cmake --install "$build" --prefix "$dir/prefix" --component library >/dev/null
  if grep -rlF -e "$root" -e "$build" "$dir/prefix" --include='*.cmake' --include='*.hpp' --include='*.pc'; then
    echo "the installed package points back to where it was built"
    exit 1
  fi
}

build_with_cmake() {
  cmake -S "$root/tests/consumer/project" -B "$dir/build" "-DEWMA_SOURCE=$root/udf/examples/ewma.cpp" "$@"
  cmake --build "$dir/build" --parallel 2 --target "${targets[@]}"
}

# Of the arguments only the compiler and what sanitizers need; all else must come from pkg-config.
build_with_pkg_config() {
  local argument compiler=c++ flags=() own=()
  for argument in "$@"; do
    case $argument in
      -DCMAKE_CXX_COMPILER=*) compiler=${argument#*=} ;;
      -DCMAKE_CXX_FLAGS=*) read -ra own <<<"${argument#*=}" ;;
    esac
  done
  PKG_CONFIG_PATH=$(dirname "$(find "$dir/prefix" -name kapacitor-udf.pc)")
  export PKG_CONFIG_PATH
  mkdir "$dir/build"
  read -ra flags <<<"$(pkg-config --cflags --libs kapacitor-udf)"
  "$compiler" "${own[@]}" "$root/udf/examples/ewma.cpp" -o "$dir/build/ewma" "${flags[@]}"
  "$compiler" "${own[@]}" "$root/tests/consumer/project/check.cpp" -o "$dir/build/ewma_check" "${flags[@]}"
}

case $way in
  installed)
    install_library
    build_with_cmake "$@" "-DCMAKE_PREFIX_PATH=$dir/prefix"
    ;;
  pkgconfig)
    install_library
    build_with_pkg_config "$@"
    ;;
  subdirectory)
    # The server's sources take a minute; a compiler cache has them already, wherever they are built.
    export CCACHE_NOHASHDIR=1
    if [[ " $* " != *ccache* ]]; then targets=(ewma_check); fi
    build_with_cmake "$@" "-DKAPACITOR_UDF_SOURCE=$root"
    ;;
esac
[[ $("$dir/build/ewma_check") == twice=42 ]]
if [[ -x $dir/build/ewma ]]; then "$dir/build/ewma" --describe | grep -F '.alpha(DOUBLE)'; fi
