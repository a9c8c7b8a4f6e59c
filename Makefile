# One word per job. `make help` lists them.
export PORT ?= 5000
PYTHON ?= python3
BIN := .venv/bin
# What is written in English, for the spelling; docs/ has Swedish beside it.
ENGLISH := app tools bench $(wildcard *.md) $(addprefix docs/,architecture.md configuration.md dependencies.md)
# The programs that tests and pictures need, of one version on every machine.
WITH := tools/with-programs

# app/config.py reads .env, whatever its encoding; Flask's command would fail on UTF-16 before that.
export FLASK_SKIP_DOTENV := 1
# glibc would give each of the threads an arena of its own.
export MALLOC_ARENA_MAX := 2

.DEFAULT_GOAL := help
.PHONY: help install install-dev run demo test soak engines container check sbom lock bench cards screenshots lighthouse

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## .venv with what runs the calendar
	@$(PYTHON) tools/install.py

install-dev: ## the same with what tests it: packages, PostgreSQL, nginx, a browser
	@$(PYTHON) tools/install.py --dev

# No shell may stand between make and these: make tells its child to end, and a shell would not pass that on.
run: install ## starts the calendar on http://127.0.0.1:5000 (PORT=5001 for another port)
	@$(BIN)/python tools/run.py

demo: export FLASK_DEMO := 1
demo: export FLASK_NOW := $(or $(NOW),2026-12-13T08:00)
demo: install ## the same on 13 December, with invented entries (NOW=2026-12-22T11:58 for another moment)
	@$(BIN)/python tools/run.py

test: install-dev ## the whole suite, on SQLite and PostgreSQL and in a browser
	@tests/run

soak: install-dev ## 100,000 strange requests, kill -9 a hundred times, a crowd at midnight, a December (SOAK=10 for ten times that)
	@SOAK=$(or $(SOAK),1) tests/run tests/hostile/test_fuzzing.py tests/faults/test_kill.py tests/faults/test_midnight.py \
	  tests/reminders/test_season.py tests/reminders/soak_season.py

engines: install-dev ## calendar, form and draw in Debian's Chromium, Firefox ESR and WebKitGTK, those that are installed
	@ENGINES=1 $(WITH) $(BIN)/pytest tests/browser/engines

container: install-dev ## builds the image and starts it from an empty volume, as root, with buildah and debootstrap
	@CONTAINER=1 $(BIN)/pytest tests/deploy/container

check: install-dev ## format, lint, types, layers, spelling, templates, dead code
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && $(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > build/layers || { cat build/layers; exit 1; }
	@$(BIN)/codespell $(ENGLISH)
	@$(BIN)/djlint app/templates --lint --quiet
	@$(BIN)/python tools/dead_code.py
	@$(BIN)/hadolint deploy/Containerfile
# As a demo: what only the organiser can fill in is empty as shipped, and no fault.
	@FLASK_DEMO=1 FLASK_INSTANCE_PATH=build/check $(BIN)/flask content check
	@$(BIN)/python tools/audit.py
	@echo "Utan anmärkning."

sbom: install ## what the calendar is made of (CycloneDX) and its licences, into build/
	@$(BIN)/python tools/sbom.py build

lock: ## pins requirements*.in with hashes (needs uv)
	@for name in requirements requirements-dev; do \
	  uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links $$name.in -o $$name.txt; done

cards: install-dev ## the pictures beside shared links, for the newest edition
	@PYTHONPATH=. $(WITH) $(BIN)/python tools/cards.py $(lastword $(sort $(wildcard calendar_content/20*)))

screenshots: install-dev ## pictures of every page and state into build/screenshots
	@PYTHONPATH=. $(WITH) $(BIN)/python tools/screenshots.py

lighthouse: install-dev ## Lighthouse on a phone profile, into docs/lighthouse.md
	@$(WITH) tools/lighthouse.sh

bench: install-dev ## start and memory, pages and entries beside nginx and databases; draw and pages among BENCH_ENTRIES (300,000)
	@$(WITH) $(BIN)/python bench/bench.py
	@$(BIN)/python bench/start.py
	@for each in answers postgres draw growth reminders; do PYTHONPATH=. $(WITH) $(BIN)/python bench/$$each.py || exit 1; done
