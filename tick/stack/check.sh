#!/usr/bin/env bash
# make check: the format of the sources, then everything built with warnings as errors, then all
# tests. check.sh PRESET does it with another preset, such as asan.
set -euo pipefail
cd "$(dirname "$0")/../.."

preset=${1:-check}
build=build-$preset

tick/stack/format.sh --check
if command -v shellcheck >/dev/null; then
  grep -lZ "^#!.*bash" .ci/run tick/stack/*.sh tests/bench/*.sh tests/integration/*.sh tests/system/*.sh \
    udf/docs/functions/make.sh | xargs -0 shellcheck -x
fi
tick/stack/build.sh "$preset"
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)"
