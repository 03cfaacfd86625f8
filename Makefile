# One command each, on a machine that has Python 3.11 and pip (and apt, for what the tests need).

PYTHON ?= python3.11
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Chromium drives the pages, the Noto fonts draw their Chinese, LibreOffice opens what we export, the store is
# tested on PostgreSQL as well as on SQLite, strace sees what reaches the disk, openssl vouches for a
# mail server, and vdirsyncer and khal follow a calendar link.
SYSTEM_PACKAGES := chromium fonts-noto-cjk khal libreoffice-calc openssl postgresql strace vdirsyncer

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DELETE_ON_ERROR:
.PHONY: run check test test-long bench venv system lock clean

run: venv
	$(BIN)/oneplusx run

# Quick enough to run before every commit.
check: venv
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy --strict
	$(PYTEST) -x -m "not slow and not browser and not long"

test: venv system
	$(PYTEST) -n 2 --dist loadfile -m "not long"

test-long: venv system
	$(BIN)/python -m pytest -m long --timeout 3600

# RANKINGS: files in PrefLib's format whose children are shared out beside the invented ones.
bench: venv
	status=0; \
	$(BIN)/python -m tests.bench || status=1; \
	$(BIN)/python -m tests.bench.allocation $(RANKINGS) || status=1; \
	$(BIN)/python -m tests.bench.answered || status=1; \
	exit $$status

venv: .venv/ready

# The stamp is older than the locks when they change, so the next command installs them.
# uv comes first because it is ten times as fast; pip is the way where only pip knows the mirror.
.venv/ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c "import ensurepip, venv" || $(MAKE) --no-print-directory system SYSTEM_PACKAGES=python3.11-venv
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > .venv/uv.lock
	$(BIN)/pip install -q --no-deps --require-hashes -r .venv/uv.lock
	VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --system-certs --no-deps --require-hashes \
		-r requirements-dev.lock \
		|| $(BIN)/pip install -q --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

# Installs what is missing when it may, and says what is missing when it may not.
system:
	@missing=; \
	for package in $(SYSTEM_PACKAGES); do \
		dpkg -s $$package 2>/dev/null | grep -q "^Status: install ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "These system packages are needed and missing; please install them as root:$$missing" >&2; exit 1; \
	fi; \
	echo "Installing$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get -qq -o DPkg::Lock::Timeout=300 update && \
	apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends $$missing >/dev/null

# The runtime lock is a part of the other one, so that what is tested is what is installed.
COMPILE = $(BIN)/uv pip compile -q --system-certs --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-annotate --custom-compile-command "make lock"

lock: venv
	$(COMPILE) --extra dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:
	rm -rf .venv out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
