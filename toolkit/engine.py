"""Machine translation of segments with an Argos model package, one hypothesis a segment.

The segments go to CTranslate2 as they are: argostranslate's own translate function would split
them again and join the sentences before decoding, and the alignment would be lost.
"""

import io
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any, Protocol

import regex

from toolkit.clauses import split_into_clauses
from toolkit.errors import EngineError
from toolkit.packages import ModelPackage

# What the models were not trained to read and a reader does not see.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
MAX_TARGET_TOKENS = 400  # the positions of the bundled decoder end at 448
MOST_BATCH_TOKENS = 1024
LEAST_BATCH_TOKENS = 128
SCORING_BATCH_TOKENS = 256  # smaller batches have shorter padding, and scoring needs no others
# What byte-pair encoding never merges across: GPT-2's rule without its contractions.
RUN = regex.compile(r"'(?:[sdmt]|ll|ve|re)|▁?\p{L}+|▁?\p{N}+|▁?[^▁\p{L}\p{N}]+|▁")
# English words that have no capital inside a sentence.
FUNCTION_WORDS = frozenset(
    "A An And As At But By For From He If In It Its Of On Or She So That The Their Then There "
    "These They This Those To When Where Which While Who With".split()
)


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the decoder searches.

    Fields:
        beam_size: hypotheses kept at each step; 1 is greedy search.
        length_penalty: exponent by which a hypothesis' length divides its log-probability.
        no_repeat_ngram_size: n-grams of this size may occur only once; 0 for no limit.
        repetition_penalty: above 1, tokens already produced become less probable.
        max_tokens: longer segments are cut at clause boundaries and rejoined (tokens).
    """

    beam_size: int = 4
    length_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    repetition_penalty: float = 1.0
    max_tokens: int = 160


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A translation with the model's opinion of it.

    Fields:
        text: the translation.
        log_prob: natural logarithm of its probability under the model.
        length: its tokens, the end of the sentence counted.
        alternatives: the other hypotheses of the beam, the best first; none for a text that was
            translated in pieces.
    """

    text: str
    log_prob: float
    length: int
    alternatives: tuple["Hypothesis", ...] = ()

    @property
    def score(self) -> float:
        """The geometric mean of the token probabilities, from 0 to 1."""
        return math.exp(self.log_prob / self.length)


class Engine(Protocol):
    """What translates segments."""

    @property
    def source_lang(self) -> str:
        """The language it translates from."""

    @property
    def target_lang(self) -> str:
        """The language it translates to."""

    @property
    def label(self) -> str:
        """Name, version and settings of the decoder, for signatures."""

    @property
    def model_label(self) -> str:
        """Name and version of the model, for signatures."""

    @property
    def model_sha256(self) -> str:
        """SHA-256 of the model, hexadecimal."""

    @property
    def threads(self) -> int:
        """How many calls it works on at the same time."""

    def translate(
        self, texts: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[Hypothesis]:
        """Translate each text by itself, in order."""

    @property
    def reads_annotations(self) -> bool:
        """Whether the model was trained to read terms in the source: `word <term> … </term>`."""

    def fits(self, text: str) -> bool:
        """Tell whether a text is translated in one piece."""

    def complete(
        self, texts: Sequence[str], beginnings: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[str]:
        """Translate each text into a translation that begins as given, in order."""

    def score(self, texts: Sequence[str], translations: Sequence[str]) -> list[tuple[float, ...]]:
        """Give the logarithms of the probabilities of each translation's words and of its end."""


class ArgosEngine:
    """Translates with a model package.

    Args:
        package: the package; see `toolkit.packages.find_package`.
        decoding: the search that `translate` uses unless told otherwise.
        threads: how many batches are translated at the same time, each by one thread of its own:
            two threads for one batch gain little; 0 for one on each processor.
        compute_type: CTranslate2's arithmetic, e.g. `int8`, `float32`, `default` for the model's.

    Raises:
        EngineError: the package is damaged or CTranslate2 cannot load it.

    >>> from toolkit.packages import bundled_package
    >>> engine = ArgosEngine(bundled_package())
    >>> [hypothesis.text for hypothesis in engine.translate(["Беседа длилась более двух часов."])]
    ['The conversation lasted more than two hours.']
    """

    def __init__(
        self,
        package: ModelPackage,
        decoding: Decoding | None = None,
        *,
        threads: int = 0,
        compute_type: str = "default",
    ) -> None:
        try:
            import ctranslate2  # noqa: PLC0415 - half the cold start of the command line
        except ImportError as error:
            raise EngineError(
                f"CTranslate2 does not load ({error}); free some memory, or install it again"
            ) from error
        self.package = package
        self.decoding = decoding or Decoding()
        self.compute_type = compute_type
        self.threads = threads or available_processors()
        self._version = ctranslate2.__version__
        try:
            self._tokenizer = load_tokenizer(package)
            self._translator = ctranslate2.Translator(
                package.name,
                files=package.model_files,
                inter_threads=self.threads,
                intra_threads=1,
                compute_type=compute_type,
            )
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            raise EngineError(
                f"{package.root}: the model does not load ({_first_line(error)}); "
                "get the package again or choose another with --model"
            ) from error

    @property
    def source_lang(self) -> str:
        """The language it translates from."""
        return self.package.source_lang

    @property
    def target_lang(self) -> str:
        """The language it translates to."""
        return self.package.target_lang

    @property
    def label(self) -> str:
        """Name, version and settings of the decoder, for signatures."""
        return (
            f"ctranslate2 {self._version} beam={self.decoding.beam_size} "
            f"length_penalty={self.decoding.length_penalty} compute_type={self.compute_type}"
        )

    @property
    def model_label(self) -> str:
        """Name and version of the model, for signatures."""
        return self.package.label

    @property
    def model_sha256(self) -> str:
        """SHA-256 of the model, hexadecimal."""
        return self.package.sha256

    @property
    def reads_annotations(self) -> bool:
        """Whether the model was trained to read terms in the source: `word <term> … </term>`."""
        return self.package.reads_annotations

    def translate(
        self, texts: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[Hypothesis]:
        """Translate each text by itself, in order.

        A text of more tokens than the decoding allows is cut at clause boundaries, translated
        piece by piece and rejoined; nothing is truncated.

        Args:
            texts: sentences, headings or other short texts.
            decoding: how to search; the engine's own setting by default.
        """
        decoding = decoding or self.decoding
        pieces = [
            list(split_into_clauses(text.translate(INVISIBLE), decoding.max_tokens, self._length))
            for text in texts
        ]
        decoded = self._decode([piece for parts in pieces for piece in parts], decoding)
        for parts in pieces:
            yield join_pieces(parts, islice(decoded, len(parts)))

    def complete(
        self, texts: Sequence[str], beginnings: Sequence[str], decoding: Decoding | None = None
    ) -> Iterator[str]:
        """Translate each text into a translation that begins as given, in order.

        Args:
            texts: the sources; each must fit the model.
            beginnings: the whole words that the translations begin with.
            decoding: how to search; the engine's own setting by default.
        """
        prefixes = [self._tokenizer.encode_target(beginning) for beginning in beginnings]
        for hypothesis in self._decode(list(texts), decoding or self.decoding, prefixes):
            yield hypothesis.text

    def score(self, texts: Sequence[str], translations: Sequence[str]) -> list[tuple[float, ...]]:
        """Give the model's opinion of translations, word by word.

        Args:
            texts: the sources; each must fit the model.
            translations: a translation of each.

        Returns:
            For each translation the natural logarithms of the probabilities of its words, which
            are what white space parts, and of its end.
        """
        words = [translation.split() for translation in translations]
        encoded = [[self._tokenizer.encode_target(word) for word in split] for split in words]
        with _failure_told():
            results = self._translator.score_batch(
                [self._tokenizer.encode(text.translate(INVISIBLE)) for text in texts],
                [self._prefix + [token for word in split for token in word] for split in encoded],
                max_batch_size=SCORING_BATCH_TOKENS,
                batch_type="tokens",
                max_input_length=0,
            )
        return [
            _sums(result.log_probs[len(self._prefix) :], [*map(len, split), 1])
            for result, split in zip(results, encoded, strict=True)
        ]

    @property
    def _prefix(self) -> list[str]:
        return [self.package.target_prefix] if self.package.target_prefix else []

    def fits(self, text: str) -> bool:
        """Tell whether a text is translated in one piece."""
        return self._length(text) <= self.decoding.max_tokens

    def _length(self, text: str) -> int:
        return len(self._tokenizer.encode(text))

    def _decode(
        self, texts: list[str], decoding: Decoding, beginnings: Sequence[list[str]] = ()
    ) -> Iterator[Hypothesis]:
        """Translate texts that fit the model, in order, each as soon as it is ready."""
        prefixes = [self._prefix + beginning for beginning in beginnings or [[]] * len(texts)]
        tokens = [self._tokenizer.encode(text) for text in texts]
        half = sum(map(len, tokens)) // 2  # so that two threads have work, even with one article
        results = self._translator.translate_batch(
            tokens,
            target_prefix=prefixes,
            asynchronous=True,
            max_batch_size=min(MOST_BATCH_TOKENS, max(LEAST_BATCH_TOKENS, half)),
            batch_type="tokens",
            beam_size=decoding.beam_size,
            length_penalty=decoding.length_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            repetition_penalty=decoding.repetition_penalty,
            num_hypotheses=decoding.beam_size,
            max_input_length=0,
            max_decoding_length=MAX_TARGET_TOKENS,
            replace_unknowns=True,
            return_scores=True,
        )
        for pending in results:
            with _failure_told():
                result = pending.result()
            best, *others = (
                self._hypothesis(tokens, score, decoding)
                for tokens, score in zip(result.hypotheses, result.scores, strict=True)
            )
            yield replace(best, alternatives=tuple(others))

    def _hypothesis(self, tokens: list[str], score: float, decoding: Decoding) -> Hypothesis:
        length = len(tokens) + 1
        return Hypothesis(
            text=self._tokenizer.decode(tokens[len(self._prefix) :]),
            # CTranslate2 divides by length to the power of the penalty.
            log_prob=score * length**decoding.length_penalty,
            length=length,
        )


def _sums(values: Sequence[float], lengths: Sequence[int]) -> tuple[float, ...]:
    """Add up values in consecutive groups of the given lengths."""
    rest = iter(values)
    return tuple(sum(islice(rest, length)) for length in lengths)


def join_pieces(sources: Sequence[str], hypotheses: Iterable[Hypothesis]) -> Hypothesis:
    """Make one hypothesis of the pieces of a text.

    A full stop or capital letter that the model set because it took a piece for a sentence goes.
    """
    parts = list(hypotheses)
    if len(parts) == 1:
        return parts[0]
    texts = [part.text for part in parts]
    for index, source in enumerate(sources):
        if index < len(sources) - 1 and not source.endswith((".", "!", "?", "…")):
            texts[index] = texts[index].removesuffix(".")
        if index > 0 and source[:1].islower() and texts[index].split(" ")[0] in FUNCTION_WORDS:
            texts[index] = texts[index][0].lower() + texts[index][1:]
    return Hypothesis(
        text=" ".join(texts),
        log_prob=sum(part.log_prob for part in parts),
        length=sum(part.length for part in parts),
    )


class Tokenizer(Protocol):
    """What cuts a text into the model's tokens and makes a text of tokens again."""

    def encode(self, text: str) -> list[str]:
        """Cut a text into tokens."""

    def encode_target(self, text: str) -> list[str]:
        """Cut words of the target language into the tokens that the model writes."""

    def decode(self, tokens: list[str]) -> str:
        """Make a text of tokens."""


def load_tokenizer(package: ModelPackage) -> Tokenizer:
    """Load a package's own tokenizer.

    Raises:
        EngineError: the package has none.
    """
    name, content = package.tokenizer_file
    if name == "bpe.model":
        return MosesBpeTokenizer(content, package.source_lang, package.target_lang)
    return SentencePieceTokenizer(content, package.target_vocabulary)


class SentencePieceTokenizer:
    """The tokenizer of most packages: a SentencePiece model for both languages.

    Where the model writes other pieces than SentencePiece makes, target texts are cut by its
    target vocabulary, whose order is taken for the order of byte-pair merges.
    """

    def __init__(self, model: bytes, target_vocabulary: Sequence[str]) -> None:
        import sentencepiece  # noqa: PLC0415 - cold start

        self._processor: Any = sentencepiece.SentencePieceProcessor(model_proto=model)
        self._cut = lru_cache(maxsize=1 << 16)(self._merge)
        self._ranks = {token: rank for rank, token in enumerate(target_vocabulary)}
        words = [token for token in target_vocabulary if token[:1] == "▁" and token[1:].isalpha()]
        kept = sum(self.encode(word[1:]) == [word] for word in words)
        self._makes_target_pieces = kept >= len(words) / 2

    def encode(self, text: str) -> list[str]:
        """Cut a text into pieces."""
        return list(self._processor.encode(text, out_type=str))

    def encode_target(self, text: str) -> list[str]:
        """Cut words of the target language into pieces that the model writes."""
        if self._makes_target_pieces:
            return self.encode(text)
        return [piece for word in text.split() for piece in self._cut(word)]

    def _merge(self, word: str) -> tuple[str, ...]:
        runs = RUN.findall("▁" + word)
        return tuple(piece for run in runs for piece in merge_pieces(run, self._ranks))

    def decode(self, tokens: list[str]) -> str:
        """Join pieces; a word boundary that the model left in a piece becomes a space."""
        return str(self._processor.decode_pieces(tokens)).replace("▁", " ").strip()


class MosesBpeTokenizer:
    """The tokenizer of some packages: Moses' rules, then byte-pair encoding by `bpe.model`."""

    def __init__(self, codes: bytes, source_lang: str, target_lang: str) -> None:
        from argostranslate.apply_bpe import BPE  # noqa: PLC0415 - cold start
        from sacremoses import (  # noqa: PLC0415
            MosesDetokenizer,
            MosesPunctNormalizer,
            MosesTokenizer,
        )

        self._normalizer = MosesPunctNormalizer(source_lang)
        self._tokenizer = MosesTokenizer(source_lang)
        self._detokenizer = MosesDetokenizer(target_lang)
        self._bpe = BPE(io.StringIO(codes.decode("utf-8")))

    def encode(self, text: str) -> list[str]:
        """Normalise punctuation, tokenise, and cut the tokens into subwords."""
        words = self._tokenizer.tokenize(self._normalizer.normalize(text))
        return list(self._bpe.segment_tokens(words))

    def encode_target(self, text: str) -> list[str]:
        """Cut words of the target language as those of the source."""
        return self.encode(text)

    def decode(self, tokens: list[str]) -> str:
        """Join subwords and put the spaces where the language has them."""
        return str(self._detokenizer.detokenize(" ".join(tokens).replace("@@ ", "").split()))


def merge_pieces(run: str, ranks: Mapping[str, int]) -> list[str]:
    """Cut a run of letters into pieces as byte-pair encoding does.

    Args:
        run: letters, digits or marks.
        ranks: the pieces, those first that are merged first.

    >>> merge_pieces("▁talks", {"ks": 0, "al": 1, "alks": 2, "▁t": 3})
    ['▁t', 'alks']
    """
    pieces = list(run)
    while True:
        pairs = ((ranks.get(a + b), place) for place, (a, b) in enumerate(pairwise(pieces)))
        known = [(rank, place) for rank, place in pairs if rank is not None]
        if not known:
            return pieces
        _, place = min(known)
        pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]


def available_processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux, where a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _failure_told() -> Iterator[None]:
    """Tell a failure of the decoder, most of which are want of memory."""
    try:
        yield
    except RuntimeError as error:
        raise EngineError(
            f"the model failed ({_first_line(error)}); if the memory does not suffice, split the "
            "article or choose a smaller --beam"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
