# Everything a person or CI does here is one verb: make env | run | check | check-long | bench | lock | clean
#
#   make PYTHON=python3.12 env     another interpreter (3.11 or newer)
#   make UV= env                   pip although uv is installed
#   make run ARGS="--port 9000"    more options for the service
#   make check STEPS="lint types"  some steps of the check only

PYTHON ?= python3
VENV   ?= .venv
UV     ?= $(shell command -v uv 2>/dev/null)
ARGS   ?=
STEPS  ?=

PY      := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
PROJECT := $(VENV)/.project-installed
DEV     := $(VENV)/.dev-installed

ifeq ($(strip $(UV)),)
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check
else
INSTALL := $(UV) pip install --quiet --python $(PY) --compile-bytecode
endif

COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help env run check check-long bench lock clean

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

env: $(RUNTIME) $(PROJECT)

run: env
	$(VENV)/bin/stadttakt run --demo $(ARGS)

check: $(DEV) $(PROJECT)
	@bash .ci/system-packages
	@$(PY) .ci/check.py $(STEPS)

check-long: $(DEV) $(PROJECT)
	@$(PY) -m pytest -m long --timeout=3600; status=$$?; \
	  if [ $$status -eq 5 ]; then echo "no test is marked long yet"; else exit $$status; fi

bench: $(DEV) $(PROJECT)
	@mkdir -p var/bench
	$(PY) -m pytest benchmarks --benchmark-only --benchmark-autosave --benchmark-storage=file://./var/bench

# Versions are chosen here and nowhere else; the second file keeps to the versions of the first.
lock: UV_ANY = $(or $(UV),$(wildcard $(VENV)/bin/uv))
lock:
	@test -n "$(UV_ANY)" || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(UV_ANY) $(COMPILE) pyproject.toml --group build --output-file requirements.lock
	$(UV_ANY) $(COMPILE) pyproject.toml --group dev --extra postgres --constraint requirements.lock --output-file requirements-dev.lock

# Keeps .venv and var: var holds the history of a running town and the benchmark records.
clean:
	rm -rf build dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks var/check
	find traffic_core signal_plans parking simulator api tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Stadttakt needs Python 3.11 or newer; \"$(PYTHON)\" is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another interpreter: make PYTHON=/path/to/python3.11 env" >&2; exit 1; }
ifeq ($(strip $(UV)),)
	@echo "making $(VENV) with venv and pip"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "No virtual environment could be made. On Debian: apt-get install python3-venv" >&2; exit 1; }
else
	@echo "making $(VENV) with uv"
	@$(UV) venv --quiet --no-python-downloads --python $(PYTHON) $(VENV)
endif

$(RUNTIME): requirements.lock | $(PY)
	@echo "installing what the service needs (requirements.lock)"
	@$(if $(strip $(UV)),:,$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null)
	@$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

$(DEV): requirements-dev.lock | $(RUNTIME)
	@echo "installing what development needs (requirements-dev.lock)"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(PROJECT): pyproject.toml | $(RUNTIME)
	@echo "installing stadttakt itself"
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@
