# What to do here: `make demo` first; `make test` before every commit. Both make their own .venv.

# Counts when .venv is made: `make clean` first, or say VENV=.venv313 as well.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(VENV)/.demo
READY := $(VENV)/.ready
# Quiet but for errors. What is never imported need not be compiled, which takes longer than the rest.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install --no-compile --constraint constraints.txt
# Tests over all cores; not those of the pipeline, which send signals to their own process.
SPREAD := -n auto --dist worksteal
# What is said on the command line reaches a recipe as a variable of the shell, never as text in it; and `value` takes
# it as it was said, where make would expand a `$`, even run `$(shell …)`.
SAID := PAGE SLUG BASE FORMAT QUICK OUT
$(foreach name,$(SAID),$(eval override $(name) := $$(value $(name))))
export $(SAID)

.PHONY: help demo test check breaking contract contract-live api-snapshot update generate check-generated import-page \
	docs build test-lowest test-pythons bench clean
.DEFAULT_GOAL := help

help:  ## Show what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One environment, made in two steps. What the package needs to run is enough for the demo, which imports from the
# folders themselves; `--clear` takes the second stamp away with the first.
$(DEMO): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or say where it is: make PYTHON=<path>" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "camb-client needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"])')
	@touch $@

# The editable install runs the pipeline too, so a fresh clone is generated before anything else.
$(READY): $(DEMO)
	@echo "Installing the tools into $(VENV) (once; half a minute)" >&2
	@$(PIP) pip
	@$(PIP) --group dev
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

demo: $(DEMO)  ## Wait for tasks on a local server, over real HTTP; no account needed
	@PYTHONPATH=facade:generated $(BIN)/python -m scripts.release.demo

test: check breaking build test-lowest  ## Every check there is; CI runs this and nothing else
	$(BIN)/python -m scripts.contract.api_check
	$(BIN)/python -m pytest --ignore=tests/facade
	$(BIN)/python -m pytest $(SPREAD) tests/facade --cov --cov-report=term

check: $(READY)  ## The checks that take seconds: format, lint, types, imports, drift, size
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.pipeline.generate --check
	$(BIN)/python -m scripts.release.size
	$(BIN)/zizmor --offline --quiet .github

breaking: $(READY)  ## What breaks users of the client: make breaking [BASE=<git ref or file>] [FORMAT=markdown]
	@$(BIN)/python -m scripts.contract.gate $${BASE:+--base="$$BASE"} $${FORMAT:+--format="$$FORMAT"}

contract: $(READY) breaking  ## What others count on: the spec, the local server, examples, exported names
	$(BIN)/python -m scripts.contract.api_check
	$(BIN)/python -m pytest tests/contract

contract-live: $(READY)  ## Hold the real API against camb.yaml; read-only, needs CAMB_API_KEY
	@$(BIN)/python -m scripts.contract.live

api-snapshot: $(READY)  ## Renew the list of exported names, when a change of them is meant
	@$(BIN)/python -m scripts.contract.api_snapshot

update: $(READY)  ## Take in what the docs publish now, and show what changed for users
	@$(BIN)/python -m scripts.contract.update

generate: $(READY)  ## Make openapi/camb.yaml and generated/ from openapi/pages/
	@$(BIN)/python -m scripts.pipeline.generate

check-generated: $(READY)  ## Fail if what is committed is not what the pages make
	@$(BIN)/python -m scripts.pipeline.generate --check

import-page: $(READY)  ## Import a docs page: make import-page PAGE=<file, URL or -> [SLUG=<name>]
	@test -n "$$PAGE" || { echo "error: say PAGE=<file, URL or -> (and SLUG=<name> with -)" >&2; exit 1; }
	@$(BIN)/python -m scripts.pipeline.import_page $${SLUG:+--slug="$$SLUG"} -- "$$PAGE"

docs: $(READY)  ## Make the site of docstrings and guides in .cache/docs; every warning is an error
	@$(BIN)/python -m scripts.release.docs

build: $(READY)  ## Make wheel and sdist in dist/, and prove the wheel in a new environment
	@$(BIN)/python -m scripts.release.prove_wheel

test-lowest: $(READY)  ## The suite of the facade with the oldest dependencies that pyproject.toml admits
	@$(BIN)/python -m scripts.release.matrix --lowest

test-pythons: $(READY)  ## The suite of the facade on every Python from 3.11 on that this machine has
	@$(BIN)/python -m scripts.release.matrix

bench: $(READY)  ## Ours against what one would use instead; six minutes: make bench [QUICK=1] [OUT=<folder>]
	@$(PIP) --group bench
	@$(BIN)/python -m scripts.bench $${QUICK:+--quick} $${OUT:+--out="$$OUT"}

clean:  ## Remove what the above made
	rm -rf $(VENV) dist .cache .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
