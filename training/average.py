"""Average the weights of several moments of a training."""

from collections.abc import Sequence
from pathlib import Path

import torch

from training.model import TranslationModel
from training.train import load_model


def average_models(paths: Sequence[Path]) -> TranslationModel:
    """Return a model whose parameters are the mean of those in some files of weights.

    Raise ValueError when the models differ in shape.
    """
    models = [load_model(path) for path in paths]
    if len({model.shape for model in models}) != 1:
        raise ValueError("only weights of the same shape can be averaged")
    states = [model.state_dict() for model in models]
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(mean)
    return models[0]
