#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures by CMake preset and builds, all or those targets.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=$1
shift
cache=()
# ccache then takes the list of headers from the compiler instead of running the preprocessor first.
export CCACHE_DEPEND=${CCACHE_DEPEND-1}
if command -v ccache >/dev/null; then cache=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset "$preset" "${cache[@]}" >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}
cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}
