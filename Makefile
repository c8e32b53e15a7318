# Two commands: `make run` opens the program on a fresh machine, `make test` runs every test.
# PORTABLE=1 builds for any x86-64; otherwise AVX2 is used where this machine has it.

SHELL := /bin/bash
ifeq ($(PORTABLE),1)
MARCH :=
else ifeq ($(shell grep -qw avx2 /proc/cpuinfo 2>/dev/null && grep -qw fma /proc/cpuinfo && echo yes),yes)
MARCH := x86-64-v3
endif
SWIFT_FLAGS := -c release $(if $(MARCH),-Xcc -march=$(MARCH))
PROGRAM := .build/release/imagenet-tui

.PHONY: run build test bench clean setup setup-test

run: build
	@scripts/run $(PROGRAM)

build: setup
	@scripts/build $(SWIFT_FLAGS) --product imagenet-tui

test: setup-test
	@scripts/build $(SWIFT_FLAGS) --build-tests
	@scripts/build $(SWIFT_FLAGS) --product imagenet-tui
	swift test $(SWIFT_FLAGS) --skip-build

setup:
	@scripts/setup run

setup-test:
	@scripts/setup test

clean:
	rm -rf .build
