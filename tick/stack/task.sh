# shellcheck shell=bash
# What a TICKscript of tick/ says about itself: its function, its vars. To be sourced after lib.sh.
# So the host, in Kapacitor's place, is given exactly what the script would have given.

function=${FUNCTION:-moving_average}
out_database=demo_udf

script_of() { echo "$project/tick/$1.tick"; }

require_function() {
  [[ -f $(script_of "$1") ]] || die "FUNCTION=$1 has no TICKscript; there are:" \
    "$(cd "$project/tick" && printf '%s ' *.tick | sed 's/\.tick//g')"
}

# The UDF that a script calls: outliers_batch.tick calls @outliers().
udf_name() { sed -n 's/^ *@\([a-z_]*\)().*/\1/p' "$(script_of "$1")"; }

# tick_var SCRIPT NAME: the default of a var, without quotes; empty when there is none.
tick_var() { sed -n "s/^var $2 = '\{0,1\}\([^']*\)'\{0,1\}$/\1/p" "$(script_of "$1")"; }

# var_of SCRIPT NAME [VAR=VALUE...]: the last of the given values, else the script's default.
var_of() {
  local script=$1 name=$2 value pair
  shift 2
  value=$(tick_var "$script" "$name")
  for pair in "$@"; do
    if [[ ${pair%%=*} == "$name" ]]; then value=${pair#*=}; fi
  done
  printf '%s\n' "$value"
}

windowed() { [[ -n $(tick_var "$1" every) ]]; }

# The vars that a script passes on to its function, by name.
option_names() {
  sed -n '/^\/\/ The function.s options/,/^$/s/^var \([a-zA-Z]*\) = .*/\1/p' "$(script_of "$1")"
}

# The field by which a script's results are counted.
result_field() {
  local as
  as=$(var_of "$1" as "${@:2}")
  if [[ -n $as ]]; then echo "$as"; else var_of "$1" field "${@:2}"; fi
}

# host_task SCRIPT [VAR=VALUE...]: the script as flags of kapacitor-udf-host, one a line.
host_task() {
  local script=$1 name udf
  shift
  udf=$(udf_name "$script")
  if [[ $udf_mode == process ]]; then
    printf '%s\n' --exec "'$bin/kapacitor-udfd' --stdio $udf"
  else
    printf '%s\n' --socket "$socket_dir/$udf.sock"
  fi
  printf '%s\n' --function "$udf" --from "$(var_of "$script" measurement "$@")" --group-by '*'
  for name in $(option_names "$script"); do
    printf '%s\n' --opt "$name=$(var_of "$script" "$name" "$@")"
  done
  if windowed "$script"; then
    printf '%s\n' --window "$(var_of "$script" period "$@")/$(var_of "$script" every "$@")" --align
  fi
}
