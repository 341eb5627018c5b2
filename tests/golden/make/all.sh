#!/usr/bin/env bash
# Makes tests/data/golden anew: what pandas, SciPy and statsmodels compute of the same series.
# Needs Debian's python3-pandas, python3-scipy and python3-statsmodels; the tests need only the files.
set -euo pipefail
cd "$(dirname "$0")"

/usr/bin/python3 -c 'import pandas, scipy, statsmodels' || {
  echo "all.sh: apt-get install python3-pandas python3-scipy python3-statsmodels" >&2
  exit 2
}
/usr/bin/python3 -c 'import common; common.write_all_series()'
for maker in [a-z]*.py; do
  if [[ $maker != common.py ]]; then /usr/bin/python3 "$maker"; fi
done
