#!/usr/bin/env bash
# record_and_replay.sh [host]: `make test` records and replays; every point that was recorded comes
# out of the replay.
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

export RECORD_SECONDS=5 RATE=200
"$project/tick/stack/record_and_replay.sh" || {
  tail -n 20 "$RUN_ROOT"/test/*.log >&2
  exit 1
}
