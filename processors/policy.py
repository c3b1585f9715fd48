"""A policy document (TOML) -> a checked `Policy`, or an error that names line, place and reason."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import sha256
from importlib.resources import files
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from ticketstream.processors.policy_problems import Path, Problem, dotted, problems
from ticketstream.processors.taxonomy import Labels, shipped_labels
from ticketstream.processors.toml_lines import line_of
from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.errors import InvalidEventError, PolicyError
from ticketstream.schemas.policy import Policy, PolicyVersion


class _WrongError(Exception):
    """A setting that cannot be used: where it stands in the document, and why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def default_policy() -> Policy:
    """The policy that ships: nothing is sent by itself, for the whitelist is empty."""
    return load_policy("", "policy.toml")


def shipped() -> dict[str, Any]:
    """The shipped document with the shipped phrases."""
    room = files("ticketstream.processors")
    return tomllib.loads((room / "policy.toml").read_text()) | tomllib.loads(
        (room / "triggers.toml").read_text()
    )


def load_policy(
    text: str,
    name: str,
    switches: Mapping[str, Any] | None = None,
    labels: Labels | None = None,
) -> Policy:
    """A policy from its TOML text, over the shipped one.

    Args:
        text: the document.
        name: stands in the error, with the line.
        switches: what holds in place of the shipped settings where the document says nothing.
        labels: the taxonomy that its pairs, intents and queues must be of; None for the shipped.

    Raises:
        PolicyError: not TOML, an unknown or ill-typed setting, or a value out of range.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(_no_toml(text, name, str(error))) from error
    try:
        policy: Policy = _record(Policy, _over(shipped() | dict(switches or {}), document), ())
    except _WrongError as wrong:
        raise PolicyError(_refused(text, name, [(wrong.path, wrong.reason)])) from wrong
    if found := list(problems(policy, labels or shipped_labels())):
        raise PolicyError(_refused(text, name, found))
    return policy


def policy_hash(policy: Policy) -> str:
    """SHA-256 in hex of everything the policy says."""
    plain = to_plain(Policy)(policy)
    return sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def version_of(policy: Policy) -> PolicyVersion:
    """The policy as the events name it that it decides."""
    return PolicyVersion(policy.id, policy.version, policy_hash(policy))


def changes(before: Policy, after: Policy) -> list[tuple[str, Any, Any]]:
    """What differs: setting, value before, value after; None where it is not there."""
    old, new = (dict(_flat(to_plain(Policy)(p), ())) for p in (before, after))
    paths = [*old, *(path for path in new if path not in old)]
    return [(dotted(p), old.get(p), new.get(p)) for p in paths if old.get(p) != new.get(p)]


def _flat(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, (*path, key))
    else:
        yield path, value


def _over(base: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What a document does not say is as shipped; its triggers and whitelist replace the others."""
    merged = {
        key: {**base[key], **value}
        if isinstance(value, dict) and isinstance(base.get(key), dict) and key != "triggers"
        else value
        for key, value in document.items()
    }
    return base | merged


def _no_toml(text: str, name: str, said: str) -> str:
    """The parser's words, with the line in front."""
    found = re.search(r"at line (\d+)", said)
    line = int(found[1]) if found else len(text.splitlines())
    reason = re.sub(r" \(at .*\)$", "", said)
    return f"{name}, line {line}: no TOML: {reason}"


def _refused(text: str, name: str, found: Sequence[Problem]) -> str:
    """The first problem that the document itself says, with its line."""
    placed = [(line_of(text, path), reason) for path, reason in found]
    line, reason = next((p for p in placed if p[0] is not None), placed[0])
    return f"{name}: {reason}" if line is None else f"{name}, line {line}: {reason}"


def _record(kind: Any, given: Any, path: Path) -> Any:
    if not isinstance(given, Mapping):
        raise _WrongError(path, f"{dotted(path)} must be a table")
    hints = get_type_hints(kind)
    known = [f.name for f in fields(kind)]
    for key in given:
        if key not in known:
            where = (*path, key)
            reason = f"unknown setting {dotted(where)}: use one of {', '.join(known)}"
            raise _WrongError(where, reason)
    try:
        return kind(**{k: _value(hints[k], v, (*path, k)) for k, v in given.items()})
    except InvalidEventError as error:
        named = next((k for k in given if f".{k} is " in str(error)), "")
        said = str(error).partition(".")[2]
        raise _WrongError((*path, named), dotted((*path, said))) from error


def _value(hint: Any, given: Any, path: Path) -> Any:
    if is_dataclass(hint):
        return _record(hint, given, path)
    if get_origin(hint) is tuple and isinstance(given, list):
        inner = get_args(hint)[0]
        return tuple(_value(inner, v, (*path, i)) for i, v in enumerate(given))
    if get_origin(hint) is Mapping and isinstance(given, dict):
        inner = get_args(hint)[1]
        return {k: _value(inner, v, (*path, k)) for k, v in given.items()}
    if hint is str and type(given) is date:
        return given.isoformat()  # TOML has days of its own
    if hint is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    wanted = str if get_origin(hint) is not None and isinstance(given, str) else hint
    if isinstance(wanted, type) and type(given) is wanted:
        return given
    name = getattr(hint, "__name__", hint)
    raise _WrongError(path, f"{dotted(path)} is {given!r}: must be {name}")
