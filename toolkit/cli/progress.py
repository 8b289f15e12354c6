"""What the command line tells while it works: notes and progress bars, on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

ShowProgress = Callable[[str, int, int], None]


def note(text: str, *, quiet: bool) -> None:
    """Tell something that is no error, unless the user wants quiet."""
    if not quiet:
        click.echo(text, err=True)


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[ShowProgress]:
    """Give a function that shows, for an article's name, how many of its segments are done.

    Nothing is shown to anything but a terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _name, _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - a seventh of a second
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", speed="")

        def show(name: str, done: int, total: int) -> None:
            if progress.tasks[0].description != name:
                progress.reset(task)
            speed = progress.tasks[0].speed
            progress.update(
                task,
                description=name,
                completed=done,
                total=total,
                speed=f"{speed:.0f} segments/s" if speed else "",
            )

        yield show
