# Two commands: `make run` opens the program on a fresh machine, `make test` runs every test.

SHELL := /bin/bash
SWIFT_FLAGS := -c release
PROGRAM := .build/release/imagenet-tui
# Built again when a source, the manifest or the flags change, and at no other time.
SOURCES := Package.swift .build/flags $(shell find Sources -type f)

.PHONY: run build test fuzz bench accuracy findings clean setup-test FORCE

run: build
	@scripts/run $(PROGRAM)

build: $(PROGRAM)

$(PROGRAM): .build/setup-run $(SOURCES)
	@scripts/build $(SWIFT_FLAGS) --product imagenet-tui
	@touch -c $@

test: setup-test
	@scripts/targets --check
	@scripts/check
	@scripts/build $(SWIFT_FLAGS) --build-tests
	@$(MAKE) --no-print-directory build
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest

# A million changed inputs; `make fuzz COUNT=…`, or SECONDS=… for a time.
fuzz: setup-test
	@scripts/build $(SWIFT_FLAGS) --product fuzzer
	@.build/release/fuzzer $(if $(filter command line environment,$(origin SECONDS)),--seconds $(SECONDS),$(if $(COUNT),--count $(COUNT))) $(if $(ENTRY),--entry '$(ENTRY)')

bench: build
	@Benchmarks/run

accuracy: build
	@Benchmarks/accuracy

# The studies of docs/findings, with their tables and figures.
findings: build
	@scripts/findings $(PROGRAM)

.build/setup-run: scripts/setup
	@scripts/setup run
	@mkdir -p .build && touch $@

setup-test: .build/setup-run
	@scripts/setup test

.build/flags: FORCE
	@mkdir -p .build
	@echo '$(SWIFT_FLAGS)' | cmp -s - $@ || echo '$(SWIFT_FLAGS)' > $@

clean:
	rm -rf .build
