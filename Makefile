# What a developer and the build machine run; `make` alone lists it.
#
# Everything lives in .venv, which the first target that needs it creates. It is refreshed when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CODE := broker_core broker_cli tests benchmarks demo

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help setup test format lint types imports unit coverage docs check-docs package bench fuzz soak demo \
  screenshots clean
# The targets of `make test` share files under build/ and two cores, and its last line is to be pytest's summary.
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(READY) ## create .venv with the package and the tools (every target does so by itself)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: Python 3.11 or later is needed, and $(PYTHON) is '$$($(PYTHON) --version 2>&1)';" \
	  "name another with: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "make: cannot create a virtual environment (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install -qq --group dev --editable .
	@touch $@

test: lint types imports check-docs package unit ## everything that has to hold before a change goes in

format: $(READY) ## rewrite the code in the common format
	$(BIN)/ruff check --quiet --fix-only --select I $(CODE)
	$(BIN)/ruff format $(CODE)

lint: $(READY) ## ruff (rules and format) and flake8-async
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/flake8 broker_core broker_cli tests

types: $(READY) ## mypy, strict for the two packages
	$(BIN)/mypy

imports: $(READY) ## the floors: which module may import which
	$(BIN)/lint-imports --no-logo

unit: $(READY) ## the tests; make unit ARGS='-k name'
	$(BIN)/python -m pytest $(ARGS)

coverage: $(READY) ## the tests with a report of the lines and branches that none of them runs
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered $(ARGS)

docs: $(READY) ## write man/ and completions/ anew from the command tree
	$(BIN)/python -m broker_cli.reference

check-docs: $(READY) ## man pages and completions are those of the command tree
	$(BIN)/python -m broker_cli.reference --check

# From an empty directory, so that the installed package is used and not the source tree beside it.
package: $(READY) ## build the wheel, install it into a clean environment, start it
	rm -rf build
	mkdir -p build/empty
	$(BIN)/python -m pip wheel -qq --no-deps --wheel-dir build/wheel .
	$(BIN)/python -m venv build/venv
	build/venv/bin/python -m pip install -qq build/wheel/*.whl
	cd build/empty && ../venv/bin/broker --version && ../venv/bin/broker --help >/dev/null \
	  && ../venv/bin/python -c 'import broker_core'
	rm -rf build

bench: $(READY) ## all benchmarks; make bench ARGS='latency startup'
	$(BIN)/python -m benchmarks $(ARGS)

fuzz: $(READY) ## look for inputs that break what parsers promise; make fuzz ARGS='framing --seconds 60'
	$(BIN)/python -m tests.fuzz.run $(ARGS)

soak: $(READY) ## an hour of traffic with disconnects, as fast as it goes; make soak ARGS='--minutes 5'
	$(BIN)/python -m tests.soak $(ARGS)

demo: $(READY) ## show the main job: typed events from a Zeek log, published and watched
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh demo/demo.sh

screenshots: $(READY) ## make the pictures of the README anew; make screenshots ARGS='top'
	$(BIN)/python demo/screenshots.py $(ARGS)

clean: ## remove .venv and everything that was built
	rm -rf $(VENV) build dist *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
