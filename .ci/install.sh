#!/usr/bin/env bash
# install.sh FOR...: installs the Debian packages that this machine lacks; FOR is build, run, check
# (which needs these two), deb or fuzz. `install.sh --check FOR...` only names them, and fails if there are any.
set -euo pipefail

declare -A packages=(
  [build]="g++ cmake ninja-build ccache pkg-config protobuf-compiler libprotobuf-dev libprotozero-dev
    libboost-dev libfftw3-dev libspdlog-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libssl-dev
    zlib1g-dev libabsl-dev prometheus-cpp-dev tzdata python3"
  [run]="influxdb"
  # googletest and benchmark are needed as soon as tests are configured.
  [check]="libgtest-dev libgmock-dev libbenchmark-dev valgrind openssl
    clang clang-format clang-tidy shellcheck git python3-venv python3-yaml strace systemd prometheus
    man-db groff bash-completion zsh fish chromium nodejs npm"
  [deb]="debhelper lintian mmdebstrap"
  [fuzz]="libclang-rt-dev"
)

only_name=
if [[ ${1:-} == --check ]]; then
  only_name=yes
  shift
fi
wanted=()
for what in "${@:-build}"; do
  if [[ $what == check ]]; then what="build run check"; fi
  for group in $what; do read -ra more -d '' <<<"${packages[$group]}" || wanted+=("${more[@]}"); done
done

# Programs of these that came from elsewhere will do, and Debian's packages could not stand beside them.
declare -A programs=([nodejs]=node [npm]=npm)

missing_packages() {
  local package
  for package in "${wanted[@]}"; do
    if command -v "${programs[$package]:-/}" >/dev/null; then continue; fi
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      echo "$package"
  done
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "install.sh: installing packages needs root or sudo; as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
}

# Debian's influxdb would start itself as a service at once. The stack starts one of its own.
policy=/usr/sbin/policy-rc.d
keep_services_down() {
  [[ -e $policy ]] && return
  trap 'as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}

command -v dpkg-query >/dev/null || {
  echo "install.sh: no Debian here; install by other means: ${wanted[*]}" >&2
  exit 1
}
mapfile -t missing < <(missing_packages)
((${#missing[@]})) || exit 0
if [[ -n $only_name ]]; then
  echo "missing packages (make install-deps installs them): ${missing[*]}" >&2
  exit 1
fi

echo "Installing what is missing: ${missing[*]}"
keep_services_down
as_root apt-get update -q
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
