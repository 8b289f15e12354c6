"""Reading source articles: plain text, Markdown, HTML and Word, as blocks in reading order."""

import codecs
import io
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html import escape
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING

from toolkit.bitext import Block, BlockKind, Document, InlineKind
from toolkit.errors import DocumentError
from toolkit.files import most_unpacked
from toolkit.inlines import RichText

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run
    from lxml.html import HtmlElement
    from markdown_it.token import Token

MAX_BYTES = 100 * 1024**2
MAX_UNPACKED_BYTES = 500 * 1024**2  # of a .docx
# By the names that charset-normalizer gives them, those that Python and libxml2 both know.
LEGACY_ENCODINGS = {
    "cp1251": "windows-1251",
    "koi8_r": "koi8-r",
    "utf_16_le": "UTF-16LE",
    "utf_16_be": "UTF-16BE",
}

# Control characters have no place in a text and crash the importers of CAT tools; a line end
# becomes "\n", a tab or another kind of line or page break stays white space.
CONTROLS = (
    dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0xFEFF, *range(0xD800, 0xE000)])
    | dict.fromkeys(map(ord, "\n\f\v\x85\u2028\u2029"), "\n")
    | {ord("\t"): " "}
)


def read_document(path: Path, lang: str = "ru", encoding: str | None = None) -> Document:
    """Read an article.

    Args:
        path: a `.txt`, `.md`, `.html` or `.docx` file; `-` reads plain text from stdin.
        lang: language code of the text.
        encoding: of a text, Markdown or HTML file; recognised when None.

    Raises:
        DocumentError: the file cannot be read, or holds no text.
    """
    suffix = path.suffix.lower() or ".txt"
    if suffix not in READERS:
        raise DocumentError(
            f"{path}: the format {suffix} is not known; the toolkit reads {', '.join(READERS)}"
        )
    content = _read_bytes(path)
    try:
        title, blocks = READERS[suffix](content, encoding)
        kept = tuple(block for block in blocks if block.text)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from error
    if not kept:
        raise DocumentError(f"{path}: holds no text; give a file with an article in it")
    name = _printable(path.stem) if path.name != "-" else "stdin"
    return Document(id=name, lang=lang, title=title, blocks=kept)


def _printable(name: str) -> str:
    """Make an identifier of a file's name, which may hold anything."""
    decoded = os.fsencode(name).decode("utf-8", "backslashreplace")
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", "_", decoded)


def find_documents(paths: Iterable[Path], output: Path | None) -> dict[Path, Path | None]:
    """Find the articles under some paths and where their files go.

    Args:
        paths: files, folders (searched for all formats, hidden files and the output left out),
            or `-` for stdin.
        output: the output folder, or None for stdout.

    Returns:
        For each article the path of its files without suffix; None for stdout. What lies in
        subfolders of a folder goes into subfolders of the output.

    Raises:
        DocumentError: a folder holds no article, or two articles would write the same files.
    """
    found: dict[Path, Path | None] = {}
    articles_of: dict[Path, Path] = {}
    for path in paths:
        for article, stem in _articles_under(path, output):
            found[article] = output / stem if output else None
            twin = articles_of.setdefault(stem, article)
            if twin != article:
                raise DocumentError(
                    f"{article}: would write the same files as {twin}; "
                    "rename one of them or translate them into different folders"
                )
    return found


def _articles_under(path: Path, output: Path | None) -> Iterator[tuple[Path, Path]]:
    """Yield articles with the path of their files relative to the output folder."""
    if not path.is_dir():
        yield path, Path("stdin" if path.name == "-" else path.stem)
        return
    if output and output.resolve() == path.resolve():
        raise DocumentError(f"{path}: cannot be input and output at once; choose another -o")
    count = 0
    for article in sorted(path.rglob("*")):
        relative = article.relative_to(path)
        if article.suffix.lower() not in READERS or not article.is_file():
            continue
        if any(part.startswith(".") for part in relative.parts):
            continue
        if output and article.resolve().is_relative_to(output.resolve()):
            continue
        count += 1
        yield article, relative.with_suffix("")
    if not count:
        raise DocumentError(f"{path}: holds no article ({', '.join(READERS)})")


def _read_bytes(path: Path) -> bytes:
    try:
        if path.name == "-":
            content, changed = _read_limited(sys.stdin.buffer), False
        else:
            content, changed = _read_once(path)
    except FileNotFoundError as error:
        raise DocumentError(f"{path}: there is no such file; check the path") from error
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror})") from error
    if len(content) > MAX_BYTES:
        raise DocumentError(f"{path}: is larger than 100 MB; split it into articles")
    if changed:
        raise DocumentError(f"{path}: changed while it was read; run again when it is saved")
    return content


def _read_once(path: Path) -> tuple[bytes, bool]:
    """Read a file, and say whether somebody wrote it meanwhile."""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        content = _read_limited(file)
        after = os.fstat(file.fileno())
    return content, (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)


def _read_limited(file: IO[bytes]) -> bytes:
    """Read a file to its end or to more than `MAX_BYTES`, whichever comes first."""
    pieces = iter(lambda: file.read(MAX_BYTES // 100), b"")
    return b"".join(islice(pieces, 101))


def decode_text(content: bytes, encoding: str | None = None) -> str:
    """Decode a text in UTF-8, UTF-16, windows-1251 or KOI8-R, whichever it is.

    Args:
        content: the bytes of the text, with or without a byte order mark.
        encoding: a codec name that overrides recognition.

    Raises:
        DocumentError: the bytes are no text, or not in the encoding given.

    >>> decode_text("Перемирие".encode("koi8-r"))
    'Перемирие'
    """
    codec = encoding or recognised_encoding(content)
    try:
        return content.decode(codec)
    except LookupError as error:
        raise DocumentError(f"there is no encoding “{codec}”; e.g. windows-1251 is one") from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DocumentError(
            f"line {line} is not {codec}; name the file's encoding with --encoding"
        ) from error


def recognised_encoding(content: bytes) -> str:
    """Name the encoding by byte order mark, then UTF-8 if valid, then by the letters' statistics.

    charset-normalizer weighs the legacy encodings; a text that looks the same in all of them, or
    holds NUL bytes, is taken for a binary file.
    """
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if b"\0" not in content:
            return "utf-8"
    from charset_normalizer import from_bytes  # noqa: PLC0415 - rarely needed

    best = from_bytes(content, cp_isolation=list(LEGACY_ENCODINGS)).best()
    if best is None:
        raise DocumentError("is not a text file; give an article as .txt, .md, .html or .docx")
    return LEGACY_ENCODINGS[best.encoding]


def _clean(text: str) -> str:
    """Remove control characters and make all white space inside a block single spaces."""
    return re.sub(r"[ \n]+", " ", text.translate(CONTROLS)).strip(" ")


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS).split("\n")


def _read_text(content: bytes, encoding: str | None) -> tuple[str, Iterator[Block]]:
    lines = _lines(decode_text(content, encoding))
    if is_hard_wrapped(lines):
        lines = "\n".join(line.strip() or "\n" for line in lines).split("\n\n")
    return "", (Block("paragraph", _clean(line)) for line in lines)


def is_hard_wrapped(lines: list[str]) -> bool:
    """Say whether a text's lines were broken at a right margin, paragraphs parted by empty lines.

    >>> is_hard_wrapped(["Вчера состоялся второй в этом году телефонный", "разговор президентов."])
    True
    """
    filled = [line.strip() for line in lines if line.strip()]
    followers = [line for above, line in pairwise(lines) if above.strip()]
    continued = sum(line.strip()[:1].islower() for line in followers)
    return max(map(len, filled), default=0) <= 100 and continued * 3 > len(filled)


def _read_markdown(content: bytes, encoding: str | None) -> tuple[str, Iterator[Block]]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only for this format

    text = decode_text(content, encoding)
    text = re.sub(r"\A---\n.*?\n---\n", "", "\n".join(_lines(text)), flags=re.DOTALL)
    parser = MarkdownIt("commonmark").enable("table")
    blocks = list(_markdown_blocks(parser.parse(text)))
    title = next((block.text for block in blocks if block.kind == "title"), "")
    return title, iter(blocks)


MARKDOWN_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "list_item_open": "list-item",
    "td_open": "table-cell",
    "th_open": "table-cell",
}


def _markdown_blocks(tokens: list["Token"]) -> Iterator[Block]:
    open_kinds: list[BlockKind | None] = []
    for token in tokens:
        if token.nesting == 1:
            kind = MARKDOWN_KINDS.get(token.type)
            open_kinds.append("title" if kind == "heading" and token.tag == "h1" else kind)
        elif token.nesting == -1:
            open_kinds.pop()
        elif token.type == "inline":
            kinds = [kind for kind in open_kinds if kind]
            yield _markdown_text(token).block(kinds[-1] if kinds else "paragraph", _clean)


MARKDOWN_CODES: dict[str, tuple[InlineKind, str]] = {
    "strong_open": ("bold", "**"),
    "em_open": ("italic", "*"),
}
FOOTNOTE = re.compile(r"(\[\^[^\]\s]+\])")


def _markdown_text(token: "Token") -> RichText:
    rich = RichText()
    for child in token.children or ():
        if child.type in MARKDOWN_CODES:
            kind, code = MARKDOWN_CODES[child.type]
            rich.open(kind, code, code)
        elif child.type == "link_open":
            rich.open("link", "[", f"]({child.attrs.get('href', '')})")
        elif child.nesting == -1:
            rich.close()
        elif child.type in ("softbreak", "hardbreak"):
            rich.add(" ")
        elif child.type == "text":
            _add_with_notes(rich, child.content)
        elif child.type != "html_inline":
            rich.add(child.content)
    return rich


def _add_with_notes(rich: RichText, text: str) -> None:
    """Add a text whose footnote marks, `[^1]`, are no text."""
    for index, part in enumerate(FOOTNOTE.split(text)):
        if index % 2:
            rich.mark("note", part)
        else:
            rich.add(part)


def _read_html(content: bytes, encoding: str | None) -> tuple[str, Iterator[Block]]:
    from lxml import etree, html  # noqa: PLC0415 - only for this format

    if encoding or not re.search(rb"<meta[^>]+charset", content[:4096], re.IGNORECASE):
        # Python knows encodings that libxml2 does not.
        content, encoding = decode_text(content, encoding).encode("utf-8", "replace"), "utf-8"
    parser = html.HTMLParser(
        encoding=encoding, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        page = html.document_fromstring(content, parser=parser)
    except (ValueError, LookupError, etree.ParserError) as error:
        raise DocumentError(f"is not an HTML page ({error})") from error
    return _page_title(page), _page_blocks(page)


def _page_title(page: "HtmlElement") -> str:
    heading = page.find(".//h1")
    return _clean(heading.text_content()) if heading is not None else ""


def _page_blocks(page: "HtmlElement") -> Iterator[Block]:
    """Take the article out of a page; of a page that has none, everything readable."""
    import trafilatura  # noqa: PLC0415 - a third of a second
    from trafilatura.settings import use_config  # noqa: PLC0415

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "0")  # a short article keeps its structure
    captions = _free_captions(page)
    article = trafilatura.bare_extraction(
        page,
        fast=True,
        include_comments=False,
        include_formatting=True,
        include_links=True,
        favor_recall=True,
        config=config,
    )
    body = getattr(article, "body", page)  # None where nothing is an article
    for element in body.iter(*HTML_KINDS):
        rich = RichText()
        _add_html(rich, element)
        block = rich.block(_html_kind(element), _clean)
        yield replace(block, kind="caption") if block.text in captions else block


# What trafilatura calls formatting, and HTML itself.
HTML_CODES: dict[str, InlineKind] = {
    **dict.fromkeys(("b", "strong", "#b"), "bold"),
    **dict.fromkeys(("i", "em", "#i"), "italic"),
    **dict.fromkeys(("a", "ref"), "link"),
}
HTML_NOTE = re.compile(r"\[?(?:\d{1,3}|[*†‡]+)\]?")


def _add_html(rich: RichText, element: "HtmlElement") -> None:
    """Add an element's text without that of the blocks inside it."""
    rich.add(element.text or "")
    for child in element:
        name = str(child.get("rend") if child.tag == "hi" else child.tag)
        text = "".join(map(str, child.itertext())).strip()
        if name in ("br", "lb"):
            rich.add("\n")
        elif HTML_NOTE.fullmatch(text) and (name in ("sup", "#sup") or _is_jump(child)):
            rich.mark("note", f"<sup>{text}</sup>")
        elif name in HTML_CODES:
            rich.open(HTML_CODES[name], *_html_codes(HTML_CODES[name], child))
            _add_html(rich, child)
            rich.close()
        elif child.tag not in HTML_KINDS:
            _add_html(rich, child)
        rich.add(child.tail or "")


def _is_jump(element: "HtmlElement") -> bool:
    """Say whether an element is a link within the page."""
    address = element.get("href") or element.get("target") or ""
    return element.tag in ("a", "ref") and address.startswith("#")


def _html_codes(kind: InlineKind, element: "HtmlElement") -> tuple[str, str]:
    if kind == "link":
        address = element.get("href") or element.get("target") or ""
        return f'<a href="{escape(address)}">', "</a>"
    return ("<b>", "</b>") if kind == "bold" else ("<i>", "</i>")


def _html_kind(element: "HtmlElement") -> BlockKind:
    """Name an element's kind: that of the list item or cell it lies in, if it lies in one."""
    kinds = [HTML_KINDS.get(outer.tag) for outer in element.iterancestors()]
    return (
        next((kind for kind in kinds if kind in ("list-item", "table-cell")), None)
        or (HTML_KINDS[element.tag])
    )


HTML_KINDS: dict[str, BlockKind] = {
    "head": "heading",  # so trafilatura calls what HTML calls h1 to h6
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "p": "paragraph",
    "item": "list-item",
    "li": "list-item",
    "cell": "table-cell",
    "td": "table-cell",
    "th": "table-cell",
    "figcaption": "caption",
}


def _free_captions(page: "HtmlElement") -> set[str]:
    """Turn captions into paragraphs, because the extraction drops figures; give their texts."""
    captions = list(page.iter("figcaption"))
    for caption in captions:
        caption.tag = "p"
        figure = caption.getparent()
        if figure is not None and figure.tag == "figure":
            figure.addnext(caption)
    return {_clean(caption.text_content()) for caption in captions}


def _read_docx(content: bytes, encoding: str | None) -> tuple[str, Iterator[Block]]:
    del encoding  # a .docx says itself how it is encoded
    document = open_word(content)
    return document.core_properties.title or "", _docx_blocks(document.iter_inner_content())


def open_word(content: bytes) -> "WordDocument":
    """Open the content of a .docx file.

    Raises:
        DocumentError: it is none, or unpacks to too much.
    """
    import docx  # noqa: PLC0415 - only for this format

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > min(MAX_UNPACKED_BYTES, most_unpacked(len(content))):
            raise DocumentError(
                "unpacks to far more than a Word document does; save it again in Word, or split it "
                "into articles"
            )
        return docx.Document(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DocumentError(
            "is not a Word document (.docx); open it in Word and save it as .docx"
        ) from error


def _docx_blocks(
    content: "Iterator[Paragraph | Table]", kind: BlockKind | None = None
) -> Iterator[Block]:
    """Walk through paragraphs and tables; `kind` is that of everything inside a table."""
    from docx.table import Table  # noqa: PLC0415 - only for this format

    for item in content:
        if isinstance(item, Table):
            cells = [cell for row in item.rows for cell in row.cells]
            for cell in dict.fromkeys(cells):  # a merged cell is given once for each column
                yield from _docx_blocks(cell.iter_inner_content(), "table-cell")
        else:
            style = item.style.name if item.style and item.style.name else ""
            yield _docx_text(item).block(kind or _docx_kind(style), _clean)


def _docx_text(paragraph: "Paragraph") -> RichText:
    from docx.text.hyperlink import Hyperlink  # noqa: PLC0415 - only for this format

    rich = RichText()
    runs: list[Run] = []
    for item in paragraph.iter_inner_content():
        if isinstance(item, Hyperlink):
            _add_runs(rich, runs)
            runs = []
            rich.open("link", f'<a href="{escape(item.url or item.fragment)}">', "</a>")
            _add_runs(rich, item.runs)
            rich.close()
        else:
            runs.append(item)
    _add_runs(rich, runs)
    return rich


WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WORD_NOTES = (f"{WORD}footnoteReference", f"{WORD}endnoteReference")


def _add_runs(rich: RichText, runs: "Iterable[Run]") -> None:
    """Add runs, those of the same formatting as one stretch."""
    for (bold, italic), alike in groupby(runs, key=lambda run: (run.bold, run.italic)):
        if bold:
            rich.open("bold", "<b>", "</b>")
        if italic:
            rich.open("italic", "<i>", "</i>")
        for run in alike:
            rich.add(run.text)
            for note in run._r.iter(*WORD_NOTES):  # noqa: SLF001 - not in its interface
                rich.mark("note", f"[{note.get(f'{WORD}id')}]")
        for _ in filter(None, (bold, italic)):
            rich.close()


def _docx_kind(style: str) -> BlockKind:
    prefixes: dict[str, BlockKind] = {
        "Title": "title",
        "Heading": "heading",
        "List": "list-item",
        "Caption": "caption",
    }
    return next((kind for name, kind in prefixes.items() if style.startswith(name)), "paragraph")


READERS: dict[str, Callable[[bytes, str | None], tuple[str, Iterator[Block]]]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".docx": _read_docx,
}
