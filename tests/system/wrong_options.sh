#!/usr/bin/env bash
# What is wrong with a task's options is told by `kapacitor show`, in the function's own words.
set -euo pipefail
# shellcheck source=tests/system/system.sh
source "$(dirname "$0")/system.sh"

begin_stack

# refused NAME SCRIPT CALL EXPECTED: a stream task with that call of the function ends with that text.
refused() {
  local task=$1 call=$2 expected=$3
  printf 'stream\n    |from()\n    %s\n    |log()\n' "$call" >"$stack_dir/$task.tick"
  kapacitor_client define "$task" -type stream -tick "$stack_dir/$task.tick" -dbrp demo.autogen
  kapacitor_client enable "$task"
  wait_until 10 has_error "$task" || die "$task: no error, expected '$expected'"
  expect_equal "$task" "$expected" "$(kapacitor_client show "$task" | sed -n 's/^Error: //p')"
}

has_error() { [[ -n $(task_error "$1") ]]; }

init='failed to initialize processes'
refused zero_size "@moving_average().field('value').size(0)" \
  "moving_average2: $init moving_average: size must be at least 1, got 0"
refused missing "@moving_average()" \
  "moving_average2: $init moving_average: field is required; size is required"
kapacitor_get ping >/dev/null || die "kapacitord did not survive"
