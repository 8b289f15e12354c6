"""OmegaT translates an article from the TMX that the toolkit wrote for it."""

import re
from pathlib import Path

import omegat
import pytest
from conftest import Bilingual

SEEDS = sorted((Path(__file__).parents[1] / "seeds").iterdir())

pytestmark = omegat.needs_omegat


@pytest.mark.parametrize("langs", [("ru", "en"), ("ru-RU", "en-US")])
def test_omegat_fills_every_segment_of_the_seed_from_the_tmx(
    bilingual: Bilingual, tmp_path: Path, langs: tuple[str, str]
) -> None:
    """The TMX lies in tm/auto; its language codes have regions or not, the project's have."""
    project = tmp_path / "project"
    omegat.make_project(project, SEEDS, ("ru-RU", "en-US"))
    options = ("--source-lang", langs[0], "--target-lang", langs[1])
    bilingual("translate", *SEEDS, "-o", "out", *options)
    for seed in SEEDS:
        tmx = tmp_path / "out" / f"{seed.stem}.tmx"
        (project / "tm/auto" / tmx.name).write_bytes(tmx.read_bytes())
    omegat.run(project, "console-translate")
    remaining = re.search(r"Remaining:\s+(\d+)", (project / "omegat/project_stats.txt").read_text())
    assert remaining is not None
    assert remaining.group(1) == "0"
    for seed in SEEDS:
        written = (tmp_path / "out" / f"{seed.stem}.en.txt").read_text("utf-8").split()
        assert (project / "target" / seed.name).read_text("utf-8").split() == written
