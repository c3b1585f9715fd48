"""A document of plain values and tables -> TOML that is read as it was."""

from collections.abc import Mapping, Sequence
from typing import Any


def toml(document: Mapping[str, Any], path: str = "") -> str:
    """A document as TOML: plain values first, then tables; None is left out.

    A table in a list is written in one line.
    """
    plain = {k: v for k, v in document.items() if not isinstance(v, Mapping) and v is not None}
    tables = {k: v for k, v in document.items() if isinstance(v, Mapping)}
    lines = [f"{_key(k)} = {_value(v)}\n" for k, v in plain.items()]
    for name, table in tables.items():
        inner = f"{path}{_key(name)}"
        lines.append(f"\n[{inner}]\n{toml(table, f'{inner}.')}")
    return "".join(lines)


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "").isalnum() and name.isascii()
    return name if bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        safe = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{safe}"'
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(k)} = {_value(v)}' for k, v in value.items())} }}"
    assert isinstance(value, Sequence)
    return f"[{', '.join(_value(v) for v in value)}]"
