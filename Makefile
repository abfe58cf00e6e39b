# What a contributor needs; `make help` lists it. Nothing has to be there but Python 3.11+ and make.

VENV := .venv
BIN := $(VENV)/bin
# Set PYTHON to choose another: make test PYTHON=python3.13
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PYTEST := $(BIN)/python -m pytest
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund
WIDGET := widget/node_modules/.package-lock.json
OFFICIAL := tests/delivery/official/node_modules/.package-lock.json
MAIL_JUDGES := tests/mailing/official/node_modules/.package-lock.json

# Node.js from the virtual environment, when the machine has none; see .ci/node.
export PATH := $(CURDIR)/$(VENV)/node:$(PATH)

.PHONY: help
help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: $(VENV)/.installed  ## Start a demo with sample data on http://127.0.0.1:8000
	$(BIN)/feedback-service demo

.PHONY: test
test: static browser  ## Everything: lint, types, widget, all tests in three processes
	$(PYTEST) -n 3

.PHONY: check
check: static  ## What is quick: as test, without slow tests, browser and PostgreSQL
	$(PYTEST) -n 2 -m "not slow and not browser and not postgresql"

.PHONY: static
static: $(VENV)/.developing $(WIDGET) $(OFFICIAL) $(MAIL_JUDGES)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	cd widget && npm run --silent check

.PHONY: format
format: $(VENV)/.developing $(WIDGET)  ## Format Python and the widget
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	cd widget && npm run --silent format

.PHONY: widget
widget: $(WIDGET)  ## Build the widget into feedback_service/web/widget/static
	cd widget && node build.mjs

.PHONY: bench
bench: $(VENV)/.developing  ## Measure capture and memory on both engines; needs wrk and Linux
	@command -v wrk >/dev/null || { echo "the benchmarks need wrk on the PATH" >&2; exit 1; }
	for engine in sqlite postgresql; do \
	  $(BIN)/python -m benchmarks.capture --engine $$engine && \
	  $(BIN)/python -m benchmarks.memory --engine $$engine || exit 1; done

.PHONY: browser
browser: $(VENV)/.developing
	@.ci/browser $(BIN)

.PHONY: lock
lock: $(VENV)/bin/python  ## Take the newest packages into constraints.txt
	rm -rf $(VENV)/lock
	$(BIN)/python -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)/lock/bin/python -m pip install --quiet -e . --group dev
	{ sed -n '/^#/p' constraints.txt; \
	  $(VENV)/lock/bin/python -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+=='; \
	} > $(VENV)/constraints.txt
	mv $(VENV)/constraints.txt constraints.txt
	rm -rf $(VENV)/lock

.PHONY: clean
clean:  ## Remove what was installed and built; feedback-data stays
	rm -rf $(VENV) dist widget/node_modules tests/delivery/official/node_modules \
	  tests/mailing/official/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "feedback-service needs Python 3.11 or newer; \
	none of python3, python3.11 … python3.14 is. Set PYTHON=/path/to/python." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual \
	environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

# --group came with pip 25.1.
$(VENV)/.developing: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e . --group dev
	.ci/node $(VENV)
	touch $(VENV)/.installed $@

$(WIDGET): widget/package.json widget/package-lock.json | $(VENV)/.developing
	cd widget && $(NPM_CI)
	touch $@

$(OFFICIAL): tests/delivery/official/package.json tests/delivery/official/package-lock.json \
	| $(VENV)/.developing
	cd tests/delivery/official && $(NPM_CI)
	touch $@

$(MAIL_JUDGES): tests/mailing/official/package.json tests/mailing/official/package-lock.json \
	| $(VENV)/.developing
	cd tests/mailing/official && $(NPM_CI)
	touch $@
