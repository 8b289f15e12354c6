"""Nothing goes over the network: the main path runs where there is none."""

import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from test_hostile_input import ARTICLE, SCRIPTS

MAIN_PATH = """
import sys
from toolkit.cli import main

FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}

def forbid(event, arguments):
    if event in FORBIDDEN:
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(forbid)

def bilingual(*arguments):
    try:
        main(arguments, standalone_mode=False)
    except SystemExit as end:
        assert arguments[0] == "check" and end.code in {0, 1}, (arguments, end.code)

bilingual("translate", "articles", "-o", "out", "--to", "tmx,po,text,html,xliff,xliff2,docx")
bilingual("tm", "import", "--tm", "house.db", "out/news.tmx")
bilingual("translate", "articles/news.txt", "-o", "again", "--tm", "house.db", "--to", "tmx")
bilingual("check", *(f"out/news.{end}" for end in ("tmx", "po", "xlf", "v2.xlf", "review.docx")))
bilingual("convert", "out/news.xlf", "news.po")
bilingual("diff", "out/news.tmx", "news.po")
bilingual("merge", "out", "news.po", "--tm", "house.db")
bilingual("omegat-project", "project", "out")
bilingual("convert", "--salvage", "out/news.tmx", "salvaged.tmx")
bilingual("glossary", "find", "О прекращении огня", "--explain")
bilingual("glossary", "convert", "house.csv", "house.tbx")
bilingual("glossary", "extract", "articles/news.txt", "-o", "proposed.csv")
bilingual("srx", "export", "-o", "rules.srx")
bilingual("model", "list")
bilingual("model", "info")
bilingual("evaluate", "out/news.ru.txt", "out/news.en.txt", "--hyp", "out/news.en.txt")
print("done offline")
"""


NO_INTERFACES = ("unshare", "--net", "--map-root-user", "--user")


def test_main_path_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a network namespace without interfaces where one can be made, with sockets forbidden."""
    possible = shutil.which("unshare") is not None and not subprocess.call([*NO_INTERFACES, "true"])
    without = NO_INTERFACES if possible else ()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, content in (("news.txt", ARTICLE), ("news2.md", ARTICLE), ("page.html", SCRIPTS)):
        (folder / name).write_text(content, encoding="utf-8")
    document = docx.Document()
    document.add_paragraph(ARTICLE)
    document.save(str(folder / "word.docx"))
    (tmp_path / "house.csv").write_text("ru,en\nбеседа,conversation\n", encoding="utf-8")
    run = subprocess.run(
        [*without, sys.executable, "-c", MAIN_PATH],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout.splitlines()[-1:]) == (0, ["done offline"]), run.stderr
