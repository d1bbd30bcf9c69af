# Lotsen. `make run` starts the demo, `make test` tests everything; both need only Go, make and git to begin with.
export GOTOOLCHAIN = auto
export CGO_ENABLED = 0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
LDFLAGS  = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
BIN      = build/lotsen
TOOLS    = $(CURDIR)/.tools
GO       = $(shell sed -n 's/^go //p' go.mod)

GOLANGCI = v2.15.0
GOFUMPT  = v0.12.0

.PHONY: run test check bench bench-go load build web tools browser clean faults

run: $(BIN) ## build and start the whole thing with demo data
	$(BIN) serve --demo

$(BIN): FORCE
	go build -trimpath -ldflags '$(LDFLAGS)' -o $@ .

build: ## static binaries for servers, without cgo
	GOOS=linux GOARCH=amd64 go build -trimpath -ldflags '$(LDFLAGS)' -o build/lotsen-linux-amd64 .
	GOOS=linux GOARCH=arm64 go build -trimpath -ldflags '$(LDFLAGS)' -o build/lotsen-linux-arm64 .

test: check $(BIN) node ## every test, and what it needs
	LOTSEN_BIN=$(CURDIR)/$(BIN) go test -timeout 20m ./...

check: tools ## format, lint, arrows
	@unformatted=$$($(TOOLS)/gofumpt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (gofumpt -w):"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(TOOLS)/golangci-lint run --timeout 15m ./...

bench: $(BIN) ## ratios against something else, in one run; ROWS=rank for one part
	LOTSEN_BIN=$(CURDIR)/$(BIN) go test -run '^$$' -bench 'Ratios/$(ROWS)' -benchtime 1x -timeout 20m ./test/bench
	@cat build/bench.md

load: $(BIN) ## a lively clinic with 5,000 phones for three minutes, and a kill; LOAD='-lasting 10m' for longer
	LOTSEN_BIN=$(CURDIR)/$(BIN) go test -run '^$$' -bench Load -benchtime 1x -timeout 60m ./test/load $(LOAD)
	@cat build/load.md

bench-go: ## Go's benchmarks of single functions
	go test -run '^$$' -bench . -benchtime 1s ./internal/... ./hooks/... ./protocols/...

faults: $(BIN) ## the random kills and power cuts of test/faults, for longer
	LOTSEN_BIN=$(CURDIR)/$(BIN) go test -count=1 -timeout 3h ./test/faults -run 'Outlives|EveryStep|WhereverItIsCutOff' -args -rounds 20

web: ## the pages of patients and staff (issue 5 brings them)
	@echo "There are no pages to build yet: this release is the service behind its interface."

tools: $(TOOLS)/golangci-lint-$(GOLANGCI) $(TOOLS)/gofumpt-$(GOFUMPT)

# golangci-lint must be built with the Go that this module wants.
$(TOOLS)/golangci-lint-$(GOLANGCI):
	GOBIN=$(TOOLS) GOTOOLCHAIN=go$(GO) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	touch $@

$(TOOLS)/gofumpt-$(GOFUMPT):
	GOBIN=$(TOOLS) GOTOOLCHAIN=go$(GO) go install mvdan.cc/gofumpt@$(GOFUMPT)
	touch $@

# PocketBase's JS SDK drives the whole-binary tests.
node: test/node_modules/.package-lock.json

test/node_modules/.package-lock.json: test/package.json test/package-lock.json
	@command -v npm >/dev/null || { echo "installing Node.js"; apt-get update -qq && apt-get install -y -qq nodejs npm; }
	cd test && npm ci --no-audit --no-fund
	touch $@

clean:
	rm -rf build test/node_modules

FORCE:
