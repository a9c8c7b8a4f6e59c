#!/usr/bin/env bash
# Serves a demo on a free port and lets Lighthouse look at it. `make lighthouse`.
set -euo pipefail
cd "$(dirname "$0")/.."
npm ci --silent --no-audit --no-fund --prefix tools/lighthouse
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
instance=$(mktemp -d)
export FLASK_DEMO=1 FLASK_NOW=2026-12-13T08:00 FLASK_INSTANCE_PATH="$instance" FLASK_PUBLIC_URL="http://127.0.0.1:$port"
FLASK_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')
export FLASK_SECRET_KEY
.venv/bin/flask prepare >/dev/null
.venv/bin/granian --interface wsgi --host 127.0.0.1 --port "$port" --blocking-threads 80 --no-ws --log-level error wsgi:app &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$instance"' EXIT
for _ in $(seq 100); do curl -sf "http://127.0.0.1:$port/healthz" >/dev/null && break; sleep 0.1; done
node tools/lighthouse/run.js "http://127.0.0.1:$port" docs/lighthouse.md "$(command -v chromium)"
