#!/usr/bin/env bash
# make.sh: writes everything that follows from what the functions of kapacitor-udfd declare: a page for
# each function and the index beside this script, and the stanzas in kapacitor.conf. KAPACITOR_UDF_BIN is where the programs are; default: build/bin.
#   --plots       draws plots/*.svg again first (needs python3-matplotlib, see plots/plot.py)
#   --into DIR    writes into DIR instead of the project; nothing of the project is touched
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../../.." && pwd)
bin=${KAPACITOR_UDF_BIN:-$project/build/bin}
udfd=$bin/kapacitor-udfd
into=$project
plots=

usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
while (($#)); do
  case $1 in
    --plots) plots=1 ;;
    --into) into=${2:?--into needs a folder} && shift ;;
    *) usage ;;
  esac
  shift
done
[[ -x $udfd ]] || {
  echo "make.sh: $udfd is not built; make builds it" >&2
  exit 2
}

names() { "$udfd" --list | sed -n 's/^  \([a-z0-9_]\{1,\}\) .*/\1/p'; }

# The TICKscripts that call a function, by name.
scripts_of() { (cd "$project/tick" && grep -lE "^ *@$1\(\)" -- *.tick | sed 's/\.tick$//') || true; }

# page NAME: what the function says of itself, its plot, the scripts that use it.
page() {
  local name=$1 script scripts
  "$udfd" --describe "$name" --markdown | if [[ -f $here/plots/$name.svg ]]; then
    sed "s|^## Options\$|![What goes into $name, and what comes out](plots/$name.svg)\n\n&|"
  else
    cat
  fi
  mapfile -t scripts < <(scripts_of "$name")
  ((${#scripts[@]})) || return 0
  printf '%s\n' '' '## As a task' ''
  for script in "${scripts[@]}"; do
    printf -- "- [\`%s.tick\`](../../../tick/%s.tick)\n" "$script" "$script"
  done
}

index() {
  cat <<'END_OF_INTRODUCTION'
# The ready-made functions

A page for each function of `kapacitor-udfd`, written by [`make.sh`](make.sh) from what the functions
declare and from the documentation beside their sources. `kapacitor-udfd --describe NAME` shows the
same in a terminal. Options in bold are required.

END_OF_INTRODUCTION
  "$udfd" --list --markdown
}

# between FILE BEGIN END: FILE with what comes on stdin between the lines that are BEGIN and END.
between() {
  local file=$1 begin=$2 end=$3
  if [[ $(grep -cxF -e "$begin" -e "$end" "$file") != 2 ]]; then
    echo "make.sh: $file needs the lines '$begin' and '$end', each once" >&2
    return 1
  fi
  awk -v begin="$begin" -v end="$end" '
    NR == FNR { text = text $0 "\n"; next }
    $0 == end { inside = 0 }
    !inside
    $0 == begin { inside = 1; printf "%s", text }' - "$file"
}

# stanzas N: the N-th stanza of each page, 1: by socket, 2: by process.
stanzas() {
  local name first=1
  for name in $(names); do
    ((first)) || echo
    first=0
    "$udfd" --describe "$name" --markdown |
      awk -v wanted="$1" '/^```toml$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside && n == wanted'
  done
}

write() { # FILE, text on stdin; all at once, for the text may be made of the file
  local text
  text=$(cat && echo .)
  mkdir -p "$(dirname "$into/$1")"
  printf '%s' "${text%.}" >"$into/$1"
}

if [[ -n $plots ]]; then KAPACITOR_UDF_BIN=$bin /usr/bin/python3 "$here/plots/plot.py"; fi

folder=udf/docs/functions
rm -f "$into/$folder"/*.md
for name in $(names); do
  page "$name" | write "$folder/$name.md"
done
index | write "$folder/README.md"
{
  stanzas 1
  printf '%s\n' '' \
    "# The same by process: kapacitord starts one for each use in a task and reads its stderr into its own" \
    "# log. Nothing to start beforehand, and nothing shared. Take one form or the other for a function." '#'
  stanzas 2 | sed -e 's/^/# /' -e 's/ $//'
} | between "$project/kapacitor.conf" '# Written by udf/docs/functions/make.sh.' '# End of the functions.' |
  write kapacitor.conf
