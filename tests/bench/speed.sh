#!/usr/bin/env bash
# speed.sh: the figures of udf/docs/performance.md, each table by the command it is printed under:
# kapacitor-udfd's functions, measured by `kapacitor-udf-host bench` beside an echo of the bytes and
# beside other agents' functions where they are named:
#
#   GO_UDF=./moving_avg PY_UDF='python3 moving_avg.py' GO_OUTLIERS=./outliers tests/bench/speed.sh
#
# ROUNDS=5 DURATION=2s: of each; ROWS="one many": only these.
set -euo pipefail
# shellcheck source=tick/stack/lib.sh
source "$(dirname "$0")/../../tick/stack/lib.sh"

rounds=${ROUNDS:-5} duration=${DURATION:-2s}
need_programs kapacitor-udfd kapacitor-udf-host
stack_is_temporary=yes
stack_begin "$(mktemp -d "${TMPDIR:-/tmp}/kapacitor-udf-bench.XXXXXX")"

average=(--opt "field=value" --opt size=10 --opt as=avg)
peers=()
if [[ -n ${GO_UDF:-} ]]; then peers+=(--vs "$GO_UDF"); fi
if [[ -n ${PY_UDF:-} ]]; then peers+=(--vs "$PY_UDF"); fi
batch_peers=()
if [[ -n ${GO_OUTLIERS:-} ]]; then batch_peers+=(--vs "$GO_OUTLIERS"); fi

# A server that has done nothing yet, with so many threads: its memory is that of the measurement.
fresh_server() {
  udfd_flags=(--threads "$1" --log-level warn)
  stop kapacitor-udfd
  start_udfd
}

# bench FUNCTION ARGUMENT...: of the function behind its socket.
bench() {
  local function=$1
  shift
  say "" "\$ kapacitor-udf-host bench --socket $function.sock $*"
  "$bin/kapacitor-udf-host" bench --socket "$socket_dir/$function.sock" --rounds "$rounds" \
    --duration "$duration" "$@"
}

row_one() { bench moving_average "${average[@]}" "${peers[@]}" --vs-echo; }
row_wide() { bench moving_average "${average[@]}" --tags 10 --fields 10 --field-type mixed --vs-echo; }
row_split() {
  bench moving_average "${average[@]}" "${peers[@]}" --vs-echo --split-writes
  say "" "\$ kapacitor-udf-host bench --exec 'kapacitor-udfd --stdio moving_average' ..."
  "$bin/kapacitor-udf-host" bench --rounds "$rounds" --duration "$duration" --split-writes \
    --exec "$bin/kapacitor-udfd --stdio moving_average --log-level warn" "${average[@]}" --vs-echo
}
row_latency() {
  bench moving_average "${average[@]}" "${peers[@]}" --vs-echo --rate 1000 --rate 20000
}
row_groups() {
  bench moving_average "${average[@]}"
  fresh_server 1
  bench moving_average "${average[@]}" --groups 1000000
  fresh_server 1
  bench moving_average "${average[@]}" --groups 1000000 --random-order
}
row_snapshot() { bench moving_average "${average[@]}" --groups 1000000 --snapshot; }
row_connections() {
  bench moving_average "${average[@]}"
  bench moving_average "${average[@]}" --connections 100
}
row_batches() {
  bench identity_batch --batch 1000 --vs-echo
  bench outliers --opt "field=value" --opt scale=1.5 --batch 1000 "${batch_peers[@]}" --vs-echo
}
row_start() {
  say "" "\$ kapacitor-udf-host bench --exec 'kapacitor-udfd --stdio moving_average' --idle 3s ..."
  "$bin/kapacitor-udf-host" bench --rounds "$rounds" --idle 3s "${average[@]}" "${peers[@]}" \
    --exec "$bin/kapacitor-udfd --stdio moving_average --log-level warn"
  bench moving_average "${average[@]}" --idle 3s
}

threads_of() { case $1 in connections | snapshot) echo 2 ;; *) echo 1 ;; esac; }

for row in ${ROWS:-one wide split latency groups snapshot connections batches start}; do
  fresh_server "$(threads_of "$row")"
  "row_$row"
done
