"""Train a model; stop and resume at any moment with the same result.

Everything random follows from the recipe's seed and the number of the epoch, and the state of
PyTorch's generator is part of a checkpoint.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.batches import Batch, EncodedPair, make_batch
from training.loss import smoothed_cross_entropy
from training.model import ModelShape, TranslationModel
from training.vocabulary import PAD


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hold what decides the course of a training; rates are AdamW's learning rates."""

    seed: int = 8
    decoder_rate: float = 4e-4
    encoder_rate: float = 1e-4
    warmup_steps: int = 150
    dropout: float = 0.1
    smoothing: float = 0.1
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    batch_pieces: int = 1500


@dataclass(frozen=True, slots=True)
class Cooldown:
    """Let the learning rate fall from its plateau to 0 within some steps; then training ends."""

    start: int
    steps: int


@dataclass(slots=True)
class Progress:
    """Count finished steps, epochs, batches of this epoch, pairs and seconds of computing."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    pairs: int = 0
    seconds: float = 0.0


EpochBatches = Callable[[int], list[list[EncodedPair]]]
"""Return the batches of an epoch; the same number must always give the same batches."""


@dataclass(slots=True)
class Training:
    """Hold a model in training, its optimizer and its progress; endless without a cooldown."""

    model: TranslationModel
    optimizer: torch.optim.AdamW
    recipe: Recipe
    progress: Progress = field(default_factory=Progress)
    cooldown: Cooldown | None = None


def rate_factor(step: int, warmup_steps: int, cooldown: Cooldown | None) -> float:
    """Return the share of the full learning rate at a step: rise, plateau, fall to 0."""
    factor = min(1.0, step / warmup_steps)
    if cooldown is not None and step > cooldown.start:
        factor *= max(0.0, 1 - (step - cooldown.start) / cooldown.steps)
    return factor


def make_optimizer(model: TranslationModel, recipe: Recipe) -> torch.optim.AdamW:
    """Return AdamW with a rate for the encoder and one for the decoder."""
    groups = [
        {"params": list(model.encoder.parameters()), "full_rate": recipe.encoder_rate},
        {"params": list(model.decoder.parameters()), "full_rate": recipe.decoder_rate},
    ]
    return torch.optim.AdamW(
        groups, lr=0.0, betas=(0.9, 0.98), weight_decay=recipe.weight_decay, fused=True
    )


def begin_training(model: TranslationModel, recipe: Recipe) -> Training:
    """Return a training at its first step, with PyTorch's generator seeded."""
    torch.manual_seed(recipe.seed)
    model.dropout.p = recipe.dropout
    return Training(model, make_optimizer(model, recipe), recipe)


def batch_loss(model: TranslationModel, batch: Batch, smoothing: float) -> Tensor:
    """Return the mean loss of a batch's target pieces, in nats."""
    vectors = model(batch.source, batch.source_lengths, batch.target[:, :-1])
    labels = batch.target[:, 1:]
    real = labels != PAD
    decoder = model.decoder
    return smoothed_cross_entropy(
        vectors[real], decoder.embedding.weight, decoder.bias, labels[real], smoothing
    )


def train_step(training: Training, pairs: Sequence[EncodedPair], factor: float) -> float:
    """Change the parameters by one batch and return its loss."""
    model, optimizer, recipe = training.model, training.optimizer, training.recipe
    for group in optimizer.param_groups:
        group["lr"] = group["full_rate"] * factor
    optimizer.zero_grad()
    loss = batch_loss(model, make_batch(pairs), recipe.smoothing)
    loss.backward()  # type: ignore[no-untyped-call]  # torch
    torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.gradient_norm)
    optimizer.step()
    return loss.item()


def train_steps(training: Training, epoch_batches: EpochBatches) -> Iterator[float]:
    """Yield the loss after each step, until the cooldown ends."""
    training.model.train()
    progress, recipe, cooldown = training.progress, training.recipe, training.cooldown
    while True:
        batches = epoch_batches(progress.epoch)
        for pairs in batches[progress.batch :]:
            if cooldown is not None and progress.step >= cooldown.start + cooldown.steps:
                return
            started = time.monotonic()
            factor = rate_factor(progress.step + 1, recipe.warmup_steps, cooldown)
            loss = train_step(training, pairs, factor)
            progress.step += 1
            progress.batch += 1
            progress.pairs += len(pairs)
            progress.seconds += time.monotonic() - started
            yield loss
        progress.epoch += 1
        progress.batch = 0


def save_checkpoint(path: Path, training: Training) -> None:
    """Write everything that resuming needs, under a temporary name first."""
    content = {
        "shape": asdict(training.model.shape),
        "recipe": asdict(training.recipe),
        "model": training.model.state_dict(),
        "optimizer": training.optimizer.state_dict(),
        "progress": asdict(training.progress),
        "generator": torch.get_rng_state(),
    }
    write_atomically(path, content)


def save_weights(path: Path, model: TranslationModel) -> None:
    """Write the parameters alone, for averaging and export."""
    write_atomically(path, {"shape": asdict(model.shape), "model": model.state_dict()})


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Save with torch under a temporary name and rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def load_checkpoint(path: Path, recipe: Recipe | None = None) -> Training:
    """Continue a training where its checkpoint was written; `recipe` replaces the stored one."""
    content = torch.load(path)
    recipe = recipe or Recipe(**content["recipe"])
    model = model_from_content(content)
    training = begin_training(model, recipe)
    full_rates = [group["full_rate"] for group in training.optimizer.param_groups]
    training.optimizer.load_state_dict(content["optimizer"])
    for group, full_rate in zip(training.optimizer.param_groups, full_rates, strict=True):
        group["full_rate"] = full_rate
        group["weight_decay"] = recipe.weight_decay
    training.progress = Progress(**content["progress"])
    torch.set_rng_state(content["generator"])
    return training


def load_model(path: Path) -> TranslationModel:
    """Return the model of a checkpoint or of a file of weights, without dropout."""
    return model_from_content(torch.load(path)).eval()


def model_from_content(content: dict[str, Any]) -> TranslationModel:
    """Build the model that a checkpoint describes."""
    model = TranslationModel(ModelShape(**content["shape"]))
    model.load_state_dict(content["model"])
    return model


@dataclass(frozen=True, slots=True)
class Schedule:
    """Say how many steps (log, scores) or seconds (checkpoints) lie between two records."""

    log_steps: int = 50
    score_steps: int = 500
    checkpoint_seconds: float = 600.0


def run_training(
    training: Training,
    epoch_batches: EpochBatches,
    folder: Path,
    schedule: Schedule,
    scores: Callable[[TranslationModel], dict[str, float]],
    is_stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Train, log to `log.jsonl` and keep `checkpoint.pt` and weights in a folder.

    Training ends when `is_stopped`, which is asked after every step, says so. A cooldown leaves the
    plateau's checkpoint alone and ends with `cooled.pt`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    window = Window(training.progress.pairs)
    saved = time.monotonic()
    progress = training.progress
    for loss in train_steps(training, epoch_batches):
        window.losses.append(loss)
        if progress.step % schedule.log_steps == 0:
            append_log(folder, asdict(progress) | window.summary(progress.pairs))
            window = Window(progress.pairs)
        if progress.step % schedule.score_steps == 0:
            append_log(folder, {"step": progress.step} | scores(training.model))
            training.model.train()
            save_weights(folder / f"weights-{progress.step:06}.pt", training.model)
        stopped = is_stopped()
        due = time.monotonic() - saved > schedule.checkpoint_seconds
        if training.cooldown is None and (stopped or due):
            save_checkpoint(folder / "checkpoint.pt", training)
            saved = time.monotonic()
        if stopped:
            return
    save_weights(folder / "cooled.pt", training.model)
    append_log(folder, {"step": progress.step, "cooled": 1.0} | scores(training.model))


@dataclass(slots=True)
class Window:
    """Collect what is logged together: loss and speed of some steps."""

    first_pairs: int
    losses: list[float] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def summary(self, pairs: int) -> dict[str, float]:
        """Return mean loss and pairs per second of wall-clock time; `pairs` were seen in all."""
        elapsed = time.monotonic() - self.started
        return {
            "loss": round(sum(self.losses) / len(self.losses), 4),
            "pairs_per_second": round((pairs - self.first_pairs) / elapsed, 1),
        }


def append_log(folder: Path, record: dict[str, float]) -> None:
    """Append a record to the log, with the time."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps({"time": stamp} | record) + "\n")
