# Portico. `make run` and `make test` are all that a newcomer needs.
SHELL := /bin/bash
.DELETE_ON_ERROR:
VERSION := $(shell cat VERSION)
GOFLAGS_BUILD := -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"
GOLANGCI := build/tools/golangci-lint
GOLANGCI_VERSION := v2.12.2
# A cache of its own: another checkout's would bring that one's paths, and exclusions go by path.
export GOLANGCI_LINT_CACHE := $(CURDIR)/build/lint-cache
VENV := build/venv
DEMO_DATA ?= ./demo-data

.PHONY: help run build assets test check lint shapes bench lighthouse pictures release clean tools test-tools fuzz update-golden

help: ## Say what there is.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | column -ts $$'\t'

run: build ## Build, and start Portico with the data of an invented municipality.
	bin/portico demo --data $(DEMO_DATA)

build: assets ## Build bin/portico.
	go build $(GOFLAGS_BUILD) -o bin/portico ./cmd/portico

assets: build/assets.done ## Build style sheets, scripts, icons and fonts of the pages.

build/assets.done: ui/assets/package.json ui/assets/package-lock.json $(shell find ui/assets ui/templates -type f -not -path '*/node_modules/*' 2>/dev/null)
	scripts/need node
	cd ui/assets && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build
	@mkdir -p build && touch $@

test: build test-tools ## Install what the tests need, and run them all.
	scripts/test

check: lint test ## What must be green before landing: lint and test.

lint: tools assets ## gofumpt, vet and golangci-lint.
	@out="$$($(GOLANGCI) fmt --diff)"; if [ -n "$$out" ]; then echo "$$out"; echo "run: $(GOLANGCI) fmt"; exit 1; fi
	go vet ./...
	$(GOLANGCI) run --timeout 20m ./...

tools: $(GOLANGCI)

$(GOLANGCI):
	@mkdir -p build/tools
	GOBIN=$(CURDIR)/build/tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

test-tools: $(VENV)/done scripts/html/node_modules/.package-lock.json ## Install PostgreSQL, Chromium, the real clients and html-validate where they are missing.
	scripts/need postgresql chromium

scripts/%/node_modules/.package-lock.json: scripts/%/package.json scripts/%/package-lock.json
	scripts/need node
	cd scripts/$* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/done: scripts/requirements.txt
	scripts/need python
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements.txt
	@touch $@

shapes: build test-tools ## Check every page of the large test catalogues with SHACL (minutes).
	PORTICO_SHAPES=all CI=true go test -count=1 -timeout 60m -run 'TestTheRecordedCatalogueIsFed|TestEveryFixtureIsFed' ./cmd/portico ./harvester/all

bench: build ## Measure: harvest of 10,000, cold start, memory, requests, idle harvest of 300 sources.
	go run ./scripts/benchmark

lighthouse: build scripts/lighthouse/node_modules/.package-lock.json ## Measure the demo's pages as a phone sees them; fails under 95/100/100/100, 300 KiB, 2.5 s (minutes; on a machine that rests).
	scripts/need chromium
	scripts/with-demo sh -c 'cd scripts/lighthouse && node measure.mjs "$$ORIGIN"'

pictures: build ## Photograph the demo's pages into docs/pictures.
	scripts/need chromium
	scripts/with-demo sh -c 'go run ./scripts/pictures -origin "$$ORIGIN"'

fuzz: ## Fuzz every parser for a while (FUZZTIME=30s).
	scripts/fuzz

update-golden: ## Write the golden files anew; look at the difference before you commit it.
	go test ./api/... ./harvester/... ./dcat/... ./cmd/... -run . -update

release: assets ## Build what is released: binary, bills of materials, checksums.
	scripts/release build/release

clean: ## Remove what was built.
	rm -rf bin build ui/static/build ui/assets/node_modules scripts/*/node_modules && git checkout -q -- ui/static/build
