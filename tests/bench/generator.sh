#!/usr/bin/env bash
# generator.sh [encode|sink|influxd|pacing|idle|hash|order|outage]...: the figures of generator/PERFORMANCE.md,
# each section by itself or all of them. Peers are measured in turn with ours where they are on PATH
# or named, and a build by another compiler is compared where it is named:
#
#   INCH=./inch INFLUX_STRESS=./influx-stress CLANG_GENERATOR=./kapacitor-udf-generator \
#     tests/bench/generator.sh sink hash
#
# ROUNDS=3, PACING_SECONDS=60, IDLE_SECONDS=30, OUTAGE_SECONDS=60; the sections influxd and outage
# need an influxd on PATH.
set -euo pipefail
# shellcheck source=tick/stack/lib.sh
source "$(dirname "$0")/../../tick/stack/lib.sh"

rounds=${ROUNDS:-3} pacing_seconds=${PACING_SECONDS:-60} idle_seconds=${IDLE_SECONDS:-30} outage_seconds=${OUTAGE_SECONDS:-60}
all_sections=(encode sink influxd pacing idle hash order outage)
for section in "$@"; do
  [[ " ${all_sections[*]} " == *" $section "* ]] || die "no section $section: ${all_sections[*]}"
done
need_programs kapacitor-udf-generator generator_bench null_sink
generator=$bin/kapacitor-udf-generator
inch=${INCH:-$(command -v inch || true)}
influx_stress=${INFLUX_STRESS:-$(command -v influx-stress || true)}
clang_generator=${CLANG_GENERATOR:-}
stack_is_temporary=yes
stack_begin "$(mktemp -d "${TMPDIR:-/tmp}/kapacitor-udf-bench.XXXXXX")"
results=$stack_dir/results

# ---- Running things

# start_sink ARGUMENT...: sets sink_port.
start_sink() {
  : >"$stack_dir/sink.log"
  start sink "$bin/null_sink" "$@"
  bring_up sink 5 test -s "$stack_dir/sink.log"
  sink_port=$(head -n 1 "$stack_dir/sink.log")
}

# Ends it; `seen KEY` is then what it has seen.
stop_sink() { stop sink; }
seen() { tail -n 1 "$stack_dir/sink.log" | jq -r ".$1"; }

# timed COMMAND...: sets wall and cpu, in seconds, and status.
timed() {
  local user sys TIMEFORMAT='%R %U %S'
  status=0
  { time "$@" >"$stack_dir/client.log" 2>&1 || status=$?; } 2>"$stack_dir/times"
  read -r wall user sys <"$stack_dir/times"
  cpu=$(calc "$user + $sys")
}

calc() { awk "BEGIN { printf \"%.9g\", $1 }"; }

# generate FLAG...: with a report, of which `told KEY` is a value.
report=$stack_dir/report.json
generate() {
  timed "$generator" --subscribe off -q --report "$report" "$@"
  if ((status != 0)); then
    cat "$stack_dir/client.log" >&2
    die "the generator failed: $*"
  fi
}
told() { jq -r ".$1" "$report"; }

# ---- Tables. A result is a line: round, group, client, points/s, CPU in ns per point.

result() { printf '%s\t' "$@" | sed 's/\t$/\n/' >>"$results"; }

# result_of ROUND GROUP CLIENT POINTS SECONDS: with the CPU time of the last `timed`.
result_of() { result "$1" "$2" "$3" "$(calc "$4 / $5")" "$(calc "$cpu / $4 * 1e9")"; }

awk_median='
  function sort(v, n,   i, j, x) {
    for (i = 2; i <= n; i++) {
      x = v[i]
      for (j = i - 1; j > 0 && v[j] > x; j--) v[j + 1] = v[j]
      v[j + 1] = x
    }
  }
  function median(v, n) {
    sort(v, n)
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }'

# medians: of the rounds of each client.
medians() {
  printf '%-14s %-34s %12s %20s %14s\n' "" "" "M points/s" "range" "CPU ns/point"
  awk -F'\t' "$awk_median"'
    { k = $2 "\t" $3
      if (!(k in n)) order[++count] = k
      rate[k, ++n[k]] = $4 + 0; cpu[k, n[k]] = $5 + 0 }
    END {
      for (c = 1; c <= count; c++) {
        k = order[c]
        for (i = 1; i <= n[k]; i++) { r[i] = rate[k, i]; u[i] = cpu[k, i] }
        m = median(r, n[k])
        split(k, name, "\t")
        printf "%-14s %-34s %12.3f %20s %14.1f\n", name[1], name[2], m / 1e6,
          sprintf("%.3f-%.3f", r[1] / 1e6, r[n[k]] / 1e6), median(u, n[k])
      }
    }' "$results"
}

# ratio GROUP OURS OTHER: of the rates of the same round.
ratio() {
  awk -F'\t' -v group="$1" -v ours="$2" -v other="$3" "$awk_median"'
    $2 == group && $3 == ours { a[$1] = $4 }
    $2 == group && $3 == other { b[$1] = $4 }
    END {
      for (round in a) if (round in b) v[++n] = a[round] / b[round]
      if (!n) exit
      m = median(v, n)
      printf "%-14s %-49s %10.2fx %20s\n", group, ours " to " other, m,
        sprintf("%.2f-%.2f", v[1], v[n])
    }' "$results"
}

# ---- Clients. Lines of about 50 bytes: one tag, 1,000 series, one field; batches of 5,000.

batch=5000 series=1000

# Bodies that are the same but for the names and the times.
write_plain_scenario() {
  cat >"$stack_dir/plain.toml" <<'TOML'
version = 1
interval = "1ms"

[[measurement]]
name = "m0"
series = 1000

[[measurement.tag]]
key = "tag0"
pattern = "value{}"

[[measurement.field]]
name = "v0"
decimals = 0
constant = 1
TOML
}

run_inch() {
  local points=$1
  shift
  timed "$inch" -t "$series" -p "$((points / series))" -b "$batch" "$@"
}

# It decides by the rate that it is told how many writers it has, although -f makes it not keep to it.
run_influx_stress() {
  local points=$1 connections=$2
  shift 2
  timed "$influx_stress" insert -f -b "$batch" -s "$series" -n "$points" \
    --pps "$((connections * batch))" "$@" stress,host=m value=1i
}

# ---- Sections

section_encode() {
  local round bench rate points
  say "One thread, nothing is sent; points of one field, but for devops (10 int fields and more) and sensors (5)."
  for ((round = 0; round < rounds; round++)); do
    "$bin/generator_bench" --benchmark_min_time="${BENCHMARK_MIN_TIME:-0.3}" --benchmark_format=json \
      2>/dev/null | jq -r '.benchmarks[] | [.name, .items_per_second, 1e9 / .items_per_second] | @tsv' \
      >"$stack_dir/bench"
    while read -r bench rate cpu; do
      result "$round" encode "$bench" "$rate" "$cpu"
    done <"$stack_dir/bench"
    points=60000000
    generate --scenario stress --target null --speed max --points "$points"
    result_of "$round" encode "whole program, stress" "$points" "$wall"
    if [[ -n $inch ]]; then
      points=4000000
      run_inch "$points" -dry -no-setup
      result_of "$round" encode "inch -dry" "$points" "$wall"
    fi
    if [[ -n $influx_stress ]]; then
      points=10000000
      run_influx_stress "$points" 1 --dump /dev/null
      result_of "$round" encode "influx-stress --dump /dev/null" "$points" "$wall"
    fi
  done
  medians
  say ""
  for bench in "stress/1000_series" "stress_all_digits/1000_series" "devops_cpu" \
    "whole program, stress"; do
    ratio encode "$bench" ready_line
    ratio encode "$bench" integer_line
    # The peers' points have one field.
    if [[ $bench == devops_cpu ]]; then continue; fi
    ratio encode "$bench" "inch -dry"
    ratio encode "$bench" "influx-stress --dump /dev/null"
  done
}

section_sink() {
  local round connections group points
  say "To a server that answers 204 at once; batches of $batch, one thread."
  for ((round = 0; round < rounds; round++)); do
    for connections in 1 2 4; do
      group="$connections connections"
      points=40000000
      start_sink
      generate --url "http://127.0.0.1:$sink_port" --scenario stress --speed max --points "$points" \
        --batch "$batch" --connections "$connections"
      stop_sink
      result_of "$round" "$group" generator "$(told accepted)" "$(seen seconds)"
      if [[ -n $inch ]]; then
        points=6000000
        start_sink
        run_inch "$points" -host "http://127.0.0.1:$sink_port" -c "$connections"
        stop_sink
        result_of "$round" "$group" inch "$(($(seen writes) * batch))" "$(seen seconds)"
      fi
      if [[ -n $influx_stress ]]; then
        points=12000000
        start_sink
        run_influx_stress "$points" "$connections" --host "http://127.0.0.1:$sink_port"
        stop_sink
        result_of "$round" "$group" influx-stress "$(($(seen writes) * batch))" "$(seen seconds)"
      fi
    done
  done
  medians
  say ""
  for connections in 1 2 4; do
    ratio "$connections connections" generator inch
    ratio "$connections connections" generator influx-stress
  done
}

# stored_is EXPECTED DATABASE MEASUREMENT FIELD: notes it when it is not.
stored_is() {
  local stored
  stored=$(influx_count "$2" "$3" "$4")
  checked=$((checked + 1))
  if [[ $stored != "$1" ]]; then
    differ=$((differ + 1))
    warn "$2: accepted $1, stored $stored"
  fi
  influx_query "DROP DATABASE \"$2\"" >/dev/null
}

section_influxd() {
  command -v influxd >/dev/null || { say "no influxd on PATH"; return 0; }
  local round connections group points=2000000 checked=0 differ=0 which
  start_influxd
  write_plain_scenario
  influx_flags=(--url "$INFLUXDB_URL" --speed max --start -1h --points "$points" --batch "$batch")
  say "Into $(influxd version | awk '{ print $1, $2 }'), $points points, batches of $batch." \
    "generator writes inch's line, generator_stress the preset stress."
  generate "${influx_flags[@]}" --scenario stress --db warm_up
  stored_is "$points" warm_up stress value
  for ((round = 0; round < rounds; round++)); do
    for connections in 1 2 4; do
      group="$connections connections"
      for which in generator inch generator_stress; do
        case $which in
          generator)
            generate "${influx_flags[@]}" --scenario "$stack_dir/plain.toml" --db "$which" \
              --connections "$connections"
            ;;
          generator_stress)
            generate "${influx_flags[@]}" --scenario stress --db "$which" \
              --connections "$connections"
            ;;
          inch)
            [[ -n $inch ]] || continue
            run_inch "$points" -host "$INFLUXDB_URL" -db "$which" -c "$connections"
            ;;
        esac
        result_of "$round" "$group" "$which" "$points" "$wall"
        case $which in
          generator) stored_is "$(told accepted)" "$which" m0 v0 ;;
          generator_stress) stored_is "$(told accepted)" "$which" stress value ;;
          inch) stored_is "$points" "$which" m0 v0 ;;
        esac
      done
    done
  done
  generate --url "$INFLUXDB_URL" --points 1 --speed max --db start
  stop influxd
  medians
  say ""
  for connections in 1 2 4; do
    ratio "$connections connections" generator inch
    ratio "$connections connections" generator_stress inch
  done
  say "Of that CPU time, the generator's start takes $(calc "$cpu * 1000") ms." \
    "Stored is not what was accepted in $differ of $checked runs."
}

section_pacing() {
  local rate series mean
  say "$pacing_seconds s at each rate to a server that answers 204 at once. How late ticks are made, µs."
  printf '%12s %8s %16s %10s %8s %8s %8s %8s\n' points/s series "mean points/s" "error" p50 p99 \
    p99.9 max
  while read -r rate series; do
    start_sink --order
    generate --url "http://127.0.0.1:$sink_port" --scenario stress --series "$series" \
      --rate "$rate" --duration "${pacing_seconds}s"
    stop_sink
    # From the first answer to the last: without the pause that would follow the last point.
    mean=$(calc "($(seen lines) - $(seen first_lines)) / $(seen span)")
    printf '%12d %8d %16.4f %9.4f%% %8.0f %8.0f %8.0f %8.0f\n' "$rate" "$series" "$mean" \
      "$(calc "($mean / $rate - 1) * 100")" "$(calc "$(told lateness_ns.p50) / 1000")" \
      "$(calc "$(told lateness_ns.p99) / 1000")" "$(calc "$(told lateness_ns.p999) / 1000")" \
      "$(calc "$(told lateness_ns.max) / 1000")"
  done <<<$'1 1\n100 1\n10000 10\n100000 100'
}

# cpu_ns PID: that all its threads have used.
cpu_ns() { cat "/proc/$1"/task/*/schedstat | awk '{ sum += $1 } END { print sum }'; }

section_idle() {
  local before used pid
  start_sink
  start generator "$generator" --subscribe off -q --scenario pulse \
    --url "http://127.0.0.1:$sink_port"
  pid=${pids[generator]}
  sleep 2
  before=$(cpu_ns "$pid")
  sleep "$idle_seconds"
  used=$(($(cpu_ns "$pid") - before))
  printf '1 point/s for %s s: %.3f %% of a core, peak RSS %.1f MiB\n' "$idle_seconds" \
    "$(calc "$used / $idle_seconds / 1e7")" \
    "$(awk '/VmHWM/ { print $2 / 1024 }' "/proc/$pid/status")"
  stop generator
  stop_sink
}

# hash_of PROGRAM POINTS CONNECTIONS BATCH NAME: of the lines that arrive, sorted.
hash_of() {
  local generator=$1
  start_sink --hash
  generate --url "http://127.0.0.1:$sink_port" --scenario sensors --speed max --points "$2" \
    --start 2024-01-01T00:00:00Z --connections "$3" --batch "$4"
  stop_sink
  printf '%9d %4d %6d %-6s %s\n' "$(seen lines)" "$3" "$4" "$5" "$(seen sha256)" | tee -a "$results"
}

section_hash() {
  local points connections size
  printf '%9s %4s %6s %-6s %s\n' lines c batch build "SHA-256 of the sorted lines"
  for size in 5000 1000 1; do
    for connections in 1 2 4; do
      for points in 50000 1000000; do
        if ((size == 1 && points > 50000)) || ((size == 1000 && points < 1000000)); then continue; fi
        hash_of "$generator" "$points" "$connections" "$size" ours
        if [[ -n $clang_generator ]]; then
          hash_of "$clang_generator" "$points" "$connections" "$size" clang
        fi
      done
    done
  done
  awk '{ if (!(($1, $5) in seen)) { seen[$1, $5] = 1; kinds[$1]++ } runs[$1]++ }
    END { for (n in runs) printf "%d lines: %d different in %d runs\n", n, kinds[n], runs[n] }' \
    "$results" | sort -n
}

section_order() {
  local connections restart points=60000000
  say "Straight to a Kapacitor that ends twice and comes back a second later; $points points at full speed."
  printf '%4s %12s %12s %10s %10s %10s %12s\n' c accepted arrived outages resent series regressions
  for connections in 1 2 4; do
    rm -f "$stack_dir/state"
    start_sink --order --state "$stack_dir/state"
    start generator "$generator" -q --report "$report" --target kapacitor \
      --url "http://127.0.0.1:$sink_port" --scenario stress --speed max --points "$points" \
      --batch "$batch" --connections "$connections" --retry-max 200ms
    for restart in 1 2; do
      sleep 1
      running generator || die "the generator was done before restart $restart"
      stop_sink
      sleep 1
      start_sink --order --state "$stack_dir/state" --port "$sink_port"
    done
    wait "${pids[generator]}" || die "the generator failed: $(tail -n 3 "$stack_dir/generator.log")"
    unset "pids[generator]"
    stop_sink
    printf '%4d %12d %12d %10d %10d %10d %12d\n' "$connections" "$(told accepted)" "$(seen lines)" \
      "$(told outages)" "$(told resent)" "$(seen series)" "$(seen regressions)"
  done
}

# rss PID: the most it has had so far, in MiB.
rss() { awk '/VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }

section_outage() {
  command -v influxd >/dev/null || { say "no influxd on PATH"; return 0; }
  local rate=10000 pid before after
  start_influxd
  start generator "$generator" --subscribe off --report "$report" --scenario stress \
    --url "$INFLUXDB_URL" --db outage --rate "$rate" --duration "$((outage_seconds + 15))s"
  pid=${pids[generator]}
  sleep 5
  before=$(rss "$pid")
  stop influxd KILL
  sleep "$outage_seconds"
  after=$(rss "$pid")
  restart_influxd
  wait "$pid" || die "the generator failed: $(tail -n 3 "$stack_dir/generator.log")"
  unset "pids[generator]"
  say "$rate points/s, influxd killed and away for $outage_seconds s:"
  say "generated $(told generated), accepted $(told accepted), dropped $(told dropped)," \
    "stored $(influx_count outage stress value)"
  say "peak RSS $before MiB before, $after MiB at the end of the outage;" \
    "back after $(sed -n 's/.*takes points again after \([^;]*\);.*/\1/p' "$stack_dir/generator.log")"
  stop influxd
}

if (($# == 0)); then set -- "${all_sections[@]}"; fi
for section in "$@"; do
  printf '\n-- %s\n' "$section"
  : >"$results"
  "section_$section"
done
