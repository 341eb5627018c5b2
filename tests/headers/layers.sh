#!/usr/bin/env bash
# layers.sh ROOT: every #include of udf/ and generator/ follows an arrow of udf/DESIGN.md.
# Says each that does not, as file:line, and ends with 1.
set -euo pipefail
cd "$1"

# What a room may include beside the standard library: the beginnings of the names.
declare -A allowed=(
  [udf/base]='base/ boost/ fmt/ nlohmann/ openssl/ zlib.h POSIX'
  [udf/include]='kapacitor/'
  [udf/functions]='kapacitor/ functions/ boost/ fftw3.h POSIX'
  [udf/examples]='kapacitor/'
  [udf/src/wire]='kapacitor/ base/ wire/ protozero/ sanitizer/ sys/mman.h'
  [udf/src/api]='kapacitor/ base/ wire/ api/'
  [udf/src/session]='kapacitor/ base/ wire/ api/ session/ google/protobuf/ udf.pb.h'
  [udf/src/drive]='kapacitor/ base/ wire/ api/ session/ drive/ host/duration.hpp host/usage_error.hpp google/protobuf/ udf.pb.h fmt/ POSIX'
  [udf/src/connect]='kapacitor/ base/ wire/ drive/ connect/ host/duration.hpp host/log.hpp host/usage_error.hpp google/protobuf/ udf.pb.h boost/ spdlog/ fmt/ POSIX'
  [udf/src/server]='kapacitor/ base/ wire/ session/ server/ boost/ spdlog/ fmt/ POSIX'
  [udf/src/describe]='kapacitor/ base/ api/ describe/ fmt/'
  [udf/src/program]='kapacitor/ base/ session/ server/ describe/ program/ spdlog/ fmt/ CLI/ toml++/ POSIX'
  [udf/src/check]='kapacitor/ base/ wire/ session/ drive/ connect/ check/ host/duration.hpp host/log.hpp host/usage_error.hpp google/protobuf/ udf.pb.h boost/ fmt/ CLI/ nlohmann/ POSIX'
  [udf/src/bench]='kapacitor/ base/ wire/ session/ drive/ connect/ bench/ host/duration.hpp host/log.hpp host/usage_error.hpp google/protobuf/ udf.pb.h boost/ fmt/ CLI/ nlohmann/ POSIX'
  [udf/src/host]='kapacitor/ base/ wire/ drive/ connect/ check/ bench/ host/ google/protobuf/ udf.pb.h boost/ spdlog/ fmt/ CLI/ nlohmann/ zlib.h POSIX'
  [udf/app]='kapacitor/ functions/ session/ program/ host/'
  [generator/signal]='base/ signal/'
  [generator/scenario]='base/ scenario/ signal/ fmt/ toml++/'
  [generator/source]='base/ source/ scenario/ signal/ fmt/ nlohmann/ POSIX'
  [generator/replay]='base/ replay/ source/feed.hpp fmt/ nlohmann/ boost/ zlib.h POSIX'
  [generator/delivery]='base/ delivery/ fmt/ nlohmann/'
  [generator/sink]='base/ sink/ fmt/ nlohmann/ boost/ openssl/ zlib.h POSIX'
  [generator/run]='base/ run/ replay/ source/ scenario/ signal/ sink/ delivery/ boost/ spdlog/ fmt/ nlohmann/ POSIX'
  [generator/cli]='base/ cli/ run/ replay/ source/ scenario/ signal/ sink/ delivery/ fmt/ CLI/ nlohmann/ POSIX'
  [generator/app]='base/ cli/ run/settings.hpp'
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
