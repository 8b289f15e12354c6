"""Recognising output that no translator would write, and decoding those segments again."""

from collections.abc import Callable, Iterator, Sequence

import regex

from toolkit.bitext import Edit
from toolkit.engine import Decoding, Engine, Hypothesis
from toolkit.scripts import has_letters_of, script_of

# What is tried in turn when a translation is degenerate.
RETRIES = (
    Decoding(beam_size=2, no_repeat_ngram_size=3, repetition_penalty=1.1),
    Decoding(beam_size=2, no_repeat_ngram_size=2, repetition_penalty=1.2),
    Decoding(no_repeat_ngram_size=3, max_tokens=30),  # clause by clause
)

LOOP = regex.compile(
    r"\b(\w+)(?:\W+\1\b){2}"  # a word three times: "the the the"
    r"|\b(?!(?:had|that)\b)(\w\w+)\s+\2\b"  # a word twice: "joint joint"
    r"|\b(\w+(?:\W+\w+){1,7})(?:\W+(?:and|or|of|with))?\W+\3\b",  # "the future of the future"
    regex.IGNORECASE,
)


def find_degeneration(source: str, target: str, source_lang: str, target_lang: str) -> str | None:
    """Say in a few words what is wrong with a translation on its face; None if nothing is.

    >>> find_degeneration("Стороны США и России", "the US and the US", "ru", "en")
    'a phrase is repeated: “the US and the US”'
    """
    if not target.strip():
        return "the translation is empty"
    if not any(char.isalnum() for char in target):
        return f"the translation is only “{target}”"
    if script_of(source_lang) != script_of(target_lang) and has_letters_of(target, source_lang):
        return "words were left untranslated"
    loop = LOOP.search(target)
    if loop and not LOOP.search(source):
        return f"a phrase is repeated: “{loop.group()}”"
    if len(target) > 3 * len(source) + 40:
        return "the translation is several times longer than the source"
    return None


def translate_soundly(
    engine: Engine,
    texts: Sequence[str],
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> Iterator[tuple[Hypothesis, tuple[Edit, ...]]]:
    """Translate texts, and those whose translation is degenerate once more in other ways.

    Args:
        engine: what translates.
        texts: the segments' texts.
        on_progress: called with the number of texts translated and of all.

    Yields for each text its translation, and the edit if another decoding mended it; if none
    did, the first translation stands, and the checks tell what is wrong with it.
    """
    first = []
    for hypothesis in engine.translate(texts):
        first.append(hypothesis)
        on_progress(len(first), len(texts))
    mended = _decode_again(engine, texts, first)
    for text, hypothesis, better in zip(texts, first, mended, strict=True):
        problem = _problem(engine, text, hypothesis)
        if problem is not None and better is not None:
            yield better, (Edit("decode-again", hypothesis.text, better.text, problem),)
        else:
            yield hypothesis, ()


def _decode_again(
    engine: Engine, texts: Sequence[str], hypotheses: Sequence[Hypothesis]
) -> list[Hypothesis | None]:
    """Give for each degenerate hypothesis the first sound one that the retries find."""
    mended: list[Hypothesis | None] = [None] * len(texts)
    bad = [i for i, text in enumerate(texts) if _problem(engine, text, hypotheses[i])]
    for decoding in RETRIES:
        for i, hypothesis in zip(
            bad, engine.translate([texts[i] for i in bad], decoding), strict=True
        ):
            if _problem(engine, texts[i], hypothesis) is None:
                mended[i] = hypothesis
        bad = [i for i in bad if mended[i] is None]
    return mended


def _problem(engine: Engine, text: str, hypothesis: Hypothesis) -> str | None:
    return find_degeneration(text, hypothesis.text, engine.source_lang, engine.target_lang)
