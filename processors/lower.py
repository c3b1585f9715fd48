"""A text -> what the encoder's lower six layers make of it; every model here goes on there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Part = tuple[int, int]

WIDTH = 384
MOST_TOKENS = 256  # with prefix and both ends; what follows is not read (about 1,000 characters)
MOST_CHARACTERS = 8_000  # far more than 256 tokens: spares the tokenizer a very long mail
PREFIX = "query: "
QUIET = 3  # ONNX Runtime reports errors only


@dataclass(frozen=True, slots=True)
class Lower:
    """Tokenizer and lower layers of the encoder's folder, on ONNX Runtime, one thread.

    Each text runs alone. So the answer is the same to the last bit whatever else is asked, and
    nothing is computed for padding: measured on one thread, batches gain nothing beyond that.
    """

    tokenizer: Any
    session: Any

    @classmethod
    def load(cls, folder: Path) -> "Lower":
        """From the files of the encoder's folder, which the caller has checked."""
        return cls(_tokenizer(folder), session(folder / "lower_int8.onnx"))

    def tokens(self, texts: Sequence[str]) -> Any:
        """The encodings of texts behind the prefix, cut after 256 tokens."""
        # one by one: `encode_batch` hands even a single text to threads of its own
        return [self.tokenizer.encode(PREFIX + text[:MOST_CHARACTERS]) for text in texts]

    def run(self, ids: Sequence[int], *outputs: str) -> tuple[list[Vectors], dict[str, Any]]:
        """Outputs, each float32 [1, tokens, 384], and the inputs they were made from.

        `hidden6` is the sixth layer's answer in E5's own scale, for models tuned on it; `lower` is
        the same, scaled for the 8-bit upper layers.
        """
        row = np.asarray([ids], np.int64)
        given = {"input_ids": row, "attention_mask": np.ones_like(row)}
        once = [*dict.fromkeys(outputs)]  # a trunk reads what is asked for besides
        found = dict(zip(once, self.session.run(once, given), strict=True))
        return [found[name] for name in outputs], given

    def places(self, encoding: Any) -> list[Part]:
        """Where each token stands in its text, in characters; (0, 0) for what is none of it."""
        shift = len(PREFIX)
        return [(max(a - shift, 0), max(b - shift, 0)) for a, b in encoding.offsets]


def session(model: Path) -> Any:
    """An inference session of one thread."""
    import onnxruntime  # noqa: PLC0415  # only the roles that judge pay for it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = QUIET
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer  # noqa: PLC0415  # only the roles that judge pay for it

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer
