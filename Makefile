# The verbs of this project; CI calls the same ones. Needs Python 3.11+ and make, nothing else.
# Settings: make run PORT=9000 · make test ARGS="-k search" · make PYTHON=python3.12 install

PYTHON ?= python3
PORT ?= 8000
HOST = 127.0.0.1
CORPUS = ../shared/corpus
ARGS =

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The 673 examples of GitHub's specification are test data in a package's source archive.
SPEC := .venv/spec/marko-1.2.2.tar.gz
# The stamps live in .venv, so that they go when it goes.
PACKAGING := pyproject.toml hatch_build.py package.json package-lock.json
LOST_HTMX := $(if $(wildcard static/vendor/htmx.min.js),,always)

.PHONY: help run test test-fast lint types format install chromium corpus bench clean always
.DEFAULT_GOAL := help

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/.installed ## serve the blog with sample posts at http://127.0.0.1:8000 (PORT=…)
	@$(BIN)/blogapp init
	@$(BIN)/blogapp demo
	@exec $(BIN)/blogapp serve --host $(HOST) --port $(PORT)

test: chromium $(SPEC) ## run the whole suite, the browser tests included (ARGS="-k …")
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

test-fast: .venv/.installed-dev $(SPEC) ## run the suite without the browser tests
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore=tests/browser $(ARGS)

lint: .venv/.installed-dev ## check style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/.installed-dev ## check the types
	@$(BIN)/mypy

format: .venv/.installed-dev ## format, and mend what the linter can mend
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

install: .venv/.installed-dev $(SPEC) ## install everything for development into .venv

chromium: .venv/.installed-dev ## get the browser for the browser tests, where there is none
	@tests/browser/get-chromium.sh

corpus: .venv/.installed-dev ## compare our Markdown with GitHub's on real posts (CORPUS=folder, ARGS="--help")
	@$(BIN)/python -m tests.github $(ARGS) $(CORPUS)

bench: .venv/.installed-bench ## compare what we serve with nginx and other frameworks (ARGS="--help")
	@$(BIN)/python -m bench.serving $(ARGS)

clean: ## remove .venv and all that was built; instance/ stays
	rm -rf .venv build dist static/vendor test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This needs Python 3.11 or later, and \"$(PYTHON)\" is not that." >&2; \
	  echo "Next: install one, or name it: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make a virtual environment: its venv or ensurepip module is missing." >&2; \
	  echo "Next: install it (Debian, Ubuntu: apt-get install python3-venv), then run make again." >&2; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(PIP) install --upgrade 'pip>=25.1'  # the first to know --group
	@touch $@

.venv/.installed: .venv/.python $(PACKAGING) $(LOST_HTMX)
	@echo "Installing blogapp into .venv …" >&2
	@$(PIP) install --editable .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@echo "Installing the tools for tests, types and style …" >&2
	@$(PIP) install --group test --group types --group lint
	@touch $@

.venv/.installed-bench: .venv/.installed
	@echo "Installing what the benchmarks compare with …" >&2
	@$(PIP) install --group bench && touch $@ || echo "What is missing is left out." >&2

$(SPEC): | .venv/.python
	@echo "Fetching the examples of GitHub's specification …" >&2
	@rm -rf $(@D)
	@$(PIP) download --no-deps --no-binary marko --dest $(@D) marko==$(patsubst marko-%.tar.gz,%,$(@F))
