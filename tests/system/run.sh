#!/usr/bin/env bash
# run.sh [host]: `make run` for one FUNCTION says that the counts agree; through kapacitord, or
# through kapacitor-udf-host in its place.
set -euo pipefail
# shellcheck source=tests/system/system.sh
source "$(dirname "$0")/system.sh"

if [[ ${1:-} == host ]]; then
  need_influxd
  export KAPACITORD=none
else
  need_kapacitor
fi
RUN_ROOT=$(mktemp -d "${TMPDIR:-/tmp}/kapacitor-udf-test.XXXXXX")
export RUN_ROOT
trap 'rm -rf "$RUN_ROOT"' EXIT

export DURATION=${DURATION:-6s} RATE=${RATE:-400}
"$project/tick/stack/run.sh" || {
  tail -n 20 "$RUN_ROOT"/run-*/*.log >&2
  exit 1
}
