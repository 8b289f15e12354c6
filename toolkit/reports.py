"""The findings of checks in the forms that people and other programs read."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from toolkit.bitext import Bitext, Issue, Severity, Span, Unit
from toolkit.checks import ALL_CHECKS
from toolkit.confidence import bands, least_confident

Checked = Mapping[Path, Bitext]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
SARIF_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
GITHUB_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
LONGEST_CELL = 60


def found_issues(checked: Checked) -> Iterator[tuple[Path, Bitext, Unit, Issue]]:
    """Yield all issues with where they are, in order."""
    for path, bitext in checked.items():
        for unit in bitext.units:
            for issue in unit.issues:
                yield path, bitext, unit, issue


def count_severities(checked: Checked) -> Counter[str]:
    """Count the issues by severity."""
    return Counter(issue.severity for *_, issue in found_issues(checked))


def render_table(checked: Checked) -> str:
    """Give the findings for a terminal: the least confident units first, then all issues.

    Colours are left to the terminal: the text has none.
    """
    lines: list[str] = []
    for path, bitext in checked.items():
        if worst := least_confident(bitext.units):
            lines += [f"{path}: the units with the lowest confidence", *_worst(bitext, worst), ""]
        rows = list(found_issues({path: bitext}))
        lines += [f"{path}: {len(rows)} findings in {len(bitext.units)} units"]
        lines += [_row(unit, issue) for _, _, unit, issue in rows]
        lines.append("")
    counts = count_severities(checked)
    lines.append(", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES))
    return "\n".join(lines) + "\n"


def _worst(bitext: Bitext, worst: Sequence[Unit]) -> Iterator[str]:
    known = dict(zip((unit.source.id for unit in bitext.units), bands(bitext), strict=True))
    for unit in worst:
        band = known[unit.source.id] or ""
        yield f"  {unit.source.id:8} {unit.score:.2f} {band:7} {_cut(unit.target)}"


def _row(unit: Unit, issue: Issue) -> str:
    words = " | ".join(
        _cut(text[slice(*span)])
        for text, span in ((unit.source.text, issue.source), (unit.target, issue.target))
        if span
    )
    return f"  {unit.source.id:8} {issue.severity:8} {issue.check:17} {issue.message}  [{words}]"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def render_json(checked: Checked) -> str:
    """Give the findings as a JSON object: the counts, and a list with one object an issue."""
    findings = [
        {
            "file": str(path),
            "unit": unit.source.id,
            "check": issue.check,
            "severity": issue.severity,
            "message": issue.message,
            "source": unit.source.text,
            "target": unit.target,
            "source_span": issue.source,
            "target_span": issue.target,
        }
        for path, _, unit, issue in found_issues(checked)
    ]
    counts = count_severities(checked)
    summary: dict[str, int] = {
        "units": sum(len(bitext.units) for bitext in checked.values()),
        **{severity: counts[severity] for severity in SEVERITIES},
    }
    return (
        json.dumps({"summary": summary, "findings": findings}, ensure_ascii=False, indent=1) + "\n"
    )


def render_sarif(checked: Checked) -> str:
    """Give the findings as SARIF 2.1.0 (OASIS, 2020), for code-scanning services and editors."""
    rules = [
        {
            "id": check.code,
            "shortDescription": {"text": check.about},
            "defaultConfiguration": {"level": SARIF_LEVELS[check.severity]},
        }
        for check in ALL_CHECKS
    ]
    driver = {
        "name": "bilingual-toolkit",
        "version": version("bilingual-toolkit"),
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(*found) for found in found_issues(checked)],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _sarif_result(path: Path, bitext: Bitext, unit: Unit, issue: Issue) -> dict[str, Any]:
    return {
        "ruleId": issue.check,
        "level": SARIF_LEVELS[issue.severity],
        "message": {"text": issue.message},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": path.as_posix()}},
                "logicalLocations": [
                    {"fullyQualifiedName": f"{bitext.document.id}:{unit.source.id}"}
                ],
            }
        ],
        "properties": {
            "source": unit.source.text,
            "target": unit.target,
            "sourceWords": _words(unit.source.text, issue.source),
            "targetWords": _words(unit.target, issue.target),
        },
    }


def _words(text: str, span: Span | None) -> str:
    return text[slice(*span)] if span else ""


def render_github(checked: Checked) -> str:
    """Give the findings as workflow commands, which GitHub Actions shows as annotations."""
    return "".join(
        f"::{GITHUB_COMMANDS[issue.severity]} file={_escaped(str(path), ':,')},"
        f"title={issue.check}::{_escaped(f'unit {unit.source.id}: {issue.message}')}\n"
        for path, _, unit, issue in found_issues(checked)
    )


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
