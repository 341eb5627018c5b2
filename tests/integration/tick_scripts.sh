#!/usr/bin/env bash
# tick_scripts.sh ROOT: every function that a TICKscript of tick/ calls is in kapacitor.conf, by socket
# and by process, every function that kapacitor-udfd has is there, and every script is in tick/README.md.
# Every function has a TICKscript, and on its page an example and a plot.
set -euo pipefail
cd "$1"

wrong=0
expect() { # FILE LINE WHY
  grep -qxF -e "$2" "$1" && return
  echo "$1: no line \"$2\": $3"
  wrong=1
}
expect_registered() { # FUNCTION WHY
  expect kapacitor.conf "[udf.functions.$1]" "$2"
  expect kapacitor.conf "# [udf.functions.$1]" "$2"
}

while IFS=: read -r script call; do
  [[ $call =~ @([a-z0-9_]+)\(\) ]] && expect_registered "${BASH_REMATCH[1]}" "$script calls it"
done < <(grep -E '^ *@[a-z0-9_]+\(\)' tick/*.tick)

for name in $("$KAPACITOR_UDF_BIN/kapacitor-udfd" --list | sed -n 's/^  \([a-z0-9_]\{1,\}\) .*/\1/p'); do
  expect_registered "$name" "kapacitor-udfd has it"
  grep -qE "^ *@$name\(\)" tick/*.tick || {
    echo "tick/: no script calls @$name()"
    wrong=1
  }
  expect "udf/docs/functions/$name.md" '## Example' "every function shows one"
  plot="![What goes into $name, and what comes out](plots/$name.svg)"
  expect "udf/docs/functions/$name.md" "$plot" "udf/docs/functions/plots/plots.toml says what to draw"
  [[ -s udf/docs/functions/plots/$name.svg ]] || {
    echo "udf/docs/functions/plots/$name.svg: not there; udf/docs/functions/make.sh --plots draws it"
    wrong=1
  }
done

for script in tick/*.tick; do
  name=${script#tick/}
  grep -qF "[\`$name\`]($name)" tick/README.md || {
    echo "tick/README.md: does not name $name"
    wrong=1
  }
done
exit $wrong
