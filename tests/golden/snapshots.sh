#!/usr/bin/env bash
# snapshots.sh TEST: makes the snapshots of tests/data/snapshots that are missing, one for each state
# version of each function and its settings, with the program of snapshot_test.cpp. Those that are
# there stay as they are: every later version has to restore them. If answers change on purpose, remove
# their .txt files first: those that are missing are made from the snapshots that are there. Nothing has been released before
# 0.1.0: until then `rm tests/data/snapshots/*` first is in order.
set -euo pipefail
program=$(realpath "${1:?usage: snapshots.sh build/tests/snapshot_test}")
KAPACITOR_UDF_MAKE_SNAPSHOTS=1 "$program" --gtest_brief=1
