#!/usr/bin/env bash
# fuzz.sh: libFuzzer on all targets or those that FUZZ names, FUZZ_SECONDS (60) on each, as many at
# a time as there are cores. What it learns stays in build-fuzz/corpus, what breaks a target in
# build-fuzz/found; 1 then.
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra targets <<<"${FUZZ:-init journal point restore session table}"
.ci/build.sh fuzz "${targets[@]/%/_fuzz}"

fuzz() {
  local known=build-fuzz/corpus/$1 found=build-fuzz/found
  mkdir -p "$known" "$found"
  "build-fuzz/fuzz/$1_fuzz" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=4096 -timeout=20 \
    -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$found/$1-" \
    "$known" "tests/data/corpus/$1" >"$found/$1.log" 2>&1 || echo "$1: see $PWD/$found/$1.log"
  grep -E 'stat::number_of_executed_units|DONE|SUMMARY' "$found/$1.log" | sed "s/^/$1: /"
}
export -f fuzz
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz {}'
! compgen -G 'build-fuzz/found/*-*' >/dev/null
