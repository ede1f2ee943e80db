#!/usr/bin/env bash
# clang-format and clang-tidy over every file that git knows; both must have nothing to say.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(git ls-files '*.h' '*.cpp')
clang-format --dry-run --Werror "${files[@]}"
cmake --preset default -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -B build/lint >/dev/null
cmake --build build/lint --target nam56r_generated >/dev/null 2>&1 || true
mapfile -t sources < <(git ls-files "${@:-src/*.cpp}")
printf '%s\n' "${sources[@]}" | xargs -P 2 -n 4 clang-tidy -p build/lint --quiet --warnings-as-errors='*'
echo "lint: ${#files[@]} files formatted, ${#sources[@]} sources tidy"
