"""How far a translation can be trusted: a model's score in three bands.

The thresholds of a model are calibrated on development sets by
`benchmarks/calibrate_confidence.py`, so that segments with a low score really are worse.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from toolkit.bitext import Bitext, Unit

Band = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a model's bands lie.

    Fields:
        low: scores below it are low.
        high: scores from it on are high.
    """

    low: float
    high: float

    def band(self, score: float | None) -> Band | None:
        """Give the band of a score; None where there is no score.

        >>> Thresholds(0.5, 0.7).band(0.6)
        'medium'
        """
        if score is None:
            return None
        if score < self.low:
            return "low"
        return "high" if score >= self.high else "medium"


def load_thresholds(model: str) -> Thresholds | None:
    """Give the thresholds of a model by its label; None for a model that was not calibrated."""
    return _calibrated().get(model)


@cache
def _calibrated() -> dict[str, Thresholds]:
    file = resources.files("toolkit") / "data" / "confidence.json"
    models = json.loads(file.read_text("utf-8"))
    return {model: Thresholds(bands["low"], bands["high"]) for model, bands in models.items()}


def bands(bitext: Bitext) -> tuple[Band | None, ...]:
    """Give the band of each unit; None for all where the model was not calibrated."""
    thresholds = load_thresholds(bitext.signature.model)
    return tuple(thresholds.band(unit.score) if thresholds else None for unit in bitext.units)


def least_confident(units: Iterable[Unit], count: int = 10) -> list[Unit]:
    """Give the machine's translations with the lowest scores, the lowest first."""
    scored = [unit for unit in units if unit.score is not None and unit.state == "translated"]
    return sorted(scored, key=lambda unit: unit.score or 0.0)[:count]
