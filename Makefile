# The one task runner. `make demo` and `make test` work on a fresh machine with Python 3.11, make and a registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export OMP_NUM_THREADS ?= 2
# what `make bench` measures
EXAM ?= demo/exam/dicom

.PHONY: demo setup fmt lint types arch test test-fast test-slow cov bench all clean

all: lint types arch test

setup: $(READY)

# uv knows local wheel folders only by its own variable; pip's is handed on.
$(READY): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		echo "making $(VENV) with uv"; \
		UV_FIND_LINKS="$${UV_FIND_LINKS:-$$PIP_FIND_LINKS}"; export UV_FIND_LINKS; \
		uv venv -q --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip install -q --python $(BIN)/python -r requirements.lock && \
		uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		echo "making $(VENV) with pip"; \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(READY)

demo: setup
	@$(BIN)/petscribe demo -o demo

fmt: setup
	$(BIN)/ruff check --fix src tests bench
	$(BIN)/ruff format src tests bench

lint: setup
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench

types: setup
	$(BIN)/mypy

arch: setup
	$(BIN)/lint-imports

test: lint types arch
	$(BIN)/python -m pytest -n 2 --dist loadfile -q

test-fast: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile -q -x

test-slow: setup
	$(BIN)/python -m pytest -q -m slow

cov: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile -q --cov --cov-report=term-missing:skip-covered
	$(BIN)/coverage report --fail-under=90 --include='src/petscribe/core/*,src/petscribe/io/*,src/petscribe/imaging/*,src/petscribe/quant/*,src/petscribe/mining/*,src/petscribe/reporting/*'

bench: setup
	@test -d $(EXAM) || $(BIN)/petscribe demo -o demo >/dev/null
	$(BIN)/python bench/measure_speed.py $(EXAM) $(if $(SEG),--seg $(SEG))
	$(BIN)/python bench/phantom.py

clean:
	rm -rf $(VENV) demo out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
