# `make` alone says what there is. Every target builds .venv from the locks first, once.

SHELL := /bin/bash
# What is started again and again is compiled once, also where the surroundings forbid to keep it.
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Further arguments for pytest, e.g. make unit ARGS="-k referral -x".
ARGS ?=
PYTEST := $(BIN)/python -m pytest $(ARGS)
# Two workers, each with servers of its own and whole files of tests: where one waits, the other goes on.
TWO := -n 2 --dist loadfile
# What `make test` goes through, two at a time and in this order: while one waits for what it has killed, another computes.
STAGES := faults lint unit service histories browser scenario kernel contract architecture
# Where each writes what it says; it is shown when the stage has ended.
SAID := build/test
# The tests that talk to servers fail, and are not skipped, when a server is missing.
SERVERS := HUB_TEST_SERVERS=required

# A folder without tests yet is said and passed over; one whose tests are all filtered out fails.
define tests
	@if find $(1) -name 'test_*.py' 2>/dev/null | grep -q .; then echo "→ $(strip $(1))"; $(2) $(PYTEST) $(1) $(3); else echo "$(strip $(1)): no tests yet"; fi
endef

.PHONY: help run stop test unit service histories kernel contract architecture scenario faults browser screenshots bench lint format docs verify lock clean servers

help: ## print this list
	@echo "make TARGET, where TARGET is one of:"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)$$/  \1\t\2/' | expand -t 16

run: $(VENV)/.runtime ## start the whole hub on this machine, in one process, with its data under var/
	$(BIN)/wushe up

stop: $(VENV)/.runtime ## stop the hub that `make run` or `wushe up` started from this folder
	$(BIN)/wushe stop

test: $(VENV)/.dev ## run everything: lint and each kind of test, two at a time, and say at the end what failed
	@deploy/bootstrap.sh tests
	@rm -rf $(SAID) && mkdir -p $(SAID)
	@$(MAKE) --keep-going --jobs=2 $(STAGES:%=stage-%); \
	if [ -s $(SAID)/failed ]; then echo "Failed:" $$(cat $(SAID)/failed); exit 1; fi; \
	for stage in $(STAGES); do [ -e $(SAID)/$$stage.passed ] || { echo "Not run to its end: $$stage"; exit 1; }; done; \
	echo "Everything passed: $(STAGES)"

stage-%:
	@echo "… $*"; began=$$SECONDS; word=FAILED; \
	if $(SERVERS) $(MAKE) $* >$(SAID)/$*.log 2>&1; then word=passed; touch $(SAID)/$*.passed; else echo $* >>$(SAID)/failed; fi; \
	exec 9>$(SAID)/.telling; flock 9; \
	echo; echo "==== $*"; cat $(SAID)/$*.log; echo "==== $* $$word after $$((SECONDS - began)) s"; [ $$word = passed ]

unit: $(VENV)/.dev ## test the rules: no server, no network, half a minute
ifeq ($(strip $(ARGS)),)
	@$(MAKE) --keep-going --jobs=2 --output-sync=target unit-one unit-other
else
	$(call tests,tests/unit,,-n auto --timeout=120)
endif

# Each half in a process of its own: two workers of one run would both read all of them, and a third process each result.
ONE := console intake kernel
OTHER := $(filter-out $(ONE:%=tests/unit/%),$(patsubst %/,%,$(wildcard tests/unit/*/)) $(wildcard tests/unit/test_*.py))
unit-one:
	$(call tests,$(ONE:%=tests/unit/%),,--timeout=120)
unit-other:
	$(call tests,$(filter-out %/__pycache__,$(OTHER)),,--timeout=120)

service: $(VENV)/.dev ## test each service over its own tables, the ledger and the verifiers: no broker, no server, no network
	$(call tests,tests/service,,$(TWO) --timeout=120)

histories: $(VENV)/.dev ## try any commands on every decider, and two thousand whole matters, against the laws of the domain
	$(call tests,tests/histories,,-n auto --timeout=900)

architecture: $(VENV)/.dev ## test what may import what, how long things are, and that each such rule bites
	$(call tests,tests/architecture,,-n auto)

contract: $(VENV)/.dev ## test that every event ever released still loads and the generated documents are current
	$(call tests,tests/contract,,$(TWO))

kernel: $(VENV)/.dev ## test the kernel over memory, SQLite and PostgreSQL, and the servers that tests start
	$(call tests,tests/kernel tests/support,,$(TWO) --timeout=300)

scenario: $(VENV)/.dev ## play whole stories over real services and a real broker
	$(call tests,tests/scenario,,$(TWO) -p no:randomly --timeout=400)

faults: $(VENV)/.dev ## kill, repeat, reorder, delay and poison; then ask whether anything was lost or done twice (ARGS=--all-faults: every case, not a sample)
	$(call tests,tests/faults,,$(TWO) -p no:randomly --timeout=400)

browser: $(VENV)/.dev ## drive the console in headless Chromium
	$(call tests,tests/browser,,--timeout=300)

screenshots: $(VENV)/.dev ## take a picture of every page in both languages and themes, with one sheet of all of them
	@deploy/bootstrap.sh tests
	$(BIN)/python -m tests.browser.screenshots build/screenshots $(ARGS)

bench: $(VENV)/.dev ## measure throughput, lag and replay speed beside peers (takes minutes; ARGS="appends http" runs some)
	@deploy/bootstrap.sh bench
	@$(BIN)/python -W ignore -m tests.bench $(ARGS)

lint: $(VENV)/.dev ## check style, types and imports
	@failed=0; for check in "ruff check ." "ruff format --check --quiet ." mypy "lint-imports --no-logo"; do \
	  echo "→ $$check"; $(BIN)/$$check || failed=1; \
	done; exit $$failed

format: $(VENV)/.dev ## put the code into the one layout, and repair what can be repaired without thinking
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.runtime ## write the generated documents anew (events.md and the OpenAPI descriptions)
	$(BIN)/wushe docs

verify: $(VENV)/.runtime ## check the ledger of the hub under var/ from first entry to last
	$(BIN)/wushe verify

servers: ## install what tests need and is missing: PostgreSQL, RabbitMQ, Caddy, Chromium, a Chinese font, strace
	@deploy/bootstrap.sh tests

LOCKED := --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
          --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: $(VENV)/.dev ## write both locks anew from the .in files, keeping versions that still fit
	$(BIN)/pip-compile $(LOCKED) --output-file requirements.lock requirements.in $(ARGS)
	$(BIN)/pip-compile $(LOCKED) --output-file requirements-dev.lock requirements-dev.in $(ARGS)

clean: ## remove the environment and everything tools leave behind; var/ stays
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -maxdepth 1 -name '*.egg-info' -prune -exec rm -rf {} +

# The environment. Two stamps, so that `make run` installs nothing that only tests need.

PIP := $(BIN)/python -m pip --disable-pip-version-check
# The packages' folders are named in the editable install, so a new one makes it anew.
ROOTS := $(wildcard services/__init__.py wushe/__init__.py)

$(BIN)/python:
	@PYTHON=$(PYTHON) deploy/bootstrap.sh venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml $(ROOTS) | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --quiet --require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@
