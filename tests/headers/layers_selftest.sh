#!/usr/bin/env bash
# layers_selftest.sh: layers.sh sees each kind of wrong arrow, and no wrong one where all are right.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check() { # FILE INCLUDE
  rm -rf "$dir/tree"
  mkdir -p "$dir/tree/udf" "$dir/tree/generator" "$(dirname "$dir/tree/$1")"
  echo "#include $2" >"$dir/tree/$1"
  "$here/layers.sh" "$dir/tree" >"$dir/said"
}
refused() {
  if check "$@" || ! grep -qF "must not include ${2:1:-1}" "$dir/said"; then
    echo "layers.sh let $1 include $2" && exit 1
  fi
}
taken() {
  if ! check "$@"; then echo "layers.sh refused: $(<"$dir/said")" && exit 1; fi
}

refused udf/include/kapacitor/udf/a.hpp '<boost/asio.hpp>'
refused udf/include/kapacitor/udf/a.hpp '<google/protobuf/message.h>'
refused udf/include/kapacitor/udf/a.hpp '<protozero/varint.hpp>'
refused udf/include/kapacitor/udf/a.hpp '<spdlog/spdlog.h>'
refused udf/include/kapacitor/udf/a.hpp '<session/session.hpp>'
refused udf/include/kapacitor/udf/a.hpp '<unistd.h>'
refused udf/src/wire/a.cpp '<session/session.hpp>'
refused udf/src/session/a.cpp '<server/server.hpp>'
refused udf/src/session/a.cpp '"../server/server.hpp"'
refused udf/src/session/a.cpp '<unistd.h>'
refused udf/src/server/a.cpp '<host/run.hpp>'
refused udf/src/host/a.cpp '<server/server.hpp>'
refused udf/src/host/a.cpp '<functions/registry.hpp>'
refused udf/functions/a.cpp '<wire/frame.hpp>'
refused udf/examples/a.cpp '<functions/ewma.hpp>'
refused udf/src/session/a.cpp '<signal/math.hpp>'
refused generator/run/a.cpp '<kapacitor/udf.hpp>'
refused generator/run/a.cpp '<wire/frame.hpp>'
taken udf/include/kapacitor/udf/a.hpp '<string_view>'
taken udf/include/kapacitor/udf/a.hpp '<kapacitor/udf/point.hpp>'
taken udf/src/session/a.cpp '<wire/frame.hpp>'
taken udf/src/server/a.cpp '<sys/socket.h>'
taken udf/app/a.cpp '<host/cli.hpp>'
taken udf/functions/a.cpp '"a.cpp"'
taken generator/run/a.cpp '<base/line/escape.hpp>'
