"""Working on several things at the same time, in a bounded space."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def work_ahead(
    work: Callable[[Task], Result], tasks: Iterable[Task], threads: int
) -> Generator[tuple[Task, Future[Result]], None, None]:
    """Work on tasks in threads, and give each with its result, or error, in the tasks' order.

    Tasks are taken, by the caller's thread, no further ahead than keeps the threads busy. Close
    the iterator to drop what has not been begun.

    Args:
        work: what is to be done; it must be safe in several threads.
        tasks: what to do it with.
        threads: at how many tasks at the same time.

    >>> [done.result() for _, done in work_ahead(len, ["one", "three"], threads=2)]
    [3, 5]
    """
    waiting: deque[tuple[Task, Future[Result]]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for task in tasks:
            waiting.append((task, pool.submit(work, task)))
            if len(waiting) > 2 * threads:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)
