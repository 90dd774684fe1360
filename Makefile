# Everything that a person does with the repository, one line each.
.DEFAULT_GOAL := help
.PHONY: help setup build check test demo samples bench fuzz fmt docs clean

# The test runner where it is installed, else what comes with Rust.
RUN_TESTS := $(shell command -v cargo-nextest >/dev/null 2>&1 && echo "cargo nextest run --locked" || echo "cargo test --locked --lib --bins --tests")

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the Debian packages that are missing
	@scripts/setup.sh build demo test

build: ## build the program (target/release/waylay)
	@scripts/setup.sh build
	cargo build --locked --release

check: ## formatting and lints
	@scripts/setup.sh build
	cargo fmt --all --check
	cargo clippy --locked --all-targets -- -D warnings

test: ## set up, then run every test
	@scripts/setup.sh build test
	$(RUN_TESTS)
	cargo test --locked --doc

demo: ## watch a live stream on this machine (DEMO_SECONDS=20 ends by itself)
	@scripts/setup.sh build demo
	@scripts/demo.sh

samples: ## draw and encode samples/ anew
	@scripts/setup.sh build demo
	cargo run --locked --release --example make_samples -- samples

bench: ## measure the hot paths
	@scripts/setup.sh build
	cargo bench --locked

fuzz: ## throw bytes at every parser, FUZZ_SECONDS=600 each (cargo-fuzz and a nightly Rust)
	@scripts/fuzz.sh

fmt: ## format the code
	cargo fmt --all

docs: ## API documentation (target/doc/waylay/index.html)
	@scripts/setup.sh build
	RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps

clean: ## remove what was built and what the demo left
	cargo clean
	rm -rf .demo waylay-data
