# What the Makefiles of shared/ and of every level have in common. Works with GNU make 3.81.
HOUSE := ../shared/house
HERE := $(notdir $(CURDIR))
PY := .venv/bin/python
# One thread for boosting: OpenMP's idle threads spin, and beside a second process a fit takes minutes instead of seconds.
export OMP_NUM_THREADS ?= 1
# Tests of one file stay together, for they share a service or a model; level 0's share less. In the order of their names:
# by their number, as is usual, files of one long test come last, and one of two processes waits.
TOGETHER ?= loadfile --no-loadscope-reorder
# Where a system sets it, every start compiles every import again: seconds each time.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help

.PHONY: help setup test test-all lint clean
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1	\2/' | expand -t 24

setup: ## .venv from the lock, again only when the lock changed
	@sh $(HOUSE)/setup.sh

test: setup ## the fast tests, two at a time (in order, for a debugger: ARGS="-n 0")
	@$(PY) -m pytest -m "not slow" -n 2 --dist $(TOGETHER) $(ARGS)

test-all: setup ## the slow tests too, two at a time
	@$(PY) -m pytest -n 2 --dist $(TOGETHER) $(ARGS)

lint: setup ## style and types; the latter from the root, where what folders have in common is read once for all
	@.venv/bin/ruff check --quiet . && .venv/bin/ruff format --check --quiet .
	@$(if $(TYPED),cd .. && $(HERE)/$(PY) -m mypy --no-error-summary $(addprefix $(HERE)/,$(TYPED)))

clean: ## what this folder made: var, caches and .venv
	rm -rf .venv var dist build .pytest_cache .ruff_cache .hypothesis .coverage htmlcov .ipynb_checkpoints
