"""Align the words of a pair by the similarity of their e5 vectors.

Source and target words that are each other's nearest neighbour are aligned. Layer 6 of e5 is used:
later layers serve the sentence's vector and lose the words (measured in training/README.md).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from sentencepiece import SentencePieceProcessor
from torch import Tensor, nn

from training.batches import pad
from training.e5 import E5
from training.initialise import e5_state
from training.model import Encoder, ModelShape, padding_mask
from training.vocabulary import END, START, full_source_processor

LAYERS = 6
WORD = re.compile(r"\w+(?:[-'.]\w+)*")
SENTENCES_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Word:
    """Hold the place of a word in its sentence, in characters."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """Hold the words of both sides and the pairs of word numbers that correspond."""

    source_words: tuple[Word, ...]
    target_words: tuple[Word, ...]
    links: tuple[tuple[int, int], ...]


def find_words(text: str) -> tuple[Word, ...]:
    """Return the words of a sentence without punctuation.

    >>> find_words("Talks, again.")
    (Word(start=0, stop=5), Word(start=7, stop=12))
    """
    return tuple(Word(match.start(), match.end()) for match in WORD.finditer(text))


@dataclass(frozen=True, slots=True)
class Aligner:
    """Hold e5's first layers with its whole multilingual vocabulary."""

    encoder: Encoder
    pieces: SentencePieceProcessor

    def align(self, pairs: Sequence[tuple[str, str]]) -> Iterator[AlignedPair]:
        """Yield the alignment of each pair."""
        for start in range(0, len(pairs), SENTENCES_AT_ONCE):
            chunk = pairs[start : start + SENTENCES_AT_ONCE]
            sources = self.word_vectors([source for source, _ in chunk])
            targets = self.word_vectors([target for _, target in chunk])
            for (source, target), ours, theirs in zip(chunk, sources, targets, strict=True):
                links = mutual_neighbours(ours @ theirs.T) if len(ours) and len(theirs) else ()
                yield AlignedPair(find_words(source), find_words(target), tuple(links))

    def word_vectors(self, texts: Sequence[str]) -> list[Tensor]:
        """Return for each text the vectors (words, D) of its words, of length 1."""
        words = [find_words(text) for text in texts]
        encoded = [
            [self.pieces.encode(text[word.start : word.stop]) for word in row]
            for text, row in zip(texts, words, strict=True)
        ]
        rows = [[START, *(piece for word in row for piece in word), END] for row in encoded]
        lengths = torch.tensor([len(row) for row in rows])
        batch = pad(rows)
        with torch.no_grad():
            vectors = self.encoder(batch, padding_mask(batch, lengths), nn.Dropout(0.0))
        return [
            average_pieces(vector, [len(word) for word in row])
            for vector, row in zip(vectors, encoded, strict=True)
        ]


def load_aligner(e5: E5) -> Aligner:
    """Return an aligner with the weights of e5."""
    pieces = full_source_processor(e5)
    names = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    encoder = Encoder(ModelShape(len(names), 0, encoder_layers=LAYERS))
    state = e5_state(e5, names, LAYERS, seed=0)
    encoder.load_state_dict(
        {name.removeprefix("encoder."): torch.from_numpy(a.copy()) for name, a in state.items()}
    )
    return Aligner(encoder.eval(), pieces)


def average_pieces(vectors: Tensor, piece_counts: Sequence[int]) -> Tensor:
    """Return one vector of length 1 a word from the vectors of `<s>`, its pieces, and `</s>`."""
    averaged = []
    position = 1
    for count in piece_counts:
        averaged.append(vectors[position : position + count].mean(0))
        position += count
    if not averaged:
        return vectors[:0]
    return F.normalize(torch.stack(averaged))


def mutual_neighbours(similarities: Tensor) -> Iterator[tuple[int, int]]:
    """Yield (row, column) where each is the other's most similar one."""
    best_columns = similarities.argmax(1).tolist()
    best_rows = similarities.argmax(0).tolist()
    for row, column in enumerate(best_columns):
        if best_rows[column] == row:
            yield row, column
