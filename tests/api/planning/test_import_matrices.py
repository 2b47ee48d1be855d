"""Trip matrices beside a Visum network."""

from __future__ import annotations

import pytest

from api.planning.imports.matrices import with_matrices
from traffic_core.demand import Zone, ZoneKind
from traffic_core.errors import FileError
from traffic_core.formats.imported import AsideTable, ImportedModel
from traffic_core.network import Network
from traffic_core.provenance import Confidence, Provenance

HEAD = "$O;D3\n7.00 8.00\n1.00\n"
SHARE_AT_7 = 0.06795
"""Of the assumed weekday profile."""


@pytest.fixture
def model() -> ImportedModel:
    """Zones 1 and 2; the file has a zone 3 besides, which no street reaches."""
    provenance = Provenance(source="a test", confidence=Confidence.ESTIMATED)
    return ImportedModel(
        name="Dorf",
        source="dorf.net",
        licence="unknown",
        network=Network(nodes={}, links={}, turns={}),
        zones=tuple(
            Zone(id=name, name=name, kind=ZoneKind.INSIDE, nodes=("N",), provenance=provenance) for name in "12"
        ),
        aside=(AsideTable(name="bezirk", columns=("NR", "NAME"), rows=(("1", "a"), ("2", "b"), ("3", "c"))),),
    )


def test_an_hour_is_brought_to_the_day_and_counted(model, tmp_path):
    path = tmp_path / "peak.mtx"
    path.write_text(HEAD + "1 2 10\n3 1 0\n", encoding="utf-8")
    (cell,) = with_matrices(model, (path,)).cells
    assert cell.veh_24h == pytest.approx(10 / SHARE_AT_7, rel=1e-3)
    assert any("part of the day" in kind for kind in model.warnings.counts)


def test_trips_of_a_zone_that_no_street_reaches_are_refused(model, tmp_path):
    path = tmp_path / "peak.mtx"
    path.write_text(HEAD + "1 3 10\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"peak\.mtx: zone = '3': must have a connector to a street"):
        with_matrices(model, (path,))


def test_a_pair_with_more_trips_than_a_model_can_hold_names_the_files(model, tmp_path):
    paths = (tmp_path / "a.mtx", tmp_path / "b.mtx")
    for path in paths:
        path.write_text("$O\n0.00 24.00\n1\n1 2 150000\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"a\.mtx, b\.mtx: demand\[1,2,internal\]\.veh_24h = 300000\.0: .* to 200000"):
        with_matrices(model, paths)


def test_without_matrices_the_model_stays_as_it_is(model):
    assert with_matrices(model, ()) is model
