#!/usr/bin/env bash
# make check: everything that can be said of the sources, then everything built with warnings as
# errors, then all tests. Each file by itself (for syntax, and each header) and clang-tidy look at
# what changed since the merge base with main; where CI is set, the first two look at everything.
set -euo pipefail
cd "$(dirname "$0")/.."

.ci/format.sh --check
git ls-files '*.sh' .ci/run | xargs shellcheck -x
git ls-files "*.py" | xargs python3 -m py_compile
.ci/build.sh check proto_sources page_sources
all=(${CI:+--all})
.ci/each_file.py headers "${all[@]}"
.ci/each_file.py syntax "${all[@]}"
.ci/each_file.py tidy
# What make run builds: there the libraries, too, are compiled many files at a time, and two files
# that use one name fail.
.ci/build.sh run
.ci/test.sh check
