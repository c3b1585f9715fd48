"""A policy document (TOML) -> a checked `Policy`, or an error that names place and reason."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.envelope import Route
from ticketstream.schemas.errors import InvalidEventError, PolicyError
from ticketstream.schemas.policy import Policy

FRACTIONS = ("auto_reply", "suggestion", "spam", "injection", "out_of_scope", "anger")


def default_policy() -> Policy:
    """The policy that ships: nothing is sent by itself, for the whitelist is empty."""
    return load_policy("", "policy.toml")


def shipped() -> dict[str, Any]:
    """The shipped document with the shipped phrases."""
    room = files("ticketstream.processors")
    return tomllib.loads((room / "policy.toml").read_text()) | tomllib.loads(
        (room / "triggers.toml").read_text()
    )


def _over(base: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What a document does not say is as shipped; its triggers and whitelist replace the others."""
    merged = {
        key: {**base[key], **value}
        if isinstance(value, dict) and isinstance(base.get(key), dict) and key != "triggers"
        else value
        for key, value in document.items()
    }
    return base | merged


def load_policy(text: str, name: str) -> Policy:
    """A policy from its TOML text, over the shipped one; `name` stands in the error.

    Raises:
        PolicyError: not TOML, an unknown or ill-typed setting, or a value out of range.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{name} is no TOML: {error}") from error
    policy = _record(Policy, _over(shipped(), document), name, "")
    for problem in _problems(policy):
        raise PolicyError(f"{name}: {problem}")
    return policy  # type: ignore[no-any-return]


def policy_hash(policy: Policy) -> str:
    """SHA-256 in hex of everything the policy says."""
    plain = to_plain(Policy)(policy)
    return sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _problems(policy: Policy) -> list[str]:
    limits = policy.thresholds
    rates = {f"thresholds.{name}": getattr(limits, name) for name in FRACTIONS}
    rates |= {f"intent_thresholds.{k}": v for k, v in policy.intent_thresholds.items()}
    rates |= {"audit_rate": policy.audit_rate, "exploration_rate": policy.exploration_rate}
    found = [f"{k} is {v}: must be from 0 to 1" for k, v in rates.items() if not 0 <= v <= 1]
    if limits.suggestion > limits.auto_reply:
        found.append("thresholds.suggestion is above thresholds.auto_reply: lower it")
    if policy.exploration_rate:
        found.append("exploration_rate: routes are not explored in this release, leave it at 0")
    if policy.escalation.value_scale <= 0 or policy.escalation.history_scale <= 0:
        found.append("escalation.value_scale and history_scale must be above 0")
    routes = [key.split("/")[0] for key in policy.queues]
    return found + [f"queues: {r!r} is no route" for r in routes if r not in get_args(Route)]


def _record(kind: Any, given: Any, name: str, path: str) -> Any:
    if not isinstance(given, Mapping):
        raise PolicyError(f"{name}: {path[:-1]} must be a table")
    hints = get_type_hints(kind)
    known = [f.name for f in fields(kind)]
    for key in given:
        if key not in known:
            raise PolicyError(f"{name}: unknown setting {path}{key}: use one of {', '.join(known)}")
    try:
        return kind(**{k: _value(hints[k], v, name, f"{path}{k}.") for k, v in given.items()})
    except InvalidEventError as error:
        raise PolicyError(f"{name}: {path}{error}") from error


def _value(hint: Any, given: Any, name: str, path: str) -> Any:
    if is_dataclass(hint):
        return _record(hint, given, name, path)
    if get_origin(hint) is tuple and isinstance(given, list):
        inner = get_args(hint)[0]
        return tuple(_value(inner, v, name, f"{path}{i}.") for i, v in enumerate(given))
    if get_origin(hint) is Mapping and isinstance(given, dict):
        inner = get_args(hint)[1]
        return {k: _value(inner, v, name, f"{path}{k}.") for k, v in given.items()}
    if hint is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    wanted = str if get_origin(hint) is not None and isinstance(given, str) else hint
    if isinstance(wanted, type) and type(given) is wanted:
        return given
    raise PolicyError(
        f"{name}: {path[:-1]} is {given!r}: must be {getattr(hint, '__name__', hint)}"
    )
