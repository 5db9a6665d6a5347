# Thin on purpose: every target is one script or one cargo command that can be run by itself.
# `make help` lists them. Variables: LISTEN, DATA, SEED (make run), BENCH (make bench: --full, or names).

SHELL := /bin/bash
LISTEN ?= 127.0.0.1:8080
DATA ?= ./data/demo
SEED ?= 1
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help run setup build test check quick advisories bench notices openapi screenshots clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## Find or install what building needs
	@scripts/setup.sh run

build: setup ## Build the web application and the release binary
	@scripts/build.sh

run: build ## Build everything and serve the demonstration port (LISTEN, DATA, SEED)
	@target="$$(scripts/build.sh --where)"; exec "$$target/release/fairway" demo --listen '$(LISTEN)' --data '$(DATA)' --seed '$(SEED)'

test: ## Check, build and run every test, with PostgreSQL, a browser and pm4py
	@scripts/test.sh

check: ## Format, lints, docs, licences, types, generated files
	@scripts/setup.sh test
	@scripts/check.sh

quick: ## The fast local loop: format, lints and tests of what changed
	@scripts/quick.sh

advisories: ## Known vulnerabilities in dependencies (needs network)
	@scripts/setup.sh test
	@. scripts/env.sh && cargo deny check advisories

bench: build ## Measure, and print each figure beside the limit of the same run
	@scripts/bench.sh $(BENCH)

notices: ## Write THIRD-PARTY-NOTICES.md and third-party/ anew
	@scripts/notices.py

openapi: ## Write docs/openapi.json and the web client anew
	@scripts/openapi.sh

screenshots: ## Take the pictures in docs/ from a running demonstration
	@scripts/screenshots.sh

clean: ## Remove build output and test results (not data/)
	@rm -rf web/dist web/node_modules test-results && cargo clean
