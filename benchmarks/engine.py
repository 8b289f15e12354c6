"""Compares engines on one model and one text: ours, argostranslate's, and bare CTranslate2.

    python benchmarks/engine.py [--argos-python PYTHON]

The text is 500 sentences in paragraphs of three. Each engine runs in a process of its own, warms
up on one paragraph, and translates the text three times; the best time counts. argostranslate
needs torch, stanza and spacy: it runs in an environment of its own, which the script makes in
~/.cache/bilingual-benchmarks (some GB) unless it is given one. The model for its sentence
splitter has to be downloaded at run time; in its place it is handed our sentences, at no cost.
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
SENTENCES = (ROOT / "benchmarks/data/sentences.ru.txt").read_text("utf-8").splitlines()
PARAGRAPHS = [SENTENCES[i : i + 3] for i in range(0, len(SENTENCES), 3)]
ENVIRONMENT = Path.home() / ".cache" / "bilingual-benchmarks" / "argos"


def main() -> None:
    """Run the engines one after the other and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--argos-python", type=Path, help="Python that can import argostranslate")
    parser.add_argument("--run", choices=ENGINES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        print(json.dumps(measure(ENGINES[arguments.run]())))
        return
    argos = arguments.argos_python or argos_environment()
    pythons = {"ours": sys.executable, "ctranslate2": sys.executable, "argostranslate": argos}
    with tempfile.TemporaryDirectory() as folder:
        unpack_model(Path(folder))
        results = {name: run(python, name, folder) for name, python in pythons.items()}
    ours = results["ours"]["seconds"]
    print(f"{'engine':16}{'segments/s':>12}{'ours is':>12}{'peak memory':>14}")
    for name, result in results.items():
        print(
            f"{name:16}{len(SENTENCES) / result['seconds']:12.1f}"
            f"{result['seconds'] / ours:11.2f}x{result['peak_mb']:11.0f} MB"
        )
    print(f"cold start of the command to the finished seed article: {cold_start():.2f} s")


def run(python: str | Path, name: str, packages: str) -> dict[str, float]:
    """Measure an engine in its own process."""
    environment = os.environ | {"ARGOS_PACKAGES_DIR": packages}
    command = [str(python), __file__, "--run", name]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(output.stdout.splitlines()[-1])
    return result


def measure(translate: Callable[[list[list[str]]], object]) -> dict[str, float]:
    """Time the translation of the whole text, once warm: the best of three."""
    translate(PARAGRAPHS[:1])
    times = []
    for _ in range(3):
        start = time.perf_counter()
        translate(PARAGRAPHS)
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": min(times), "peak_mb": peak}


def ours() -> Callable[[list[list[str]]], object]:
    """Give our engine, without the retries for degenerate output, which the others lack."""
    from toolkit import ArgosEngine, bundled_package  # noqa: PLC0415

    engine = ArgosEngine(bundled_package())
    return lambda paragraphs: list(engine.translate(list(itertools.chain(*paragraphs))))


def ctranslate2() -> Callable[[list[list[str]]], object]:
    """Give CTranslate2 itself, on tokens made beforehand: the limit."""
    import ctranslate2  # noqa: PLC0415
    import sentencepiece  # noqa: PLC0415

    from toolkit import bundled_package  # noqa: PLC0415

    package = bundled_package()
    translator = ctranslate2.Translator(package.name, files=package.model_files)
    tokenizer = sentencepiece.SentencePieceProcessor(model_proto=package.tokenizer_file[1])
    tokens = [[tokenizer.encode(s, out_type=str) for s in sentences] for sentences in PARAGRAPHS]
    return lambda paragraphs: translator.translate_batch(
        list(itertools.chain(*tokens[: len(paragraphs)])),
        max_batch_size=2048,
        batch_type="tokens",
        beam_size=4,
        length_penalty=0.6,
    )


def argostranslate() -> Callable[[list[list[str]]], object]:
    """Give argostranslate's own translate function, with our sentences for its splitter."""
    from argostranslate import translate  # noqa: PLC0415

    languages = {language.code: language for language in translate.get_installed_languages()}
    translation = languages["ru"].get_translation(languages["en"])
    translation.underlying.sentencizer = Splitter()
    return lambda paragraphs: translation.underlying.translate("\n".join(map(" ".join, paragraphs)))


class Splitter:
    """Splits the paragraphs of the text where their sentences end."""

    known = {" ".join(sentences): sentences for sentences in PARAGRAPHS}  # noqa: RUF012

    def split_sentences(self, text: str) -> list[str]:
        """Look the sentences up."""
        return self.known[text]


ENGINES = {"ours": ours, "ctranslate2": ctranslate2, "argostranslate": argostranslate}


def unpack_model(folder: Path) -> None:
    """Unpack the bundled package where argostranslate looks for packages."""
    (package,) = (ROOT / "toolkit" / "data").glob("*.argosmodel")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)


def argos_environment() -> Path:
    """Make the environment for argostranslate unless it is there."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "argostranslate"], check=True)
    return python


def cold_start() -> float:
    """Time the command on the seed article, from launch to the written files: best of three."""
    times = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable,
                "-m",
                "toolkit",
                "translate",
                str(ROOT / "seeds"),
                "-o",
                folder,
            ]
            start = time.perf_counter()
            subprocess.run([*command, "-q"], check=True)
            times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
