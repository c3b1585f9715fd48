"""The encoder: a vector belongs to its text alone, and a changed model does not start."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ticketstream.processors.encoder import REFERENCE, Encoder
from ticketstream.processors.lower import MOST_TOKENS
from ticketstream.schemas.errors import ModelError

FOLDER = Path(__file__).parents[3] / "models" / "encoder"
TEXTS = [
    "Where is my parcel?",
    "Wo bleibt mein Paket? Ich warte nun schon seit zwei Wochen auf die Lampe [ORDER_1].",
    "I want to return the chair.",
    "",
    "word " * 2_000,
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(FOLDER)


def test_a_vector_has_384_numbers_and_length_one(encoder: Encoder) -> None:
    vectors = encoder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    assert encoder.embed([]).shape == (0, 384)


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: Encoder) -> None:
    together = encoder.embed(TEXTS)
    alone = np.concatenate([encoder.embed([text]) for text in reversed(TEXTS)])[::-1]
    assert together.tobytes() == alone.tobytes()


def test_parts_are_read_within_their_text(encoder: Encoder) -> None:
    text = "Where is my parcel? I want to return the chair."
    reading = encoder.read(text)
    assert reading.whole.tobytes() == encoder.embed([text]).tobytes()
    within = reading.within([(0, 19), (20, 47)])
    alone = np.concatenate([encoder.alone(reading, part) for part in ((0, 19), (20, 47))])
    np.testing.assert_allclose(np.linalg.norm(within, axis=1), 1.0, atol=1e-5)
    parcel, chair = encoder.embed(["Where is my parcel?", "I want to return the chair."])
    for parts in (within, alone):
        assert parts[0] @ parcel > parts[0] @ chair
        assert parts[1] @ chair > parts[1] @ parcel
    assert alone[0] @ parcel > within[0] @ parcel
    assert alone[0] @ alone[1] < within[0] @ within[1]


def test_a_part_that_was_not_read_has_the_vector_of_its_text(encoder: Encoder) -> None:
    reading = encoder.read("Where is my parcel?" + " word" * 2_000 + " unread")
    assert reading.within([(10_000, 10_007)]).tobytes() == reading.whole.tobytes()
    assert encoder.alone(reading, (10_000, 10_007)).tobytes() == reading.whole.tobytes()


def test_the_same_question_in_two_languages_is_nearer_than_another(encoder: Encoder) -> None:
    where_en, where_de, chair, *_ = encoder.embed(TEXTS)
    assert where_en @ where_de > where_en @ chair


def test_only_the_first_tokens_are_read(encoder: Encoder) -> None:
    one, other = encoder.embed(["word " * MOST_TOKENS + "lamp", "word " * MOST_TOKENS + "chair"])
    assert one.tobytes() == other.tobytes()


def test_a_changed_file_stops_the_start(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "encoder"))
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    with pytest.raises(ModelError, match="not the file its manifest names"):
        Encoder.load(folder)


def test_a_missing_folder_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model in"):
        Encoder.load(tmp_path / "nothing")


def test_a_machine_that_computes_other_vectors_is_told(encoder: Encoder, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "encoder"))
    np.save(folder / REFERENCE, np.roll(np.load(folder / REFERENCE), 1, axis=0))
    (folder / "manifest.toml").write_text(
        "\n".join(
            line
            for line in (folder / "manifest.toml").read_text().splitlines()
            if not line.startswith('"reference.npy"')
        )
    )
    with pytest.raises(ModelError, match="computes other vectors"):
        Encoder.load(folder)
