# The house. Every command of the README, of .ci/run and of the workflows is one of these.
LEVELS := $(sort $(wildcard level[0-9]_*))
STEPS := sh shared/house/steps.sh
SHARED := $(MAKE) --no-print-directory -C shared
.DEFAULT_GOAL := help

.PHONY: compare compare-short compare-page help promtool setup tour test test-all lint lock carry check-carry diff lesson exercise bench clean $(foreach l,$(LEVELS),$(firstword $(subst _, ,$(l))))
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1	\2/' | expand -t 24

tour: ## every level's main job on the simulated city, with a figure and where to look
	@$(STEPS) tour $(LEVELS)
	@echo "the levels side by side, on one real year: report/index.html; on 120 days of the city, anew: make compare-short"

test: export HOUSE_ONCE := 1
test: check-carry ## the fast tests of every level (about 11 minutes on two cores); a file that levels share, at the highest
	@$(STEPS) test shared $(LEVELS)

test-all: setup check-carry ## the slow tests too
	@$(STEPS) test-all shared $(LEVELS)

lint: setup-shared ## style, types, workflows, notebooks
	@cd shared && .venv/bin/python -m house.workflows
	@$(STEPS) lint shared $(LEVELS)

setup: ## every environment, from the locks
	@$(STEPS) setup shared $(LEVELS)

lock: setup-shared ## every requirements.txt from one resolution (UPGRADE=1: the newest versions that fit)
	@sh shared/house/lock.sh

carry: setup-shared ## copy files upward to the levels that have them in common
	@cd shared && .venv/bin/python -m carry up

check-carry: setup-shared ## fail when a file that levels have in common differs
	@cd shared && .venv/bin/python -m carry check

FROM ?= 0
TO ?= 1
diff: setup-shared ## what changed between two levels: make diff FROM=2 TO=3 (SUMMARY=1: the files alone)
	@shared/.venv/bin/python -m yardstick diff --from "$(FROM)" --to "$(TO)" $(if $(SUMMARY),--summary)

lesson: ## run every level's lesson and write it as a page
	@$(STEPS) lesson $(LEVELS)

exercise: ## check your answers to the exercises
	@$(STEPS) exercise $(LEVELS)

promtool: ## into .tools, out of Debian's package of Prometheus: installing that would start a server
	@mkdir -p .tools
	@cd .tools && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; }
	@cd .tools && dpkg -x prometheus_*.deb prometheus && rm prometheus_*.deb

COMPARE = shared/.venv/bin/python -m yardstick compare $(foreach one,$(LEVELS),--level $(one)) --learner level1_devops
SOURCE ?= city
SEEDS ?= 1
OFFICE ?= central
REPORT ?= report
MEASURED ?= $(wildcard report/seconds.txt)
export HOUSE_SECONDS
SWITCHES = $(if $(FULL),--full) $(if $(VARIANTS),--variants) $(if $(SHORT),--short) $(if $(ADD),--add) $(if $(MEASURED),--measured "$(MEASURED)")
compare: setup ## the year all levels live through, as a page: SOURCE=city|tlc|placebo SEEDS=n OFFICE=central FULL=1
	@$(COMPARE) --source "$(SOURCE)" --seeds $(SEEDS) --office "$(OFFICE)" $(SWITCHES) --report $(REPORT)

compare-short: ## the same for 120 days
	@$(MAKE) --no-print-directory compare SHORT=1 REPORT=report/short

compare-page: setup-shared ## report/page, to be published: the page and its figures, of report/results.json
	@shared/.venv/bin/python -m yardstick page report/results.json report/page/index.html --hero report/page \
		$(foreach one,$(LEVELS),--level $(one))
	@cp report/results.json report/page/

bench: ## measurements, each beside its peer
	@$(STEPS) bench shared $(LEVELS)

clean: ## what was made here: environments, var, caches
	@for folder in shared $(LEVELS); do $(MAKE) --no-print-directory -C $$folder clean; done
	rm -rf .tools .mypy_cache

level0: ## level 0's main job: the notebook, run by papermill
	@$(MAKE) --no-print-directory -C level0_notebook tour

level1: ## level 1's: gather data, make a model, predict a month
	@$(MAKE) --no-print-directory -C level1_devops tour

level2: ## level 2's: train a version, promote it, predict a month with it
	@$(MAKE) --no-print-directory -C level2_training tour

level3: ## level 3's: two versions before one service
	@$(MAKE) --no-print-directory -C level3_deployment tour

level4: ## level 4's: eight weeks of mornings, and what the loop decided on them
	@$(MAKE) --no-print-directory -C level4_full tour

.PHONY: setup-shared
setup-shared:
	@$(SHARED) setup
