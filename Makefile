# Two commands: `make demo` shows the whole exchange, `make test` proves it. Each sets itself up.
PYTHON ?= python3
FUZZ_SECONDS ?= 600
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV := $(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --quiet

.PHONY: help demo up test check fix bench soak lock systems pictures schemas guides clean

help:  ## what can be asked for
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 15)))' \
	  || { echo "Python 3.11-3.14 is needed: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing packages (a minute or two, once)..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing development packages (once)..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.runtime  ## the whole exchange, end to end, with everything embedded
	@$(BIN)/kabinet demo

up: $(VENV)/.runtime  ## the services and the Prefect server with UI on loopback, until Ctrl-C
	@$(BIN)/kabinet up

systems:  ## install the programs that the tests meet (Dovecot, Postfix, PostgreSQL, LibreOffice, Chromium)
	@sh scripts/systems.sh

test: $(VENV)/.dev systems  ## all tests, reduced sizes
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

soak: $(VENV)/.dev systems  ## the same tests at full size: long fuzzing, thousands of messages, kills
	@KABINET_SOAK=1 KABINET_FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --timeout=5400

.venv-bench/.ready: requirements-bench.lock
	@echo "Installing the benchmarks' peers (once)..."
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-bench.lock
	@touch $@

bench: $(VENV)/.dev .venv-bench/.ready systems  ## ratios against peers and floors, measured in the same run
	@for file in benchmarks/bench_*.py; do PYTHONPATH=. .venv-bench/bin/python $$file || exit 1; done

check: $(VENV)/.dev  ## format, lint, types, import contracts, lock, documents; changes nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@sh scripts/check_lock.sh $(BIN)
	@$(BIN)/python scripts/check_docs.py

fix: $(VENV)/.dev  ## correct what a machine can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.dev  ## resolve again after a change in pyproject.toml, keeping what still fits
	@$(UV) --group build -o requirements.lock
	@$(UV) --group dev --group build -c requirements.lock -o requirements-dev.lock
	@$(UV) --group bench -c requirements.lock -o requirements-bench.lock

pictures: $(VENV)/.dev systems  ## letters, workbooks and the administrator's screens as pictures, in docs/pictures
	@$(BIN)/python -m tests.tools.letter_pictures docs/pictures
	@$(BIN)/python -m tests.tools.workbook_pictures docs/pictures
	@$(BIN)/python -m tests.tools.console_pictures docs/pictures

schemas: $(VENV)/.runtime  ## the schemas that editors check form.yaml and inbox_rules.yaml by, and the page of rule kinds
	@$(BIN)/python -m pipeline.forms.definition.schema docs/schema
	@$(BIN)/python -m pipeline.forms.definition.rulepage docs/schema
	@$(BIN)/python -m pipeline.mail.rules.schema docs/schema

guides: $(VENV)/.runtime  ## the tables of commands in the guides for organisations and coordinators
	@$(BIN)/python -m pipeline.mail.commands.guides docs

clean:  ## everything that was made here
	rm -rf $(VENV) .venv-bench var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find outbox -mindepth 1 ! -name README.md -delete
