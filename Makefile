# Everything that is done to Bellhop from outside. `make help` lists it.
# On a fresh Debian or Ubuntu with Go, git and make, `make run` and `make test` need nothing else.

GO = go
# Callbacks on one goroutine; plain go commands do not read FyneApp.toml, which says it too.
TAGS = migrated_fynedo

VERSION = $(shell sed -n 's/^ *Version *= *"\(.*\)"/\1/p' FyneApp.toml)
# By -ldflags and not by Go itself, which some machines forbid with GOFLAGS=-buildvcs=false.
COMMIT = $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
LDFLAGS = -X main.version=$(VERSION) -X main.commit=$(COMMIT)
LINT = $(GO) tool -modfile=.ci/lint/go.mod golangci-lint
FUZZTIME = 10s
EXE = $(shell $(GO) env GOEXE)

# Linux without a display has no window to open: `run` does the same job in the terminal there.
SCREEN = $(if $(filter Linux,$(shell uname -s)),$(DISPLAY)$(WAYLAND_DISPLAY),yes)

.PHONY: help run demo build headless test crash fuzz bench benchmarks lint package package-check clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: $(if $(SCREEN),build,headless) ## build and start Bellhop: the window, or `bellhop demo` where there is no display
	$(if $(SCREEN),bin/bellhop$(EXE),bin/bellhop-headless$(EXE) demo)

build: ## build bin/bellhop
	@.ci/packages desktop
	$(GO) build -tags $(TAGS) -ldflags '$(LDFLAGS)' -o bin/bellhop$(EXE) ./app

headless: ## build bin/bellhop-headless: the same commands, no window, no graphics libraries
	@.ci/packages headless
	$(GO) build -tags headless -ldflags '$(LDFLAGS)' -o bin/bellhop-headless$(EXE) ./app

# All under the race detector, in the build without a window: ui is tested without a graphics driver.
# Then what only the desktop build has; compiling the driver for the race detector too is not worth minutes.
test: ## run all tests
	@.ci/packages test
	$(GO) test -race -tags headless,$(TAGS) ./...
	$(GO) test -tags $(TAGS) ./app

crash: ## kill Bellhop while it works 200 times and compare what was promised with what was done (KILLS=1000 for more)
	BELLHOP_KILLS=$(or $(KILLS),200) $(GO) test -race -tags headless -count 1 -timeout 2h -run TestKilledUnderLoad -v ./app

bench: headless ## measure the engine against a bare one, as ratios beside the goals (BENCH='-rounds 5 -history 1000000' for more)
	$(GO) run -tags headless ./app/internal/bench -bellhop bin/bellhop-headless$(EXE) $(BENCH)

# Each target by itself, as `go test -fuzz` takes no more than one. What it finds stays in testdata/fuzz as a test.
fuzz: ## run every fuzz target for FUZZTIME (10s)
	@.ci/packages headless
	@grep -rl --include='*_test.go' '^func Fuzz' app engine store ui | while read -r file; do \
		sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file" | while read -r target; do \
			echo "$${file%/*} $$target"; \
			$(GO) test -tags headless,$(TAGS) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "./$${file%/*}" </dev/null || exit 1; \
		done || exit 1; \
	done

benchmarks: ## run the benchmarks of single packages
	@.ci/packages headless
	$(GO) test -tags headless -run '^$$' -bench . -benchmem ./engine/... ./store/... ./app/...

lint: ## check format, style and import rules
	@.ci/packages desktop
	$(LINT) run ./...
	$(LINT) run --build-tags headless ./app/...

package: ## make the packages that people install into dist, from the last commit
	@.ci/packages package
	GO='$(GO)' .ci/package/make

package-check: ## make them twice, compare them byte by byte, and look at what they say of themselves
	@.ci/packages check
	GO='$(GO)' .ci/package/check

clean: ## remove what was built
	rm -rf bin dist
