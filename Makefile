# Needs Python 3.11+ with venv, nothing else installed. PYTHON=python3.12 make test takes another one;
# make bench DATA=folder measures on labelled data as well; make train DATA=folder learns keyword ranking anew.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench train clean

demo: $(VENV)/.installed
	$(BIN)/copykit demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench
	$(BIN)/python -m bench $(if $(DATA),--data $(DATA))

# Learns the ranking of keywords anew: make train DATA=folder
train: $(VENV)/.train
	$(BIN)/python tools/train_keywords.py $(or $(DATA),$(error make train DATA=folder))

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.bench: pyproject.toml bench/peers.txt $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev,bench]'
	-$(BIN)/python -m pip install -q --disable-pip-version-check -r bench/peers.txt
	@touch $@ $(VENV)/.dev $(VENV)/.installed

$(VENV)/.train: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev,train]'
	@touch $@ $(VENV)/.dev $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist
