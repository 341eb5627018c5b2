#!/usr/bin/env bash
# make test: defines the task, records the live stream for RECORD_SECONDS, replays the recording
# through the function and shows the JSON log. Uses what `make kapacitord_up` has up; what is missing
# it starts for the time it needs. Without kapacitord, kapacitor-udf-host records and replays.
# Parameters, all optional: FUNCTION, RECORD_SECONDS, RATE, SERIES, OPTIONS, KAPACITORD, UDF_MODE.
set -euo pipefail
# shellcheck source=tick/stack/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tick/stack/task.sh
source "$(dirname "$0")/task.sh"

seconds=${RECORD_SECONDS:-20}
seconds=${seconds%s}
id=udf-test-$(date +%Y%m%d-%H%M%S)
task=udf_test_$function

# ---- The live stream

points_lately() {
  influx_query "SELECT count(*) FROM sensors WHERE time > now() - 3s" demo |
    jq -r '[.results[].series[]?.values[][1]] | add // 0'
}

stream_is_on() { (($(points_lately) > 0)); }

# A generator of ours, unless somebody's is writing already.
ensure_stream() {
  local flags=(--url "$INFLUXDB_URL" --db demo)
  if stream_is_on; then
    say "A live stream runs into the database demo."
    return
  fi
  say "Nothing is being written to the database demo: a generator starts for this test."
  if [[ -n ${RATE:-} ]]; then flags+=(--rate "$RATE"); fi
  if [[ -n ${SERIES:-} ]]; then flags+=(--series "$SERIES"); fi
  if have_kapacitor; then flags+=(--kapacitor-url "$KAPACITOR_URL"); else flags+=(--subscribe off); fi
  start generator "$bin/kapacitor-udf-generator" "${flags[@]}"
  bring_up generator 30 stream_is_on
}

# ---- kapacitord

ensure_kapacitor() {
  if find_up; then
    replay_dir=$up_dir/kapacitor/replay
    say "Using kapacitord at $KAPACITOR_URL and InfluxDB at $INFLUXDB_URL."
    return
  fi
  say "kapacitord is not up (in another terminal: make kapacitord_up): a private stack starts."
  replay_dir=$stack_dir/kapacitor/replay
  start_influxd
  start_udfd
  start_kapacitord
  influx_create demo
  subscribe_now demo
}

record_by_kapacitor() {
  if [[ $function == *_batch ]]; then
    say "Waiting ${seconds}s, to record what the task's query answers for them, as $id ..."
    sleep "$seconds"
    kapacitor_client record batch -recording-id "$id" -task "$task" -past "${seconds}s" >/dev/null
  else
    say "Recording the live stream for ${seconds}s as $id ..."
    kapacitor_client record stream -recording-id "$id" -task "$task" -duration "${seconds}s" \
      >/dev/null
    # In the file a point is three lines: database, retention policy, line protocol.
    recorded=$(($(zcat "$replay_dir/$id.srpl" | wc -l) / 3))
  fi
}

with_kapacitor() {
  ensure_kapacitor
  ensure_stream
  # shellcheck disable=SC2086 # OPTIONS are words
  define_task "$task" "$function" outMeasurement="$id" ${OPTIONS:-}
  say "Task $task is defined, from tick/$function.tick."
  record_by_kapacitor
  say "Replaying it through @$(udf_name "$function")() ..."
  kapacitor_client replay -replay-id "$id" -recording "$id" -task "$task" -rec-time >/dev/null
  say "Recording: $(kapacitor_get "recordings/$id" | jq -r '"\(.status), \(.size) bytes \(.error)"')"
  say "Replay:    $(kapacitor_get "replays/$id" | jq -r '"\(.status) \(.error)"')"
}

# ---- kapacitor-udf-host in its place

# Into a variable that `with_host` needs, and InfluxDB may be the machine's own.
ensure_influxdb() {
  if [[ -n ${INFLUXDB_URL:-} ]]; then
    INFLUXDB_URL=${INFLUXDB_URL%/}
    http_ok "$INFLUXDB_URL/ping" || die "no InfluxDB answers at INFLUXDB_URL=$INFLUXDB_URL"
  else
    start_influxd
  fi
  influx_create demo
}

with_host() {
  local flags file=$stack_dir/$id.srpl
  say "No kapacitord on PATH, nor by KAPACITORD=: kapacitor-udf-host records and replays."
  ensure_influxdb
  start_udfd
  ensure_stream
  say "Recording the live stream for ${seconds}s into $file ..."
  "$bin/kapacitor-udf-host" record "$file" --listen 127.0.0.1:0 --influxdb "$INFLUXDB_URL" \
    --db demo --duration "${seconds}s" --summary "$stack_dir/record.json" --log-level warn
  recorded=$(jq .received "$stack_dir/record.json")
  say "Replaying it through $(udf_name "$function") ..."
  # shellcheck disable=SC2086 # OPTIONS are words
  mapfile -t flags < <(host_task "$function" ${OPTIONS:-})
  "$bin/kapacitor-udf-host" replay "$file" "${flags[@]}" --rec-time --output "$json_log" \
    --out-influxdb "$INFLUXDB_URL/$out_database" --out-measurement "$id" \
    --summary "$stack_dir/replay.json" --log-level warn
}

# ---- What came out

stored_results() { influx_count "$out_database" "$id"; }

show_results() {
  local stored logged late
  settled 30 stored_results >/dev/null
  stored=$(stored_results)
  read -r logged late < <(order_in "$json_log")
  say ""
  if [[ -n $recorded ]]; then say "points recorded      $recorded"; fi
  say "results              $stored in InfluxDB, $out_database.autogen.\"$id\""
  say "points out of order  $late of the $logged in the JSON log $json_log:"
  head -n 5 "$json_log"
  ((late == 0)) || die "$late points came out of order"
  ((stored > 0)) || ! one_for_each "$function" || die "the replay wrote nothing"
  ! one_for_each "$function" || [[ $stored == "$recorded" ]] ||
    die "$recorded points were recorded, but $stored results written"
}

require_function "$function"
need_programs kapacitor-udf-generator kapacitor-udf-host kapacitor-udfd
recorded=
stack_begin "$run_root/test"
json_log=$stack_dir/$task.json
: >"$json_log"
if have_kapacitor; then with_kapacitor; else with_host; fi
show_results
say ""
say "make del_recording deletes the recording."
