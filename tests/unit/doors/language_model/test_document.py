"""What stops the start: an endpoint elsewhere without agreement, and every slip of the pen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ticketstream.doors.language_model.document import key_of, read_document
from ticketstream.schemas.errors import SettingError

LOCAL = '[endpoint]\nbase_url = "http://127.0.0.1:8080/v1"\nmodel = "tiny"\n'
AGREED = """[endpoint]
base_url = "https://llm.example/v1"
model = "small-1"
provider = "Example GmbH"
region = "EU"
agreement = 2026-03-01
training_opt_out = true
retention_days = 0
eur_per_million_tokens_in = 0.15
eur_per_million_tokens_out = 0.6
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model.toml"


def test_an_endpoint_of_this_machine_needs_no_agreement(file: Path) -> None:
    file.write_text(LOCAL)
    document = read_document(file)
    assert document.endpoint.local
    assert (document.ask.below, document.budget.share) == (0.6, 0.2)


def test_an_endpoint_elsewhere_with_its_agreement_is_taken(file: Path) -> None:
    file.write_text(AGREED + "[budget]\nseconds = 4\n")
    document = read_document(file)
    assert not document.endpoint.local
    assert document.budget.seconds == 4.0


@pytest.mark.parametrize(
    "missing",
    [
        "provider",
        "region",
        "agreement",
        "training_opt_out",
        "retention_days",
        "eur_per_million_tokens_in",
        "eur_per_million_tokens_out",
    ],
)
def test_an_endpoint_elsewhere_that_lacks_one_of_them_stops_the_start(
    file: Path, missing: str
) -> None:
    file.write_text("\n".join(x for x in AGREED.splitlines() if not x.startswith(missing)))
    with pytest.raises(SettingError, match=rf"model\.toml: endpoint: {missing} is missing, "):
        read_document(file)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("opt_out = true", "opt_out = false", "nobody may train on customers' messages"),
        ("https://llm", "http://llm", "use https"),
        ("https://llm", "https://me:secret@llm", "a key stands in key_file"),
        ("https://llm.example/v1", "llm.example", "write it as https://HOST/v1"),
        ('region = "EU"', 'region = ""', "region is missing"),
        ('"small-1"', '""', "endpoint.model"),
        ("retention_days = 0", "retention_days = -1", "endpoint.retention_days"),
    ],
)
def test_an_endpoint_that_must_not_be_used_is_told_why(
    file: Path, old: str, new: str, told: str
) -> None:
    assert old in AGREED
    file.write_text(AGREED.replace(old, new))
    with pytest.raises(SettingError, match=told) as caught:
        read_document(file)
    assert "secret" not in str(caught.value)


def test_an_agreement_of_tomorrow_is_none_today(file: Path) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    file.write_text(AGREED.replace("2026-03-01", tomorrow))
    with pytest.raises(SettingError, match="agreement lies in the future"):
        read_document(file)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("[ask]\nbelow = 1.5\n", r"ask\.below"),
        ("[ask]\nmode = 1\n", r"ask\.mode: Extra inputs"),
        ("[budget]\nseconds = 25\n", r"budget\.seconds.*less than or equal to 10"),
        ("[budget]\nshare = true\n", r"budget\.share"),
        ("[breaker]\nfailures = 0\n", r"breaker\.failures"),
        ("[ask\n", "is no TOML"),
    ],
)
def test_a_slip_of_the_pen_names_its_place(file: Path, more: str, told: str) -> None:
    file.write_text(LOCAL + more)
    with pytest.raises(SettingError, match=told):
        read_document(file)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"])
def test_loopback_is_local(file: Path, host: str) -> None:
    file.write_text(LOCAL.replace("127.0.0.1", host))
    assert read_document(file).endpoint.local


@pytest.mark.parametrize("host", ["localhost.example", "10.0.0.5", "127.0.0.1.example", "0.0.0.0"])
def test_what_only_looks_like_loopback_is_not(file: Path, host: str) -> None:
    file.write_text(LOCAL.replace("127.0.0.1", host))
    with pytest.raises(SettingError, match="on another machine"):
        read_document(file)


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(SettingError, match=r"model\.toml cannot be read: FileNotFoundError"):
        read_document(file)


def test_the_key_is_read_from_its_file_and_an_empty_one_stops_the_start(file: Path) -> None:
    file.write_text(LOCAL + 'key_file = "key.txt"\n')
    document = read_document(file)
    with pytest.raises(SettingError, match=r"key\.txt cannot be read"):
        key_of(document, file)
    file.with_name("key.txt").write_text(" \n")
    with pytest.raises(SettingError, match=r"key\.txt is empty"):
        key_of(document, file)
    file.with_name("key.txt").write_text("abc\n")
    assert key_of(document, file) == "abc"
