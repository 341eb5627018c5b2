#!/usr/bin/env bash
# layers.sh ROOT: every #include of udf/ and generator/ follows an arrow of udf/DESIGN.md.
# Says each that does not, as file:line, and ends with 1.
set -euo pipefail
cd "$1"

# What a room may include beside the standard library: the beginnings of the names.
declare -A allowed=(
  [udf/include]='kapacitor/'
  [udf/functions]='kapacitor/ functions/ boost/ fftw3.h POSIX'
  [udf/examples]='kapacitor/'
  [udf/src/wire]='kapacitor/ wire/ protozero/ sanitizer/ sys/mman.h'
  [udf/src/agent]='kapacitor/ wire/ agent/ google/protobuf/ udf.pb.h'
  [udf/src/server]='kapacitor/ wire/ agent/ server/ boost/ spdlog/ fmt/ CLI/ toml++/ POSIX'
  [udf/src/host]='kapacitor/ wire/ agent/ host/ google/protobuf/ udf.pb.h boost/ spdlog/ fmt/ CLI/ nlohmann/ zlib.h POSIX'
  [udf/app]='kapacitor/ functions/ agent/ server/ host/'
  [generator/line]='line/ fmt/'
  [generator/signal]='signal/'
  [generator/scenario]='scenario/ signal/ line/ run/error.hpp run/units.hpp fmt/ toml++/'
  [generator/source]='source/ scenario/ signal/ line/ run/error.hpp fmt/ nlohmann/ POSIX'
  [generator/replay]='replay/ line/ delivery/histogram.hpp run/error.hpp run/feed.hpp run/units.hpp fmt/ nlohmann/ boost/ zlib.h POSIX'
  [generator/delivery]='delivery/ line/ signal/random.hpp run/log.hpp run/units.hpp fmt/ nlohmann/'
  [generator/target]='target/ delivery/ line/ run/error.hpp run/event_loop.hpp run/log.hpp run/units.hpp fmt/ nlohmann/ boost/ openssl/ zlib.h POSIX'
  [generator/run]='run/ replay/ source/ scenario/ signal/ target/ delivery/ line/ boost/ spdlog/ fmt/ CLI/ nlohmann/ POSIX'
  [generator/app]='run/'
)

allows() { # ROOM NAME
  local start
  if [[ $2 =~ ^[a-z0-9_]+$ ]]; then return 0; fi
  for start in ${allowed[$1]}; do
    if [[ $start == POSIX ]]; then
      if [[ $2 =~ ^((sys|netinet|arpa|linux)/)?[a-z]+\.h$ ]]; then return 0; fi
    elif [[ $2 == "$start"* ]]; then
      return 0
    fi
  done
  return 1
}

rooms=()
for room in udf generator; do
  if [[ -d $room ]]; then rooms+=("$room"); fi
done
wrong=0
while IFS=: read -r file line text; do
  [[ $file =~ ^(udf/src/[a-z]+|udf/[a-z]+|generator/[a-z]+)/ ]] && room=${BASH_REMATCH[1]}
  [[ $text =~ include[[:space:]]*([\<\"])([^\>\"]*) ]] && name=${BASH_REMATCH[2]}
  # In quotes also a neighbour in the same folder.
  if [[ ${BASH_REMATCH[1]} == '"' && $name != */* && -e ${file%/*}/$name ]]; then continue; fi
  if allows "$room" "$name"; then continue; fi
  echo "$file:$line: ${room#udf/src/} must not include $name"
  wrong=1
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.hpp' --include='*.cpp' "${rooms[@]}")
exit $wrong
