"""Translating on the processors of a Ray cluster.

The caller reads articles and writes files; the workers get prepared bitexts and give finished
ones, so that they need the toolkit and the model, but no storage that is shared. The tasks are
those of Ray's core: they are retried elsewhere when a worker or machine dies, begin on machines
that join later, and fail one by one. Ray Data would want all articles at once, and hand over its
results, and what failed, in blocks.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import lru_cache
from platform import node
from socket import create_connection
from typing import Any, Self, TypeVar

from toolkit.bitext import Bitext
from toolkit.engine import ArgosEngine, Decoding
from toolkit.errors import EngineError
from toolkit.packages import find_package
from toolkit.pipeline import complete_bitext, sign
from toolkit.segmentation import load_rules

Task = TypeVar("Task")

RETRIES = 3
"""How many deaths of workers or machines a document survives: it may be what kills them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What each worker loads its engine with.

    Fields:
        langs: codes of the source and target language.
        model: see `toolkit.packages.find_package`; a path must be the same on all machines.
        decoding: how to search.
        compute_type: CTranslate2's arithmetic.
        enforce: make the terms stand in the translation, and mend numbers and names.
    """

    langs: tuple[str, str]
    model: str | None
    decoding: Decoding
    compute_type: str
    enforce: bool


class Cluster:
    """A Ray cluster, used until it is closed.

    Args:
        address: `host:port` of its head, or `auto` for the cluster that this machine belongs to.
        settings: how its workers translate.

    Raises:
        EngineError: Ray is not installed, or there is no such cluster.
    """

    def __init__(self, address: str, settings: Settings) -> None:
        os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")  # it would copy the folder
        try:
            import ray  # noqa: PLC0415 - it is an extra
        except ImportError as error:
            raise EngineError("Ray is not installed; install bilingual-toolkit[ray]") from error
        try:
            host, _, port = address.rpartition(":")
            if port.isdecimal() and "//" not in address:  # Ray itself waits for minutes
                create_connection((host, int(port)), timeout=10).close()
            ray.init(address, log_to_driver=False, logging_level="ERROR")
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError(
                f"{address}: no Ray cluster is reached ({str(error).splitlines()[0]}); start one "
                "with “ray start --head”, or name another with --ray"
            ) from error
        self._ray: Any = ray
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()

    def complete_ahead(
        self, tasks: Iterable[Task], prepared: Callable[[Task], Bitext]
    ) -> Generator[tuple[Task, Future[Bitext]], None, None]:
        """Complete bitexts on all processors of the cluster, and give them in the tasks' order.

        It is `toolkit.ahead.work_ahead` with machines for threads: tasks are taken no further
        ahead than keeps the cluster busy. Close the iterator to drop what is not completed.

        Args:
            tasks: what the bitexts belong to.
            prepared: gives a task's bitext, as `toolkit.pipeline.prepare_document` made it.
        """
        complete = self._ray.remote(num_cpus=1, max_retries=RETRIES)(complete_on_worker)
        settings = self._ray.put(self._settings)
        waiting: deque[tuple[Task, Any]] = deque()
        try:
            for task in tasks:
                waiting.append((task, complete.remote(prepared(task), settings)))
                if len(waiting) > 2 * self._ray.cluster_resources().get("CPU", 1):
                    yield self._collect(*waiting.popleft(), prepared)
            while waiting:
                yield self._collect(*waiting.popleft(), prepared)
        finally:
            for _, reference in waiting:
                self._ray.cancel(reference, force=True)

    def _collect(
        self,
        task: Task,
        reference: Any,  # noqa: ANN401 - Ray is not installed where types are checked
        prepared: Callable[[Task], Bitext],
    ) -> tuple[Task, Future[Bitext]]:
        """Wait for a bitext, or for what went wrong with it."""
        done: Future[Bitext] = Future()
        try:
            done.set_result(self._ray.get(reference))
        except self._ray.exceptions.RayTaskError as error:
            done.set_exception(error.cause)
        except self._ray.exceptions.RayError as error:
            done.set_exception(
                EngineError(
                    f"{prepared(task).document.id}: the workers died that translated it "
                    f"({type(error).__name__}); see Ray's logs, and run the command again"
                )
            )
        return task, done


def complete_on_worker(bitext: Bitext, settings: Settings) -> Bitext:
    """Complete a bitext in a process of a cluster.

    Raises:
        EngineError: the process would translate otherwise than the caller.
    """
    engine = load_engine(settings)
    here = sign(engine, None, load_rules(lang=settings.langs[0]), enforce=settings.enforce)
    here = replace(here, glossary_sha256=bitext.signature.glossary_sha256)
    if here != bitext.signature:
        raise EngineError(
            f"{bitext.document.id}: the machine {node()} has another toolkit or model "
            f"({here.tool}, {here.engine}, {here.model}, {here.model_sha256[:8]}); install the "
            "same on all"
        )
    return complete_bitext(bitext, engine, enforce=settings.enforce)


@lru_cache(maxsize=1)
def load_engine(settings: Settings) -> ArgosEngine:
    """Load the model, once in each process; Ray runs as many as there are processors."""
    return ArgosEngine(
        find_package(*settings.langs, settings.model),
        settings.decoding,
        threads=1,
        compute_type=settings.compute_type,
    )
