# shellcheck shell=bash
# What the system tests share. To be sourced under `set -euo pipefail`. A test prints why it is
# skipped and exits 77, or says what was expected and how the logs end.

# shellcheck source=tick/stack/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../tick/stack/lib.sh"
# shellcheck source=tick/stack/task.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../tick/stack/task.sh"

skip() {
  say "SKIPPED: $*"
  exit 77
}

need_influxd() {
  command -v influxd >/dev/null || skip "influxd is not installed (Debian: apt-get install influxdb)"
}

need_kapacitor() {
  need_influxd
  have_kapacitor || skip "no kapacitord and kapacitor on PATH, nor by KAPACITORD=/path/to/kapacitord"
}

begin_test() {
  # shellcheck disable=SC2034 # read by lib.sh
  stack_is_temporary=1
  stack_begin "$(mktemp -d "${TMPDIR:-/tmp}/kapacitor-udf-test.XXXXXX")"
  at_end show_logs_of_a_failure
}

show_logs_of_a_failure() {
  (($1 == 0 || $1 == 77)) || tail -n 20 "$stack_dir"/*.log >&2
}

# The whole stack, with kapacitord's snapshots every two seconds.
begin_stack() {
  need_kapacitor
  begin_test
  export KAPACITOR_TASK_SNAPSHOT_INTERVAL=2s
  start_influxd
  start_udfd
  start_kapacitord
  influx_create demo
  subscribe_now demo
}

expect_equal() { [[ $2 == "$3" ]] || die "$1: expected '$2', got '$3'"; }

# write_points HOST VALUE COUNT: into demo.autogen.sensors, each a millisecond after the one before.
clock=$(date +%s)000000000
write_points() {
  local host=$1 value=$2 count=$3 i
  for ((i = 0; i < count; i++)); do
    clock=$((clock + 1000000))
    printf 'sensors,host=%s value=%s %s\n' "$host" "$value" "$clock"
  done | curl -fsS -o /dev/null --data-binary @- "$INFLUXDB_URL/write?db=demo&rp=autogen"
  clock=$((clock + count * 1000000))
}

# last_result MEASUREMENT FIELD HOST: the newest value that came back.
last_result() {
  influx_query "SELECT last(\"$2\") FROM \"$1\" WHERE host = '$3'" "$out_database" |
    jq -r '.results[0].series[0].values[0][1] // "none"'
}

# results_are MEASUREMENT FIELD COUNT: for wait_until.
results_are() { (($(influx_count "$out_database" "$1" "$2") == $3)); }

logged() { grep -q "$2" "$stack_dir/$1.log"; }
