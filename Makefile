# girafe. Two commands to know: `make demo` runs the main job, `make test` passes the tests.
# Each target makes .venv first, from the committed uv.lock; only git, make and Python 3.11 are needed.

PYTHON ?= python3.11
BIN := .venv/bin
UV_VERSION := 0.13.9
DATA ?= data

# Compiled modules are kept: without them every stage, task and test would compile its libraries again.
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
export DO_NOT_TRACK := 1
export SCARF_NO_ANALYTICS := true
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False
export AIRFLOW__COSMOS__ENABLE_TELEMETRY := False
export ORT_DISABLE_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test check format up airflow bench evaluate tune-encoder tune-moods train-nlp package-nlp sample lock clean \
        pictures test-servers test-browser test-slow test-airflow cluster-test fuzz audit

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: .venv/.ready ## Make .venv from uv.lock

# uv.lock pins versions and hashes but names no server, so it installs from whichever index this
# machine uses (docs/decisions/0002). `uv sync` would want the server; export + sync does not.
.venv/.ready: uv.lock pyproject.toml
	@echo "Installing into .venv (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv export --quiet --frozen --no-emit-project --all-extras --format requirements.txt -o .venv/requirements.txt
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python .venv/requirements.txt
	@$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $@

demo: .venv/.ready ## Run the whole path on the bundled sample; ends with the dashboard, the digest and the headline
	@$(BIN)/girafe demo --data $(DATA)/demo

test: .venv/.ready ## Run the default tests
	$(BIN)/pytest -n logical --maxprocesses 8 --dist loadfile

check: .venv/.ready ## Lint, types, import rules, formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --check --quiet dbt_project
	$(BIN)/mypy
	$(BIN)/mypy dags
	$(BIN)/lint-imports

format: .venv/.ready ## Put code and SQL into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt dbt_project

up: .venv/.ready ## Start Airflow on this machine and print its address and login
	@$(BIN)/python scripts/airflow_up.py --data $(DATA)

airflow: .venv/.ready ## Airflow's command line for what `make up` started (ARGS="dags list")
	@$(BIN)/python scripts/airflow_cli.py --data $(DATA) $(value ARGS)

bench: .venv/.ready ## Cost of each stage, its growth and memory (ARGS="--posts 100000 --times 10 --bars": the load bars)
	@$(BIN)/girafe bench $(ARGS)

evaluate: .venv/.ready ## Measure the classifiers against baselines (ARGS="--quick": without the encoder)
	@$(BIN)/python -m nlp.training.evaluate $(ARGS)

train-nlp: .venv/.ready ## Train every classifier but the encoders again from ../shared/data (same seeds, same bytes)
	@$(BIN)/python -m nlp.training.train

# torch is needed here only: it is no dependency (docs/decisions/0100).
TORCH := .cache/torch
tune-encoder: .venv/.ready $(TORCH)/.ready ## Learn the encoder's biases again from ../shared/data (ten minutes; then tune-moods)
	@PYTHONPATH=$(TORCH) $(BIN)/python -m nlp.training.tune

tune-moods: .venv/.ready $(TORCH)/.ready ## Learn the encoder that tells feelings again (after tune-encoder; forty minutes; then train-nlp)
	@PYTHONPATH=$(TORCH) $(BIN)/python -m nlp.training.tune_moods

$(TORCH)/.ready:
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(TORCH) torch==2.13.0
	@touch $@

package-nlp: .venv/.ready ## Write the spaCy pipeline to build/nlp, to load or to build a wheel from
	@$(BIN)/python -m nlp.training.package build/nlp

sample: .venv/.ready ## Make the bundled sample again (same seed, same bytes)
	@$(BIN)/python -m sample.generate

pictures: .venv/.ready ## Take the pictures of the README from the demo, with Chromium
	@test -f $(DATA)/demo/exports/dashboard.html || $(BIN)/girafe demo --data $(DATA)/demo
	@$(BIN)/python scripts/pictures.py $(DATA)/demo/exports docs/images

test-servers: .venv/.ready ## Tests against a real Bluesky stack, a Mastodon-API server and an Isso, which it installs and starts
	$(BIN)/pytest -m servers

test-browser: .venv/.ready ## Tests in a real Chromium
	$(BIN)/pytest -m browser

test-slow: .venv/.ready ## Load, simulation, kill and pair tests, failing Airflow runs
	$(BIN)/pytest -m slow

test-airflow: .venv/.ready ## The chain on a real Airflow: every DAG task and every dbt model green, lineage received
	$(BIN)/pytest -m airflow tests/dags

cluster-test: .venv/.ready ## The team topology without containers: PostgreSQL, Redis, two workers, an S3
	$(BIN)/pytest -m cluster --capture=tee-sys

PARSER ?= all
SECONDS ?= 60
fuzz: .venv/.ready ## Search for inputs that crash a parser, guided by coverage (PARSER=html SECONDS=600)
	@$(BIN)/python -m tests.fuzz.run $(PARSER) $(SECONDS)

audit: .venv/.ready ## Write the SBOM and the licence list to build/; fail for what is not allowed (ADVISORIES=OSV zip)
	@$(BIN)/python scripts/audit.py $(if $(ADVISORIES),--advisories $(ADVISORIES))

lock: .venv/.ready ## Renew uv.lock
	@rm -f uv.lock && $(BIN)/uv lock --quiet
	@sed -E -i 's#https://[^/"]+/#https://index.invalid/#g' uv.lock
	@grep -c '^name = ' uv.lock

clean: ## Remove .venv and the demo's data
	rm -rf .venv $(DATA)/demo
