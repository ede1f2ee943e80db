#!/usr/bin/env bash
# Runs each libFuzzer target for SECONDS_EACH (default 60) over a private corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
for fuzzer in build/fuzz/bin/*_fuzzer; do
  corpus=build/fuzz/corpus/$(basename "$fuzzer")
  mkdir -p "$corpus"
  "$fuzzer" -max_total_time="${SECONDS_EACH:-60}" -max_len=65536 -rss_limit_mb=512 -timeout=5 -print_final_stats=1 "$corpus" tests/corpus
done
