#!/usr/bin/env bash
# docs.sh ROOT: the functions' pages and the stanzas of kapacitor.conf are what the functions declare. KAPACITOR_UDF_BIN is where kapacitor-udfd is.
set -euo pipefail
cd "$1"

made=$(mktemp -d "${TMPDIR:-/tmp}/kapacitor-udf-docs.XXXXXX")
trap 'rm -rf "$made"' EXIT
udf/docs/functions/make.sh --into "$made"

same=1
diff -u kapacitor.conf "$made/kapacitor.conf" || same=
diff -ru --exclude=plots --exclude=make.sh udf/docs/functions "$made/udf/docs/functions" || same=
if [[ -z $same ]]; then
  echo "docs.sh: not what the functions declare; udf/docs/functions/make.sh writes it again" >&2
  exit 1
fi
