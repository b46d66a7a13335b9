# Each target brings what it needs: in a fresh clone Python 3.11, git and make are enough.

PYTHON ?= python3
WORKERS ?= 2

# uv trusts the certificates it was built with. Where the machine keeps its own, those are the ones to trust: a network
# that looks into TLS has put its authority there.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS ?= true
endif

# Looked for once, and only when a target wants it.
UV = $(eval UV := $(shell $(PYTHON) scripts/bootstrap_uv.py))$(or $(UV),$(error there is no uv, the lines above say why))
RUN = "$(UV)" run --locked
# Tests need real servers, and `uv run` takes away what it is not asked for.
DEV = $(RUN) --extra cluster

# Compiled once and kept: tests start many processes, and each would compile every library anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run cluster test chaos bench game-bench compose-test check format format-check lint types contracts docs messages recording e2e screenshots page-timings web web-check wheel hooks clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## serve quizzes on this machine; ARGS="--port 9000" and the like are passed on
	$(RUN) --no-dev quiz serve $(ARGS)

cluster: ## run PostgreSQL, Redis, nginx and nodes on this machine; ARGS="--nodes 5 --port 9000" and the like
	$(RUN) --no-dev --extra cluster quiz cluster $(or $(ARGS),--nodes 3)

test: ## run all tests; ARGS="-k standings" and the like are passed on
	$(DEV) pytest -n $(WORKERS) --dist worksteal $(ARGS)

chaos: ## break a running cluster again and again; ARGS="--rounds 50 --seed 7" and the like are passed on
	$(DEV) python -m tests.chaos $(ARGS)

bench: ## measure this server beside others, one core each; ARGS="--quick" and the like are passed on
	$(DEV) python -m loadtests.bench $(ARGS)

game-bench: ## measure real nodes that play the real game over PostgreSQL; ARGS="--only crowd" and the like are passed on
	$(DEV) python -m loadtests.bench.game $(ARGS)

compose-test: ## try docker-compose.yml on a Docker engine, which root need not have running; ARGS are passed on
	$(DEV) pytest $(ARGS) tests/compose/engine

check: format-check lint types contracts web-check test ## everything that must hold before a commit is proposed

format: ## put Python sources in shape
	$(DEV) ruff check --fix-only --quiet .
	$(DEV) ruff format .

format-check: ## tell what `make format` would change
	$(DEV) ruff format --check .

lint: ## look for likely mistakes
	$(DEV) ruff check .

types: ## check types, strictly
	$(DEV) mypy

contracts: ## check which rooms and libraries each room imports
	$(DEV) lint-imports --no-logo

docs: ## draw the documents that are made from code
	$(DEV) scripts/draw_session.py

messages: ## write the pages' types of what travels over Socket.IO
	$(DEV) scripts/write_messages.py

recording: ## play the game anew that the pages' tests replay
	$(DEV) python -m tests.node.recording

e2e: quiz/web/node_modules/.package-lock.json ## play games in a real browser
	$(DEV) pytest -n $(WORKERS) --dist worksteal $(ARGS) tests/e2e

screenshots: ## photograph every page in every phase into docs/screenshots/
	$(DEV) python -m tests.e2e.screenshots

page-timings: ## measure the pages on a slow phone; ARGS="--runs 9" and the like are passed on
	$(DEV) python -m tests.e2e.timings $(ARGS)

web: ## build the pages if their sources changed
	"$(UV)" sync --locked --extra cluster --reinstall-package quiz-cluster

web-check: quiz/web/node_modules/.package-lock.json ## check the pages' types and run their tests
	$(DEV) scripts/npm.py run check
	$(DEV) scripts/npm.py run test

# npm writes this file at the end of an installation; building the pages makes it too.
quiz/web/node_modules/.package-lock.json: quiz/web/package-lock.json
	$(DEV) scripts/npm.py ci --ignore-scripts

wheel: ## build the wheel and the source archive into dist/
	"$(UV)" build

hooks: ## check every commit with the hooks of .pre-commit-config.yaml
	$(DEV) pre-commit install

clean: ## remove what was built; data files and the environment stay
	rm -rf build dist quiz/web/dist quiz/web/node_modules test-results
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -path ./.venv -prune -o -path ./.tools -prune -o -name __pycache__ -type d -exec rm -rf {} +
