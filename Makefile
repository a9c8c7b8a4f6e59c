# One word per job. `make help` lists them.
PORT ?= 5000
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 1
THREADS ?= 80
SERVE := $(BIN)/granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers $(WORKERS) \
  --blocking-threads $(THREADS) --no-ws --log-level error wsgi:app
DEMO := FLASK_DEMO=1 FLASK_NOW=$(or $(NOW),2026-12-13T08:00)

# app/config.py reads .env, whatever its encoding; Flask's command would fail on UTF-16 before that.
export FLASK_SKIP_DOTENV := 1
# glibc would give each of the threads an arena of its own.
export MALLOC_ARENA_MAX := 2

.DEFAULT_GOAL := help
.PHONY: help install install-dev run demo test soak check sbom lock bench cards screenshots lighthouse

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A service must not write in the program's folder, and would compile the calendar anew at each start.
install: .venv/installed ## .venv with what runs the calendar
	@$(BIN)/python -m compileall -q app wsgi.py

install-dev: .venv/installed-dev tests/browser/node_modules/installed ## .venv with what tests it, too

.venv/installed: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installerar det kalendern behöver …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installerar det testerna behöver …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

tests/browser/node_modules/installed: tests/browser/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --prefix tests/browser && touch $@; \
	  else echo "npm saknas: tester som behöver axe-core kan inte köras."; fi

run: install ## starts the calendar on http://127.0.0.1:5000 (PORT= for another port)
	@test -s instance/secret_key || [ -n "$$FLASK_SECRET_KEY" ] || \
	  ( umask 077 && $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))' > instance/secret_key )
	@$(MAKE) --no-print-directory serve

demo: install ## as run, on 13 December with invented entries (NOW=2026-12-22T11:58 for another moment)
	@$(DEMO) $(MAKE) --no-print-directory serve

.PHONY: serve
serve:
	@export FLASK_PUBLIC_URL="$${FLASK_PUBLIC_URL:-http://127.0.0.1:$(PORT)}" && \
	  $(BIN)/flask prepare && echo "Kalendern finns på http://127.0.0.1:$(PORT) – avsluta med Ctrl+C." && \
	  exec $(BIN)/python tools/serve.py $(SERVE)

test: install-dev ## the whole suite, on SQLite and PostgreSQL and in a browser
	@tests/run

soak: install-dev ## 100,000 strange requests, kill -9 a hundred times, a crowd at midnight (SOAK=10 for ten times that)
	@SOAK=$(or $(SOAK),1) tests/run tests/hostile/test_fuzzing.py tests/faults/test_kill.py tests/faults/test_midnight.py

check: install-dev ## format, lint, types
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && $(BIN)/mypy --no-error-summary
	@$(BIN)/hadolint deploy/Containerfile
	@FLASK_DEMO=1 $(BIN)/flask content check
	@$(BIN)/python tools/audit.py
	@echo "Utan anmärkning."

sbom: install ## what the calendar is made of (CycloneDX) and its licences, into build/
	@$(BIN)/python tools/sbom.py build

lock: ## pins requirements*.in with hashes (needs uv)
	@for name in requirements requirements-dev; do \
	  uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links $$name.in -o $$name.txt; done

cards: install-dev ## the pictures beside shared links, for the newest edition
	@PYTHONPATH=. $(BIN)/python tools/cards.py $(lastword $(sort $(wildcard calendar_content/20*)))

screenshots: install-dev ## pictures of every page and state into docs/screenshots
	@PYTHONPATH=. $(BIN)/python tools/screenshots.py
	@PYTHONPATH=. $(BIN)/python tools/guide_pictures.py

lighthouse: install ## Lighthouse on a phone profile, into docs/lighthouse.md
	@tools/lighthouse.sh

bench: install-dev ## start and memory, pages and entries beside nginx and databases; draw and pages among BENCH_ENTRIES (300,000)
	@$(BIN)/python bench/bench.py
	@$(BIN)/python bench/start.py
	@for each in postgres draw growth; do PYTHONPATH=. $(BIN)/python bench/$$each.py || exit 1; done
