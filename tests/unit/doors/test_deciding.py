"""A policy names a model: it is loaded once, checked, and refused where it does not fit."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from ticketstream.doors.deciding import classify_by, snapshots_of
from ticketstream.doors.promotion import check_model, usable
from ticketstream.doors.settings import ROOT, Settings
from ticketstream.learning.model_folder import write_calibration
from ticketstream.learning.toml_text import toml
from ticketstream.processors.classify import ClassifyResources
from ticketstream.processors.policy import default_policy, version_of
from ticketstream.processors.snapshots import Snapshot
from ticketstream.schemas.errors import ModelError
from ticketstream.schemas.policy import Active, Floors, Policy

POLICY = default_policy()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def trained(settings: Settings, **manifest: object) -> Snapshot:
    """The shipped heads with another calibration, and what is to stand in their manifest."""
    snapshots = snapshots_of(settings)
    folder = snapshots.begin()
    copytree(ROOT / "models" / "heads", folder, dirs_exist_ok=True)
    shipped = snapshots.find("")
    document = {**shipped.manifest.document, **manifest}
    (folder / "manifest.toml").write_text(toml(document))
    write_calibration(folder / "calibration.toml", replace(shipped.calibration, temperature=2.0))
    return snapshots.keep(folder)


def under(snapshot: Snapshot) -> Policy:
    return replace(POLICY, active=snapshot.active)


def test_a_policy_that_names_no_model_has_the_shipped_one(settings: Settings) -> None:
    resources = classify_by(settings)(POLICY)
    assert isinstance(resources, ClassifyResources)
    assert resources.heads.manifest.folder == settings.models / "heads"
    assert resources.policy == version_of(POLICY)
    assert resources.phrases == POLICY.triggers


def test_a_named_model_is_loaded_beside_the_old_one_and_once(settings: Settings) -> None:
    prepare = classify_by(settings)
    new = trained(settings)
    before, after = prepare(POLICY), prepare(under(new))
    again = prepare(replace(under(new), audit_rate=0.5))
    assert isinstance(before, ClassifyResources)
    assert isinstance(after, ClassifyResources)
    assert isinstance(again, ClassifyResources)
    assert after.encoder.lower is before.encoder.lower
    assert after.calibration == new.calibration != before.calibration
    assert again.heads is after.heads
    assert len({before.producer, after.producer, again.producer}) == 3


def test_a_model_that_is_missing_or_changed_is_refused_and_found_when_it_is_whole_again(
    settings: Settings,
) -> None:
    prepare = classify_by(settings)
    new = trained(settings)
    weights = new.folder / "heads.npz"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1])
    with pytest.raises(ModelError, match="is not the file its manifest names"):
        prepare(under(new))
    weights.write_bytes(whole)
    assert isinstance(prepare(under(new)), ClassifyResources)
    with pytest.raises(ModelError, match=r"no snapshot 1\.x"):
        prepare(replace(POLICY, active=Active("1.x", "c")))


def test_heads_of_another_encoder_are_refused(settings: Settings) -> None:
    with pytest.raises(ModelError, match="was trained with another encoder"):
        classify_by(settings)(under(trained(settings, encoder="ab" * 32)))


def test_a_model_is_checked_by_its_files_and_by_the_floors_of_the_policy(
    settings: Settings,
) -> None:
    good = trained(settings)
    assert check_model(settings, under(good)) == good
    strict = replace(under(good), floors=Floors(sub_category=0.99))
    with pytest.raises(ModelError, match=r"not promoted: all: sub_category is 0\.\d+, the floor"):
        check_model(settings, strict)


@pytest.mark.parametrize(
    ("manifest", "refusal"),
    [
        ({"taxonomy_hash": "ab" * 32}, "was trained on another taxonomy"),
        ({"encoder": "ab" * 32}, "was trained with another encoder"),
    ],
)
def test_what_workers_would_refuse_is_neither_promoted_nor_gone_back_to(
    settings: Settings, manifest: dict[str, str], refusal: str
) -> None:
    strange = trained(settings, **manifest)
    with pytest.raises(ModelError, match=refusal):
        check_model(settings, under(strange))
    with pytest.raises(ModelError, match=refusal):
        usable(settings, strange.active)
