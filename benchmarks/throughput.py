"""Compares ways to translate many articles, on one model and one text, and how time grows.

    python benchmarks/throughput.py [--argos-python PYTHON] [--fork-python PYTHON]
                                    [--articles 12] [--largest 1000]

The articles are made of the sentences in training/text, always the same ones. Each way runs in a
process of its own, start and model loading included:

    ours, everything     bilingual translate FOLDER: terms enforced, checked, four files written
    ours, plain          the same without glossary and enforcement
    ctranslate2          bare, tokens made beforehand, all sentences sorted into large batches,
                         one batch on each processor: the limit
    argos API            argostranslate's translate(), article after article in one process
    argos command        argos-translate, a process an article; measured on three articles
    fork API             LibreTranslate's fork, argos-translate-lt

argostranslate needs torch, stanza and spacy: give Pythons of environments that have it; rows
without one are left out. Its sentence splitter would download a model: in its place it is handed
our sentences, at no cost.

The times are those of a clock, and of all processors together (user and system): the latter hardly
depends on what else the machine does.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARAGRAPH = 3  # sentences
MEASURED_COMMANDS = 3
NOTE_WORDS = 6  # the longest sentence that makes a note of its own

Paragraphs = list[list[str]]
Times = dict[str, float]


def main() -> None:
    """Run the ways one after the other and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--argos-python", type=Path, help="Python that can import argostranslate")
    parser.add_argument("--fork-python", type=Path, help="Python with LibreTranslate's fork of it")
    parser.add_argument("--articles", type=int, default=12, help="of 400 words; 8 times as short")
    parser.add_argument("--largest", type=int, default=1000, help="documents to grow to")
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        way, folder = arguments.run
        WAYS[way](read_articles(Path(folder)))
        return
    pythons = {
        "ctranslate2": sys.executable,
        "argos API": arguments.argos_python,
        "argos command": arguments.argos_python,
        "fork API": arguments.fork_python,
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack_model(folder / "packages")
        given = {way: python for way, python in pythons.items() if python}
        for words, count in ((400, arguments.articles), (50, 8 * arguments.articles)):
            compare(words, count, folder, given)
        grow(arguments.largest, folder)


def compare(words: int, count: int, folder: Path, pythons: dict[str, str | Path]) -> None:
    """Print a table of the ways to translate some articles."""
    texts = folder / f"{count} articles of {words} words"
    articles = list(itertools.islice(make_articles(words), count))
    write_articles(articles, texts)
    total = sum(len(sentence.split()) for sentence in itertools.chain(*itertools.chain(*articles)))
    print(f"\n{count} articles of {words} words, {total} words in all, {processors()} processors\n")
    print("| way | words/s | ours is | words/s of a processor | ours is | peak memory |")
    print("|---|---|---|---|---|---|")
    ours: Times = {}
    for way, times in measure_all(texts, folder, pythons):
        scale = min(count, MEASURED_COMMANDS) / count if way == "argos command" else 1.0
        speed, effort = (scale * total / times[one] for one in ("clock", "processor"))
        ours = ours or {"speed": speed, "effort": effort}
        print(
            f"| {way} | {speed:.1f} | {ours['speed'] / speed:.2f}x | {effort:.1f} "
            f"| {ours['effort'] / effort:.2f}x | {times['peak_mb']:.0f} MB |",
            flush=True,
        )


def measure_all(
    texts: Path, folder: Path, pythons: dict[str, str | Path]
) -> Iterator[tuple[str, Times]]:
    """Measure all ways on the articles of a folder."""
    yield "ours, everything", measure(translate_command(texts, folder / "everything"))
    plain = ("--no-glossary", "--no-enforce")
    yield "ours, plain", measure(translate_command(texts, folder / "plain", *plain))
    for way, python in pythons.items():
        command = [str(python), __file__, "--run", way]
        if way != "argos command":
            yield way, measure([*command, str(texts)], packages=folder / "packages")
            continue
        each = [
            measure([*command, str(path)], packages=folder / "packages")
            for path in sorted(texts.iterdir())[:MEASURED_COMMANDS]
        ]
        times = {one: sum(times[one] for times in each) for one in ("clock", "processor")}
        yield way, times | {"peak_mb": max(times["peak_mb"] for times in each)}


def translate_command(texts: Path, output: Path, *options: str) -> list[str]:
    """Give our command for a folder of articles."""
    command = [sys.executable, "-m", "toolkit", "translate", str(texts), "-o", str(output)]
    return [*command, "--quiet", "--force", *options]


def measure(command: list[str], packages: Path | None = None) -> Times:
    """Run a command; give the seconds of the clock and of the processors, and its peak memory."""
    environment = os.environ | {"ARGOS_PACKAGES_DIR": str(packages)} if packages else None
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return {
        "clock": time.perf_counter() - start,
        "processor": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


def grow(largest: int, folder: Path) -> None:
    """Print how the time for notes of a sentence grows with their number."""
    print(f"\nnotes of one sentence of at most {NOTE_WORDS} words, everything on, TMX only\n")
    print("| documents | seconds | a document | processor seconds | a document | peak memory |")
    print("|---|---|---|---|---|---|")
    notes = [[[one]] for one in stock() if len(one.split()) <= NOTE_WORDS]
    for count in itertools.takewhile(lambda count: count <= largest, (10**n for n in range(1, 6))):
        texts = folder / f"{count} notes"
        write_articles(list(itertools.islice(itertools.cycle(notes), count)), texts)
        times = measure(translate_command(texts, folder / "grown", "--to", "tmx"))
        print(
            f"| {count} | {times['clock']:.1f} | {times['clock'] / count:.4f} "
            f"| {times['processor']:.1f} | {times['processor'] / count:.4f} "
            f"| {times['peak_mb']:.0f} MB |",
            flush=True,
        )


def stock() -> list[str]:
    """Give the Russian sentences of our own."""
    files = sorted((ROOT / "training" / "text").glob("*.tsv"))
    return [line.split("\t")[0] for file in files for line in file.read_text("utf-8").splitlines()]


def make_articles(words: int) -> Iterator[Paragraphs]:
    """Make articles of at least so many words, in paragraphs of three sentences, without end."""
    sentences = stock()
    turn = itertools.count()
    while True:
        article: list[str] = []
        while sum(len(sentence.split()) for sentence in article) < words:
            article.append(sentences[next(turn) * 4441 % len(sentences)])
        yield [article[i : i + PARAGRAPH] for i in range(0, len(article), PARAGRAPH)]


def write_articles(articles: list[Paragraphs], folder: Path) -> None:
    """Write articles into a folder, a paragraph a line."""
    folder.mkdir()
    for number, article in enumerate(articles):
        text = "".join(" ".join(sentences) + "\n" for sentences in article)
        folder.joinpath(f"{number:05}.txt").write_text(text, encoding="utf-8")


def read_articles(path: Path) -> list[list[str]]:
    """Read the paragraphs of an article, or of all articles of a folder."""
    paths = sorted(path.iterdir()) if path.is_dir() else [path]
    return [path.read_text("utf-8").splitlines() for path in paths]


def ctranslate2(articles: list[list[str]]) -> None:
    """Translate with CTranslate2 itself."""
    import ctranslate2  # noqa: PLC0415
    import sentencepiece  # noqa: PLC0415

    from toolkit import bundled_package  # noqa: PLC0415

    package = bundled_package()
    translator = ctranslate2.Translator(
        package.name, files=package.model_files, inter_threads=processors(), intra_threads=1
    )
    tokenizer = sentencepiece.SentencePieceProcessor(model_proto=package.tokenizer_file[1])
    sentences = Splitter().split_all(itertools.chain(*articles))
    translator.translate_batch(
        [tokenizer.encode(sentence, out_type=str) for sentence in sentences],
        max_batch_size=2048,
        batch_type="tokens",
        beam_size=4,
        length_penalty=1.0,
    )


def argos_api(articles: list[list[str]]) -> None:
    """Translate with argostranslate, article after article."""
    from argostranslate import translate  # noqa: PLC0415

    languages = {language.code: language for language in translate.get_installed_languages()}
    translation = languages["ru"].get_translation(languages["en"])
    translation.underlying.sentencizer = Splitter()
    for paragraphs in articles:
        translation.translate("\n".join(paragraphs))


def argos_command(articles: list[list[str]]) -> None:
    """Run argos-translate on an article, as its script does."""
    from argostranslate import cli, sbd, translate  # noqa: PLC0415

    translate.MiniSBDSentencizer = sbd.MiniSBDSentencizer = lambda _package: Splitter()
    sys.argv = ["argos-translate", "--from-lang", "ru", "--to-lang", "en", "\n".join(*articles)]
    cli.main()


class Splitter:
    """Splits paragraphs between the sentences that they were made of."""

    def __init__(self) -> None:
        self._known = set(stock())

    def split_sentences(self, paragraph: str) -> list[str]:
        """Split a paragraph; where its beginning is a known sentence, that ends there."""
        sentences, start = [], 0
        words = paragraph.split(" ")
        for stop in range(1, len(words) + 1):
            if (sentence := " ".join(words[start:stop])) in self._known:
                sentences.append(sentence)
                start = stop
        return sentences

    def split_all(self, paragraphs: Iterator[str]) -> list[str]:
        """Split paragraphs."""
        return [sentence for one in paragraphs for sentence in self.split_sentences(one)]


WAYS: dict[str, Callable[[list[list[str]]], None]] = {
    "ctranslate2": ctranslate2,
    "argos API": argos_api,
    "argos command": argos_command,
    "fork API": argos_api,
}


def unpack_model(folder: Path) -> None:
    """Unpack the bundled package where argostranslate looks for packages."""
    (package,) = (ROOT / "toolkit" / "data").glob("*.argosmodel")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)


def processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
