#!/usr/bin/env bash
# instructions.sh PROGRAM: counts the instructions per point of each path that PROGRAM knows, under
# callgrind, and compares them with those in instructions.txt. Ends with 1 where a path takes over
# 5 % more than it did, or has nothing to be compared with.
# instructions.sh --update PROGRAM: takes the new figures into instructions.txt.
# instructions.sh --compare COMMITTED NOW: compares two files of figures (for the self-test).
#
# Times say little on a machine that does other things as well; instructions stay the same.
# KEEP=FOLDER keeps what callgrind wrote: callgrind_annotate FOLDER/PATH tells where they go.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
figures=$here/instructions.txt

# libc chooses its memcpy and memcmp by the processor, which moves a path by 6 %. Here it takes
# those for SSE2 wherever it runs, and never writes past the caches.
libc=glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-ERMS,-FSRM,-AVX_Fast_Unaligned_Load
libc+=:glibc.cpu.x86_non_temporal_threshold=0x10000000

counted() { # PROGRAM PATH FOLDER: instructions per point
  local out=$3/${2//\//.} points total
  points=$(env -i PATH="$PATH" GLIBC_TUNABLES="$libc" valgrind --tool=callgrind \
    --instr-atstart=no --callgrind-out-file="$out" "$1" "$2" 2>"$3/said") || {
    cat "$3/said" >&2
    return 1
  }
  total=$(sed -n 's/^totals: //p' "$out")
  awk -v total="$total" -v points="$points" 'BEGIN { printf "%.1f\n", total / points }'
}

count() { # PROGRAM FOLDER: the figures, in the form of instructions.txt
  local path paths figure
  echo "# Instructions per point, group or request; taken by tests/bench/instructions.sh --update"
  echo "# $("$1" --built); $(valgrind --version); $(getconf GNU_LIBC_VERSION)"
  paths=$("$1" --list)
  for path in $paths; do
    figure=$(counted "$1" "$path" "$2")
    echo "$path $figure"
  done
}

# A path that got faster is no failure: nobody shall be kept from committing that. But it is said,
# for until the new figure is taken, as much may be lost again unseen.
compare() { # COMMITTED NOW
  printf '%-42s %10s %10s %8s\n' path committed now change
  awk -v limit=5 '
    /^#/ { tools[NR == FNR] = $0; next }  # the last comment names them
    NR == FNR { committed[$1] = $2; next }
    !($1 in committed) {
      printf "%-42s %10s %10.1f\n", $1, "none", $2
      wrong[++n] = $1 " has no committed figure"
      next
    }
    {
      change = 100 * ($2 / committed[$1] - 1)
      printf "%-42s %10.1f %10.1f %+7.1f%%\n", $1, committed[$1], $2, change
      if (change > limit) wrong[++n] = sprintf("%s takes %.1f %% more instructions", $1, change)
      if (change < -limit) faster[++m] = sprintf("%s takes %.1f %% fewer instructions", $1, -change)
      delete committed[$1]
    }
    END {
      for (path in committed) wrong[++n] = path " has a committed figure, but is not counted"
      if (tools[1] != tools[0]) {
        print "other tools:\n  committed " tools[1] "\n  now       " tools[0]
      }
      for (i = 1; i <= m; ++i) print "faster: " faster[i]
      for (i = 1; i <= n; ++i) print "FAILED: " wrong[i]
      exit n > 0
    }' "$1" "$2"
}

case ${1:-} in
  --compare)
    compare "$2" "$3"
    exit
    ;;
  --update) program=$2 ;;
  *) program=${1:?usage: instructions.sh [--update] PROGRAM} ;;
esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
count "$program" "${KEEP:-$dir}" >"$dir/now"
if [[ $1 == --update ]]; then
  cp "$dir/now" "$figures"
  cat "$figures"
else
  result=0
  compare "$figures" "$dir/now" || result=$?
  echo "to accept the figures of now: tests/bench/instructions.sh --update $program"
  exit "$result"
fi
