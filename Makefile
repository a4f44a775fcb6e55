# Every target sets up what it needs in .venv; nothing has to be installed before but Python 3.11+.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ROWS ?= 1000000
ROUNDS ?= 3
INSTANTS ?= 200
VERBS ?= 60
SEED ?=

.PHONY: help demo test check lab bench bench-views crash contention environment clean

help:
	@echo "make demo    set up and run the main job on the shipped demo; ends with the report's path"
	@echo "make test    set up and run the tests"
	@echo "make lab     open JupyterLab on its first notebook, in the demo workspace"
	@echo "make check   ruff and mypy"
	@echo "make crash   kill a night at every commit point and at $(INSTANTS) instants, and compare its ends"
	@echo "make contention  four processes on one workbench, $(VERBS) verbs each; says the slowest wait"
	@echo "make bench-views  the view of 100,000 records that wait: open, filter, decide"
	@echo "make bench   our plans beside plain SQL, in turn (ROWS=$(ROWS), ROUNDS=$(ROUNDS))"

$(READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python ">=3.11" $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python -e ".[dev]"; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"; \
	fi
	@touch $(READY)

demo: $(READY)
	@$(BIN)/mdsync demo .demo || test $$? -eq 1

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lab: $(READY)
	@test -d .demo || $(BIN)/mdsync demo .demo || test $$? -eq 1
	$(BIN)/mdsync lab .demo

bench: $(READY)
	$(BIN)/python benchmarks/run.py --rows $(ROWS) --rounds $(ROUNDS)

bench-views: $(READY)
	$(BIN)/python benchmarks/waiting.py

crash: $(READY)
	$(BIN)/python -W ignore -m tests.crash --instants $(INSTANTS) $(if $(SEED),--seed $(SEED))

contention: $(READY)
	$(BIN)/python -W ignore -m tests.nights.contention --verbs $(VERBS) $(if $(SEED),--seed $(SEED))

environment: $(READY)
	$(BIN)/python tools/make_environment.py

clean:
	rm -rf $(VENV) .demo .bench
