"""Read the tensors of a CTranslate2 `model.bin`.

The layout is that of CTranslate2's `python/ctranslate2/specs/model_spec.py`, binary version 6.
"""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINARY_VERSION = 6
DTYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)

FloatArray = npt.NDArray[np.float32]
RawArray = npt.NDArray[np.generic]


@dataclass(slots=True)
class Cursor:
    """Walk through little-endian fields of a byte string."""

    content: bytes
    position: int = 0

    def number(self, code: str) -> int:
        """Read one number; `code` is a `struct` letter."""
        (value,) = struct.unpack_from("<" + code, self.content, self.position)
        self.position += struct.calcsize("<" + code)
        return int(value)

    def string(self) -> str:
        """Read a length-prefixed, zero-terminated string."""
        length = self.number("H")
        raw = self.content[self.position : self.position + length]
        self.position += length
        return raw.rstrip(b"\0").decode()

    def tensor(self) -> RawArray:
        """Read rank, dimensions, type, size and values of one tensor."""
        shape = [self.number("I") for _ in range(self.number("B"))]
        dtype = np.dtype(DTYPES[self.number("B")])
        size = self.number("I")
        values = np.frombuffer(self.content, dtype, size // dtype.itemsize, self.position)
        self.position += size
        return values.reshape(shape)


def read_tensors(model_bin: bytes) -> dict[str, FloatArray]:
    """Return the tensors of a model by name, as float32; int8 ones are dequantised by row.

    Aliases (tied embeddings) appear under both names. Raise ValueError for another binary version.
    """
    cursor = Cursor(model_bin)
    version = cursor.number("I")
    if version != BINARY_VERSION:
        raise ValueError(f"CTranslate2 binary version {version}, expected {BINARY_VERSION}")
    cursor.string()  # name of the specification
    cursor.number("I")  # its revision
    raw = {}
    for _ in range(cursor.number("I")):
        name = cursor.string()
        raw[name] = cursor.tensor()
    for _ in range(cursor.number("I")):
        alias = cursor.string()
        raw[alias] = raw[cursor.string()]
    return {name: dequantise(raw, name) for name in raw if not name.endswith("_scale")}


def dequantise(raw: dict[str, RawArray], name: str) -> FloatArray:
    """Return one tensor as float32; CTranslate2 stores int8 rows as round(row * scale)."""
    values = raw[name].astype(np.float32)
    scale = raw.get(name + "_scale")
    if scale is None:
        return values
    return np.asarray(values / scale.astype(np.float32)[:, None], dtype=np.float32)
