#!/usr/bin/env bash
# every_script.sh: all stream scripts of tick/ at once, as tasks of one kapacitord on one stream. Each
# function gets every point, each result is stored, and a script that says so gives one for each point.
set -euo pipefail
# shellcheck source=tests/system/system.sh
source "$(dirname "$0")/system.sh"

duration=${DURATION:-5s} rate=${RATE:-400}
begin_stack
need_programs kapacitor-udf-generator

scripts=()
for file in "$project"/tick/*.tick; do
  script=$(basename "$file" .tick)
  [[ $script == *_batch ]] || scripts+=("$script")
done
for script in "${scripts[@]}"; do
  mapfile -t vars < <(trial_vars "$script")
  start_task "$script" "$script" "${vars[@]}"
done

"$bin/kapacitor-udf-generator" --url "$INFLUXDB_URL" --kapacitor-url "$KAPACITOR_URL" --db demo \
  --duration "$duration" --rate "$rate" --report "$stack_dir/generator.json"
sent=$(jq -r .accepted "$stack_dir/generator.json")

all_processed() {
  local script
  for script in "${scripts[@]}"; do
    [[ $(processed_by "$script" "$script") == "$sent" ]] || return 1
  done
}
all_stored() { influx_query 'SELECT count(*) FROM /.*/' "$out_database"; }
wait_until 60 all_processed || true
settled 60 all_stored >/dev/null

wrong=0
expect_count() { # SCRIPT WHAT COUNT EXPECTED
  [[ $3 == "$4" ]] && return
  say "$1: $2: $3, expected $4; $(task_error "$1")"
  wrong=1
}
for script in "${scripts[@]}"; do
  results=$(node_stat "$script" influxdb_out points_written)
  say "$script: $results results"
  expect_count "$script" "points processed" "$(processed_by "$script" "$script")" "$sent"
  expect_count "$script" "results stored" "$(influx_count "$out_database" "$script")" "$results"
  ! one_for_each "$script" || expect_count "$script" "results" "$results" "$sent"
  if [[ $script != outliers && $results == 0 ]]; then
    say "$script: no results"
    wrong=1
  fi
done
((wrong == 0)) || die "$sent points were sent, and the counts do not agree"
