# The everyday commands. `make help` lists them; CMake does the building.

SHELL := /bin/bash
.DEFAULT_GOAL := build
.PHONY: build run check kapacitord_up test del_recording bench real deb deb-check asan tsan clang fuzz tidy format clean install-deps help

# Parameters of run, test, kapacitord_up and bench reach the programs through the environment.
export RATE DURATION FUNCTION SERIES OPTIONS RECORD_SECONDS INFLUXDB_URL INFLUXD KAPACITORD UDF_MODE BENCH SOAK_POINTS FUZZ FUZZ_SECONDS

# What the stack runs is built in minutes less than what users install.
stack := KAPACITOR_UDF_BIN=$${KAPACITOR_UDF_BIN:-build-run/bin} python3 tick/stack.py

build: ## build everything into build/ (preset release)
	@.ci/install.sh --check build check
	@.ci/build.sh release

run: ## install what is missing, build, run a live stream through a function, show what came out
	@.ci/install.sh build run
	@.ci/build.sh run
	@$(stack) run

check: ## all tests, warnings as errors, the format of the sources, clang-tidy on what changed
	@.ci/install.sh check
	@.ci/check.sh

kapacitord_up: ## kapacitord with a stack of its own in the foreground (INFLUXDB_URL= takes yours)
	@.ci/install.sh build run
	@.ci/build.sh run
	@$(stack) up

test: ## define a task, record the live stream for RECORD_SECONDS=20, replay it, show the JSON log
	@.ci/install.sh build run
	@.ci/build.sh run
	@$(stack) test

del_recording: ## delete what make test recorded and replayed
	@$(stack) del_recording

bench: ## the benchmarks, all or those that BENCH="codec_bench session_bench" names
	@.ci/install.sh check
	@python3 tests/bench/bench.py

real: ## build the real Kapacitor, InfluxDB and Telegraf that the tests run (needs Go and Rust)
	@python3 tests/real/real.py

asan tsan clang: ## all tests under AddressSanitizer and UBSan, under ThreadSanitizer, or built by clang
	@.ci/install.sh check
	@.ci/test.sh $@

deb: ## the Debian packages, into build-deb/
	@.ci/install.sh build deb
	@.ci/deb.sh

deb-check: deb ## the same, then installed, upgraded and purged in a fresh Debian (as root, 10 minutes)
	@python3 tests/packages/packages.py build-deb

fuzz: ## libFuzzer on all targets or those that FUZZ="session restore" names, FUZZ_SECONDS=60 on each
	@.ci/install.sh check fuzz
	@.ci/fuzz.sh

tidy: ## clang-tidy on everything
	@.ci/install.sh check
	@.ci/build.sh check proto_sources page_sources
	@.ci/each_file.py tidy --all

format: ## clang-format all sources
	@.ci/format.sh

clean: ## remove what was built and what runs have left
	rm -rf build build-* .run

install-deps: ## install the Debian packages that are missing
	@.ci/install.sh check

help: ## this list
	@sed -n 's/^\([a-z_ -]*\): .*## \(.*\)/\1\t\2/p' Makefile | expand -t 24
	@echo
	@echo 'make run FUNCTION=moving_average RATE=20 DURATION=20s SERIES=20 OPTIONS="size=5"'
	@echo 'FUNCTION: $(patsubst tick/%.tick,%,$(wildcard tick/*.tick))'
