"""Snapshots of models -> which one decides: listed, promoted, taken back."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ticketstream.doors.deciding import snapshots_of
from ticketstream.doors.equip import labels_of
from ticketstream.doors.output import say, say_json, table
from ticketstream.doors.promotion import check_model, usable
from ticketstream.doors.publishing import Operator, announce, standing_of
from ticketstream.doors.settings import Settings
from ticketstream.learning.floors import MEASURED
from ticketstream.processors.snapshots import Snapshot
from ticketstream.schemas.errors import BrokerError, ModelError
from ticketstream.schemas.policy import Active

FIGURES = ("size", "category", "sub_category", "intent", "precision", "coverage", "ece")


def list_models(settings: Settings, shop: str | None, *, json: bool) -> None:
    """List the snapshots of this machine; which one decides, only a broker knows."""
    snapshots, active = snapshots_of(settings), _active(settings, shop)
    found = list(snapshots.all())
    order = labels_of(settings).taxonomy.hash
    rows = [_row(s, active, snapshots.shipped, order) for s in found if isinstance(s, Snapshot)]
    broken = [str(error) for error in found if isinstance(error, ModelError)]
    if json:
        say_json({"models": rows, "broken": broken})
        return
    if rows:
        table(list(rows[0]), [[_cell(value) for value in row.values()] for row in rows])
    for line in broken:
        say(f"broken: {line}")
    if active is None:
        say("no broker answers, so it is not known which one decides")


def promote(operator: Operator, name: str, shop: str | None) -> None:
    """Let a snapshot decide.

    Raises:
        ModelError: it is not there, not whole, of another taxonomy, or misses a floor.
    """
    before = operator.standing(shop)
    wanted = snapshots_of(operator.settings).find(name).active
    active = replace(before.policy.active, model=wanted.model, calibration=wanted.calibration)
    new = replace(before.policy, active=active)
    check_model(operator.settings, new)
    announce(operator, before, new)


def rollback(operator: Operator, shop: str | None) -> None:
    """Let the model before decide again, whatever the floors are by now.

    Raises:
        ModelError: there is none, it is not whole on this machine, or of another taxonomy.
    """
    before = operator.standing(shop)
    previous = before.previous_model()
    if previous is None:
        raise ModelError(f"no other model has decided for the shop {before.shop}: see `model list`")
    usable(operator.settings, previous)
    announce(operator, before, replace(before.policy, active=previous))


def _active(settings: Settings, shop: str | None) -> Active | None:
    try:
        return standing_of(settings, shop).policy.active
    except BrokerError:
        return None


def _row(found: Snapshot, active: Active | None, shipped: Path, order: str) -> dict[str, Any]:
    manifest: Mapping[str, Any] = found.manifest.document
    figures = manifest.get("scores", {}).get(MEASURED, {}).get("all", {})
    named = {found.id, ""} if found.folder == shipped else {found.id}
    return {
        "id": found.id,
        "decides": "yes" if active is not None and active.model in named else "",
        "labels": "in force" if manifest.get("taxonomy_hash") == order else "others",
        "calibration": found.calibration.id,
        "data": str(manifest.get("data_fingerprint", ""))[:12],
        **{name: figures.get(name) for name in FIGURES},
    }


def _cell(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "" if value is None else str(value)
