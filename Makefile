# `make verify` and `make test` need nothing but Python ≥ 3.11, git and make; both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: verify verify-full test test-full lint wheel clean

verify: $(STAMP)
	$(BIN)/rankcollapse verify --report report

verify-full: $(STAMP)
	$(BIN)/rankcollapse verify --level full --report report

test: $(STAMP) lint
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -m "not full" -n 2 --dist worksteal

test-full: $(STAMP) lint
	HYPOTHESIS_PROFILE=full $(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

# The wheel in a clean environment, run from another folder: the same verdicts.
wheel: $(STAMP)
	$(BIN)/python tests/wheel/check_wheel.py

clean:
	rm -rf .venv report dist

$(STAMP): requirements/dev.txt pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "this Python has no venv module: install it (on Debian: apt install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m numerics
	@touch $(STAMP)
