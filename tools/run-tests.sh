#!/usr/bin/env bash
# Builds and runs every test: the programs and the LibTorch runtime as `make demo` builds them, with
# the tests that use them; every room under address + undefined-behaviour sanitizers; what has threads
# and processes under the thread sanitizer. Ends in one line that counts tests.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0 broken=0

# run PRESET [target...]: builds the targets (default: all) and runs the tests that they hold.
run() {
  local preset=$1 log
  shift
  local -a build=(cmake --build --preset "$preset") select=()
  if [[ $# -gt 0 ]]; then
    build+=(--target "$@")
    # What was not asked for is not built: CTest knows such GoogleTest programs by this suffix, and
    # the replays of fuzzers by their names.
    select=(-E '_NOT_BUILT|^FuzzReplay')
  fi
  log=$(mktemp)
  echo "== $preset"
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    tail -40 "$log"; broken=1; rm -f "$log"; return
  fi
  if ! "${build[@]}"; then
    broken=1; rm -f "$log"; return
  fi
  ctest --preset "$preset" --no-tests=error -j 2 "${select[@]}" 2>&1 | tee "$log" | grep -vE '^ *(Start|[0-9]+/[0-9]+ .* Passed) '
  # "98% tests passed, 2 tests failed out of 120"; skipped ones count as passed there.
  local summary out_of bad left
  summary=$(grep -E 'tests passed, [0-9]+ tests failed out of [0-9]+' "$log" | tail -1)
  if [[ -z "$summary" ]]; then broken=1; rm -f "$log"; return; fi
  bad=$(sed -E 's/.*passed, ([0-9]+) tests failed.*/\1/' <<<"$summary")
  out_of=$(sed -E 's/.*out of ([0-9]+).*/\1/' <<<"$summary")
  left=$(grep -cE '\*\*\*Skipped' "$log" || true)
  failed=$((failed + bad)); skipped=$((skipped + left)); passed=$((passed + out_of - bad - left))
  rm -f "$log"
}

# Optimised: what users run, and what needs LibTorch. The tests of the rooms run once, sanitized:
# they cover the same code, and building them twice would cost five minutes.
run default nam56r nam56r-worker cli_test rooms_test train_test slurm_test \
  runtime_model_test runtime_comm_test runtime_train_test slurm_test
run asan
run tsan engine_test fault_test data_test

if [[ $broken -ne 0 ]]; then
  echo "a build or a test run broke; see above" >&2
  failed=$((failed + 1))
fi
echo "tests: $passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
