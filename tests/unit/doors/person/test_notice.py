"""A shop's notice says all that the law asks, or it is refused with what is missing."""

import re
import tomllib
from pathlib import Path

import pytest

from ticketstream.doors.person.notice import load_notice
from ticketstream.doors.settings import load
from ticketstream.schemas.errors import SettingError

SHIPPED = load().notice_file
MODEL = """
[[language_models]]
name = "example-7b"
provider = "Example Models"
endpoint = "https://llm.example/v1"
retention_days = 30
agreement = "2026-01-10"
training = "ruled out in the agreement"
"""


def test_the_sample_shops_notice_says_all_that_is_asked() -> None:
    notice = load_notice(SHIPPED)
    assert notice.controller.authority
    assert notice.en.recipients
    assert notice.de.purposes
    assert notice.language_models == ()


def without(line: str) -> str:
    return "\n".join(x for x in SHIPPED.read_text().splitlines() if not x.startswith(line))


@pytest.mark.parametrize("missing", ["authority", "contact", "transfers"])
def test_a_notice_that_leaves_something_out_is_refused(tmp_path: Path, missing: str) -> None:
    file = tmp_path / "notice.toml"
    file.write_text(without(missing))
    with pytest.raises(SettingError, match=rf"notice.toml: \w+\.{missing}: Field required"):
        load_notice(file)


@pytest.mark.parametrize("missing", ["agreement", "training", "retention_days", "endpoint"])
def test_a_language_model_without_agreement_retention_or_opt_out_is_refused(
    tmp_path: Path, missing: str
) -> None:
    file = tmp_path / "notice.toml"
    file.write_text(SHIPPED.read_text() + MODEL)
    assert load_notice(file).language_models[0].retention_days == 30
    told = "\n".join(line for line in MODEL.splitlines() if not line.startswith(missing))
    file.write_text(SHIPPED.read_text() + told)
    with pytest.raises(SettingError, match=rf"language_models\.0\.{missing}: Field required"):
        load_notice(file)


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="TICKETSTREAM_NOTICE"):
        load_notice(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("[controller")
    with pytest.raises(SettingError, match="no TOML"):
        load_notice(tmp_path / "broken.toml")


def test_the_example_of_a_language_model_in_the_sample_is_one_that_would_be_taken(
    tmp_path: Path,
) -> None:
    lines = SHIPPED.read_text().splitlines()
    start = lines.index("# [[language_models]]")
    example = "\n".join(re.sub("^# ?", "", line) for line in lines[start:])
    assert tomllib.loads(example)["language_models"]
    (tmp_path / "n.toml").write_text(SHIPPED.read_text() + "\n" + example)
    assert load_notice(tmp_path / "n.toml").language_models[0].name == "example-7b"
