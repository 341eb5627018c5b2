#!/usr/bin/env bash
# make bench: builds the benchmarks and runs them one after the other, or those that BENCH names:
# programs, and the scripts `speed` (through sockets and pipes), `kapacitord` (through a real one) and
# `generator` (to servers that take everything, and into a real InfluxDB).
# `stability`, `million_groups` and `above_identity` take minutes and are run where BENCH names them only.
# They print; nothing is judged. What is judged are the instructions per point, by make check.
set -euo pipefail
cd "$(dirname "$0")/../.."

all="codec_bench functions_bench session_bench snapshot_bench speed generator"
if command -v "${KAPACITORD:-kapacitord}" >/dev/null; then all+=" kapacitord"; fi
read -ra benchmarks <<<"${BENCH:-$all}"
# Google Benchmark takes its flags from the environment as well; in seconds, for each measurement.
export BENCHMARK_MIN_TIME=${BENCHMARK_MIN_TIME:-0.2}

targets=()
for benchmark in "${benchmarks[@]}"; do
  case $benchmark in
    speed | kapacitord) targets+=(kapacitor-udfd kapacitor-udf-host) ;;
    generator) targets+=(kapacitor-udf-generator generator_bench null_sink) ;;
    *) targets+=("$benchmark") ;;
  esac
done
tick/stack/build.sh release "${targets[@]}"
for benchmark in "${benchmarks[@]}"; do
  echo "== $benchmark"
  case $benchmark in
    speed | kapacitord | generator) "tests/bench/$benchmark.sh" ;;
    *) "build/bin/$benchmark" ;;
  esac
done
