"""A project folder of OmegaT: sources, translations as memories, glossary, segmentation rules.

OmegaT fills in what lies in `tm/auto`, and offers what lies in `tm/mt` as machine translation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

from toolkit.bitext import Bitext, Concept
from toolkit.documents import find_documents
from toolkit.errors import OutputError
from toolkit.files import write_together
from toolkit.formats.omegat import render_omegat
from toolkit.formats.tmx import render_tmx
from toolkit.packages import base_lang
from toolkit.segmentation import load_rules, read_bundled_srx, render_omegat_rules

PROJECT = "omegat.project"
SAVE = Path("omegat", "project_save.tmx")
GLOSSARY = "bilingual.txt"
COPIED = (".html", ".htm", ".docx")
"""Articles that OmegaT reads as well as the toolkit does; others go into it as text."""
FOLDERS = ("source", "target", "tm/auto", "tm/mt", "glossary", "dictionary", "omegat")
TOKENIZERS = {
    "ru": "org.omegat.tokenizer.LuceneRussianTokenizer",
    "en": "org.omegat.tokenizer.LuceneEnglishTokenizer",
}
"""What OmegaT finds inflected forms of glossary terms and similar segments with."""
_PROJECT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<omegat>
  <project version="1.0">
    <source_dir>__DEFAULT__</source_dir>
    <target_dir>__DEFAULT__</target_dir>
    <tm_dir>__DEFAULT__</tm_dir>
    <glossary_dir>__DEFAULT__</glossary_dir>
    <dictionary_dir>__DEFAULT__</dictionary_dir>
    <source_lang>{}</source_lang>
    <target_lang>{}</target_lang>
{}    <sentence_seg>true</sentence_seg>
  </project>
</omegat>
"""


def write_omegat_project(
    folder: Path,
    bitexts: Sequence[Bitext],
    date: datetime,
    *,
    concepts: Iterable[Concept] = (),
    articles: Iterable[Path] = (),
    prefill: bool = False,
) -> list[Path]:
    """Make a project of OmegaT (3.6 and later), or bring the files of one up to date.

    What the translator has done in the project (`omegat/project_save.tmx`) and changed in its
    settings stays as it is.

    Args:
        folder: the project's folder; it is made, or it is a project already.
        bitexts: the documents, of one language pair. Reviewed units go into `tm/auto`,
            unreviewed ones into `tm/mt`, rejected ones nowhere.
        date: the date that goes into the memories, in UTC.
        concepts: the glossary; OmegaT gets the approved ones.
        articles: the articles the documents were made from, or folders of them; HTML and Word
            files are put into the project as they are, other articles as plain text.
        prefill: put unreviewed units into `tm/auto`, too, so that OmegaT fills them in.

    Returns:
        The paths of the files written.

    Raises:
        OutputError: the folder holds something else or cannot be written.
    """
    is_project = (folder / PROJECT).exists()
    if not is_project and folder.exists() and any(folder.iterdir()):
        raise OutputError(f"{folder}: holds files but no OmegaT project; choose another folder")
    langs = bitexts[0].source_lang, bitexts[0].target_lang
    contents = dict(_settings(langs)) if not is_project else {}
    contents[Path("glossary", GLOSSARY)] = render_omegat(concepts).encode()
    originals = _originals(articles)
    for bitext in bitexts:
        contents |= _document_files(bitext, originals, date, prefill=prefill)
    for name in FOLDERS:
        _make_folder(folder / name)
    write_together({folder / path: content for path, content in contents.items()})
    return [folder / path for path in contents]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: the folder cannot be made ({error.strerror}); choose another"
        ) from error


def _settings(langs: tuple[str, str]) -> Iterator[tuple[Path, bytes]]:
    """Give the project's own files by path."""
    tokenizers = "".join(
        f"    <{side}_tok>{TOKENIZERS[base_lang(lang)]}</{side}_tok>\n"
        for side, lang in zip(("source", "target"), langs, strict=True)
        if base_lang(lang) in TOKENIZERS
    )
    yield Path(PROJECT), _PROJECT.format(*map(escape, langs), tokenizers).encode()
    rules = [load_rules(lang=base_lang(lang)) for lang in langs]
    yield Path("omegat", "segmentation.conf"), render_omegat_rules(rules)
    yield Path("omegat", "segmentation.srx"), read_bundled_srx()


def _originals(articles: Iterable[Path]) -> dict[str, Path]:
    """Find the articles that go into the project as they are, by the document's identifier."""
    paths = list(articles)
    found = find_documents(paths, None) if paths else {}
    return {"_".join(path.stem.split()): path for path in found if path.suffix.lower() in COPIED}


def _document_files(
    bitext: Bitext, originals: Mapping[str, Path], date: datetime, *, prefill: bool
) -> dict[Path, bytes]:
    """Give a document's source file and memories by path."""
    name = bitext.document.id
    if name in originals:
        source, content = originals[name].name, originals[name].read_bytes()
    else:
        source, content = f"{name}.txt", _text(bitext)
    reviewed = [unit for unit in bitext.units if unit.state in {"reviewed", "final"}]
    machine = [unit for unit in bitext.units if unit.state == "translated" and unit.target]
    filled = [unit for unit in bitext.units if unit in reviewed or (prefill and unit in machine)]
    return {
        Path("source", source): content,
        Path("tm", "auto", f"{name}.tmx"): render_tmx(replace(bitext, units=tuple(filled)), date),
        Path("tm", "mt", f"{name}.tmx"): render_tmx(
            replace(bitext, units=() if prefill else tuple(machine)), date
        ),
    }


def _text(bitext: Bitext) -> bytes:
    """Give a document as text, with the byte order mark by which OmegaT knows UTF-8."""
    return "\n\n".join(block.text for block in bitext.document.blocks).encode("utf-8-sig")
