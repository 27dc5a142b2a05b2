# Two commands are all that a newcomer needs: `make run` and `make test`.
# Both install what is missing with apt (as root, or through sudo) and nothing else is downloaded
# but packages of crates.io and npm; `make soak` takes some of PyPI too.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
RUN_PACKAGES := gcc libc6-dev
TEST_PACKAGES := $(RUN_PACKAGES) sip-tester baresip chromium python3-icu espeak-ng python3-aiosmtpd python3-venv neovim tmux procps
NEXTEST := $(shell command -v cargo-nextest)
ONLY ?=
SEEDS ?=

.PHONY: help run test lint fmt bench bots soak web test-rust test-loom test-live test-web sounds clean

help:
	@sed -n 's/^# //p; /^[a-z-]*:.*##/s/:.*##/ -/p' Makefile

run: packages-run web ## build everything and answer calls, with a demonstration
	cargo build --release --locked
	exec target/release/hatif serve --demo

test: packages-test web lint test-rust test-loom test-web test-live ## everything that must be green

lint: web ## format, lints, docs
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

fmt: ## format the sources
	cargo fmt

web: web/dist/desk.html ## build the browser pages

web/dist/desk.html: web/package-lock.json $(shell find web/src web/public web/*.html web/*.ts web/*.json -type f 2>/dev/null)
	cd web && npm ci --no-audit --no-fund --loglevel=error && npm run build
	@touch $@

test-rust: ## tests of the engine, the bundle and the tree
ifneq ($(NEXTEST),)
	cargo nextest run --locked --no-fail-fast -E 'not binary(live)'
else
	cargo test --locked --lib $(patsubst tests/%.rs,--test %,$(wildcard tests/*.rs))
endif
	cargo run --locked --quiet -- check --deny-warnings ivr-flows
	cargo run --locked --quiet -- test ivr-flows

test-loom: ## the roster, in every order of events
	cargo test --locked --features loom --lib routing::roster::models

test-web: web ## tests of the pages
	cd web && npm run check && npm test

test-live: web ## calls over real sockets: SIPp, baresip, a real browser
	cargo test --locked --test live -- --test-threads=1

bench: packages-test ## the figures; ONLY=routing|sip|media|flow for one group
	@benches/run $(ONLY)

bots: target/bots/done ## a Python with a framework for voice bots

target/bots/done: tests/live/talks/requirements.txt
	python3 -m venv target/bots
	target/bots/bin/pip install --quiet --no-deps -r $<
	@touch $@

soak: packages-test web bots ## what takes longer than a test suite should
	SOAK=1 SEEDS=$(or $(SEEDS),2000) cargo test --release --locked --test soak -- --nocapture --test-threads=1
	SOAK=1 cargo test --release --locked --test theory -- --nocapture --test-threads=1
	SOAK=1 cargo test --release --locked --test mutants -- --nocapture --test-threads=1
	SOAK=1 cargo test --release --locked --test live -- --test-threads=1 framework
	SOAK=1 cargo test --release --locked --test live rehearsal -- --nocapture --test-threads=1

sounds: ## make the sounds that are missing
	cargo run --locked --quiet -- prompts build

packages-run packages-test: packages-%:
	@missing=(); for package in $(if $(filter run,$*),$(RUN_PACKAGES),$(TEST_PACKAGES)); do \
	  dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$$package"); \
	done; \
	if [ "$${#missing[@]}" != 0 ]; then \
	  echo "installing: $${missing[*]}"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}"; \
	fi

clean: ## forget what was built
	cargo clean
	rm -rf web/dist web/node_modules
