# What one does here; `make` alone prints this list. The work is in scripts/.

SHELL := bash
python := .venv/bin/python

# Those in Python; no suffix says so.
scripts := scripts/ledger scripts/test

# Where Debian keeps Postfix; an ordinary user's PATH does not lead there.
export PATH := $(PATH):/usr/sbin:/sbin

# Tests make thousands of small databases, each commit synced: in memory, where there is room, that takes half the time.
# What a killed process leaves behind is the same there.
in_memory := $(shell [ "$$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt 2000000 ] 2>/dev/null && echo /dev/shm)
ifneq ($(in_memory),)
check test soak: export TMPDIR := $(in_memory)
endif

# Tests start hundreds of servers; each would compile the sources anew where that is not kept.
check test soak bench: export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup run check test soak bench lint format ledger clean

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

setup: ## make .venv with Pillarbox in it; again only when pyproject.toml changed
	@scripts/setup

run: ## start a server with demo accounts in var/, made at the first start
	@scripts/setup
	@.venv/bin/pillarbox demo
	@exec .venv/bin/pillarbox serve

check: ## format, lint, types, layers and the quick tests: before each commit
	@scripts/setup check test
	@$(MAKE) --no-print-directory lint
	@$(python) -m pytest -q -m 'not neighbour and not slow'

test: ## all of it: the checks, every test, the real neighbours
	@scripts/setup check test
	@scripts/neighbours
	@$(MAKE) --no-print-directory lint
	@$(python) scripts/test

soak: ## trouble for long, with everything verified: MINUTES=10 SEED=... STORE=sqlite
	@scripts/setup check test
	@compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || scripts/debian-install postgresql
	@$(python) -m tests.journeys.faults.soak --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED)) $(if $(STORE),--store $(STORE))

bench: ## measure what has a budget: MESSAGES=1000000 ACCOUNTS=10000 STORE=sqlite ONLY=inbox,open
	@scripts/setup bench
	@command -v wrk >/dev/null || scripts/debian-install wrk
	@compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || scripts/debian-install postgresql
	@mkdir -p .work/bench
	@$(python) -m bench --json $(or $(JSON),.work/bench/report.json) $(if $(MESSAGES),--messages $(MESSAGES)) \
	    $(if $(ACCOUNTS),--accounts $(ACCOUNTS)) $(if $(STORE),--store $(STORE)) $(if $(ONLY),--only '$(ONLY)') \
	    $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(KEEP),--keep)

lint: ## format, lint, types and layers, without the tests
	@scripts/setup check test
	@echo 'lint: format'
	@$(python) -m ruff format --quiet --check . $(scripts)
	@echo 'lint: rules'
	@$(python) -m ruff check --quiet . $(scripts)
	@echo 'lint: types'
	@$(python) -m mypy --scripts-are-modules src tests bench $(scripts)
	@echo 'lint: layers'
	@.venv/bin/lint-imports --no-logo

format: ## write every file as the formatter wants it, and mend what the linter can
	@scripts/setup check test
	@$(python) -m ruff format . $(scripts)
	@$(python) -m ruff check --fix . $(scripts)

ledger: ## how much of each RFC is kept, from docs/rfc
	@scripts/setup
	@$(python) scripts/ledger

clean: ## remove what is made again by the commands above; never var/, which holds mail
	rm -rf .venv .work dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find src tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +
