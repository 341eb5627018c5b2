#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures by CMake preset and builds, all or those targets.
set -euo pipefail
cd "$(dirname "$0")/../.."

preset=$1
shift
cache=()
if command -v ccache >/dev/null; then cache=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset "$preset" "${cache[@]}" >"${TMPDIR:-/tmp}/configure.$$" 2>&1 || {
  cat "${TMPDIR:-/tmp}/configure.$$" >&2
  rm -f "${TMPDIR:-/tmp}/configure.$$"
  exit 1
}
rm -f "${TMPDIR:-/tmp}/configure.$$"
cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}
