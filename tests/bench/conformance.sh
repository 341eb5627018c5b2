#!/usr/bin/env bash
# conformance.sh NAME=ARGUMENTS...: the table of udf/docs/conformance.md, a column for each NAME.
# ARGUMENTS are those of `kapacitor-udf-host check`. HOST=PROGRAM takes another host than build/bin's.
#
#   conformance.sh 'mine=--exec "./my_udf" --opt field=value'
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
host=${HOST:-$here/../../build/bin/kapacitor-udf-host}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

columns=()
words=()
for column in "$@"; do
  name=${column%%=*}
  eval "words=(${column#*=})"
  status=0
  "$host" check "${words[@]}" --json "$results/$name.json" >/dev/null || status=$?
  if ((status > 1)); then exit "$status"; fi
  columns+=("$results/$name.json")
done
python3 "$here/conformance_table.py" "${columns[@]}"
