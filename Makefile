# Every command of the project. `make demo` and `make test` set up what they need.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3.11
READY := $(VENV)/.ready

.PHONY: demo test test-all faults torture ssrf audit browser validator lint format score bench bench-peers build clean

demo: $(READY)
	$(BIN)/rolecall replay fixtures/wharf fixtures/heron --digest build/demo

test: $(READY) lint
	HYPOTHESIS_PROFILE=quick $(BIN)/pytest -n 2 -m "not slow and not browser"

test-all: $(READY) browser validator audit
	$(BIN)/pytest -n 2

# Every fault of docs/faults.md, injected for real; a quarter of an hour on two cores.
faults: $(READY)
	$(BIN)/pytest -n 2 tests/faults $$($(BIN)/python tests/faults/elsewhere.py)

# Faults and runs in any order against a plain model; SEED repeats a run.
MINUTES ?= 5
SEED ?=
torture: $(READY)
	PYTHONPATH=tests:tests/faults $(BIN)/python tests/faults/torture.py $(MINUTES) $(SEED)

# Links that lead to forbidden addresses, in every way to start a crawl: connections made, as a table.
ssrf: $(READY)
	PYTHONPATH=.:tests:tests/security $(BIN)/python tests/security/ways.py

# Known weaknesses of what constraints.txt pins, where pip-audit and its service can be had: a
# weakness fails, a service that cannot be asked is said and does not.
audit: $(READY)
	@PATH="$(BIN):$$PATH"; mkdir -p build; rm -f build/audit.json; \
	if ! command -v pip-audit >/dev/null; then \
		echo "no audit: pip-audit is not installed here (pip install pip-audit)"; \
	elif pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off \
		--format json --output build/audit.json 2>build/audit.log; then \
		echo "audit: no known weakness in constraints.txt"; \
	elif [ -s build/audit.json ]; then \
		cat build/audit.log build/audit.json; exit 1; \
	else \
		echo "no audit: its service could not be asked: $$(tail -n 1 build/audit.log)"; \
	fi

# The tests that look at a digest in a browser are skipped where there is none.
browser:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium; } \
		|| echo "no chromium here: the browser tests will be skipped"

# The Nu Html Checker that looks at every page and letter; it runs on Java, npm brings it.
VNU := build/validator/node_modules/vnu-jar/build/dist/vnu.jar
validator:
	@command -v java npm >/dev/null || { apt-get update -qq \
		&& apt-get install -y -qq default-jre-headless npm; } || true
	@test -f $(VNU) || npm install --silent --no-fund --no-audit --prefix build/validator \
		vnu-jar@26.9.27 >/dev/null || echo "no checker here: its tests will be skipped"

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Against recorded data that is not part of the project: ROLECALL_DATA names its folder.
score: $(READY)
	$(BIN)/python benchmarks/score_fields.py
	$(BIN)/python benchmarks/score_pages.py
	$(BIN)/python benchmarks/score_histories.py
	$(BIN)/python benchmarks/score_lists.py

# What visits cost, beside other programs on the same pages: docs/performance.md. A quarter of an hour
# or more on a quiet machine; `make bench SIZES="100 300" REPS=1 BOARDS="1 2"` shows that it works.
SIZES ?= 1000 10000
REPS ?= 5 1
BOARDS ?= 1 11
PEERS ?= build/peers
BENCH ?=
bench: $(READY)
	$(BIN)/python -m benchmarks.speed --sizes $(SIZES) --reps $(REPS) --boards $(BOARDS) \
		--peers $(PEERS) $(BENCH)

# The other programs, in an environment of their own; those that do not install are left out.
PEERS_PYTHON ?= $(PYTHON)
bench-peers:
	$(PEERS_PYTHON) -m venv $(PEERS)
	for peer in urlwatch webchanges changedetection.io; do \
		$(PEERS)/bin/pip install --quiet --disable-pip-version-check $$peer \
			|| echo "$$peer is left out"; done

build: $(READY)
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf build dist $(VENV)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e . --group dev
	touch $(READY)
