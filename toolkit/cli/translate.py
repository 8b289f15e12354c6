"""`bilingual translate`: articles become aligned files."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

import click

from toolkit.ahead import work_ahead
from toolkit.bitext import Bitext, Signature
from toolkit.cli import NO_MEMORY
from toolkit.cli.dates import date_option
from toolkit.cli.explain import explain_edits
from toolkit.cli.overlays import load_matcher, overlays_option
from toolkit.cli.progress import note, progress_bar
from toolkit.documents import find_documents, read_document
from toolkit.engine import ArgosEngine, Decoding, Engine
from toolkit.errors import OutputError, ToolkitError
from toolkit.files import is_for_good
from toolkit.matcher import TermMatcher
from toolkit.memory import LEAST_SIMILARITY, Entry, TranslationMemory
from toolkit.outputs import DEFAULT_FORMATS, FORMATS, Present, find_present, write_outputs
from toolkit.packages import find_package
from toolkit.pipeline import complete_bitext, prepare_document, sign
from toolkit.pretranslation import Reuse, find_orphans
from toolkit.resume import Record, checksum_of_origin, lock_folder
from toolkit.scripts import share_of_letters
from toolkit.segmentation import load_rules

if TYPE_CHECKING:
    from toolkit.cluster import Cluster

MIN_SHARE_OF_LETTERS = 0.5  # below it a document is hardly in the language it is said to be in


@dataclass
class Summary:
    """What a run did, for its last line and for --json."""

    documents: int = 0
    skipped: int = 0
    segments: int = 0
    kept: int = 0
    from_memory: int = 0
    proposed: int = 0
    terms_found: int = 0
    terms_kept: int = 0
    issues: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    seconds: float = 0.0

    def add(self, bitext: Bitext, earlier: Sequence[Entry]) -> None:
        """Count a document, with the work of earlier runs that went into it."""
        self.documents += 1
        self.segments += len(bitext.units)
        reviewed = {(e.unit.source.text, e.unit.target) for e in earlier if e.unit.is_reviewed}
        kept = [unit for unit in bitext.units if (unit.source.text, unit.target) in reviewed]
        others = [unit for unit in bitext.units if unit not in kept]
        self.kept += len(kept)
        self.from_memory += sum(unit.origin == "memory" for unit in others)
        self.proposed += sum(unit.origin == "machine" and bool(unit.proposals) for unit in others)
        found = sum(len({term.concept.id for term in unit.terms}) for unit in bitext.units)
        issues = Counter(issue.check for unit in bitext.units for issue in unit.issues)
        self.terms_found += found
        self.terms_kept += found - sum(
            issues[f"term-{how}"] for how in ("missing", "varied", "forbidden")
        )
        self.issues += issues

    @property
    def seen(self) -> int:
        """How many documents are done with."""
        return self.documents + self.skipped + self.failed

    def reused(self) -> str:
        """Say what needed no machine, where there was any."""
        counts = (
            (self.kept, f"kept {self.kept} reviewed, "),
            (self.from_memory, f"from memory {self.from_memory}, "),
            (self.proposed, f"with fuzzy matches {self.proposed}, "),
        )
        return "".join(words for count, words in counts if count)

    def sentence(self) -> str:
        """Say it in one line."""
        issues = ", ".join(f"{count} {check}" for check, count in sorted(self.issues.items()))
        skipped = f"skipped {self.skipped} unchanged, " if self.skipped else ""
        return (
            f"documents {self.documents}, {skipped}segments {self.segments}, {self.reused()}"
            f"terms kept {self.terms_kept} of {self.terms_found}, "
            f"issues {issues or 'none'}, failed {self.failed}, {self.seconds:.1f} s"
        )


def parse_formats(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    """Check a comma-separated list of formats."""
    if value is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
    for name in names:
        if name not in FORMATS:
            raise click.BadParameter(
                f"“{name}” is no format; choose from {', '.join(FORMATS)}", ctx, param
            )
    return names


@click.command(short_help="Translate articles into aligned TMX, text and PO files.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Folder for the files; it is made."
)
@click.option(
    "--to",
    "formats",
    callback=parse_formats,
    metavar="FORMAT,…",
    help=f"Formats to write: {','.join(FORMATS)} "
    f"({','.join(DEFAULT_FORMATS)} by default; text to stdout).",
)
@click.option("--source-lang", default="ru", show_default=True, help="Code to write, e.g. ru-RU.")
@click.option("--target-lang", default="en", show_default=True, help="Code to write, e.g. en-US.")
@click.option("--model", help="Package file, folder or installed name; see `bilingual model`.")
@overlays_option
@click.option("--no-glossary", is_flag=True, help="Look for no terms.")
@click.option(
    "--no-enforce", is_flag=True, help="Report missing terms, but leave the model's words."
)
@click.option(
    "--explain", is_flag=True, help="Tell each unit's terms and automatic edits on stderr."
)
@click.option(
    "--tm",
    "memories",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Memory to translate from; see `bilingual tm`. May be given several times.",
)
@click.option(
    "--fuzzy-threshold",
    default=round(100 * LEAST_SIMILARITY),
    show_default=True,
    type=click.IntRange(30, 100),
    metavar="PERCENT",
    help="Least similarity of a memory's proposals; 100 for none.",
)
@click.option(
    "--fuzzy-first", is_flag=True, help="Fill in fuzzy matches instead of machine output."
)
@click.option("--encoding", help="Encoding of text files, when recognition fails.")
@click.option("--beam", default=4, show_default=True, type=click.IntRange(1, 32))
@click.option("--threads", default=0, type=click.IntRange(0), help="Processor threads; 0 for all.")
@click.option("--compute-type", default="default", show_default=True, help="e.g. int8, float32.")
@click.option(
    "--ray",
    is_flag=False,
    flag_value="auto",
    metavar="[ADDRESS]",
    help="Translate on a Ray cluster, of this machine by default; see docs/scale.md.",
)
@date_option
@click.option("--force", is_flag=True, help="Translate unchanged articles again.")
@click.option("--overwrite", is_flag=True, help="Give up reviewed or edited files.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON to stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def translate(  # noqa: PLR0913 - one argument for each option
    *,
    paths: tuple[Path, ...],
    output: Path | None,
    formats: tuple[str, ...] | None,
    source_lang: str,
    target_lang: str,
    model: str | None,
    overlays: tuple[Path, ...],
    no_glossary: bool,
    no_enforce: bool,
    explain: bool,
    memories: tuple[Path, ...],
    fuzzy_threshold: int,
    fuzzy_first: bool,
    encoding: str | None,
    beam: int,
    threads: int,
    compute_type: str,
    ray: str | None,
    date: datetime,
    force: bool,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Translate articles: .txt, .md, .html and .docx files, folders of them, or - for stdin.

    Each article NAME becomes NAME.tmx, NAME.ru.txt, NAME.en.txt, NAME.po and the review page
    NAME.html in the output folder; xliff is XLIFF 1.2 (NAME.xlf), xliff2 is XLIFF 2.0
    (NAME.v2.xlf), docx is a table for review in Word (NAME.review.docx). Without -o a single
    article's translation goes to stdout. Run again over the same folder, it keeps what was
    reviewed and translates the rest anew; articles that nothing has changed for are skipped.

    \b
    Examples:
      bilingual translate article.txt -o translations
      bilingual translate seeds -o out --to tmx --source-lang ru-RU --target-lang en-US
      bilingual translate article.txt -o out -g house.csv --explain
      bilingual translate articles/ -o out --tm house.db
      bilingual translate articles/ -o out --ray=head:6379
      cat article.txt | bilingual translate - > article.en.txt
    """
    start = perf_counter()
    articles = find_documents(paths, output)
    if output is None and (len(articles) > 1 or len(formats or "1") > 1 or as_json):
        raise click.UsageError("name a folder for the files with -o")
    if ray and threads:
        raise click.UsageError("--ray uses the processors of the cluster; leave out --threads")
    context = click.get_current_context()
    reuse = Reuse(
        memories=[context.with_resource(TranslationMemory(path)) for path in memories],
        least=fuzzy_threshold / 100,
        fuzzy_first=fuzzy_first,
    )
    decoding = Decoding(beam_size=beam)
    cluster = None
    if ray:
        from toolkit.cluster import Cluster, Settings  # noqa: PLC0415 - cold start

        settings = Settings(
            (source_lang, target_lang), model, decoding, compute_type, enforce=not no_enforce
        )
        cluster = context.with_resource(Cluster(ray, settings))
    package = find_package(source_lang, target_lang, model)
    note(f"model: {package.label} ({package.origin})", quiet=quiet)
    with ThreadPoolExecutor(1) as loading:  # the glossary while the model is unpacked
        matcher = loading.submit(
            lambda: None if no_glossary else load_matcher(overlays, source_lang, target_lang)
        )
        engine = ArgosEngine(
            package, decoding, threads=1 if cluster else threads, compute_type=compute_type
        )
    run = Run(
        engine=engine,
        cluster=cluster,
        matcher=matcher.result(),
        langs=(source_lang, target_lang),
        reuse=reuse,
        encoding=encoding,
        formats=formats or (("text",) if output is None else DEFAULT_FORMATS),
        date=date,
        output=output,
        force=force or overwrite,
        overwrite=overwrite,
        enforce=not no_enforce,
        explain=explain,
        quiet=quiet,
    )
    summary = run.translate_all(articles)
    summary.seconds = round(perf_counter() - start, 3)
    note(summary.sentence(), quiet=quiet)
    if as_json:
        click.echo(json.dumps(vars(summary), ensure_ascii=False))
    if summary.failed:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class Task:
    """An article on its way: where it is, where it goes, and what needed no machine.

    Fields:
        path: the article.
        stem: the path of its files without suffix; None for stdout.
        origin: the checksum of all that decides what they hold.
        present: what lies there.
        prepared: the bitext without the machine's translations.
    """

    path: Path
    stem: Path | None
    origin: str
    present: Present
    prepared: Bitext


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is the same for all articles of a call."""

    engine: Engine
    cluster: "Cluster | None"
    matcher: TermMatcher | None
    langs: tuple[str, str]
    reuse: Reuse
    encoding: str | None
    formats: tuple[str, ...]
    date: datetime
    output: Path | None
    force: bool
    overwrite: bool
    enforce: bool
    explain: bool
    quiet: bool

    def translate_all(self, articles: Mapping[Path, Path | None]) -> Summary:
        """Translate articles and write their files; one that fails is told and passed over.

        Args:
            articles: for each article the path of its files without suffix, None for stdout.
        """
        if self.output is None:
            return self.translate_each(articles, None)
        with lock_folder(self.output, filter(None, articles.values())) as record:
            return self.translate_each(articles, record)

    def translate_each(
        self, articles: Mapping[Path, Path | None], record: Record | None
    ) -> Summary:
        """Translate those of the articles that the record does not hold unchanged.

        Articles are read and written in their order, and translated several at the same time.
        """
        summary = Summary()
        interrupted = Event()
        with progress_bar(quiet=self.quiet) as show:

            def complete(task: Task) -> Bitext:
                def on_progress(done: int, total: int) -> None:
                    if interrupted.is_set():
                        raise KeyboardInterrupt
                    if len(articles) == 1:
                        show(task.path.name, done, total)

                return complete_bitext(
                    task.prepared, self.engine, on_progress, enforce=self.enforce
                )

            tasks = self.prepare_each(articles, record, summary)
            if self.cluster:
                ahead = self.cluster.complete_ahead(tasks, lambda task: task.prepared)
            else:
                ahead = work_ahead(complete, tasks, self.engine.threads)
            with closing(ahead) as completed:
                try:
                    for task, bitext in completed:
                        with self.tell_failure(task.path, summary):
                            self.finish(task, bitext.result(), record)
                            summary.add(bitext.result(), task.present.work)
                        if len(articles) > 1:
                            show("articles", summary.seen, len(articles))
                except BaseException:
                    interrupted.set()
                    raise
        return summary

    @contextmanager
    def tell_failure(self, path: Path, summary: Summary) -> Iterator[None]:
        """Tell and count what fails with an article, unless it would with every other one too."""
        try:
            yield
        except (ToolkitError, MemoryError) as error:
            if is_for_good(error):
                raise
            reason = error if isinstance(error, ToolkitError) else f"{path}: {NO_MEMORY}"
            click.echo(f"Error: {reason}", err=True)
            summary.failed += 1

    def prepare_each(
        self, articles: Mapping[Path, Path | None], record: Record | None, summary: Summary
    ) -> Iterator["Task"]:
        """Read the articles that the record does not hold unchanged, up to the machine's part."""
        for path, stem in articles.items():
            origin = self.checksum_of_origin(path)
            if record and stem and not self.force and record.holds(stem, origin):
                summary.skipped += 1
                continue
            with self.tell_failure(path, summary):
                present = self.find_present(stem, record)
                prepared = self.prepare(path, present.work)
                self.save_orphans(prepared, present.work, stem)
                yield Task(path, stem, origin, present, prepared)

    def finish(self, task: "Task", bitext: Bitext, record: Record | None) -> None:
        """Tell of a finished article what is to be told, and write it."""
        if self.explain:
            explain_edits(bitext)
        if record and task.stem:
            announce = partial(record.add, task.stem, task.origin)
            self.write_files(bitext, task.stem, task.present, announce)
        else:
            self.write_to_stdout(bitext)

    def checksum_of_origin(self, path: Path) -> str:
        """Give the checksum of all that decides what an article's files hold, but the date."""
        return checksum_of_origin(path, self.signature, *self.settings)

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """What beside the signature decides what the files hold, memories by size and date."""
        memories = (memory.path.stat() for memory in self.reuse.memories)
        return (
            *self.langs,
            self.encoding or "",
            *self.formats,
            f"{self.reuse.least} {self.reuse.fuzzy_first}",
            *(f"{memory.st_size} {memory.st_mtime_ns}" for memory in memories),
        )

    @cached_property
    def signature(self) -> Signature:
        """What the articles are translated with."""
        rules = load_rules(lang=self.langs[0])
        return sign(self.engine, self.matcher, rules, enforce=self.enforce)

    def find_present(self, stem: Path | None, record: Record | None) -> Present:
        """Find the work of earlier runs in an article's files."""
        if stem is None or record is None or self.overwrite:
            return Present()
        return find_present(stem, self.formats, self.langs, record.wrote)

    def prepare(self, path: Path, earlier: Sequence[Entry]) -> Bitext:
        """Read an article, up to the machine's part."""
        document = read_document(path, self.langs[0], self.encoding)
        text = " ".join(block.text for block in document.blocks)
        if share_of_letters(text, self.langs[0]) < MIN_SHARE_OF_LETTERS:
            warning = f"Warning: {path}: is hardly in the language “{self.langs[0]}”"
            note(f"{warning}; see --source-lang", quiet=self.quiet)
        return prepare_document(
            document,
            self.engine,
            self.matcher,
            enforce=self.enforce,
            target_lang=self.langs[1],
            reuse=replace(self.reuse, earlier=earlier),
        )

    def save_orphans(self, bitext: Bitext, earlier: Sequence[Entry], stem: Path | None) -> None:
        """Put reviewed units whose source is no longer in the article into the first memory.

        Raises:
            OutputError: there are such units and no memory.
        """
        orphans = find_orphans(bitext.units, earlier)
        if not orphans:
            return
        found = (
            f"{stem}: reviewed units whose sentence is not in the article any more: {len(orphans)}"
        )
        if not self.reuse.memories:
            raise OutputError(
                f"{found}; `bilingual tm import --tm FILE` puts them into a memory, --tm FILE does "
                "so from now on, --overwrite gives all reviewed work up"
            )
        memory = self.reuse.memories[0]
        memory.add_entries(orphans)
        note(f"{found}, kept in {memory.path}", quiet=self.quiet)

    def write_files(
        self,
        bitext: Bitext,
        stem: Path,
        present: Present,
        announce: Callable[[Mapping[Path, bytes]], object],
    ) -> None:
        """Write a bitext's files."""
        write_outputs(
            bitext,
            stem,
            self.formats,
            self.date,
            present=present,
            overwrite=self.overwrite,
            announce=announce,
        )

    def write_to_stdout(self, bitext: Bitext) -> None:
        """Write the one format of a bitext, of the texts that in the target language."""
        *_, content = FORMATS[self.formats[0]][1](bitext, self.date)
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
