# surgrad is built by CMake; this file is the short way. `make help` lists the targets.

BUILD  ?= build
PREFIX ?= /usr/local
WERROR ?= OFF

# Ninja where it is installed; a build folder keeps what it was made with.
export CMAKE_GENERATOR ?= $(if $(shell command -v ninja),Ninja,Unix Makefiles)
export CMAKE_BUILD_PARALLEL_LEVEL ?= $(shell nproc)
export CTEST_PARALLEL_LEVEL ?= $(shell nproc)

# What runs below counts its own jobs: it must not see the flags of this make.
APART = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL

CONFIGURE = @$(APART) cmake --log-level=NOTICE -DSURGRAD_WERROR=$(WERROR) --preset
CTEST = @$(APART) ctest --output-on-failure --no-tests=error
SOURCES = git ls-files '*.[ch]'
# The linker must learn of a new library, unless it is only staged.
LDCONFIG = $(if $(DESTDIR),true,test "$$(id -u)" != 0 || ldconfig)

.PHONY: all demo test install uninstall debug clang asan tsan check bench networks bench-programs peers recipes format docs clean deps deps-ci help

all: deps ## build the program and the library; the default
	$(CONFIGURE) release -B $(BUILD)
	@$(APART) cmake --build $(BUILD)

demo: all ## train a network on MNIST into runs/demo; a demo that was cut short is taken up again
	$(BUILD)/surgrad train notebook --out runs/demo $(if $(wildcard runs/demo/config.yaml),--resume)

test: all ## build, and run all tests
	$(CTEST) --test-dir $(BUILD)

# Builds only if nothing is built yet, so that `sudo make install` leaves no files of root's behind.
install: ## install under PREFIX (/usr/local); packagers: DESTDIR
	test -e $(BUILD)/libsurgrad.a || $(MAKE) all
	DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"
	mv $(BUILD)/install_manifest.txt $(BUILD)/installed.txt
	$(LDCONFIG)

uninstall: ## remove what the last `make install` copied
	@test -e $(BUILD)/installed.txt || { echo "uninstall: nothing was installed from $(BUILD)" >&2; exit 1; }
	sed 's|^|$(DESTDIR)|; $$s|$$|\n|' $(BUILD)/installed.txt | xargs -r -d '\n' rm -fv
	sed -n 's|^\(.*/surgrad.*\)/[^/]*$$|$(DESTDIR)\1|p' $(BUILD)/installed.txt | sort -ru | \
	    while read -r dir; do test ! -d "$$dir" || rmdir --ignore-fail-on-non-empty "$$dir" || exit; done
	$(LDCONFIG)

debug asan: deps
clang tsan: deps-ci
debug: ## the same tests in build-debug: not optimised, asserts on
clang: ## ... in build-clang
asan:  ## ... in build-asan: address and undefined behaviour sanitizers
tsan:  ## ... in build-tsan: thread sanitizer, on the tests labelled `threads`
debug clang asan tsan:
	$(CONFIGURE) $@
	@$(APART) cmake --build build-$@
	$(CTEST) --test-dir build-$@ $(if $(filter tsan,$@),-L threads)

check: ## all that CI checks
	tools/check.sh

bench: bench-programs ## measure against PyTorch and OpenBLAS, and the curves, into bench/; QUICK=1: a short trial
	QUICK=$(QUICK) bench/run.sh $(BUILD)
	QUICK=$(QUICK) bench/curves.sh $(BUILD)
	QUICK=$(QUICK) bench/networks.py $(BUILD)

networks: bench-programs ## the last part of `make bench` alone, the networks of today
	QUICK=$(QUICK) bench/networks.py $(BUILD)

bench-programs: all deps-bench
	@$(APART) cmake --build $(BUILD) --target surgrad_bench surgrad_bench_blas surgrad_bench_peak

peers: all ## exchange networks with other programs by NIR graphs; from PyPI, 6 GB and some minutes
	tools/peers/peers.sh $(BUILD)

recipes: all ## train every recipe with three seeds and compare with recipes/results.csv (15 minutes)
	tools/recipes.sh $(BUILD)

format: ## format the C files with clang-format
	$(SOURCES) | xargs clang-format -i

docs: all ## write docs/configuration.md and docs/cli.md anew from the program's tables
	tools/write-docs.sh $(BUILD)/surgrad docs

clean: ## remove the build folders; runs/ stays
	rm -rf build build-*

deps:
	@tools/deps.sh

deps-ci:
	@tools/deps.sh ci

deps-bench:
	@tools/deps.sh bench

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 18
