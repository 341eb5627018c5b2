# The everyday commands. `make help` lists them; CMake does the building.

SHELL := /bin/bash
.DEFAULT_GOAL := build
.PHONY: build run check kapacitord_up test del_recording bench asan tsan format clean install-deps help

stack := tick/stack

# Parameters of run, test, kapacitord_up and bench reach the scripts through the environment.
export RATE DURATION FUNCTION SERIES OPTIONS RECORD_SECONDS INFLUXDB_URL KAPACITORD UDF_MODE BENCH

build: ## build everything into build/ (preset release)
	@$(stack)/install.sh --check
	@$(stack)/build.sh release

run: ## install what is missing, build, run a live stream through a function, show what came out
	@$(stack)/install.sh
	@$(stack)/build.sh release kapacitor-udfd kapacitor-udf-host kapacitor-udf-generator
	@$(stack)/run.sh

check: ## all tests, warnings as errors, and the format of the sources
	@$(stack)/install.sh
	@$(stack)/check.sh

kapacitord_up: ## kapacitord with a stack of its own in the foreground (INFLUXDB_URL= takes yours)
	@$(stack)/install.sh
	@$(stack)/build.sh release kapacitor-udfd kapacitor-udf-generator
	@$(stack)/kapacitord_up.sh

test: ## define a task, record the live stream for RECORD_SECONDS=20, replay it, show the JSON log
	@$(stack)/install.sh
	@$(stack)/build.sh release kapacitor-udfd kapacitor-udf-host kapacitor-udf-generator
	@$(stack)/record_and_replay.sh

del_recording: ## delete what make test recorded and replayed
	@$(stack)/del_recording.sh

bench: ## the benchmarks, all or those that BENCH="codec_bench session_bench" names
	@$(stack)/install.sh
	@$(stack)/bench.sh

asan tsan: ## all tests under AddressSanitizer and UBSan, or under ThreadSanitizer
	@$(stack)/install.sh
	@$(stack)/check.sh $@

format: ## clang-format all sources
	@$(stack)/format.sh

clean: ## remove what was built and what runs have left
	rm -rf build build-* .run

install-deps: ## install the Debian packages that are missing
	@$(stack)/install.sh

help: ## this list
	@sed -n 's/^\([a-z_ -]*\): .*## \(.*\)/\1\t\2/p' Makefile | expand -t 16
	@echo
	@echo 'make run FUNCTION=moving_average RATE=20 DURATION=20s SERIES=20 OPTIONS="size=5"'
	@echo 'FUNCTION: $(patsubst tick/%.tick,%,$(wildcard tick/*.tick))'
