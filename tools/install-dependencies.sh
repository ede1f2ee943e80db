#!/usr/bin/env bash
# Installs the Debian packages of the named groups that are missing. Does nothing, and asks the
# network nothing, when all are there.
set -euo pipefail

declare -A packages=(
  [build]="g++ cmake ninja-build ccache pkg-config libcli11-dev libtomlplusplus-dev nlohmann-json3-dev
           libfmt-dev libssl-dev libyaml-cpp-dev libsimdjson-dev libre2-dev libsqlite3-dev libhwloc-dev
           libtorch-dev libgloo-dev libopenblas0-pthread"
  [test]="libgtest-dev libgmock-dev zlib1g-dev python3 slurmctld slurmd slurm-client munge"
  [bench]="libbenchmark-dev"
  [lint]="clang-format clang-tidy"
  [fuzz]="clang libclang-rt-14-dev"
)

wanted=()
for group in "$@"; do
  [[ -n "${packages[$group]:-}" ]] || { echo "unknown package group '$group'; one of: ${!packages[*]}" >&2; exit 64; }
  # shellcheck disable=SC2206 # the lists are words on purpose
  wanted+=(${packages[$group]})
done

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ "$state" == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

echo "installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo >/dev/null || { echo "neither root nor sudo: install them by hand, then run this again" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq >&2
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
