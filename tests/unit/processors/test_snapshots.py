"""A snapshot is what its name says, or it is refused."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from ticketstream.learning.model_folder import write_calibration
from ticketstream.processors.snapshots import Snapshot, Snapshots
from ticketstream.schemas.errors import ModelError
from ticketstream.schemas.policy import Active

SHIPPED = Path(__file__).parents[3] / "models" / "heads"


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(SHIPPED, tmp_path / "models")


def trained(snapshots: Snapshots, temperature: float) -> Snapshot:
    """A training's folder: the shipped heads with a calibration of their own, kept."""
    folder = snapshots.begin()
    copytree(SHIPPED, folder, dirs_exist_ok=True)
    calibration = snapshots.read(SHIPPED).calibration
    write_calibration(folder / "calibration.toml", replace(calibration, temperature=temperature))
    return snapshots.keep(folder)


def test_without_a_name_the_shipped_one_is_meant(snapshots: Snapshots) -> None:
    shipped = snapshots.find("")
    assert shipped.folder == SHIPPED
    assert snapshots.find(shipped.id) == shipped
    assert snapshots.of(Active()) == shipped


def test_a_kept_training_is_found_by_its_id_which_no_other_content_has(
    snapshots: Snapshots,
) -> None:
    one, other = trained(snapshots, 0.7), trained(snapshots, 0.8)
    assert len({one.id, other.id, snapshots.find("").id}) == 3
    assert snapshots.find(one.id) == one
    assert snapshots.of(other.active) == other
    assert one.folder.name == one.id


def test_the_same_training_twice_is_one_snapshot(snapshots: Snapshots) -> None:
    assert trained(snapshots, 0.7) == trained(snapshots, 0.7)
    found = [s for s in snapshots.all() if isinstance(s, Snapshot)]
    assert [s.folder.name for s in found] == ["heads", found[1].id]


def test_the_same_training_again_mends_a_snapshot_that_was_changed(snapshots: Snapshots) -> None:
    one = trained(snapshots, 0.7)
    (one.folder / "heads.npz").write_bytes(b"x")
    trained(snapshots, 0.7)
    assert snapshots.find(one.id) == one


def test_a_snapshot_that_is_not_here_says_what_to_do(snapshots: Snapshots) -> None:
    with pytest.raises(ModelError, match=r"no snapshot 1\.x-y in .*: copy its folder there"):
        snapshots.find("1.x-y")


def test_a_changed_weight_is_noticed(snapshots: Snapshots) -> None:
    one = trained(snapshots, 0.7)
    with (one.folder / "heads.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=r"heads\.npz is not the file its manifest names"):
        snapshots.find(one.id)
    assert any(isinstance(s, ModelError) for s in snapshots.all())


def test_a_changed_calibration_is_noticed(snapshots: Snapshots) -> None:
    one = trained(snapshots, 0.7)
    write_calibration(one.folder / "calibration.toml", replace(one.calibration, size=7))
    with pytest.raises(ModelError, match=r"holds the snapshot .*: restore the folder"):
        snapshots.find(one.id)


def test_a_folder_under_another_name_is_not_taken_for_it(snapshots: Snapshots) -> None:
    one, other = trained(snapshots, 0.7), trained(snapshots, 0.8)
    (snapshots.trained / other.id).rename(snapshots.trained / "moved")
    copytree(one.folder, snapshots.trained / other.id)
    with pytest.raises(ModelError, match="holds the snapshot"):
        snapshots.of(other.active)


def test_another_calibration_than_the_snapshots_own_is_refused(snapshots: Snapshots) -> None:
    one = trained(snapshots, 0.7)
    with pytest.raises(ModelError, match="the policy names c9"):
        snapshots.of(Active(one.id, "c9"))


def test_a_training_that_was_not_kept_is_no_snapshot(snapshots: Snapshots) -> None:
    snapshots.begin()
    assert [s for s in snapshots.all() if isinstance(s, Snapshot)] == [snapshots.find("")]
