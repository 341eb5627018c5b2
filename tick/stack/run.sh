#!/usr/bin/env bash
# make run: a live stream from the generator into InfluxDB, through a task into the function over its
# socket, and back into InfluxDB and a JSON log; then the counts, which must agree exactly.
# Parameters, all optional: FUNCTION, RATE (points per second), DURATION, SERIES, OPTIONS ("NAME=VALUE
# ..." for the vars of the TICKscript), UDF_MODE (socket or process), KAPACITORD (a path; none for the
# host in its place), RUN_ROOT (where the folder of this run is made).
set -euo pipefail
# shellcheck source=tick/stack/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tick/stack/task.sh
source "$(dirname "$0")/task.sh"

duration=${DURATION:-20}
if [[ $duration =~ ^[0-9]+$ ]]; then duration+=s; fi

# Old runs are kept out of the way of new ones, not for ever.
new_run_dir() {
  local runs=$run_root old
  mkdir -p "$runs"
  find "$runs" -maxdepth 1 -name 'run-*' -printf '%T@ %p\n' | sort -rn | tail -n +5 |
    cut -d' ' -f2- | while read -r old; do rm -rf "$old"; done
  mktemp -d "$runs/run-$(date +%Y%m%d-%H%M%S).XXXX"
}

generate() {
  local flags=(--url "$INFLUXDB_URL" --db demo --duration "$duration"
    --report "$stack_dir/generator.json" --labels "$stack_dir/labels.jsonl")
  if [[ -n ${RATE:-} ]]; then flags+=(--rate "$RATE"); fi
  if [[ -n ${SERIES:-} ]]; then flags+=(--series "$SERIES"); fi
  say ""
  say "== generator: $duration of live stream =="
  "$bin/kapacitor-udf-generator" "${flags[@]}" "$@" || die "the generator failed"
  sent=$(jq -r .accepted "$stack_dir/generator.json")
}

# The vars of the TICKscript: what a short run needs, such as short windows; then what OPTIONS says.
vars=()
set_vars() {
  local given
  mapfile -t vars < <(trial_vars "$function")
  read -r -a given <<<"${OPTIONS:-}"
  vars+=("${given[@]}")
}

show() { printf '%-22s %10s   %s\n' "$@"; }

# agree NAME COUNT: counts that must be the number sent.
agree() {
  [[ $2 == "$3" ]] || disagreements+=("$1: $2, expected $3")
}

show_results() {
  local shown=$1 logged late
  read -r logged late < <(order_in "$json_log")
  disagreements=()
  say ""
  say "== result: $function, by $shown =="
  show "points sent" "$sent" "by the generator, all accepted by InfluxDB"
  show "points processed" "$processed" "by $(udf_name "$function")"
  show "results" "$emitted" "written by the function"
  show "points written back" "$stored" "in $out_database.autogen.$function, counted by InfluxDB"
  show "points out of order" "$late" "of the $logged in the JSON log"
  agree "points processed" "$processed" "$sent"
  agree "points written back" "$stored" "$emitted"
  agree "points out of order" "$late" 0
  ! one_for_each "$function" || agree "results" "$emitted" "$sent"
  say ""
  say "The first lines of the JSON log:"
  head -n 3 "$json_log" || true
  say ""
  say "Everything is in $stack_dir:"
  (cd "$stack_dir" && find . -maxdepth 1 -type f -printf '  %P\n' | sort)
  ((${#disagreements[@]} == 0)) || die "the counts do not agree: ${disagreements[*]}"
}

# ---- kapacitord

stored_results() { influx_count "$out_database" "$function"; }

all_processed() { [[ $(processed_by "$task" "$function") == "$sent" ]]; }

through_kapacitor() {
  task=$function
  json_log=$stack_dir/$task.json
  : >"$json_log"
  start_kapacitord
  say "kapacitord     $KAPACITOR_URL"
  influx_create demo
  subscribe_now demo
  start_task "$task" "$function" "${vars[@]}"
  say "task           $task, from tick/$function.tick ${vars[*]}"
  generate --kapacitor-url "$KAPACITOR_URL"
  wait_until 60 all_processed || true
  settled 30 stored_results >/dev/null
  processed=$(processed_by "$task" "$function")
  emitted=$(node_stat "$task" influxdb_out points_written)
  stored=$(stored_results)
  show_results kapacitord
}

# ---- kapacitor-udf-host in its place

all_stored() { (($(stored_results) >= sent)); }

through_host() {
  local flags
  json_log=$stack_dir/$function.json
  : >"$json_log"
  say "no kapacitord  on PATH, nor by KAPACITORD=: kapacitor-udf-host takes its place"
  mapfile -t flags < <(host_task "$function" "${vars[@]}")
  influx_create demo
  start kapacitor-udf-host "$bin/kapacitor-udf-host" run "${flags[@]}" --task "$function" \
    --listen 127.0.0.1:0 --influxdb "$INFLUXDB_URL" --db demo --output "$json_log" \
    --out-influxdb "$INFLUXDB_URL/$out_database" --out-measurement "$function" \
    --summary "$stack_dir/host.json"
  bring_up kapacitor-udf-host 30 subscribed demo
  generate --subscribe off
  if one_for_each "$function"; then wait_until 60 all_stored || true; fi
  settled 30 stored_results >/dev/null
  stop kapacitor-udf-host
  ((exit_status[kapacitor-udf-host] == 0)) || tail -n 3 "$stack_dir/kapacitor-udf-host.log" >&2
  processed=$(jq 'if .in_windows > 0 then .received - .filtered else .sent end' "$stack_dir/host.json")
  emitted=$(jq .emitted "$stack_dir/host.json")
  stored=$(stored_results)
  show_results kapacitor-udf-host
}

main() {
  require_function "$function"
  set_vars
  need_programs kapacitor-udf-generator kapacitor-udfd
  stack_begin "$(new_run_dir)"
  say "== stack: in $stack_dir =="
  start_influxd
  say "InfluxDB       $INFLUXDB_URL"
  start_udfd
  say "functions      $socket_dir/*.sock"
  if have_kapacitor; then through_kapacitor; else through_host; fi
}

main
