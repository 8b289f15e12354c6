"""OmegaT itself, with our rules in its project, cuts the same segments as the toolkit."""

from collections.abc import Iterable
from pathlib import Path

import omegat
import pytest
from test_segmentation import CASES, plain, read_cases

from toolkit import read_document
from toolkit.segmentation import load_rules, segment

SEEDS = Path(__file__).parents[1] / "seeds"

pytestmark = omegat.needs_omegat


def omegat_segments(
    folder: Path, sources: Iterable[Path], langs: tuple[str, str], *, our_rules: bool = True
) -> set[str]:
    """List the segments that OmegaT finds in source files."""
    omegat.make_project(folder / "project", sources, langs, our_rules=our_rules)
    return omegat.segments(folder / "project")


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
