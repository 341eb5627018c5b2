#!/usr/bin/env bash
# kapacitor-udfd ends by SIGTERM under load, kapacitord by SIGKILL under load: the other one lives on,
# and after a restart points flow again.
set -euo pipefail
# shellcheck source=tests/system/system.sh
source "$(dirname "$0")/system.sh"

begin_stack
start_task averages moving_average
start generator "$bin/kapacitor-udf-generator" --url "$INFLUXDB_URL" --db demo --rate 20000 \
  --kapacitor-url "$KAPACITOR_URL"

results() { influx_count "$out_database" moving_average avg; }
more_results() { (($(results) > seen + 2000)); }
expect_flow() {
  seen=$(results)
  wait_until 30 more_results || die "no points flow $1: $(task_error averages)"
}
task_stopped() { ! task_executing averages; }

expect_flow "at first"
stop kapacitor-udfd TERM
expect_equal "exit status of kapacitor-udfd after SIGTERM" 0 "${exit_status[kapacitor-udfd]}"
expect_equal "sockets left behind" "" "$(find "$socket_dir" -name "*.sock")"
wait_until 20 task_stopped || die "kapacitord has not noticed that kapacitor-udfd is gone"
kapacitor_get ping >/dev/null || die "kapacitord did not survive the end of kapacitor-udfd"
said=$(sed -n 's/.*connection closed.* points_out=\([0-9]*\).*/\1/p' "$stack_dir/kapacitor-udfd.log")
stored=$(settled 20 results)
# What kapacitord has not read when its own write fails, it drops: some answers, at most what a socket
# holds. That kapacitor-udfd gives them all is tested without kapacitord.
((stored <= said && said - stored < 2000)) ||
  die "results stored of those given before SIGTERM: expected about $said, got $stored"

# Kapacitor does not start a task again by itself.
start_udfd
kapacitor_client disable averages
kapacitor_client enable averages
expect_flow "after a restart of kapacitor-udfd"

stop kapacitord KILL
running kapacitor-udfd || die "kapacitor-udfd did not survive the end of kapacitord"
restart_kapacitord
expect_flow "after a restart of kapacitord"
running generator || die "the generator gave up"
