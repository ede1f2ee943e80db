#!/usr/bin/env bash
# clang-format over every file that git knows and clang-tidy over the sources named (default: all but
# runtime/, whose LibTorch headers cost clang-tidy minutes a file; `tools/lint.sh 'runtime/*.cpp'`
# runs those). Both must have nothing to say.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(git ls-files '*.h' '*.cpp')
clang-format --dry-run --Werror "${files[@]}"
echo "format: ${#files[@]} files"

if [[ $# -eq 0 ]]; then set -- 'src/*.cpp' 'tests/*.cpp' 'tools/*.cpp'; fi
mapfile -t sources < <(git ls-files "$@")
cmake --preset default -B build/lint -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
printf '%s\0' "${sources[@]}" | xargs -0 -P "$(nproc)" -n 1 clang-tidy -p build/lint --quiet --warnings-as-errors='*'
echo "tidy: ${#sources[@]} sources"
