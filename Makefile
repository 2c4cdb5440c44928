# Two commands for a newcomer: `make demo` and `make test`. Each sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# Each command starts an interpreter: without bytecode it would compile all modules every time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint types long-test bench docs clean

demo: $(INSTALLED)
	$(BIN)/wirecopy demo

test: $(INSTALLED) lint types
	$(BIN)/pytest -n 2 --dist loadfile

# Longer crash, load and fuzz runs; an hour or so.
long-test: $(INSTALLED)
	LONG_TESTS=1 $(BIN)/pytest --timeout 3600

# Measures everything that docs/benchmarks.md says, or some PARTS of it; SHARED names a folder with a
# corpus of real pages.
bench: $(VENV)/.plots
	$(BIN)/python -m benchmarks $(PARTS) $(if $(SHARED),--shared $(SHARED))

# What documents print of the database: after a migration, a change of a view, or other results.
docs: $(INSTALLED)
	$(BIN)/python -m storage.schema_document docs/schema.md
	$(BIN)/python tests/analysts_document.py

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy
	$(BIN)/mypy tests

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Wirecopy needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

$(VENV)/.plots: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	touch $@

clean:
	rm -rf $(VENV) build dist demo-home *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
