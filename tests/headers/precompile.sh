#!/usr/bin/env bash
# precompile.sh COMPILER INCLUDE FOLDER: FOLDER/udf.hpp, which includes <kapacitor/udf.hpp>, precompiled.
set -euo pipefail
mkdir -p "$3"
echo '#include <kapacitor/udf.hpp>' >"$3/udf.hpp"
"$1" -std=c++20 -Wall -Wextra -I "$2" -x c++-header "$3/udf.hpp" -o "$3/udf.hpp.gch"
