"""Public mails and texts, read whole: no crash, no lost line. Prints shares, never contents."""

import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from os import environ
from pathlib import Path

import pytest

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw
from ticketstream.doors.intake.html_text import seen_text
from ticketstream.doors.intake.quotes import split_quote
from ticketstream.doors.intake.read import read
from ticketstream.schemas.codec import encode_record
from ticketstream.schemas.dead import Dead

pytestmark = pytest.mark.data

REPOSITORY = Path(__file__).parents[4]
MOST_DEAD = 0.03


@pytest.fixture
def data() -> Path:
    named = environ.get("TICKETSTREAM_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("reading public mails could not run: no folder TICKETSTREAM_DATA")
    return folder


def folder(data: Path, name: str) -> Path:
    path = data / name
    if not path.is_dir():
        pytest.skip(f"reading the mails of {name} could not run: the set is not there")
    return path


def shares(name: str, mails: Iterable[bytes], store: Path) -> float:
    """Read all mails; print how many died of what; the share of the dead."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    door = Door("kestrel", b"key", AttachmentStore(store), at)
    kinds: Counter[str] = Counter()
    for mail in mails:
        found = read(Raw("mail", mail, "a.eml"), door)
        if isinstance(found, Dead):
            kinds[found.message] += 1
        else:
            encode_record(found)
            kinds["read"] += 1
    total = kinds.total()
    print(f"{name}: {total} mails,", ", ".join(f"{k}: {n / total:.1%}" for k, n in kinds.items()))
    assert total > 0
    return 1 - kinds["read"] / total


@pytest.mark.parametrize("name", ["mime_flanker", "mime_mikel_mail", "talon_fixtures"])
def test_fixtures_of_mail_libraries_are_read(data: Path, name: str, tmp_path: Path) -> None:
    files = sorted(folder(data, name).rglob("*.eml"))
    assert shares(name, (file.read_bytes() for file in files), tmp_path) < MOST_DEAD


def test_every_other_file_of_these_sets_is_read_or_buried(data: Path, tmp_path: Path) -> None:
    sets = ("mime_flanker", "mime_mikel_mail", "talon_fixtures", "reply_parser_crisp")
    files = [f for name in sets for f in sorted(folder(data, name).rglob("*")) if f.is_file()]
    assert shares("all files", (file.read_bytes() for file in files), tmp_path) < 1


def test_spam_and_ham_are_read(data: Path, tmp_path: Path) -> None:
    archive = folder(data, "spamassassin") / "spamassassin_txt.tar.gz"
    assert shares("spamassassin", _mails(archive), tmp_path) < MOST_DEAD


def _mails(archive: Path) -> Iterator[bytes]:
    with tarfile.open(archive) as tar:
        mails = (m for m in tar if m.isfile() and m.name.endswith(".txt"))
        for member in islice(mails, 0, 6_000, 20):
            file = tar.extractfile(member)
            assert file is not None
            yield file.read()


def test_replies_in_many_languages_are_split_and_lose_no_line(data: Path) -> None:
    texts = [
        path.read_text(errors="replace")
        for path in sorted(folder(data, "reply_parser_crisp").rglob("email_*.txt"))
    ]
    split = [split_quote(text) for text in texts]
    for text, (newest, quoted) in zip(texts, split, strict=True):
        both = f"{newest}\n{quoted}".split("\n")
        assert sorted(said(both)) == sorted(said(text.split("\n")))
        assert newest.strip()
    assert sum(bool(quoted) for _, quoted in split) / len(split) > 0.5


def said(lines: list[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]


def test_html_replies_of_nine_programs_are_split_at_the_right_place(data: Path) -> None:
    pages = sorted((folder(data, "talon_fixtures") / "html_replies").glob("*.html"))
    for page in pages:
        newest, quoted = split_quote(seen_text(page.read_text(errors="replace")).text)
        assert newest.split()[-2:] == ["Thanks,", "Alex"], page.name
        assert "Hello! How are you?" in quoted, page.name
    assert len(pages) == 9
