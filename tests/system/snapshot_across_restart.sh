#!/usr/bin/env bash
# After a restart of kapacitord, and of kapacitor-udfd too, the moving average continues from the
# snapshot: ten points of 110 before and one of 0 after make 100; without the snapshot it would be 0.
set -euo pipefail
# shellcheck source=tests/system/system.sh
source "$(dirname "$0")/system.sh"

udfd_flags=(--log-level debug)
begin_stack
start_task averages moving_average size=1000
write_points a 110 10
write_points b -11 10
wait_until 20 results_are moving_average avg 20 || die "the first points did not come back"

# Only a snapshot asked for after the last point holds all of them.
snapshots=$(grep -c 'snapshot taken' "$stack_dir/kapacitor-udfd.log" || true)
more_snapshots() { (($(grep -c 'snapshot taken' "$stack_dir/kapacitor-udfd.log") > snapshots + 1)); }
wait_until 20 more_snapshots || die "kapacitord did not ask for a snapshot"

stop kapacitord
stop kapacitor-udfd
expect_equal "exit status of kapacitor-udfd" 0 "${exit_status[kapacitor-udfd]}"
start_udfd
restart_kapacitord
wait_until 20 task_executing averages || die "the task does not run again: $(task_error averages)"

write_points a 0 1
write_points b 0 1
wait_until 20 results_are moving_average avg 22 || die "the points after the restart did not come back"
expect_equal "average of ten points of 110 and one of 0" 100 "$(last_result moving_average avg a)"
expect_equal "average of ten points of -11 and one of 0" -10 "$(last_result moving_average avg b)"
