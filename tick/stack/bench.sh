#!/usr/bin/env bash
# make bench: builds the benchmarks and runs them one after the other, or those that BENCH names.
# They print; nothing is judged. What is judged are the instructions per point, by make check.
set -euo pipefail
cd "$(dirname "$0")/../.."

all="codec_bench functions_bench session_bench snapshot_bench socket_throughput"
read -ra benchmarks <<<"${BENCH:-$all}"
# Google Benchmark takes its flags from the environment as well; in seconds, for each measurement.
export BENCHMARK_MIN_TIME=${BENCHMARK_MIN_TIME:-0.2}
tick/stack/build.sh release "${benchmarks[@]}"
for benchmark in "${benchmarks[@]}"; do
  echo "== $benchmark"
  "build/bin/$benchmark"
done
