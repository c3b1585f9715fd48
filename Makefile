# make demo | test | check | chaos | lock | bench: each makes the environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from
UV_VERSION := 0.13.9

.PHONY: demo test check long chaos lock bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   everything on this machine, the desk in the browser; Ctrl-C ends it"
	@echo "make test   all tests, those against a real Kafka among them"
	@echo "make check  formats, lint, types, import rules, lock"
	@echo "make long   system tests that take minutes: the door's ways in, public mails, brokers restarted"
	@echo "make chaos  random death for ten minutes, and the control that must fail"
	@echo "make bench  the benchmarks"

# one stamp holds the lock that the environment was made from: a second make is instant
$(STAMP): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' || \
	  { echo "ticketstream needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@cp requirements/dev.lock $(STAMP)

demo: $(STAMP)
	@$(BIN)/ticketstream demo

# three at a time, a file each: those that wait for a broker leave two cores to those that compute
test: $(STAMP)
	@$(BIN)/python -m pytest -n 3 --dist loadfile

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy -p ticketstream
	$(BIN)/mypy benchmarks
	$(BIN)/lint-imports
	@! grep -n '://' requirements/*.lock || { echo "the lock names an address"; exit 1; }

long: $(STAMP)
	@$(BIN)/python -m pytest -m long

chaos: $(STAMP)
	$(BIN)/python -m tests.system.chaos --seconds 600
	$(BIN)/python -m tests.system.chaos --seconds 90 --seed 3 --control

bench: $(STAMP)
	$(BIN)/python benchmarks/stage.py
	$(BIN)/python benchmarks/line.py

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header pyproject.toml

# dev.lock: everything; run.lock: what a role needs, the same versions
lock:
	$(COMPILE) --extra local --extra postgres --extra registry --group dev \
	  -o requirements/dev.lock
	$(COMPILE) --extra postgres --extra registry -c requirements/dev.lock -o requirements/run.lock

clean:
	rm -rf $(VENV) build dist
