# Everything lands in .venv and .cache of this folder; nothing else on the machine is changed.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
# The review of the fence is made of AWS's names.
TEXTS := $(filter-out docs/fence-review.md,$(wildcard *.md docs/*.md)) .github changelogs/fragments \
  inventories playbooks plugins roles
PRODUCT := $(addprefix collections/ansible_collections/jumpaccount/aws/plugins/,\
  action doc_fragments filter module_utils modules plugin_utils)
PARTS := lint unit sanity integration policy molecule
# Parts joined by '+' run side by side: what waits leaves its core to the others.
STAGES := lint+sanity+policy+molecule+unit integration

# The caller's settings must not change what a check says, so its variables and home stay out.
export USER_HOME ?= $(HOME)
export HOME := $(CURDIR)/.cache/home
export PATH := $(CURDIR)/$(BIN):$(PATH)
export AWS_EC2_METADATA_DISABLED := true
unexport $(filter-out AWS_EC2_METADATA_DISABLED,$(filter AWS_% ANSIBLE_% MOLECULE_% MOTO_% \
  PYTEST_% PYTHON% COVERAGE_% VIRTUAL_ENV,$(.VARIABLES)))

.PHONY: help setup demo sandbox quick review-fence lock test docs artifact release clean $(PARTS)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) \
	  | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.dev ## make .venv with everything that development needs
	@echo "Ready. Next: make demo, or make test."

demo: .venv/.run ## show the whole product on a local AWS, in about two minutes
	@$(BIN)/python -m scripts.demo

sandbox: .venv/.run ## run the local AWS in the foreground, until Ctrl-C
	@$(BIN)/python -m sandbox --port 5566 | scripts/show_exports.sh

quick: .venv/.dev ## formats, types and all quick unit tests; run it before every commit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PRODUCT)
	$(BIN)/pytest tests/unit --ignore tests/unit/modules --ignore tests/unit/test_review_fence.py \
	  -n 2 --dist worksteal

review-fence: .venv/.dev ## go through what AWS's own policies allow beside the fence; writes docs/fence-review.md
	PYTHONPATH=collections $(BIN)/python -m scripts.review_fence

# Without .venv/.dev: that would first install what the old locks say.
lock: ## write locks/ after a change of requirements*.txt; then make setup
	@$(BIN)/python -m scripts.lock

lint: .venv/.dev ## formats, types, YAML, Ansible, documentation, changelog, what Galaxy says
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PRODUCT)
	$(BIN)/yamllint --strict .
	$(BIN)/ansible-lint --profile production --offline --strict
	$(BIN)/codespell -D - -D scripts/words.txt $(TEXTS)
	scripts/lint_docs.sh
	scripts/make_docs.sh
	$(BIN)/antsibull-changelog lint
	$(BIN)/python scripts/galaxy_import.py

unit: .venv/.dev ## unit tests; every branch of the core must be covered
	$(BIN)/pytest tests/unit/core -n 2 --cov --cov-report=term-missing:skip-covered
	$(BIN)/pytest tests/unit --ignore tests/unit/core -n 2 --dist worksteal

sanity: .venv/.dev ## all of ansible-test sanity, without exceptions
	$(BIN)/python scripts/sanity.py

integration: .venv/.dev ## the sandbox itself, and playbooks and modules against it
	$(BIN)/pytest tests/sandbox tests/integration -n 4 --dist worksteal

policy: .venv/.dev .cache/policy-proof ## what the bootstrapped policies allow, asked of another evaluator
	$(BIN)/pytest tests/policy

molecule: .venv/.dev ## the playbooks as molecule scenarios, with idempotence
	$(BIN)/molecule test --all

test: .venv/.dev ## everything that checks; ends well only if all of it passes
	@scripts/test.sh $(STAGES)

docs: .venv/.dev ## the documentation as a site; fails when a link leads nowhere
	scripts/make_docs.sh

artifact: .venv/.dev ## build the collection that is published
	$(BIN)/ansible-galaxy collection build --force

release: .venv/.dev ## changelog, commit and tag of the version in galaxy.yml, see RELEASING.md
	@scripts/release.sh

clean: ## remove .venv and all caches
	rm -rf .venv .cache tests/policy/node_modules .ansible .molecule .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage

# Its dependencies are AGPL: they are tools of this check, and no part of what is published.
.cache/policy-proof: tests/policy/package.json tests/policy/package-lock.json .venv/.dev
	@scripts/setup_policy_proof.sh
	@touch $@

.venv/.run: $(wildcard locks/run-*.txt)
	@PYTHON="$(PYTHON)" scripts/setup.sh run
	@touch $@

.venv/.dev: $(wildcard locks/*.txt) .venv/.run
	@PYTHON="$(PYTHON)" scripts/setup.sh run dev
	@touch $@
