"""Manifests are written as they are read."""

import tomllib
from math import inf
from pathlib import Path

import pytest

from ticketstream.learning.model_folder import write_calibration
from ticketstream.learning.toml_text import toml
from ticketstream.processors.calibration import PairCalibration, read_calibration
from ticketstream.processors.conformal import Conformal
from ticketstream.processors.model_files import read_manifest
from ticketstream.schemas.errors import ModelError


def test_what_is_written_is_read_again() -> None:
    document = {
        "name": 'quotes " and \\ and\nlines',
        "on": True,
        "many": [1, 2.5, "x"],
        "scores": {"all": {"ece": 0.05, "size": 3}, "own test": {"ece": 1.0}},
    }
    assert tomllib.loads(toml(document)) == document


def test_none_is_left_out() -> None:
    assert tomllib.loads(toml({"a": None, "b": 1})) == {"b": 1}


def test_a_calibration_is_written_as_it_is_read(tmp_path: Path) -> None:
    sets = Conformal(0.9, 0.01, inf, {"de": 0.7})
    given = PairCalibration(
        0.8, 1.2, (0.1, 0.2, 0.3), 42, {"de": (0.1, 0.9)}, sets, (0.5, 1.0, 0.2)
    )
    write_calibration(tmp_path / "calibration.toml", given)
    assert read_calibration(tmp_path / "calibration.toml") == given


def test_a_manifest_names_what_is_missing_or_changed(tmp_path: Path) -> None:
    digest = "0" * 64
    text = toml({"name": "m", "version": "1", "files": {"a.bin": digest}})
    (tmp_path / "manifest.toml").write_text(text)
    with pytest.raises(ModelError, match=r"a\.bin is missing"):
        read_manifest(tmp_path)
    (tmp_path / "a.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match=r"a\.bin is not the file"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.toml").write_text("name = 1")
    with pytest.raises(ModelError, match="no model manifest"):
        read_manifest(tmp_path)
