"""A Ray cluster of two nodes on this machine, one of which is killed while it translates."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from toolkit import Block, Decoding, Document, EngineError
from toolkit.cluster import Settings, complete_on_worker, load_engine
from toolkit.pipeline import prepare_document

ROOT = Path(__file__).parents[2]
SENTENCES = (ROOT / "benchmarks/data/sentences.ru.txt").read_text("utf-8").splitlines()
ARTICLES = 12
PORT = 26379
HEAD = f"127.0.0.1:{PORT}"
BIN = Path(sys.executable).parent
SETTINGS = Settings(("ru", "en"), None, Decoding(beam_size=4), "default", enforce=True)


def bilingual(folder: Path, output: str, *options: str) -> subprocess.Popen[str]:
    """Begin to translate the folder's articles into another of its folders."""
    command = [
        str(BIN / "bilingual"),
        "translate",
        "articles",
        "-o",
        output,
        "--date",
        "2026-11-27",
    ]
    return subprocess.Popen(
        [*command, "--to", "tmx,po", "--date", "2026-11-27", *options],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_of(root: int) -> dict[int, str]:
    """Give the process and all that it started, with their command lines."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.decode().splitlines()]
    found: dict[int, str] = {}
    families = {root}
    for pid, parent, args in sorted(rows, key=lambda row: int(row[0])):
        if int(pid) in families or int(parent) in families:
            families.add(int(pid))
            found[int(pid)] = args
    return found


def kill(node: subprocess.Popen[bytes]) -> None:
    """Kill a node as a power cut would, all processes at once."""
    for pid in processes_of(node.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    node.wait()


def start_node(*options: str) -> subprocess.Popen[bytes]:
    command = [str(BIN / "ray"), "start", "--block", "--disable-usage-stats", "--num-cpus=1"]
    return subprocess.Popen(
        [*command, "--object-store-memory=100000000", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
    )


def wait_for_nodes(count: int) -> None:
    ask = (
        f"import ray; ray.init({HEAD!r}, logging_level='ERROR', log_to_driver=False); "
        "print(sum(node['Alive'] for node in ray.nodes()))"
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        asked = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=False)
        if asked.stdout.split() == [str(count).encode()]:
            return
        time.sleep(1)
    pytest.fail("the cluster does not start")


@pytest.fixture
def nodes() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start a head and a second node, and leave no process of theirs."""
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp") as folder:
        head = ("--head", f"--port={PORT}", "--include-dashboard=false")
        started = [start_node(*head, "--node-ip-address=127.0.0.1", f"--temp-dir={folder}/1")]
        try:
            wait_for_nodes(1)
            second = (f"--address={HEAD}", "--node-ip-address=127.0.0.2", f"--temp-dir={folder}/2")
            started.append(start_node(*second))
            wait_for_nodes(2)
            yield started
        finally:
            for node in reversed(started):
                kill(node)


def write_articles(folder: Path) -> None:
    folder.mkdir()
    for number in range(ARTICLES):
        text = " ".join(SENTENCES[number * 10 : number * 10 + 10])
        (folder / f"article {number:02}.txt").write_text(text, "utf-8")
    (folder / "broken.docx").write_bytes(b"no archive")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_no_document_is_lost_with_a_node(
    tmp_path: Path, nodes: list[subprocess.Popen[bytes]]
) -> None:
    write_articles(tmp_path / "articles")
    alone = bilingual(tmp_path, "alone")
    _, told = alone.communicate(timeout=300)
    assert alone.returncode == 1
    assert f"documents {ARTICLES}, segments" in told

    with_ray = bilingual(tmp_path, "cluster", f"--ray={HEAD}")
    record = tmp_path / "cluster" / ".bilingual"
    deadline = time.monotonic() + 300
    while not (
        record.exists()
        and len(record.read_bytes().splitlines()) >= 2
        and "ray::complete_on_worker" in processes_of(nodes[1].pid).values()
    ):
        assert time.monotonic() < deadline
        assert with_ray.poll() is None
        time.sleep(0.05)
    kill(nodes[1])
    _, told = with_ray.communicate(timeout=300)
    assert with_ray.returncode == 1
    assert "broken.docx" in told
    assert f"documents {ARTICLES}, segments" in told
    assert "failed 1" in told
    documents = record.read_text("utf-8").splitlines()
    assert len(documents) == ARTICLES, "each was written once"
    assert contents(tmp_path / "cluster") == contents(tmp_path / "alone")

    again = bilingual(tmp_path, "cluster", f"--ray={HEAD}")
    _, told = again.communicate(timeout=300)
    assert f"skipped {ARTICLES} unchanged" in told


def test_missing_cluster_is_told(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles")
    run = bilingual(tmp_path, "cluster", "--ray=127.0.0.1:1")
    _, told = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "127.0.0.1:1: no Ray cluster is reached" in told
    assert not (tmp_path / "cluster").exists()


def test_worker_with_another_model_is_told() -> None:
    document = Document("note", "ru", "", (Block("paragraph", "Стороны согласны."),))
    prepared = prepare_document(document, load_engine(SETTINGS))
    assert complete_on_worker(prepared, SETTINGS).units[0].target
    other = replace(prepared, signature=replace(prepared.signature, model_sha256="0" * 64))
    with pytest.raises(EngineError, match="another toolkit or model"):
        complete_on_worker(other, SETTINGS)
