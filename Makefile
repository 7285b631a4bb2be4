# Every target does its own set-up under .cache/ and .build/; the second time it is quick.
# What a check does is written in tests/tools/check.py.

PYTHON ?= python3
CHECK = $(PYTHON) -B tests/tools/check.py

.DEFAULT_GOAL := help
.PHONY: help test quick lint sanity units integration docs build demo reliability bench bench-peers lock generate new-product unit target list only clean

help: ## this text
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

test: ## what CI runs: linters, sanity, units, integration, documentation (less than 20 minutes)
	@$(CHECK) all

quick: ## while writing: unit tests but the slow ones on one Python, ruff, changelog (under a minute)
	@$(CHECK) quick

lint: ## ruff, ansible-lint, changelog, documentation and galaxy-importer checks
	@$(CHECK) lint

sanity: ## ansible-test sanity on the oldest and the newest ansible-core
	@$(CHECK) sanity

units: ## unit tests and the simulator's own tests, on every ansible-core
	@$(CHECK) units

integration: ## integration targets and playbooks against the embedded simulator, both lanes
	@$(CHECK) integration

docs: ## the documentation site, in .build/docs/html
	@$(CHECK) docs

build: ## the collection's tarball, in .build/
	@$(CHECK) build

demo: ## run the playbooks of the demo on the embedded simulator
	@$(PYTHON) -B tests/tools/demo.py

reliability: ## faults, races, kills, load, secrets, servers that others wrote (needs Java 17 and Node.js 20 with npm)
	@$(CHECK) reliability --jobs 2

bench: ## benchmarks of single tasks and of the inventory
	@$(CHECK) bench --jobs 1

bench-peers: ## the inventory beside those of Hetzner Cloud, Vultr and NetBox (downloads the package ansible)
	@$(CHECK) bench-peers --jobs 1

lock: ## pin what the checks install, with hashes (make test LOCKED=1 takes that): after a change in tests/requirements
	@$(PYTHON) -B tests/tools/lock.py

generate: ## write what follows from the modules and the contract: action files, tables, sentences
	@$(PYTHON) -B tests/tools/with_core.py generate.py

new-product: ## the files of a new product: make new-product NAME=redis
	@$(PYTHON) -B tests/tools/with_core.py new_product.py $(NAME)
	@$(PYTHON) -B tests/tools/with_core.py generate.py

unit: ## one file of unit tests: make unit TEST="tests/unit/plugins/modules/test_itcare_redis.py -k resize"
	@$(PYTHON) -B tests/tools/one.py unit $(TEST)

target: ## one integration target, in the lane fast or module: make target NAME=itcare_redis LANE=fast
	@$(PYTHON) -B tests/tools/one.py target $(NAME) $(LANE)

list: ## the names of all checks; run one with `make only NAME=...`
	@$(CHECK) --list

only:
	@$(CHECK) $(NAME)

clean: ## remove everything the tooling created
	rm -rf .cache .build
