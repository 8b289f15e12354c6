"""Training on a toy corpus: it learns, resumes, exports, and the package translates."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("torch")

import ctranslate2
import torch
from training.average import average_models
from training.batches import sort_into_batches
from training.evaluate import PackageTranslator, ReferenceSet, measure
from training.export import check_export, write_package
from training.initialise import unpacked
from training.train import (
    Cooldown,
    Recipe,
    Schedule,
    begin_training,
    load_checkpoint,
    load_model,
    rate_factor,
    run_training,
    save_checkpoint,
    save_weights,
    train_steps,
)

from toy_language import TOY_SENTENCES

if TYPE_CHECKING:
    from pathlib import Path

    from training.batches import EncodedPair
    from training.model import TranslationModel
    from training.train import EpochBatches
    from training.vocabulary import Vocabulary

RECIPE = Recipe(
    decoder_rate=5e-3, encoder_rate=5e-3, warmup_steps=5, smoothing=0.0, batch_pieces=30
)
METADATA = {
    "package_version": "0.0",
    "argos_version": "1.11",
    "from_code": "ru",
    "from_name": "Russian",
    "to_code": "en",
    "to_name": "English",
    "type": "translate",
}


@pytest.fixture
def epoch_batches(toy_pairs: list[EncodedPair]) -> EpochBatches:
    def batches(epoch: int) -> list[list[EncodedPair]]:
        return sort_into_batches(toy_pairs, RECIPE.batch_pieces, random.Random(epoch))

    return batches


@pytest.fixture
def trained(toy_model: TranslationModel, epoch_batches: EpochBatches) -> TranslationModel:
    training = begin_training(toy_model, RECIPE)
    training.cooldown = Cooldown(start=100, steps=50)
    list(train_steps(training, epoch_batches))
    return toy_model.eval()


def parameters(model: TranslationModel) -> list[torch.Tensor]:
    return list(model.state_dict().values())


def take(count: int, training: object, batches: EpochBatches) -> list[float]:
    steps = train_steps(training, batches)  # type: ignore[arg-type]
    return [next(steps) for _ in range(count)]


def test_50_steps_lower_the_loss(toy_model: TranslationModel, epoch_batches: EpochBatches) -> None:
    losses = take(50, begin_training(toy_model, RECIPE), epoch_batches)
    assert losses[-1] < losses[0] / 2


def test_a_resumed_training_equals_an_uninterrupted_one(
    toy_model: TranslationModel, epoch_batches: EpochBatches, tmp_path: Path
) -> None:
    first = tmp_path / "first.pt"
    save_weights(first, toy_model)
    uninterrupted = begin_training(load_model(first), RECIPE)
    losses = take(17, uninterrupted, epoch_batches)

    interrupted = begin_training(load_model(first), RECIPE)
    first_losses = take(6, interrupted, epoch_batches)  # in the middle of an epoch
    save_checkpoint(tmp_path / "checkpoint.pt", interrupted)
    torch.manual_seed(99)
    resumed = load_checkpoint(tmp_path / "checkpoint.pt", RECIPE)
    assert first_losses + take(11, resumed, epoch_batches) == losses
    for ours, theirs in zip(
        parameters(resumed.model), parameters(uninterrupted.model), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_a_cooldown_keeps_a_log_and_weights(
    toy_model: TranslationModel, epoch_batches: EpochBatches, tmp_path: Path
) -> None:
    training = begin_training(toy_model, RECIPE)
    training.cooldown = Cooldown(start=4, steps=6)
    run_training(
        training,
        epoch_batches,
        tmp_path,
        Schedule(log_steps=4, score_steps=8, checkpoint_seconds=0),
        lambda _model: {"toy BLEU": 1.0},
    )
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [record["step"] for record in log] == [4, 8, 8, 10]
    assert log[-1]["toy BLEU"] == 1.0
    assert {path.name for path in tmp_path.iterdir()} == {
        "cooled.pt",
        "log.jsonl",
        "weights-000008.pt",
    }


def test_a_stopped_run_keeps_its_last_step(
    toy_model: TranslationModel, epoch_batches: EpochBatches, tmp_path: Path
) -> None:
    asked = iter([False, False, True])
    run_training(
        begin_training(toy_model, RECIPE),
        epoch_batches,
        tmp_path,
        Schedule(),
        lambda _model: {},
        is_stopped=lambda: next(asked),
    )
    assert load_checkpoint(tmp_path / "checkpoint.pt", RECIPE).progress.step == 3


@pytest.mark.parametrize(
    ("step", "factor"), [(1, 0.1), (10, 1.0), (500, 1.0), (510, 0.5), (520, 0.0), (530, 0.0)]
)
def test_the_rate_rises_stays_and_falls(step: int, factor: float) -> None:
    assert rate_factor(step, 10, Cooldown(500, 20)) == pytest.approx(factor)


def test_the_average_lies_between(toy_model: TranslationModel, tmp_path: Path) -> None:
    paths = [tmp_path / "one.pt", tmp_path / "two.pt"]
    save_weights(paths[0], toy_model)
    with torch.no_grad():
        toy_model.decoder.bias.add_(1)
    save_weights(paths[1], toy_model)
    assert torch.allclose(average_models(paths).decoder.bias, toy_model.decoder.bias - 0.5)


def test_the_export_computes_what_pytorch_computes(
    trained: TranslationModel, toy_vocabulary: Vocabulary, toy_pairs: list[EncodedPair]
) -> None:
    largest, mean = check_export(trained, toy_vocabulary, toy_pairs)
    assert largest < 1e-3
    assert mean < 0.05


def test_the_package_translates_and_is_reproducible(
    trained: TranslationModel, toy_vocabulary: Vocabulary, tmp_path: Path
) -> None:
    documents = {"README.md": "A toy.", "LICENSE": "MIT"}
    path, again = (
        write_package(tmp_path / name, trained, toy_vocabulary, METADATA, documents)
        for name in ("one", "two")
    )
    assert path.name == "translate-ru_en-0_0.argosmodel"
    assert path.read_bytes() == again.read_bytes()
    with unpacked(path) as folder:
        translator = PackageTranslator.load(folder, threads=1)
    sources, references = zip(*TOY_SENTENCES, strict=True)
    assert translator.translate(sources, beam_size=2) == list(references)
    assert measure(translator, ReferenceSet("toy", sources, references), 1).bleu == pytest.approx(
        100
    )


def test_argostranslate_loads_the_package(
    trained: TranslationModel,
    toy_vocabulary: Vocabulary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    packages = pytest.importorskip("argostranslate.package")
    path = write_package(tmp_path, trained, toy_vocabulary, METADATA, {"README.md": "A toy."})
    with unpacked(path) as folder:
        package = packages.Package(folder)
        pieces = package.tokenizer.encode(TOY_SENTENCES[0][0])
        translator = ctranslate2.Translator(str(folder / "model"))
    result = translator.translate_batch([pieces], beam_size=2)[0]
    assert package.tokenizer.decode(result.hypotheses[0]).strip() == TOY_SENTENCES[0][1]


def test_our_engine_translates_with_the_package(
    trained: TranslationModel, toy_vocabulary: Vocabulary, tmp_path: Path
) -> None:
    engine = pytest.importorskip("toolkit.engine")
    package = pytest.importorskip("toolkit.packages")
    path = write_package(tmp_path, trained, toy_vocabulary, METADATA, {"README.md": "A toy."})
    opened = engine.ArgosEngine(package.open_package(path))
    assert [found.text for found in opened.translate([TOY_SENTENCES[0][0]])] == [
        TOY_SENTENCES[0][1]
    ]
