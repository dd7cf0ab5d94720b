# What to do here: `make demo` first; `make test-fast` while you work; `make test` before every commit.
# Each makes what it needs of .venv.

# Counts when .venv is made: `make clean` first, or say VENV=.venv313 as well.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(VENV)/.demo
READY := $(VENV)/.ready
# Quiet but for errors. What is never imported need not be compiled, which takes longer than the rest.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install --no-compile --constraint constraints.txt
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
# The tests of requests and waits: what another httpx may break.
WIRE := tests/facade/http tests/facade/tasks
# Some targets at once, each with its output in one piece where make can do that (4.0 and newer).
AT_ONCE := $(MAKE) --no-print-directory -j3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
# What is said on the command line reaches a recipe as a variable of the shell, never as text in it; and `value` takes
# it as it was said, where make would expand a `$`, even run `$(shell …)`.
SAID := PAGE SLUG BASE FORMAT QUICK OUT MINUTES
$(foreach name,$(SAID),$(eval override $(name) := $$(value $(name))))
export $(SAID)
# Where byte code is not kept, each of the hundreds of processes that the tests start compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-celery check test-fast test test-all static beside-tests collect breaking contract contract-live api-snapshot update \
	generate check-generated import-page docs build test-httpx2 test-lowest test-pythons fuzz soak bench clean
.DEFAULT_GOAL := help

help:  ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One environment, made in two steps. What the package needs to run is enough for the demo, which imports from the
# folders themselves; `--clear` takes the second stamp away with the first.
$(DEMO): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or say where it is: make PYTHON=<path>" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "camb-client needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"])')
	@touch $@

# The editable install runs the pipeline too, so a fresh clone is generated before anything else.
$(READY): pyproject.toml constraints.txt
	@$(MAKE) --no-print-directory $(DEMO)
	@echo "Installing the tools into $(VENV) (once; half a minute)" >&2
	@$(PIP) pip
	@$(PIP) --group dev
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

# What waits on Celery needs as well: enough for its demo, on a machine with no server.
$(VENV)/.demo-celery: $(DEMO)
	@$(PIP) $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["celery"])')
	@touch $@

demo: $(DEMO)  ## Watch the client wait for tasks on a local server; no account needed
	@PYTHONPATH=facade:generated $(BIN)/python -m scripts.release.demo

demo-celery: $(VENV)/.demo-celery  ## Watch two Celery workers wait for 200 tasks, one of them killed; no server needed
	@PYTHONPATH=facade:generated $(BIN)/python -m scripts.release.demo_celery

check: check-generated static  ## Check format, lint, types, imports, size and drift; 20 seconds at most

test-fast: static  ## What a change needs, in seconds: most of `check`, and the tests that neither wait nor start a process
	@$(PYTEST) -q tests/facade/polling tests/facade/tasks tests/facade/test_public.py tests/scripts/comparison

test: check-generated  ## Every check there is, the long ones in part; CI runs this
	@$(AT_ONCE) build beside-tests collect
	$(PYTEST)
	@$(MAKE) --no-print-directory test-httpx2

test-all: check-generated  ## The same whole, over httpx2 and the oldest dependencies too, and the coverage; CI runs this too
	@$(PIP) --group docs
	@$(AT_ONCE) build beside-tests collect
	$(PYTEST) --whole --cov --cov-report=term
	CAMB_HTTPX=httpx2 $(PYTEST) --whole tests/facade
	@$(MAKE) --no-print-directory test-lowest

beside-tests: static breaking
	$(BIN)/python -m scripts.contract.api_check

# Each of the processes that share the tests would compile all that they import; once is enough.
collect: $(READY)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null

static: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.release.size
	$(BIN)/zizmor --offline --quiet .github

breaking: $(READY)  ## Show what breaks users of the client: make breaking [BASE=<git ref or file>] [FORMAT=markdown]
	@$(BIN)/python -m scripts.contract.gate $${BASE:+--base="$$BASE"} $${FORMAT:+--format="$$FORMAT"}

contract: $(READY) breaking  ## Check what others count on: the spec, the local server, examples, exported names
	$(BIN)/python -m scripts.contract.api_check
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/contract

contract-live: $(READY)  ## Compare the real API with camb.yaml; read-only, needs CAMB_API_KEY
	@$(BIN)/python -m scripts.contract.live

api-snapshot: $(READY)  ## Renew the list of exported names, after a change of them that is meant
	@$(BIN)/python -m scripts.contract.api_snapshot

update: $(READY)  ## Import what the docs publish now, and show what changed for users
	@$(BIN)/python -m scripts.contract.update

generate: $(READY)  ## Make openapi/camb.yaml and generated/ from openapi/pages/
	@$(BIN)/python -m scripts.pipeline.generate

check-generated: $(READY)  ## Fail if what is committed is not what the pages make
	$(BIN)/python -m scripts.pipeline.generate --check

import-page: $(READY)  ## Import a docs page: make import-page PAGE=<file, URL or -> [SLUG=<name>]
	@test -n "$$PAGE" || { echo "error: say PAGE=<file, URL or -> (and SLUG=<name> with -)" >&2; exit 1; }
	@$(BIN)/python -m scripts.pipeline.import_page $${SLUG:+--slug="$$SLUG"} -- "$$PAGE"

docs: $(READY)  ## Make the site of docstrings and guides in .cache/docs; every warning is an error
	@$(PIP) --group docs
	@$(BIN)/python -m scripts.release.docs

build: $(READY)  ## Make wheel, sdist, bill of materials and hashes in dist/, and prove the wheel in a new environment
	@$(BIN)/python -m scripts.release.prove_wheel

test-httpx2: $(READY)  ## Run the tests of requests and waits with httpx2 in the place of httpx
	CAMB_HTTPX=httpx2 $(PYTEST) $(WIRE)

test-lowest: $(READY)  ## Run the tests of the client with the oldest dependencies that pyproject.toml admits
	@$(BIN)/python -m scripts.release.matrix --lowest

test-pythons: $(READY)  ## Run the tests of the client on every Python from 3.11 on that this machine has
	@$(BIN)/python -m scripts.release.matrix

fuzz: $(READY)  ## Look for input that breaks what reads responses and pages; a minute: make fuzz [MINUTES=1]
	@$(PIP) --group fuzz
	@$(BIN)/python -m tests.gauntlet.fuzz $${MINUTES:+--minutes="$$MINUTES"}

soak: $(READY)  ## Poll a faulty server for ten minutes, and watch memory and descriptors: make soak [MINUTES=10]
	@$(BIN)/python -m tests.gauntlet.soak $${MINUTES:+--minutes="$$MINUTES"}

bench: $(READY)  ## Compare with what one would use instead; a quarter of an hour: make bench [QUICK=1] [OUT=<folder>]
	@$(PIP) --group bench
	@$(BIN)/python -m scripts.bench $${QUICK:+--quick} $${OUT:+--out="$$OUT"}

clean:  ## Remove everything that the above made
	rm -rf $(VENV) dist .cache .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
