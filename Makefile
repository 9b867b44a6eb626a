# Two commands: `make demo` and `make test`. Each does all of its own set-up;
# the machine needs python3 (3.11 or newer, with venv) and make.
SHELL := /bin/sh
PYTHON ?= python3
ARGS ?=
PY := .venv/bin/python
# Tests are shared out among the processors, each with servers of its own; ARGS='-n 0 -k name' runs in one.
SPREAD := -n auto --maxprocesses 4 --dist worksteal
LOCK := uv pip compile --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

.PHONY: help demo test walls county bench lint format types contracts compose-check check front lock clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    a working partnership on this machine (ARGS='--port 8001 --fresh')"
	@echo "make test    the test suite, on its own PostgreSQL and broker (ARGS='-k name')"
	@echo "make walls   the long matrix of who may see what"
	@echo "make county  350 schools and 120,000 pupils in a database of the bench's own"
	@echo "make bench   what a page, a file and a mail cost, measured in that county"
	@echo "make check   lint, types, import contracts, compose file"

# One environment, two stamps: the developer's set holds the demo's.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".") if sys.version_info < (3, 11) else None'
	@echo "Making a Python environment in .venv"
	@$(PYTHON) -m venv $$(command -v uv >/dev/null 2>&1 && echo --without-pip) .venv

define install
	@echo "Installing the packages of $(1)"
	@if command -v uv >/dev/null 2>&1; \
	then uv pip install --quiet --python $(PY) --require-hashes -r $(1); \
	else { $(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null; } \
		&& $(PY) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r $(1); fi
endef

.venv/demo: requirements-demo.txt | .venv/bin/python
	$(call install,requirements-demo.txt)
	@touch $@

.venv/dev: requirements-dev.txt | .venv/bin/python
	$(call install,requirements-dev.txt)
	@touch $@ .venv/demo

demo: .venv/demo
	@$(PY) -m partnership.launch $(ARGS)

lock: requirements.in requirements-demo.in requirements-dev.in
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) -c requirements-dev.txt requirements-demo.in -o requirements-demo.txt
	$(LOCK) -c requirements-dev.txt requirements.in -o requirements.txt

# Front-end files: locked npm packages, one sass call.
front: .venv/demo
	@$(PY) -m partnership.frontend

test: .venv/dev front
	@$(PY) -m pytest $(SPREAD) $(ARGS)

walls: .venv/dev front
	@$(PY) -m pytest -m walls $(SPREAD) $(ARGS)

county: .venv/dev
	@$(PY) -m bench.county $(ARGS)

bench: .venv/dev front
	@$(PY) -m bench $(ARGS)

lint: .venv/dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports

format: .venv/dev
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

types: .venv/dev
	@.venv/bin/mypy .

contracts: .venv/dev
	@.venv/bin/lint-imports

compose-check: .venv/dev
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml docker-compose.tls.yml

check: lint types compose-check

clean:
	rm -rf .venv node_modules static/built staticfiles build
