"""Translate test sets with CTranslate2 and measure BLEU, chrF and speed."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import ctranslate2
import sacrebleu
import sentencepiece

LENGTH_PENALTY = 1.0
BATCH_PIECES = 2048
LONGEST_OUTPUT = 200

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[А-ЯЁA-Z«])")


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """Hold source sentences and their reference translations."""

    name: str
    sources: tuple[str, ...]
    references: tuple[str, ...]

    def first(self, count: int) -> Self:
        """Return the test set cut down to its first sentences."""
        return replace(self, sources=self.sources[:count], references=self.references[:count])


@dataclass(frozen=True, slots=True)
class Result:
    """Hold the translations of a test set and what was measured on them."""

    translations: tuple[str, ...]
    bleu: float
    chrf: float
    signatures: tuple[str, str]
    sentences_per_second: float


@dataclass(frozen=True, slots=True)
class PackageTranslator:
    """Translate segments with an unpacked Argos package."""

    translator: ctranslate2.Translator
    pieces: sentencepiece.SentencePieceProcessor

    @classmethod
    def load(cls, package: Path, threads: int = 2) -> Self:
        """Open a package folder (`model/` and `sentencepiece.model`)."""
        return cls(
            ctranslate2.Translator(str(package / "model"), inter_threads=1, intra_threads=threads),
            sentencepiece.SentencePieceProcessor(model_file=str(package / "sentencepiece.model")),
        )

    def translate(self, segments: Sequence[str], beam_size: int) -> list[str]:
        """Return the best translation of each segment."""
        results = self.translator.translate_batch(
            self.pieces.encode(list(segments), out_type=str),
            beam_size=beam_size,
            length_penalty=LENGTH_PENALTY,
            max_batch_size=BATCH_PIECES,
            batch_type="tokens",
            max_decoding_length=LONGEST_OUTPUT,
        )
        return [piece_string(result.hypotheses[0]) for result in results]


def piece_string(pieces: Sequence[str]) -> str:
    """Join pieces to text.

    >>> piece_string(["▁The", "▁talks", "."])
    'The talks.'
    """
    return "".join(pieces).replace("▁", " ").strip()


def read_test_set(folder: Path, name: str) -> ReferenceSet:
    """Read `NAME.ru` and `NAME.en`; raise ValueError if they have different numbers of lines."""
    sides = [(folder / f"{name}.{code}").read_text(encoding="utf-8") for code in ("ru", "en")]
    sources, references = (tuple(side.rstrip("\n").split("\n")) for side in sides)
    if len(sources) != len(references):
        raise ValueError(f"{folder / name}: {len(sources)} sources, {len(references)} references")
    return ReferenceSet(name, sources, references)


def measure(translator: PackageTranslator, test_set: ReferenceSet, beam_size: int) -> Result:
    """Translate a test set and score it with sacrebleu's default (cased, 13a) BLEU and chrF2."""
    started = time.perf_counter()
    translations = translator.translate(test_set.sources, beam_size)
    seconds = time.perf_counter() - started
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    references = [list(test_set.references)]
    return Result(
        tuple(translations),
        bleu.corpus_score(translations, references).score,
        chrf.corpus_score(translations, references).score,
        (str(bleu.get_signature()), str(chrf.get_signature())),
        len(translations) / seconds,
    )


def format_result(name: str, beam_size: int, result: Result) -> str:
    """Return scores, speed and signatures as one line."""
    return (
        f"{name} beam {beam_size}: BLEU {result.bleu:.2f} chrF {result.chrf:.2f}, "
        f"{result.sentences_per_second:.1f} sentences/s, {' '.join(result.signatures)}"
    )


def read_article(path: Path) -> list[str]:
    """Return the sentences of a text, cut behind full stops and at line ends."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [sentence for line in lines for sentence in SENTENCE_END.split(line.strip()) if sentence]
