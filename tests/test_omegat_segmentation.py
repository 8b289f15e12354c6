"""OmegaT itself, with our rules in its project, cuts the same segments as the toolkit."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from lxml import etree
from test_segmentation import CASES, plain, read_cases

from toolkit import read_document
from toolkit.segmentation import load_rules, segment, write_omegat_rules

OMEGAT = Path("/usr/share/omegat/OmegaT.jar")
SEEDS = Path(__file__).parents[1] / "seeds"
FOLDERS = ("source", "target", "tm", "glossary", "dictionary", "omegat")
PROJECT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<omegat><project version="1.0">
<source_dir>__DEFAULT__</source_dir><target_dir>__DEFAULT__</target_dir>
<tm_dir>__DEFAULT__</tm_dir><glossary_dir>__DEFAULT__</glossary_dir>
<dictionary_dir>__DEFAULT__</dictionary_dir>
<source_lang>{}</source_lang><target_lang>{}</target_lang><sentence_seg>true</sentence_seg>
</project></omegat>"""

pytestmark = [
    pytest.mark.omegat,
    pytest.mark.skipif(
        not OMEGAT.exists() or shutil.which("java") is None,
        reason="OmegaT is not installed: apt-get install --no-install-recommends omegat",
    ),
]


def omegat_segments(
    folder: Path, sources: Iterable[Path], langs: tuple[str, str], *, our_rules: bool = True
) -> set[str]:
    """List the segments that OmegaT finds in source files."""
    project = folder / "project"
    for name in FOLDERS:
        (project / name).mkdir(parents=True)
    (project / "omegat.project").write_text(PROJECT.format(*langs), encoding="utf-8")
    for source in sources:
        shutil.copy(source, project / "source")
    if our_rules:
        rules = [load_rules(lang=lang[:2]) for lang in langs]
        write_omegat_rules(rules, project / "omegat" / "segmentation.conf")
    command = ["java", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-jar", str(OMEGAT)]
    command += [f"--config-dir={folder / 'config'}", "--disable-project-locking", "--no-team"]
    command += ["--mode=console-createpseudotranslatetmx", "--pseudotranslatetype=equal"]
    memory = folder / "segments.tmx"
    command += [f"--pseudotranslatetmx={memory}", str(project)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    units = etree.parse(memory).iterfind(".//tu")
    return {unit.findtext("tuv/seg") or "" for unit in units}


def our_segments(sources: Iterable[Path]) -> set[str]:
    return {found.text for source in sources for found in segment(read_document(source))}


@pytest.fixture(scope="module")
def articles() -> list[Path]:
    return [*SEEDS.glob("*.txt"), *sorted((CASES / "articles").glob("*.txt"))]


def test_every_unit_of_the_articles_is_an_omegat_segment(
    articles: list[Path], tmp_path: Path
) -> None:
    ours = our_segments(articles)
    theirs = omegat_segments(tmp_path, articles, ("ru-RU", "en-US"))
    assert len(articles) >= 21
    assert ours - theirs == set()
    assert theirs - ours == set()


def test_stock_rules_share_is_reported(
    articles: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without our rules OmegaT finds far fewer of the units: the share is printed."""
    ours = our_segments(articles)
    stock = omegat_segments(tmp_path, articles, ("ru-RU", "en-US"), our_rules=False)
    share = len(ours & stock) / len(ours)
    with capsys.disabled():
        print(f" OmegaT's stock rules: {share:.1%} of {len(ours)} units")  # noqa: T201
    assert share < 0.9


@pytest.mark.parametrize("langs", [("ru-RU", "en-US"), ("en-US", "ru-RU")])
def test_omegat_cuts_every_case_as_we_do(langs: tuple[str, str], tmp_path: Path) -> None:
    """Right or wrong: the two engines read the rules alike."""
    files = sorted(CASES.glob(f"{langs[0][:2]}*.txt"))
    texts = [plain(case) for file in files for case in read_cases(file.name)]
    source = tmp_path / "cases.txt"
    source.write_text("\n\n".join(texts), encoding="utf-8")
    rules = load_rules(lang=langs[0])
    ours = {text[start:stop] for text in texts for start, stop in rules.split(text)}
    assert omegat_segments(tmp_path, [source], langs) == ours
