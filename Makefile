# Two commands set everything up: `make translate` and `make test`.
# uv is fetched into .uv/ with pip; .venv/ holds the locked environment. The training of the model
# has an environment and tests of its own, because it needs torch.

UV := .uv/bin/uv
RUN := $(UV) run --locked --quiet

.PHONY: translate test lint training-env test-training test-ray clean

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

training-env: .venv-training

.venv-training: $(UV) pyproject.toml uv.lock
	python3 -m venv .venv-training
	.venv-training/bin/pip install --quiet --upgrade pip
	.venv-training/bin/pip install --quiet --group training
	$(UV) export --quiet --locked --no-dev --no-emit-project --no-hashes --output-file .venv-training/toolkit.txt
	.venv-training/bin/pip install --quiet --requirement .venv-training/toolkit.txt
	@touch .venv-training

test-training: .venv-training
	.venv-training/bin/ruff check training tests/training
	.venv-training/bin/mypy --strict --config-file /dev/null --ignore-missing-imports \
	    training tests/training
	PYTHONPATH=. .venv-training/bin/pytest --confcutdir=tests/training training tests/training \
	    -o addopts="--doctest-modules --strict-markers --strict-config"

.venv-ray: $(UV) pyproject.toml uv.lock
	UV_PROJECT_ENVIRONMENT=.venv-ray $(UV) sync --locked --quiet --extra ray
	@touch .venv-ray

test-ray: .venv-ray
	.venv-ray/bin/pytest --confcutdir=tests/cluster tests/cluster -o addopts="--strict-markers --strict-config"

clean:
	rm -rf .uv .venv .venv-training .venv-ray
