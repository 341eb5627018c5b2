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

# Whether batches go into the script's function: of a window, or a query's answers.
windowed() { grep -qE '^ *\|(window|query)\(' "$(script_of "$1")"; }

# Whether the script says that each point gives one result: else only what is written can be counted.
one_for_each() { grep -q '^// output   one point for each point in:' "$(script_of "$1")"; }

# trial_vars SCRIPT: what its header says a run of a few seconds needs, NAME=VALUE, one a line. A path
# tick/FILE is that of the project.
trial_vars() { sed -n 's|^// trial  *||p' "$(script_of "$1")" | sed "s|=tick/|=$project/tick/|g" | tr -s ' ' '\n'; }

# processed_by TASK SCRIPT: points that have come as far as the function of a task of kapacitord; the
# points of a window are counted before the window.
processed_by() {
  case $(windowed "$2" && echo windowed)$2 in
    windowed*_batch) node_stat "$1" query points_queried ;;
    windowed*) node_stat "$1" from emitted ;;
    *) node_stat "$1" "$(udf_name "$2")" collected ;;
  esac
}

# uses_of SCRIPT: the options that a script gives to its function, NAME=ARGUMENT, ARGUMENT, one a line.
uses_of() {
  sed -n '/^ *@/,/^ *|/s/^ *\.\([a-zA-Z]*\)(\(.*\))$/\1=\2/p' "$(script_of "$1")"
}

# value_of SCRIPT ARGUMENT [VAR=VALUE...]: an argument of an option, a var by its value.
value_of() {
  local script=$1 argument=$2
  shift 2
  if [[ $argument =~ ^[a-z][a-zA-Z]*$ ]]; then var_of "$script" "$argument" "$@"; else echo "$argument"; fi
}

# host_task SCRIPT [VAR=VALUE...]: the script as flags of kapacitor-udf-host, one a line.
host_task() {
  local script=$1 udf use argument arguments given
  shift
  udf=$(udf_name "$script")
  if [[ $udf_mode == process ]]; then
    printf '%s\n' --exec "'$bin/kapacitor-udfd' --stdio $udf"
  else
    printf '%s\n' --socket "$socket_dir/$udf.sock"
  fi
  printf '%s\n' --function "$udf" --from "$(var_of "$script" measurement "$@")" --group-by '*'
  while IFS= read -r use; do
    given=''
    IFS=',' read -r -a arguments <<<"${use#*=}"
    for argument in "${arguments[@]}"; do
      given+=${given:+,}$(value_of "$script" "${argument# }" "$@")
    done
    printf '%s\n' --opt "${use%%=*}${given:+=$given}"
  done < <(uses_of "$script")
  if windowed "$script"; then
    printf '%s\n' --window "$(var_of "$script" period "$@")/$(var_of "$script" every "$@")" --align
  fi
}
