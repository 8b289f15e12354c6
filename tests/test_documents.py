"""Reading articles: formats, encodings, and what is no article."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import Block, DocumentError, read_document
from toolkit.documents import decode_text, find_documents, is_hard_wrapped

NEWS = (
    "Вчера состоялся телефонный разговор президентов России и США.\r\n\r\n"
    "Беседа длилась более двух часов, сообщает «Интерфакс».\r\n"
)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1251", "koi8-r"]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    """Write a file and give its path."""

    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write


Write = Callable[[str, bytes | str], Path]


def blocks(path: Path) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_document(path).blocks]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encoding_is_recognised(write: Write, encoding: str) -> None:
    """Each of them, with the guillemets and line ends of Windows."""
    text = NEWS if encoding != "koi8-r" else NEWS.replace("«", '"').replace("»", '"')
    document = read_document(write("news.txt", text.encode(encoding)))
    assert [block.text for block in document.blocks] == text.split("\r\n")[::2][:2]


def test_encoding_given_overrides_recognition(write: Write) -> None:
    path = write("news.txt", "Київ".encode("windows-1251"))
    assert read_document(path, encoding="windows-1251").blocks == (Block("paragraph", "Київ"),)


def test_seed_has_a_block_for_each_line() -> None:
    document = read_document(Path("seeds/000_9f3230551822162b.txt"))
    assert len(document.blocks) == 10
    assert document.blocks[1] == Block("paragraph", "AP")


def test_lines_broken_at_a_margin_make_paragraphs(write: Write) -> None:
    text = "Вчера состоялся разговор\nпрезидентов двух\nстран.\n\nБеседа длилась\nдва часа.\n"
    assert blocks(write("wrapped.txt", text)) == [
        ("paragraph", "Вчера состоялся разговор президентов двух стран."),
        ("paragraph", "Беседа длилась два часа."),
    ]
    assert not is_hard_wrapped(NEWS.split("\r\n"))


def test_control_characters_do_not_reach_the_text(write: Write) -> None:
    path = write("dirty.txt", "Бе\x01седа.\x0bОна\ufeff\t длилась\x7f.")
    assert blocks(path) == [("paragraph", "Беседа."), ("paragraph", "Она длилась.")]


def test_markdown_gives_title_headings_items_and_cells(write: Write) -> None:
    text = (
        "---\ndate: 2025-03-19\n---\n# Разговор\n\nТекст **жирный** и [ссылка](https://a.b)\n"
        "продолжен.\n\n## Итоги\n\n- первый `код`\n- второй\n\n| А | Б |\n|---|---|\n| 1 | 2 |\n"
    )
    document = read_document(write("news.md", text))
    assert document.title == "Разговор"
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("title", "Разговор"),
        ("paragraph", "Текст жирный и ссылка продолжен."),
        ("heading", "Итоги"),
        ("list-item", "первый код"),
        ("list-item", "второй"),
        *(("table-cell", text) for text in "АБ12"),
    ]


HTML = """<html><head><meta charset="{0}"><title>Сайт</title><script>alert(1)</script></head><body>
<nav><a href="/">Главная</a></nav><article><h1>Разговор</h1>
<p>Беседа дли<b>лась</b> два часа.<br>Она была <a href="x">полезной</a>.</p><h2>Итоги</h2>
<figure><img src="a.jpg" alt=""><figcaption>Кремль в марте.</figcaption></figure>
<ul><li>Первый<ul><li><p>Второй</p></li></ul></li></ul>
<table><tr><th>Страна</th></tr><tr><td>Россия</td></tr></table></article>
<footer>Все права защищены</footer></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_html_gives_the_article_and_nothing_around_it(write: Write, encoding: str) -> None:
    path = write("news.html", HTML.format(encoding).encode(encoding))
    assert read_document(path).title == "Разговор"
    assert blocks(path) == [
        ("heading", "Разговор"),
        ("paragraph", "Беседа длилась два часа. Она была полезной."),
        ("heading", "Итоги"),
        ("caption", "Кремль в марте."),
        ("list-item", "Первый"),
        ("list-item", "Второй"),
        ("table-cell", "Страна"),
        ("table-cell", "Россия"),
    ]


def test_html_without_a_declared_encoding_is_recognised(write: Write) -> None:
    page = f"<html><body><p>{NEWS}</p></body></html>".encode("windows-1251")
    assert blocks(write("bare.html", page))[0][1].startswith("Вчера состоялся")


def test_docx_gives_paragraphs_and_cells_in_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Разговор", 0)
    document.add_heading("Итоги", 1)
    document.add_paragraph("Первый", style="List Bullet")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Слитая"
    table.cell(1, 0).text = "Россия"
    table.cell(1, 1).text = "США"
    document.add_paragraph("Беседа длилась два часа.")
    document.save(str(tmp_path / "news.docx"))
    assert blocks(tmp_path / "news.docx") == [
        ("title", "Разговор"),
        ("heading", "Итоги"),
        ("list-item", "Первый"),
        ("table-cell", "Слитая"),
        ("table-cell", "Россия"),
        ("table-cell", "США"),
        ("paragraph", "Беседа длилась два часа."),
    ]


def _zip(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.txt", b"", "holds no text"),
        ("blank.txt", b" \r\n\t\n", "holds no text"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8, "no"),
        ("note.odt", b"x", "the format .odt is not known"),
        ("fake.docx", b"plain text", "not a Word document"),
        ("fake.docx", _zip(b"<w/>"), "not a Word document"),
        ("empty.html", b"", "not an HTML page"),
        ("empty.md", b"", "holds no text"),
    ],
)
def test_what_is_no_article_is_refused_in_one_sentence(
    write: Write, name: str, content: bytes, problem: str
) -> None:
    path = write(name, content)
    with pytest.raises(DocumentError, match=problem) as refusal:
        read_document(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_wrong_encoding_names_the_line(write: Write) -> None:
    path = write("news.txt", "Первая строка\nВторая".encode("windows-1251"))
    with pytest.raises(DocumentError, match="line 1 is not utf-8; name the file's encoding"):
        read_document(path, encoding="utf-8")
    with pytest.raises(DocumentError, match="there is no encoding “klingon”"):
        read_document(path, encoding="klingon")


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        read_document(tmp_path / "nowhere.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path / "folder.txt")


def test_docx_that_unpacks_to_too_much_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.documents.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(DocumentError, match="unpacks to far more than"):
        read_document(write("bomb.docx", _zip(b"0" * 2000)))


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_document_error(content: bytes) -> None:
    try:
        text = decode_text(content)
    except DocumentError:
        return
    assert isinstance(text, str)


def test_folder_is_searched_and_mirrored(tmp_path: Path) -> None:
    for name in ("a.txt", "sub/b.md", ".hidden/c.txt", "out/old.en.txt", "picture.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", encoding="utf-8")
    out = tmp_path / "out"
    assert find_documents([tmp_path], out) == {
        tmp_path / "a.txt": out / "a",
        tmp_path / "sub/b.md": out / "sub/b",
    }


def test_articles_that_would_write_the_same_files_are_refused(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"a\.txt: would write the same files as .*a\.md"):
        find_documents([tmp_path], tmp_path / "out")


def test_folder_is_not_input_and_output_at_once(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be input and output at once"):
        find_documents([tmp_path], tmp_path)
    with pytest.raises(DocumentError, match="holds no article"):
        find_documents([tmp_path], tmp_path / "out")
