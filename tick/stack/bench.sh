#!/usr/bin/env bash
# make bench: builds the benchmarks and runs them one after the other. They print; nothing is judged.
set -euo pipefail
cd "$(dirname "$0")/../.."

benchmarks=(session_bench socket_throughput)
tick/stack/build.sh release "${benchmarks[@]}"
for benchmark in "${benchmarks[@]}"; do
  echo "== $benchmark"
  "build/bin/$benchmark"
done
