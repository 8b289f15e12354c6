"""OmegaT's own readers find the exported glossary's terms."""

import subprocess
from pathlib import Path

import omegat
import pytest

from toolkit.glossary import Glossary, load_glossary, write_glossary

READER = Path(__file__).parent / "data" / "glossary" / "ReadGlossary.java"

pytestmark = omegat.needs_omegat


def omegat_entries(path: Path) -> list[tuple[str, str, str]]:
    """List source, target and comment of the entries that OmegaT reads."""
    options = ("-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-cp", str(omegat.JAR))
    result = subprocess.run(
        ["java", *options, str(READER), str(path)],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    return [(source, target, comment) for source, target, comment in rows]


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary()


def test_omegat_reads_every_line_of_the_tab_glossary(glossary: Glossary, tmp_path: Path) -> None:
    path = tmp_path / "glossary.txt"
    write_glossary(path, glossary)
    entries = omegat_entries(path)
    assert {(source, target) for source, target, _ in entries} == {
        (source, target)
        for one in glossary.concepts
        for source in (one.source, *one.synonyms)
        for target in (one.target, *one.admitted)
    }
    warned = [one for one in glossary.concepts if one.forbidden]
    assert warned
    comments = {(source, target): comment for source, target, comment in entries}
    for one in warned:
        assert f"not: {', '.join(one.forbidden)}" in comments[one.source, one.target]


def test_omegat_reads_the_older_tbx(glossary: Glossary, tmp_path: Path) -> None:
    path = tmp_path / "glossary.tbx"
    write_glossary(path, glossary, tbx_version=2)
    found = {(source, target) for source, target, _ in omegat_entries(path)}
    assert found >= {(one.source, one.target) for one in glossary.concepts}
