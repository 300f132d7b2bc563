# The commands of daily work; `make` alone lists them.

.PHONY: help run build test check docs bench fuzz torture dist accept install uninstall clean
.DEFAULT_GOAL := help

# So many tests at once keep a small machine and its open files within bounds; older toolchains have no such flag.
TEST = swift test --skip-build --disable-xctest --quiet \
	$(shell swift test --help-hidden 2>/dev/null | grep -o -m 1 -e '--experimental-maximum-parallelization-width' | sed 's/$$/ 24/')

# Half the time of an optimised build. It has its own folder, because other flags than those of that build would make
# each build start from scratch.
QUICK = -c release -Xswiftc -Onone -debug-info-format none --scratch-path .build/quick

# The program that is packaged brings Swift's libraries with it. BINARY=... packages another one.
DIST = -c release --static-swift-stdlib --scratch-path .build/dist
BINARY = .build/dist/release/heliograph

PREFIX = /usr/local

FORMATTED := $(wildcard Package.swift Sources Tests Benchmarks)

help: ## List these commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: ## Build quickly and send a demo message (heliograph demo); ARGS="--exit" for more flags.
	@Scripts/setup
	swift build $(QUICK) --product heliograph
	@exec .build/quick/release/heliograph demo $(ARGS)

build: ## Build the optimised .build/release/heliograph.
	@Scripts/setup
	swift build -c release --product heliograph

test: .venv/ready ## Run all tests, on SQLite and PostgreSQL, with the referee in Python and the pages in Chromium.
	swift build --build-tests
	$(TEST)

check: ## Check the format and that every import respects the layers.
	@Scripts/setup check
	swift format lint --strict --recursive $(FORMATTED)
	Scripts/check-layers --self-test
	Scripts/check-layers

docs: ## Rewrite the parts of docs/ that come from the program.
	swift build --build-tests
	HELIOGRAPH_WRITE_DOCS=1 swift test --skip-build --disable-xctest --quiet --filter "ErrorDocumentTests|SettingsTests|OpenAPITests"

bench: ## Measure, each figure compared with what the machine itself can do.
	@Scripts/setup bench
	@test -x Scripts/bench || { echo "Scripts/bench does not exist yet." >&2; exit 1; }
	Scripts/bench

fuzz: ## Feed the parsers with mutated input for a while.
	@Scripts/setup
	Scripts/fuzz

torture: .venv/ready ## Run all tests with the slow ones at full length.
	swift build --build-tests
	HELIOGRAPH_TORTURE=1 $(TEST)

dist: $(BINARY) ## Make a tarball and a Debian package in dist/, from an optimised build.
	@Scripts/setup dist
	Scripts/dist $(BINARY)

accept: dist ## Install the package in a clean Debian, send a message there, upgrade, remove and purge; needs root.
	@Scripts/setup accept
	Tests/Package/accept.py

install: ## Install what `make dist` has built below PREFIX (/usr/local), which may be in a DESTDIR.
	@Scripts/install "$(DESTDIR)" "$(PREFIX)" "$(BINARY)"

uninstall: ## Remove what `make install` has installed with the same PREFIX and DESTDIR.
	@Scripts/install --remove "$(DESTDIR)" "$(PREFIX)"

clean: ## Remove what was built.
	rm -rf .build .venv dist

# SwiftPM knows what has changed.
.PHONY: .build/dist/release/heliograph
.build/dist/release/heliograph:
	@Scripts/setup dist
	swift build $(DIST) --product heliograph

# The Python libraries of the referee and of the browser's tests.
.venv/ready: $(wildcard Tests/*/requirements.txt) | setup-test
	python3 -m venv .venv
	$(if $^,.venv/bin/pip install --quiet --disable-pip-version-check $(addprefix -r ,$^))
	@touch $@

.PHONY: setup-test
setup-test:
	@Scripts/setup test
