"""The archive, a policy document -> its certificate as a file, and what is said about both."""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ticketstream.doors.equip import archive_of, labels_of, policy_of
from ticketstream.doors.output import say, table
from ticketstream.doors.settings import Settings
from ticketstream.learning.certify.certificate import (
    Certificate,
    Drift,
    certificate,
    choose,
    drifts,
    given,
    proposed,
)
from ticketstream.learning.certify.reviewed import FEATURES, Candidates, candidates, reviewed
from ticketstream.learning.certify.thresholds import Level, Tested
from ticketstream.learning.replay.stored import Wanted
from ticketstream.learning.toml_text import toml
from ticketstream.processors.policy import load_policy, policy_hash
from ticketstream.projections.archive import SCHEMAS, read_day
from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.errors import PolicyError, SettingError
from ticketstream.schemas.policy import Policy

ENDING = ".certificate.json"
VERDICTS = {
    "certified": "certified",
    "few": "too few reviewed",
    "unclear": "cannot be told yet",
    "risky": "too many wrong",
}
NOT_CHOSEN = "these thresholds were not chosen by looking at these tickets"


def read_candidates(settings: Settings, policy: Policy, wanted: Wanted) -> Candidates:
    """The tickets of the archive that the policy might answer by itself.

    Raises:
        SettingError: there is no archive.
    """
    archive = archive_of(settings)
    if not archive.folder.exists():
        raise SettingError(
            f"no archive in {archive.folder}: `ticketstream project` writes what was decided"
        )
    tables: dict[str, list[Any]] = {name: [SCHEMAS[name].empty_table()] for name in SCHEMAS}
    for model, _, file in archive.days():
        tables[model].append(read_day(file, model))
    whole = {name: pa.concat_tables(parts) for name, parts in tables.items()}
    edits = whole["outcomes"]
    edits = edits.filter(pc.equal(edits["topic"], "agent.edited"))
    return candidates(whole["decisions"].select(list(FEATURES)), edits, policy, wanted)


def calibrated(
    settings: Settings, level: Level, wanted: Wanted, out: Path
) -> tuple[Certificate, list[Path]]:
    """Choose thresholds for the policy of the settings; write it with its certificate.

    Raises:
        SettingError: nothing to learn from; the message says what is missing.
        PolicyError: the policy's document cannot be read.
    """
    policy = policy_of(settings)
    found = _some(read_candidates(settings, policy, wanted), policy)
    intents = choose(found, policy, level)
    name = f"{policy.version}-{reviewed(found)[0].digest[:8]}"
    new = proposed(policy, intents, name)
    made = certificate(found, intents, policy_hash(new), level, chosen=True)
    written = [out, certificate_file(out)]
    if made.certified:
        out.write_text(toml(to_plain(Policy)(new)), "utf-8")
        written[1].write_bytes(to_json(made))
    return made, written if made.certified else []


def certified(
    settings: Settings, document: Path, level: Level, wanted: Wanted
) -> tuple[Certificate, list[Drift]]:
    """The certificate beside a policy's document, or one of its thresholds as they are; and drift.

    Raises:
        PolicyError: a document that cannot be used, or is not the one of its certificate.
        SettingError: no archive, or nothing in it was reviewed.
    """
    try:
        policy = load_policy(document.read_text("utf-8"), str(document), labels=labels_of(settings))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{document} cannot be read: {type(error).__name__}") from error
    beside = certificate_file(document)
    if beside.exists():
        made = from_json(beside, policy_hash(policy))
        after = Wanted((made.until + timedelta(days=1)).date(), wanted.until, wanted.shop)
        return made, drifts(made, read_candidates(settings, policy, after))
    found = _some(read_candidates(settings, policy, wanted), policy)
    shown = given(found, policy, level)
    return certificate(found, shown, policy_hash(policy), level, chosen=False), []


def certificate_file(document: Path) -> Path:
    """Where a policy's certificate lies."""
    return document.with_name(document.name + ENDING)


def to_json(made: Certificate) -> bytes:
    """A certificate as it is stored, with a digest of itself."""
    told = asdict(made)
    told["digest"] = _digest(told)
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def from_json(file: Path, policy: str) -> Certificate:
    """The certificate of a file.

    Raises:
        PolicyError: it was changed, or speaks of another policy.
    """
    try:
        told = orjson.loads(file.read_bytes())
        digest = told.pop("digest")
        moments = {n: datetime.fromisoformat(told[n]) for n in ("since", "until")}
        intents = {i: Tested(**t) for i, t in told["intents"].items()}
        quantiles = tuple(told["confidences"])
        whole = told | moments | {"intents": intents, "confidences": quantiles}
        made = Certificate(**whole)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PolicyError(f"{file} is no certificate ({type(error).__name__})") from error
    if _digest(asdict(made)) != digest:
        raise PolicyError(f"{file} was changed since it was written: run `calibrate` again")
    if made.policy != policy:
        raise PolicyError(
            f"{file} speaks of another policy ({made.policy[:12]}, this is {policy[:12]}): its "
            "document was changed; run `calibrate` again, or take the certificate away"
        )
    return made


def _digest(told: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _some(found: Candidates, policy: Policy) -> Candidates:
    """The candidates, if anything can be learned from them."""
    if not policy.whitelist:
        raise SettingError(
            f"policy {policy.id} {policy.version} has no whitelist, so nothing would be answered "
            "by a machine: list the pairs that might be, then calibrate"
        )
    if not len(found):
        raise SettingError("the archive has no ticket that the whitelist names: nothing to learn")
    if not len(reviewed(found)[0]):
        sent = int((found.chance == 0).sum())
        raise SettingError(
            f"none of {len(found)} tickets that the whitelist names was reviewed ({sent} of them "
            "could not be, for they went to no person with a draft): run in shadow mode, or set "
            "audit_rate, and let agents answer"
        )
    return found


def show(made: Certificate, found: list[Drift], now: datetime | None = None) -> None:
    """A certificate for people."""
    age = (now or datetime.now(UTC)) - made.until
    certain = f"{1 - made.delta:.0%}"
    table(
        ["intent", "verdict", "from", "reviewed", "wrong", "at most", "missing"],
        [_row(name, t) for name, t in made.intents.items()],
    )
    if made.certified:
        say(
            f"\nWith {certain} certainty at most {made.alpha:.1%} of the automatic replies of each "
            "certified intent are wrong,\nas long as tickets come as they did"
            + ("." if made.chosen else f", and {NOT_CHOSEN}.")
        )
    else:
        say("\nNothing is certified.")
    say(
        f"set {made.set_id}: {made.size} reviewed tickets from {made.since:%Y-%m-%d} to "
        f"{made.until:%Y-%m-%d}, {max(0, age.days)} days old"
    )
    for each in found:
        say(f"drift: {each.what} was {each.before:.3f}, is {each.now:.3f}")
    if found:
        say("the certificate has expired: calibrate on new tickets, and stop what it allowed")


def _row(intent: str, shown: Tested) -> list[str]:
    missing = "" if not shown.missing else f"about {shown.missing}"
    return [
        intent,
        VERDICTS[shown.verdict],
        f"{shown.threshold:.3f}",
        str(shown.size),
        str(shown.wrong),
        f"{shown.limit:.2%}",
        "no number would do" if shown.missing is None else missing,
    ]
