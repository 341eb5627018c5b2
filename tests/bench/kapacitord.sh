#!/usr/bin/env bash
# kapacitord.sh: how fast a stream goes through a real kapacitord, and what it costs: without a
# function, through a node of Kapacitor's own, through ours by socket and by process, and through
# the official Go agent's moving_avg where GO_UDF=PROGRAM names one. Prints a line for each case and
# round, then the medians and their ratios to the Go agent's.
#
#   GO_UDF=./moving_avg POINTS=500000 ROUNDS=3 tests/bench/kapacitord.sh
#
# Points are written to Kapacitor itself, as fast as it takes them; the clock stops when the last
# node has seen them all. Each case has a kapacitord of its own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tick/stack/lib.sh
source "$here/../../tick/stack/lib.sh"

points=${POINTS:-500000} rounds=${ROUNDS:-3} groups=100 per_request=20000
go_udf=${GO_UDF:-}
have_kapacitor || die "no kapacitord on PATH, nor in KAPACITORD="
need_programs kapacitor-udfd
stack_is_temporary=yes
stack_begin "$(mktemp -d "${TMPDIR:-/tmp}/kapacitor-udf-bench.XXXXXX")"

# The stream: 100 groups, 3 tags, 1 field; a second between a group's points.
write_stream() {
  mkdir -p "$stack_dir/lines"
  awk -v points="$points" -v groups="$groups" 'BEGIN {
    for (i = 0; i < points; i++)
      printf "cpu,host=server%04d,tag1=value1,tag2=value2 value=%.1f %d%09d\n", i % groups,
        20 + (i * 2654435761) % 1000 / 10, 1600000000 + i / groups, i % groups * 1000000
  }' | split -l "$per_request" - "$stack_dir/lines/"
  local file
  for file in "$stack_dir"/lines/*; do
    printf 'url = "@URL@"\ndata-binary = "@%s"\nsilent\nfail\noutput = /dev/null\nnext\n' "$file"
  done | sed '$d' >"$stack_dir/requests"
}

write_conf() {
  local port=$1 name
  cat <<CONF
hostname = "127.0.0.1"
data_dir = "$stack_dir/kapacitor"
[http]
  bind-address = "127.0.0.1:$port"
  log-enabled = false
[logging]
  file = "STDERR"
  level = "WARN"
[replay]
  dir = "$stack_dir/kapacitor/replay"
[storage]
  boltdb = "$stack_dir/kapacitor/kapacitor.db"
[[influxdb]]
  enabled = false
[reporting]
  enabled = false
[stats]
  enabled = false
[udf.functions.by_socket]
  socket = "$socket_dir/moving_average.sock"
  timeout = "10s"
[udf.functions.by_process]
  prog = "$bin/kapacitor-udfd"
  args = ["--stdio", "moving_average", "--log-level", "warn"]
  timeout = "10s"
CONF
  [[ -z $go_udf ]] || printf '[udf.functions.go]\n  prog = "%s"\n  timeout = "10s"\n' "$go_udf"
}

# node_of CASE: what the case puts between the stream and the end, as TICKscript.
node_of() {
  local options=".field('value').size(10).as('avg')"
  case $1 in
    none) ;;
    native) echo "|movingAverage('value', 10)" ;;
    go) echo "@go()$options" ;;
    socket) echo "@by_socket()$options" ;;
    process) echo "@by_process()$options" ;;
  esac
}

# cpu_of PID: seconds of CPU that it has used.
cpu_of() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$1/stat"; }

udf_pid() {
  case $1 in
    socket) echo "${pids[kapacitor-udfd]}" ;;
    process | go) pgrep -P "${pids[kapacitord]}" | tail -n 1 ;;
  esac
}

# The difference of two figures.
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.6f", a - b }'; }

# seen TASK: how many points its last node has taken.
seen() { node_stat "$1" where collected; }
all_seen() { (($(seen "$1") >= expected)); }

# run_case CASE: prints "CASE points/s kapacitord's-us-per-point udf's-us-per-point".
run_case() {
  local which=$1 port start end udf='' kapacitord_cpu udf_cpu=0
  port=$(free_port)
  KAPACITOR_URL=http://127.0.0.1:$port
  rm -rf "$stack_dir/kapacitor"
  write_conf "$port" >"$stack_dir/kapacitor.conf"
  restart_kapacitord
  printf "stream|from().measurement('cpu').groupBy('host')%s|where(lambda: FALSE)\n" "$(node_of "$which")" \
    >"$stack_dir/task.tick"
  kapacitor_client define bench -type stream -dbrp bench.autogen -tick "$stack_dir/task.tick"
  kapacitor_client enable bench
  wait_until 10 task_executing bench || die "the task does not run: $(task_error bench)"
  # Kapacitor's own moving average says nothing until its window is full.
  expected=$points
  if [[ $which == native ]]; then expected=$((points - 9 * groups)); fi
  udf=$(udf_pid "$which")
  kapacitord_cpu=$(cpu_of "${pids[kapacitord]}")
  if [[ -n $udf ]]; then udf_cpu=$(cpu_of "$udf"); fi
  start=$EPOCHREALTIME
  sed "s|@URL@|$KAPACITOR_URL/kapacitor/v1/write?db=bench\&rp=autogen|" "$stack_dir/requests" |
    curl -K - || die "kapacitord did not take the points"
  wait_until 120 all_seen bench || die "$which: only $(seen bench) of $expected points came through"
  end=$EPOCHREALTIME
  kapacitord_cpu=$(minus "$(cpu_of "${pids[kapacitord]}")" "$kapacitord_cpu")
  if [[ -n $udf ]]; then udf_cpu=$(minus "$(cpu_of "$udf")" "$udf_cpu"); fi
  stop kapacitord
  awk -v case="$which" -v n="$points" -v s="$(minus "$end" "$start")" \
    -v k="$kapacitord_cpu" -v u="$udf_cpu" 'BEGIN {
      printf "%-9s %9.0f points/s   kapacitord %6.2f us/point   function %6.2f us/point\n", case,
        n / s, k / n * 1e6, u / n * 1e6 }'
}

medians() {
  awk '
    function median(list,   n, part, i, j, x) {
      n = split(list, part, " ")
      for (i = 2; i <= n; i++) {
        x = part[i] + 0
        for (j = i - 1; j > 0 && part[j] + 0 > x; j--) part[j + 1] = part[j]
        part[j + 1] = x
      }
      return n % 2 ? part[(n + 1) / 2] : (part[n / 2] + part[n / 2 + 1]) / 2
    }
    { if (!($1 in rate)) order[++cases] = $1
      rate[$1] = rate[$1] " " $2; kapacitord[$1] = kapacitord[$1] " " $5; udf[$1] = udf[$1] " " $8
      if ($1 == "go") go[NR] = $2 }
    END {
      print "median of the rounds"
      for (i = 1; i <= cases; i++) {
        c = order[i]
        printf "%-9s %9.0f points/s   kapacitord %6.2f us/point   function %6.2f us/point", c,
          median(rate[c]), median(kapacitord[c]), median(udf[c])
        if ("go" in rate) printf "   %5.2fx the Go agent", median(rate[c]) / median(rate["go"])
        print ""
      }
    }' "$1"
}

version=$("$(kapacitord_program)" version 2>&1 | tr -d '\n')
say "$version; $points points, $groups groups, 3 tags, 1 field"
write_stream
start_udfd
cases=(none native socket process)
if [[ -n $go_udf ]]; then cases+=(go); fi
for ((round = 0; round < rounds; round++)); do
  for which in "${cases[@]}"; do run_case "$which" | tee -a "$stack_dir/results"; done
done
medians "$stack_dir/results"
