"""Driving OmegaT 3.6 without a screen."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from lxml import etree

from toolkit.segmentation import load_rules, write_omegat_rules

JAR = Path("/usr/share/omegat/OmegaT.jar")
FOLDERS = ("source", "target", "tm/auto", "glossary", "dictionary", "omegat")
PROJECT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<omegat><project version="1.0">
<source_dir>__DEFAULT__</source_dir><target_dir>__DEFAULT__</target_dir>
<tm_dir>__DEFAULT__</tm_dir><glossary_dir>__DEFAULT__</glossary_dir>
<dictionary_dir>__DEFAULT__</dictionary_dir>
<source_lang>{}</source_lang><target_lang>{}</target_lang><sentence_seg>true</sentence_seg>
</project></omegat>"""

needs_omegat = [
    pytest.mark.omegat,
    pytest.mark.skipif(
        not JAR.exists() or shutil.which("java") is None,
        reason="OmegaT is not installed: apt-get install --no-install-recommends omegat",
    ),
]


def make_project(
    project: Path, sources: Iterable[Path], langs: tuple[str, str], *, our_rules: bool = True
) -> None:
    """Make a project folder with source files, and with our segmentation rules or OmegaT's."""
    for name in FOLDERS:
        (project / name).mkdir(parents=True)
    (project / "omegat.project").write_text(PROJECT.format(*langs), encoding="utf-8")
    for source in sources:
        shutil.copy(source, project / "source")
    if our_rules:
        rules = [load_rules(lang=lang[:2]) for lang in langs]
        write_omegat_rules(rules, project / "omegat" / "segmentation.conf")


def run(project: Path, mode: str, *options: str, encoding: str = "UTF-8") -> None:
    """Run OmegaT on a project in a console mode, on a system with an encoding of text files."""
    command = ["java", "-Djava.awt.headless=true", f"-Dfile.encoding={encoding}", "-jar", str(JAR)]
    command += [f"--config-dir={project.parent / 'config'}", "--disable-project-locking"]
    command += ["--no-team", f"--mode={mode}", *options, str(project)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def segments(project: Path) -> set[str]:
    """List the segments that OmegaT finds in the source files of a project."""
    memory = project.parent / "segments.tmx"
    pseudo = ("--pseudotranslatetype=equal", f"--pseudotranslatetmx={memory}")
    run(project, "console-createpseudotranslatetmx", *pseudo)
    units = etree.parse(memory).iterfind(".//tu")
    return {unit.findtext("tuv/seg") or "" for unit in units}
