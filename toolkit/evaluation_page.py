"""A page for an evaluation: its table, a plot of score by sentence length, what differs."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from toolkit.evaluation import Comparison, Sample, Scores, kept_terms, sentence_chrf

LENGTHS = (5, 10, 15, 20, 30, 40)  # words of the source: limits of the plot's groups
COLOURS = ("#888888", "#1f6fb2")
HEIGHT, STEP = 200, 90  # pixels: of the plot, and from group to group

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem; text-align: right }
article { border-top: 1px solid #ccc; padding: .6rem 0 } .name { color: #666; font-size: 85% }
del, ins { text-decoration: none } del { background: #fbdada } ins { background: #d3f3d3 }
"""


def render_page(
    samples: Mapping[str, Sequence[Sample]],
    scores: Mapping[str, Scores],
    comparisons: Sequence[Comparison],
) -> str:
    """Render an evaluation as an HTML page that needs nothing but itself.

    Args:
        samples: the sentences of one or two systems by the systems' names.
        scores: their measures.
        comparisons: the bootstrap of two systems.
    """
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Evaluation</title>",
        f"<style>{STYLE}</style><h1>Evaluation</h1>",
        _table(scores),
        *(
            f"<p>{one.measure}: {one.difference:+.2f} "
            f"({one.low:+.2f} to {one.high:+.2f}, p = {one.p:.3f})</p>"
            for one in comparisons
        ),
        "<h2>chrF by length of the source, in words</h2>",
        _plot(samples),
        "<h2>Sentences that differ</h2>",
        *_differences(list(samples.items())),
    ]
    return "\n".join(parts) + "\n"


def _table(scores: Mapping[str, Scores]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in scores)
    rows = "".join(
        f"<tr><th>{title}</th>"
        + "".join(f"<td>{getattr(one, field):.2f}</td>" for one in scores.values())
        + "</tr>"
        for title, field in (
            ("BLEU", "bleu"),
            ("chrF", "chrf"),
            ("term accuracy", "term_accuracy"),
            ("window overlap", "window_overlap"),
            ("1-TERm", "one_minus_term"),
            ("consistency", "consistency"),
        )
    )
    return f"<table><tr><th></th>{head}</tr>{rows}</table>"


def _plot(samples: Mapping[str, Sequence[Sample]]) -> str:
    """Draw a bar for each system and group of lengths."""
    labels = [f"≤ {limit}" for limit in LENGTHS] + [f"> {LENGTHS[-1]}"]
    bars = []
    for system, (name, found) in enumerate(samples.items()):
        for group, value in enumerate(_means(found)):
            x, height = 20 + group * STEP + system * 32, value * HEIGHT / 100
            bars.append(
                f"<rect x='{x}' y='{HEIGHT - height:.1f}' width='30' height='{height:.1f}' "
                f"fill='{COLOURS[system]}'><title>{escape(name)}: {value:.1f}</title></rect>"
            )
    texts = [
        f"<text x='{20 + group * STEP}' y='{HEIGHT + 20}'>{escape(label)}</text>"
        for group, label in enumerate(labels)
    ]
    size = f"width='{STEP * len(labels)}' height='{HEIGHT + 30}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{''.join(bars + texts)}</svg>"


def _means(samples: Sequence[Sample]) -> list[float]:
    groups: list[list[float]] = [[] for _ in range(len(LENGTHS) + 1)]
    for sample in samples:
        length = len(sample.source.split())
        group = next((i for i, limit in enumerate(LENGTHS) if length <= limit), len(LENGTHS))
        groups[group].append(sentence_chrf(sample))
    return [sum(group) / len(group) if group else 0.0 for group in groups]


def _differences(systems: Sequence[tuple[str, Sequence[Sample]]]) -> Iterator[str]:
    """Yield the sentences in which two systems differ, or one differs from the reference."""
    for number, first in enumerate(systems[0][1]):
        last_name, last = systems[-1][0], systems[-1][1][number]
        before = first.hypothesis if len(systems) == 2 else last.reference
        if before == last.hypothesis:
            continue
        kept, expected = kept_terms(last)
        removed, added = coloured(before, last.hypothesis)
        before_name = systems[0][0] if len(systems) == 2 else "reference"
        yield (
            f"<article lang='ru'>{number + 1}. {escape(first.source)}"
            f"<div lang='en'><span class='name'>{escape(before_name)}</span> {removed}</div>"
            f"<div lang='en'><span class='name'>{escape(last_name)}, terms {kept} of {expected}"
            f"</span> {added}</div>"
            f"<div lang='en'><span class='name'>reference</span> {escape(first.reference)}</div>"
            "</article>"
        )


def coloured(before: str, after: str) -> tuple[str, str]:
    """Mark the words that differ between two texts.

    >>> coloured("the old truce", "the truce")
    ('the <del>old</del> truce', 'the truce')
    """
    old, new = before.split(), after.split()
    marked: tuple[list[str], list[str]] = ([], [])
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, words, mark in ((0, old[a:b], "del"), (1, new[c:d], "ins")):
            text = escape(" ".join(words))
            if text:
                marked[side].append(text if tag == "equal" else f"<{mark}>{text}</{mark}>")
    return " ".join(marked[0]), " ".join(marked[1])
