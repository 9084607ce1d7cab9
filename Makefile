# Every task of the project. `make help` lists them; `make` alone builds .venv.

# The first Python >= 3.11 of this machine; `make PYTHON=...` names another.
enough = $(shell $(1) -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null)
PYTHON ?= $(or $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,\
	$(if $(filter True,$(call enough,$(p))),$(p)))),\
	$(error no Python >= 3.11 on the PATH; install one, or name it: make PYTHON=...))
# How many tests run at once.
JOBS ?= 2

BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := set-up
.PHONY: set-up demo test lint bench update clean help

set-up: $(READY) ## build .venv with everything below (what `make` alone does)

$(READY): pyproject.toml constraints.txt scripts/set_up.py
	@$(PYTHON) scripts/set_up.py
	@touch $@

demo: $(READY) ## make a face video with known spasms, measure it, and an EMG, and keep a made-up case: ends with reports
	@$(BIN)/hemifacial demo

test: $(READY) ## run all tests
	@$(BIN)/python scripts/bring_chromium.py
	$(BIN)/pytest -n $(JOBS)

lint: $(READY) ## style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src scripts

bench: $(READY) ## the long validations, with their figures
	$(BIN)/python -m benchmarks

update: $(READY) ## pin the newest versions of everything in constraints.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --fork-strategy fewest \
		--python-version 3.11 --only-binary :all: --all-extras --group dev \
		--no-emit-index-url --no-emit-find-links --annotation-style line \
		--custom-compile-command "make update" --output-file constraints.txt pyproject.toml

clean: ## remove .venv and everything that was made
	rm -rf .venv .venv-peers .venv-peers-nerve build dist hemifacial-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
	find src tests scripts benchmarks docs -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
