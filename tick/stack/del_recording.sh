#!/usr/bin/env bash
# make del_recording: deletes what make test left behind, in kapacitord (when it is up) and on disk.
set -euo pipefail
# shellcheck source=tick/stack/lib.sh
source "$(dirname "$0")/lib.sh"

# ids KIND: the recordings or replays that make test made.
ids() { kapacitor_get "$1?pattern=udf-test-*&limit=1000" | jq -r --arg kind "$1" '.[$kind][].id'; }

delete_kind() {
  local kind=$1 made
  mapfile -t made < <(ids "$kind")
  if ((${#made[@]})); then kapacitor_client delete "$kind" "${made[@]}"; fi
  say "kapacitord: ${#made[@]} $kind deleted"
}

if find_up; then
  delete_kind replays
  delete_kind recordings
fi
if [[ -d $run_root/test ]]; then
  rm -rf "$run_root/test"
  say "$run_root/test deleted"
fi
