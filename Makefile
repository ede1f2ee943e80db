# Two commands do everything on a Debian 12 machine, as root or with sudo:
#   make demo   install what is missing, build, compile a contract, train it, show the receipt
#   make test   install what is missing, build, run every test, sanitizers included
# A second run does no work twice.

.DEFAULT_GOAL := help
.PHONY: help demo test build release bench lint format fuzz clean

help:
	@sed -n '2,4s/^# *//p' Makefile
	@echo "also: build, release, bench, lint, format, fuzz, clean"

# One build folder serves both commands, so what configures the tests is needed by both.
demo:
	@tools/install-dependencies.sh build test
	@tools/demo.sh

test:
	@tools/install-dependencies.sh build test
	@tools/run-tests.sh

build:
	@tools/install-dependencies.sh build test
	@cmake --preset default >/dev/null && cmake --build --preset default

release:
	@tools/install-dependencies.sh build
	@cmake --preset release >/dev/null && cmake --build --preset release

bench:
	@tools/install-dependencies.sh build test bench
	@cmake --preset default >/dev/null && cmake --build --preset default --target nam56r_bench
	@build/default/bin/nam56r_bench

lint:
	@tools/install-dependencies.sh build test lint
	@tools/lint.sh

format:
	@tools/install-dependencies.sh lint
	@git ls-files '*.h' '*.cpp' | xargs clang-format -i

fuzz:
	@tools/install-dependencies.sh build fuzz
	@tools/fuzz.sh

clean:
	@rm -rf build
