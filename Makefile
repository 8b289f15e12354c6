# Two commands set everything up: `make translate` and `make test`.
# uv is fetched into .uv/ with pip; .venv/ holds the locked environment.

UV := .uv/bin/uv
RUN := $(UV) run --locked --quiet

.PHONY: translate test lint training-env test-training clean

translate: .venv
	$(RUN) bilingual translate seeds -o translations --date 2026-11-27

test: lint
	$(RUN) pytest

lint: .venv
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy

.venv: $(UV) pyproject.toml uv.lock
	$(UV) sync --locked --quiet
	@touch .venv

$(UV):
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

clean:
	rm -rf .uv .venv .venv-training
