#!/usr/bin/env bash
# test.sh PRESET: builds everything with that preset and runs all tests. If the real programs must be
# there (KAPACITOR_UDF_NOTHING_SKIPPED, as in CI), a test that was skipped for want of one has failed.
set -euo pipefail
cd "$(dirname "$0")/.."

# What make real has built goes before what the system has.
real=$(python3 tests/real/real.py --bin)
if [[ -d $real ]]; then PATH=$real:$PATH; fi
for program in influxd kapacitord; do
  command -v $program >/dev/null && $program version || echo "no $program: tests that need it are skipped"
done

.ci/build.sh "$1"
ctest --test-dir "build-$1" --output-on-failure --no-tests=error --parallel "$(nproc)"
skipped=$(grep -E 'SKIPPED: |(influxd|kapacitord) is not installed' "build-$1/Testing/Temporary/LastTest.log" || true)
if [[ -n ${KAPACITOR_UDF_NOTHING_SKIPPED:-} && -n $skipped ]]; then
  printf 'test.sh: skipped, although the real programs were built:\n%s\n' "$skipped" >&2
  exit 1
fi
