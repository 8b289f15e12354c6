"""Checks of a translation: an ordered list of small functions, each with its code.

A check is given a pair and yields what it finds; a check of the document is given all pairs.
What a check knows of words stands in `toolkit/data/checks`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from toolkit.bitext import Bitext, Issue, Severity, Unit
from toolkit.checks import (
    completeness,
    consistency,
    dates,
    grammar,
    meaning,
    names,
    numbers,
    soundness,
    terms,
    typography,
)
from toolkit.checks.pair import Finding, Pair
from toolkit.packages import base_lang

Find = TypeVar("Find")
FindInPair = Callable[[Pair], Iterator[Finding]]
FindInDocument = Callable[[Sequence[Pair]], Iterator[tuple[int, Finding]]]


@dataclass(frozen=True, slots=True)
class Check(Generic[Find]):
    """A check: its code, how grave its findings are, and the function that finds them.

    Fields:
        code: what users select and suppress it by.
        severity: of all its findings.
        find: the function; its docstring says in one sentence what it finds.
        knows: the languages that it knows words of: `ru-en` for both, `en` for the target,
            empty for any pair.
    """

    code: str
    severity: Severity
    find: Find
    knows: str = ""

    @property
    def about(self) -> str:
        """What the check finds, in one sentence."""
        return (self.find.__doc__ or "").partition("\n")[0]

    def fits(self, source_lang: str, target_lang: str) -> bool:
        """Tell whether the check knows the languages of a bitext."""
        pair = f"{base_lang(source_lang)}-{base_lang(target_lang)}"
        return pair.endswith(self.knows)


CHECKS: tuple[Check[FindInPair], ...] = (
    Check("empty", "error", soundness.check_empty),
    Check("untranslated", "error", soundness.check_untranslated, "en"),
    Check("homoglyph", "error", soundness.check_homoglyph, "ru-en"),
    Check("profanity", "error", soundness.check_profanity, "ru-en"),
    Check("repetition", "error", soundness.check_repetition),
    Check("control", "error", typography.check_control),
    Check("code", "error", soundness.check_code),
    Check("link", "error", soundness.check_link),
    Check("number", "error", numbers.check_number, "ru-en"),
    Check("percent", "error", numbers.check_percent, "ru-en"),
    Check("amount", "error", numbers.check_amount, "ru-en"),
    Check("date", "error", dates.check_date, "ru-en"),
    Check("time", "error", dates.check_time, "ru-en"),
    Check("term-forbidden", "error", terms.check_forbidden_term),
    Check("term-missing", "warning", terms.check_missing_term),
    Check("term-varied", "info", terms.check_varied_term),
    Check("name", "warning", names.check_name, "ru-en"),
    Check("negation", "warning", meaning.check_negation, "ru-en"),
    Check("modality", "warning", meaning.check_modality, "ru-en"),
    Check("attribution", "warning", meaning.check_attribution, "ru-en"),
    Check("length", "warning", completeness.check_length, "ru-en"),
    Check("coverage", "warning", completeness.check_coverage, "ru-en"),
    Check("article", "warning", grammar.check_article, "en"),
    Check("agreement", "warning", grammar.check_agreement, "en"),
    Check("quotes", "warning", typography.check_quotes, "ru-en"),
    Check("brackets", "warning", typography.check_brackets),
    Check("dash", "info", typography.check_dash, "en"),
    Check("ellipsis", "info", typography.check_ellipsis),
    Check("ending", "warning", typography.check_ending),
    Check("capital", "warning", typography.check_capital, "en"),
    Check("space", "warning", typography.check_space, "en"),
    Check("long", "info", soundness.check_long),
)
DOCUMENT_CHECKS: tuple[Check[FindInDocument], ...] = (
    Check("term-inconsistent", "info", terms.check_inconsistent_term),
    Check("same-source", "warning", consistency.check_same_source),
    Check("same-target", "warning", consistency.check_same_target),
)
ALL_CHECKS: tuple[Check[Any], ...] = (*CHECKS, *DOCUMENT_CHECKS)
CODES = tuple(check.code for check in ALL_CHECKS)


def check_bitext(bitext: Bitext, codes: Collection[str] = CODES) -> Bitext:
    """Give a bitext whose units have the issues that the checks find, in the order of `CODES`.

    Args:
        bitext: the units, with their terms found; issues that they have are dropped.
        codes: the checks to run; those that do not know the languages are left out.

    >>> from toolkit.bitext import Block, Document, Segment, Signature
    >>> document = Document("call", "ru", "", (Block("paragraph", "В 1945 году"),))
    >>> unit = Unit(Segment("1.1", 0, 0, 11, "В 1945 году"), "In 1954")
    >>> bitext = Bitext(document, "ru", "en", (unit,), Signature("", "", "", "", "", ""))
    >>> [issue.message for issue in check_bitext(bitext).units[0].issues][0]
    '«1945» is not in the translation: put the number right'
    """
    pairs = [Pair(unit) for unit in bitext.units]
    langs = bitext.source_lang, bitext.target_lang
    chosen = [check for check in CHECKS if check.code in codes and check.fits(*langs)]
    issues = [list(check_pair(pair, chosen)) for pair in pairs]
    for check in DOCUMENT_CHECKS:
        if check.code in codes and check.fits(*langs):
            for number, finding in check.find(pairs):
                issues[number].append(_issue(check.code, check.severity, finding))
    units = zip(bitext.units, issues, strict=True)
    return replace(bitext, units=tuple(_with_issues(unit, found) for unit, found in units))


def check_pair(pair: Pair, checks: Iterable[Check[FindInPair]] = CHECKS) -> Iterator[Issue]:
    """Yield the issues of one unit; where there is no translation only that is looked at."""
    is_empty = not pair.target.strip()
    for check in checks:
        if is_empty and check.code != "empty":
            continue
        for finding in check.find(pair):
            yield _issue(check.code, check.severity, finding)
    pair.forget_words()


def _issue(code: str, severity: Severity, finding: Finding) -> Issue:
    return Issue(code, severity, finding.message, finding.source, finding.target)


def _with_issues(unit: Unit, issues: Iterable[Issue]) -> Unit:
    return replace(unit, issues=tuple(issues))
