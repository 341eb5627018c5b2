#!/usr/bin/env bash
# make kapacitord_up: kapacitord in the foreground with what it needs, an InfluxDB and kapacitor-udfd
# of its own, until Ctrl-C; tasks, recordings and data stay in .run/up until `make clean`.
# INFLUXDB_URL=http://127.0.0.1:8086 takes the machine's InfluxDB instead.
set -euo pipefail
# shellcheck source=tick/stack/lib.sh
source "$(dirname "$0")/lib.sh"

show_what_is_up() {
  say "InfluxDB    $INFLUXDB_URL"
  say "kapacitord  $KAPACITOR_URL, with $stack_dir/kapacitor.conf"
  say "functions   $socket_dir/*.sock"
  say "logs        $stack_dir/*.log"
  say ""
  say "In a second terminal, a live stream into the database demo:"
  say "  $bin/kapacitor-udf-generator --url $INFLUXDB_URL --kapacitor-url $KAPACITOR_URL"
  say "In a third, a task that is recorded and replayed:"
  say "  make test"
  say "Kapacitor's own client:"
  say "  kapacitor -url $KAPACITOR_URL list tasks"
  say ""
  say "Ctrl-C ends it all. What kapacitord says:"
}

# On an InfluxDB that goes on without us, our subscriptions would be served for ever.
# shellcheck disable=SC2317 # called by name
end_of_a_guest() {
  stop kapacitord
  drop_subscriptions
}

have_kapacitor || die "no kapacitord on PATH, nor by KAPACITORD=/path/to/kapacitord;" \
  "make run and make test work without it"
need_programs kapacitor-udfd
if (find_up); then die "it is up already, see $up_dir; Ctrl-C there ends it"; fi

stack_begin "$up_dir"
if [[ -n ${INFLUXDB_URL:-} ]]; then
  INFLUXDB_URL=${INFLUXDB_URL%/}
  http_ok "$INFLUXDB_URL/ping" || die "no InfluxDB answers at INFLUXDB_URL=$INFLUXDB_URL"
  at_end end_of_a_guest
else
  start_influxd
fi
start_udfd
start_kapacitord
influx_create demo
subscribe_now demo
write_up_state
show_what_is_up

tail -n 0 -f --pid=$$ "$stack_dir/kapacitord.log" &
while all_run; do
  sleep 0.5
done
die "one of the pieces has ended; the logs are in $stack_dir"
