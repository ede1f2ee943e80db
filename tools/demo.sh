#!/usr/bin/env bash
# The whole thing on this machine: build, show the plan, build the data, compile the contract, launch it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 && -z "${NO_COLOR:-}" ]] || say() { printf '\n%s\n' "$*"; }

say "Building nam56r and nam56r-worker (a second run reuses it)"
cmake --preset default >/dev/null
cmake --build --preset default --target nam56r nam56r-worker

nam56r=build/default/bin/nam56r
say "Data: the C++ standard library's headers of this machine"
"$nam56r" data build cxx-headers

say "Contract: recipes/nam56r-tiny.toml under policies/laptop.toml"
mkdir -p out
"$nam56r" contract recipes/nam56r-tiny.toml --policy policies/laptop.toml -o out/nam56r-tiny.json

say "Launch"
# What was built anew, or came with newer packages, is not the drift that this is to show.
"$nam56r" launch out/nam56r-tiny.json --host hosts/laptop.toml --accept-drift worker --accept-drift library
