# shellcheck shell=bash
# What the scripts of this folder and the system tests share: starting and ending the pieces of a
# private stack, asking InfluxDB and Kapacitor what they have, defining tasks. To be sourced by bash
# under `set -euo pipefail`. Call `stack_begin DIR` first; whatever `start` started ends with the
# script, in whichever way that ends.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${KAPACITOR_UDF_BIN:-$project/build/bin}
run_root=${RUN_ROOT:-$project/.run}
up_dir=$run_root/up
udf_mode=${UDF_MODE:-socket}
declare -A pids=() exit_status=()
declare -a started=() last_acts=() udfd_flags=()

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
  warn "${0##*/}: $*"
  exit 1
}

# stack_begin DIR: all files of this stack go into DIR, its sockets into a short path of their own
# (a UNIX socket's path ends at 107 characters). With stack_is_temporary set, DIR goes at the end.
stack_begin() {
  stack_dir=$1
  mkdir -p "$stack_dir"
  exec {stack_lock}>"$stack_dir/.lock"
  flock -n "$stack_lock" || die "another run is using $stack_dir"
  rm -f "$stack_dir"/*.log
  socket_dir=$(mktemp -d "${TMPDIR:-/tmp}/kapacitor-udf.XXXXXX")
  trap stack_end EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

stack_end() {
  local status=$?
  trap - EXIT
  trap '' HUP INT TERM
  local act i
  for act in "${last_acts[@]}"; do
    "$act" "$status" || true
  done
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    stop "${started[i]}"
  done
  rm -rf "$socket_dir"
  if [[ -n ${stack_is_temporary:-} ]]; then rm -rf "$stack_dir"; fi
  exit "$status"
}

# at_end FUNCTION: called with the exit status when the script ends, while everything still runs.
at_end() { last_acts+=("$1"); }

# A session of its own keeps Ctrl-C from ending the pieces all at once: they end in order.
start() {
  local name=$1
  shift
  setsid "$@" >>"$stack_dir/$name.log" 2>&1 </dev/null {stack_lock}>&- &
  pids[$name]=$!
  started+=("$name")
  unset "exit_status[$name]"
}

running() { [[ -n ${pids[$1]:-} ]] && kill -0 "${pids[$1]}" 2>/dev/null; }

all_run() {
  local name
  for name in "${!pids[@]}"; do
    running "$name" || return 1
  done
}

# stop NAME [SIGNAL]: ends what `start NAME` started, and waits for it; by force after ten seconds.
stop() {
  local name=$1 signal=${2:-TERM} pid=${pids[$1]:-} i
  [[ -n $pid ]] || return 0
  unset "pids[$name]"
  kill -s "$signal" "$pid" 2>/dev/null || true
  for ((i = 0; i < 100; i++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -s KILL "$pid" 2>/dev/null || true
  exit_status[$name]=0
  wait "$pid" 2>/dev/null || exit_status[$name]=$?
}

# wait_until SECONDS COMMAND...: repeats the command until it succeeds; false when time is up.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

# A loopback port on which nobody listens, below those the system hands out by itself.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# started_or_gone NAME COMMAND...: for wait_until; a piece that has ended will not come up.
started_or_gone() {
  local name=$1
  shift
  running "$name" || return 0
  "$@"
}

# bring_up NAME SECONDS READY_COMMAND...: waits until the piece answers, or shows why it does not.
bring_up() {
  local name=$1 seconds=$2
  shift 2
  wait_until "$seconds" started_or_gone "$name" "$@" || true
  if ! running "$name" || ! "$@"; then
    tail -n 15 "$stack_dir/$name.log" >&2 || true
    die "$name did not start; its log is $stack_dir/$name.log"
  fi
}

# need_programs NAME...: our own programs must have been built.
need_programs() {
  local name
  for name in "$@"; do
    [[ -x $bin/$name ]] || die "$bin/$name is not built; make builds it"
  done
}

http_ok() { curl -fsS -o /dev/null --max-time 5 "$1" 2>/dev/null; }

# ---- InfluxDB

start_influxd() {
  local dir=$stack_dir/influxdb port
  port=$(free_port)
  mkdir -p "$dir"
  sed -e "s|@DIR@|$dir|" -e "s|@HTTP@|127.0.0.1:$port|" "$project/tick/stack/influxdb.conf" \
    >"$dir/influxdb.conf"
  INFLUXDB_URL=http://127.0.0.1:$port
  restart_influxd
}

# Again at the same address, with what it has stored.
restart_influxd() {
  start influxd influxd -config "$stack_dir/influxdb/influxdb.conf"
  bring_up influxd 30 http_ok "$INFLUXDB_URL/ping"
}

# influx_query STATEMENT [DB]: InfluxDB's answer as JSON; an error in it is an error of ours.
influx_query() {
  local answer
  answer=$(curl -sS --max-time 30 -G "$INFLUXDB_URL/query" --data-urlencode "q=$1" \
    --data-urlencode "db=${2:-}" --data-urlencode epoch=ns)
  if jq -e '.error // (.results[]? | .error // empty)' <<<"$answer" >&2; then
    die "InfluxDB did not answer: $1"
  fi
  printf '%s\n' "$answer"
}

influx_create() {
  curl -fsS -o /dev/null -XPOST "$INFLUXDB_URL/query" --data-urlencode "q=CREATE DATABASE \"$1\""
}

# influx_count DB MEASUREMENT [FIELD]: how many points are stored, by a field or by the one that most
# of them have; 0 when there is no such database.
influx_count() {
  influx_query "SELECT count(${3:+\"}${3:-*}${3:+\"}) FROM \"$2\"" "$1" 2>/dev/null |
    jq -r '[.results[].series[]?.values[][1:] | max] | add // 0' || echo 0
}

# ---- kapacitor-udfd

udfd_serves() { [[ -S $socket_dir/$1.sock ]]; }

start_udfd() {
  [[ $udf_mode == socket ]] || return 0
  start kapacitor-udfd "$bin/kapacitor-udfd" --socket-dir "$socket_dir" "${udfd_flags[@]}"
  bring_up kapacitor-udfd 15 udfd_serves moving_average
}

# ---- Kapacitor

# KAPACITORD=none: as on a machine without one.
kapacitord_program() {
  if [[ ${KAPACITORD:-} == none ]]; then
    return 1
  elif [[ -n ${KAPACITORD:-} ]]; then
    command -v "$KAPACITORD" || die "KAPACITORD=$KAPACITORD is not a program"
  else
    command -v kapacitord
  fi
}

# The command line client: beside kapacitord, or on PATH.
kapacitor_program() {
  local beside
  beside=$(dirname "$(kapacitord_program)")/kapacitor
  if [[ -x $beside ]]; then echo "$beside"; else command -v kapacitor; fi
}

have_kapacitor() { kapacitord_program >/dev/null && kapacitor_program >/dev/null; }

# The shipped kapacitor.conf with this stack's ports and folders in place of the machine's. With
# udf_mode=process the functions' stanzas by socket give way to those by process.
write_kapacitor_conf() {
  local port=${KAPACITOR_URL##*:} by_process=()
  if [[ $udf_mode == process ]]; then
    by_process=(-e '/^\[udf\./,/^$/d' -e 's/^# \(\[udf\.\)/\1/'
      -e 's/^#   \(prog\|args\|timeout\) = /  \1 = /')
  fi
  sed -e "s|127.0.0.1:9092|127.0.0.1:$port|g" \
    -e "s|http://127.0.0.1:8086|$INFLUXDB_URL|" \
    -e "s|/var/lib/kapacitor|$stack_dir/kapacitor|" \
    -e "s|/run/kapacitor-udf|$socket_dir|" \
    -e "s|/usr/local/bin/kapacitor-udfd|$bin/kapacitor-udfd|" \
    "${by_process[@]}" "$project/kapacitor.conf" >"$stack_dir/kapacitor.conf"
}

start_kapacitord() {
  KAPACITOR_URL=http://127.0.0.1:$(free_port)
  export KAPACITOR_URL
  write_kapacitor_conf
  restart_kapacitord
}

restart_kapacitord() {
  start kapacitord "$(kapacitord_program)" -config "$stack_dir/kapacitor.conf"
  bring_up kapacitord 60 http_ok "$KAPACITOR_URL/kapacitor/v1/ping"
}

kapacitor_client() { "$(kapacitor_program)" -url "$KAPACITOR_URL" "$@"; }

kapacitor_get() { curl -fsS --max-time 30 "$KAPACITOR_URL/kapacitor/v1/$1"; }

# Subscriptions to a new database are made now, not at the next turn of kapacitord's clock.
subscribe_now() {
  curl -fsS -o /dev/null -XPOST "$KAPACITOR_URL/kapacitor/v1/subscriptions"
  wait_until 10 subscribed "$1" || die "kapacitord has not subscribed to the database $1"
}

subscribed() {
  influx_query 'SHOW SUBSCRIPTIONS' |
    jq -e --arg db "$1" 'any(.results[].series[]?; .name == $db)' >/dev/null
}

# Takes this kapacitord's subscriptions back from an InfluxDB that it leaves behind.
drop_subscriptions() {
  influx_query 'SHOW SUBSCRIPTIONS' | jq -r --arg url "$KAPACITOR_URL" '
      .results[].series[]? | .name as $db | .values[]
      | select(.[3] | index($url)) | [$db, .[0], .[1]] | @tsv' |
    while IFS=$'\t' read -r db rp name; do
      curl -fsS -o /dev/null -XPOST "$INFLUXDB_URL/query" \
        --data-urlencode "q=DROP SUBSCRIPTION \"$name\" ON \"$db\".\"$rp\""
    done
}

# ---- What make kapacitord_up leaves for make test

write_up_state() {
  printf '%s=%q\n' up_pid $$ up_influxdb "$INFLUXDB_URL" up_kapacitor "$KAPACITOR_URL" \
    >"$up_dir/stack.env"
}

# Sets INFLUXDB_URL and KAPACITOR_URL to those of `make kapacitord_up`, when it is running.
find_up() {
  local up_pid up_influxdb up_kapacitor
  [[ -f $up_dir/stack.env ]] || return 1
  # shellcheck source=/dev/null
  source "$up_dir/stack.env"
  kill -0 "$up_pid" 2>/dev/null && http_ok "$up_kapacitor/kapacitor/v1/ping" || return 1
  INFLUXDB_URL=$up_influxdb
  export KAPACITOR_URL=$up_kapacitor
}

# ---- Tasks

# vars NAME=VALUE...: a task's vars as the JSON that `kapacitor define -vars` reads. A value's type
# is seen from its form: 10 int, 1.0 float, 5s duration, anything else string.
vars() {
  local pair
  for pair in "$@"; do
    jq -n --arg name "${pair%%=*}" --arg text "${pair#*=}" '
      def typed:
        if test("^-?[0-9]+$") then {type: "int", value: tonumber}
        elif test("^-?[0-9]+[.][0-9]+$") then {type: "float", value: tonumber}
        elif test("^[0-9]+(u|ms|s|m|h|d|w)$") then {type: "duration", value: .}
        else {type: "string", value: .} end;
      {($name): ($text | typed)}'
  done | jq -s 'add // {}'
}

# define_task NAME SCRIPT [VAR=VALUE...]: defines tick/SCRIPT.tick as the task NAME.
define_task() {
  local task=$1 script=$2 type=stream
  shift 2
  if [[ $script == *_batch ]]; then type="batch"; fi
  vars "logFile=$stack_dir/$task.json" "$@" >"$stack_dir/$task.vars.json"
  kapacitor_client define "$task" -type "$type" -tick "$project/tick/$script.tick" \
    -dbrp demo.autogen -vars "$stack_dir/$task.vars.json"
}

# start_task NAME SCRIPT [VAR=VALUE...]: defines it, enables it and sees that it runs.
start_task() {
  define_task "$@"
  kapacitor_client enable "$1"
  wait_until 10 task_decided "$1" || true
  task_executing "$1" || die "the task $1 does not run: $(task_error "$1")"
}

# Kapacitor enables a task first and asks the function afterwards: an error may come later.
task_decided() { task_executing "$1" || [[ -n $(task_error "$1") ]]; }

task_executing() { kapacitor_get "tasks/$1" | jq -e '.executing' >/dev/null; }

task_error() { kapacitor_get "tasks/$1" | jq -r '.error // ""'; }

# node_stat TASK NODE_PREFIX STAT: a counter of the first node whose name starts so (NODE is a name
# and a number, such as moving_average2).
node_stat() {
  kapacitor_get "tasks/$1" |
    jq -r --arg node "$2" --arg stat "$3" '
      [.stats["node-stats"] // {} | to_entries[] | select(.key | test("^" + $node + "[0-9]+$"))
       | .value[$stat]] | first // 0'
}

# ---- Results

# settled SECONDS COMMAND...: prints the command's output once it has stayed the same for a second.
settled() {
  local end=$((SECONDS + $1)) last='' same=0 now
  shift
  while ((same < 5 && SECONDS < end)); do
    now=$("$@")
    if [[ $now == "$last" ]]; then same=$((same + 1)); else same=0; fi
    last=$now
    sleep 0.2
  done
  printf '%s\n' "$last"
}

# points_in FILE: the points of a JSON log, Kapacitor's or the host's, as lines of time and tags.
points_in() {
  jq -r '
    if .data then .data.series[]? | .tags as $tags | .values[] | [.[0], ($tags | tojson)]
    elif .fields then [.time, (.tags | tojson)]
    else empty end | @tsv' "$1"
}

# order_in FILE: how many points there are, and how many are older than one before in their series.
order_in() {
  points_in "$1" | awk -F'\t' '
    function sortable(t,   part) {
      sub(/Z$/, "", t)
      split(t, part, ".")
      return part[1] "." substr(part[2] "000000000", 1, 9)
    }
    { now = sortable($1); if (now < last[$2]) late++; else last[$2] = now }
    END { print NR, late + 0 }'
}
