# From nothing: `make run` starts the app, `make test` runs every check. `make help` lists the rest.

PYTHON ?=
VENV ?= .venv
PORT ?= 8501
MINUTES ?= 10
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --require-virtualenv
RUN_STAMP := $(VENV)/.runtime-installed
HOSTED_STAMP := $(VENV)/.hosted-installed
DEV_STAMP := $(VENV)/.dev-installed
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.peers-installed

.PHONY: help run serve install lint test fuzz bench bench-app bench-scale study-importance study-findings study-edges study-serving study-reading screenshots test-oldest clean

help:
	@echo 'make run          start the app on 127.0.0.1 (PORT=8501, or the next free one)'
	@echo 'make serve        a team: two replicas behind nginx on 127.0.0.1:8080 (SERVE="--address 0.0.0.0": docs/serving.md)'
	@echo 'make test         lint, types, unit and contract tests, pages, a real browser'
	@echo 'make lint         ruff and mypy alone'
	@echo 'make fuzz         reads damaged files for MINUTES=10; those that break it are kept in test-results/fuzz'
	@echo 'make install      the environment of both, in $(VENV)'
	@echo 'make bench        how fast, beside other packages: benchmarks/speed.md (QUICK=1: short)'
	@echo 'make bench-app    how quick the app is in a browser: benchmarks/app.md (a quarter of an hour; QUICK=1: half of it)'
	@echo 'make bench-scale  100 million trials beside DuckDB and Polars: benchmarks/scale.md (20 minutes, 6 GB; QUICK=1: short)'
	@echo 'make study-importance  how right: benchmarks/calibration.md (hours; QUICK=1: 20 minutes)'
	@echo 'make study-findings  do the sentences hold: benchmarks/findings.md (half an hour; QUICK=1: 4 minutes)'
	@echo 'make study-edges  what steps add at sharp edges: benchmarks/edges.md'
	@echo 'make study-serving  50 viewers at once: benchmarks/serving.md (three minutes; QUICK=1: half)'
	@echo 'make study-reading  how fast beside pandas, what memory stays: benchmarks/reading.md (seven minutes; QUICK=1: four)'
	@echo 'make screenshots  pictures of the pages'
	@echo 'make test-oldest  the tests without the browser, on the oldest packages allowed'
	@echo 'make clean        remove the environments and caches'

run: $(RUN_STAMP)
	@$(PY) tools/run_app.py --port $(PORT)

serve: $(HOSTED_STAMP)
	@$(PY) tools/serve.py $(SERVE)

install: $(DEV_STAMP)
	@echo "installed in $(VENV): make run, make test"

lint: $(DEV_STAMP)
	@$(PY) tools/check.py lint

test: $(DEV_STAMP)
	@$(PY) tools/check.py all

fuzz: $(DEV_STAMP)
	@$(PY) -m tests.corpus.fuzz --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

bench: $(BENCH_STAMP)
	$(BENCH_VENV)/bin/python -m benchmarks.speed

bench-app: $(DEV_STAMP)
	@$(PY) tools/ensure_browser.py
	$(PY) -m benchmarks.app

bench-scale: $(BENCH_STAMP)
	@$(BENCH_VENV)/bin/python tools/ensure_browser.py || true
	$(BENCH_VENV)/bin/python -m benchmarks.scale

study-importance: $(BENCH_STAMP)
	$(BENCH_VENV)/bin/python -m benchmarks.calibration

study-findings: $(DEV_STAMP)
	$(PY) -m benchmarks.findings

study-edges: $(DEV_STAMP)
	$(PY) -m benchmarks.edges

study-serving: $(DEV_STAMP)
	$(PY) -m benchmarks.serving

study-reading: $(DEV_STAMP)
	$(PY) -m benchmarks.reading

screenshots: $(DEV_STAMP)
	@$(PY) tools/ensure_browser.py
	$(PY) tools/screenshots.py
	$(PY) tools/methods_figure.py

test-oldest:
	@$(MAKE) --no-print-directory VENV=.venv-oldest CONSTRAINTS=tools/oldest.txt .venv-oldest/.dev-installed
	@.venv-oldest/bin/python tools/check.py tests

clean:
	rm -rf .venv .venv-oldest .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results

# The stamps make a second call start at once. They lie in the environment, so they go when it goes.
$(PY):
	@tools/make_venv.sh '$(VENV)' '$(PYTHON)'

$(RUN_STAMP): requirements.txt $(CONSTRAINTS) | $(PY)
	@echo "installing what the app needs into $(VENV) (once, a minute or two)"
	@$(PIP) install --quiet --requirement requirements.txt $(addprefix --constraint ,$(CONSTRAINTS))
	@touch $@

$(HOSTED_STAMP): requirements-hosted.txt $(RUN_STAMP)
	@echo "installing what a team's server needs into $(VENV)"
	@$(PIP) install --quiet $(addprefix --requirement ,requirements.txt requirements-hosted.txt) $(addprefix --constraint ,$(CONSTRAINTS))
	@touch $@

$(DEV_STAMP): requirements-dev.txt requirements-hosted.txt requirements-dask.txt $(RUN_STAMP)
	@echo "installing what the tests need into $(VENV)"
	@$(PIP) install --quiet $(addprefix --requirement ,requirements.txt requirements-hosted.txt requirements-dask.txt requirements-dev.txt) $(addprefix --constraint ,$(CONSTRAINTS))
	@touch $@

# Ours and theirs are timed in one process, so the peers get what hpi needs beside them, and an environment of their own.
$(BENCH_VENV)/bin/python:
	@tools/make_venv.sh '$(BENCH_VENV)' '$(PYTHON)'

$(BENCH_STAMP): requirements.txt benchmarks/requirements-peers.txt | $(BENCH_VENV)/bin/python
	@echo "installing hpi's needs and the packages to compare with into $(BENCH_VENV)"
	@$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check --require-virtualenv install --quiet \
	  --requirement requirements.txt --requirement benchmarks/requirements-peers.txt
	@touch $@
