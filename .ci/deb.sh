#!/usr/bin/env bash
# deb.sh: builds the Debian packages into build-deb/, in a copy of the sources, so that what debhelper
# leaves behind is not in the tree; then lintian looks at them.
set -euo pipefail
cd "$(dirname "$0")/.."

out=build-deb
source=$out/source
rm -rf "$source" "$out"/*.deb "$out"/*.buildinfo "$out"/*.changes
mkdir -p "$source"
if git rev-parse --git-dir >/dev/null 2>&1; then
  git ls-files -z --cached --others --exclude-standard
else
  find . -name 'build*' -prune -o -type f -printf '%P\0'
fi | while IFS= read -r -d '' file; do
  [[ -e $file ]] && printf '%s\0' "$file"
done | tar -c --null -T - | tar -x -C "$source"

# A compiler cache sees the same paths each time.
cache=()
if command -v ccache >/dev/null; then cache=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
export CCACHE_DIR=${CCACHE_DIR:-$HOME/.cache/ccache} CCACHE_DEPEND=${CCACHE_DEPEND-1}
(cd "$source" && KAPACITOR_UDF_CMAKE="${cache[*]}" dpkg-buildpackage -b -us -uc -j"$(nproc)")
lintian --fail-on error,warning --info "$out"/*.changes
ls -l "$out"/*.deb
