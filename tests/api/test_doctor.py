"""`stadttakt doctor` finds what is wrong with a store, and never fails over it."""

from __future__ import annotations

import pytest

from api import doctor
from api.store.errors import RowsRefusedError, StoreUnavailableError
from api.store.store import Store
from traffic_core.errors import InvalidValueError


@pytest.fixture
def examine_store(monkeypatch, le_model):
    """Says what `doctor` finds about a store."""
    monkeypatch.setattr(doctor, "warm_up_all", lambda: 0)

    async def examine(address):
        findings = {finding.part: finding for finding in await doctor.examine("inproc:", address, le_model)}
        assert [part for part, finding in findings.items() if not finding.ok and part != "store"] == []
        return findings["store"]

    return examine


async def test_a_store_that_can_be_used_is_well(examine_store, tmp_path):
    found = await examine_store(f"sqlite:///{tmp_path / 'store.db'}")
    assert found.ok
    assert "contents of 0 signs" in found.said


async def test_a_folder_and_an_empty_address_are_no_store(examine_store, tmp_path):
    assert "must name a file" in (await examine_store(f"sqlite:///{tmp_path}")).said
    assert not (await examine_store("")).ok


@pytest.mark.parametrize(
    "error",
    [StoreUnavailableError("gone"), RowsRefusedError("too large"), InvalidValueError("quality", "strange", "unknown")],
    ids=repr,
)
async def test_a_store_that_cannot_be_read_is_a_finding(examine_store, monkeypatch, tmp_path, error):
    def fail(_store):
        raise error

    monkeypatch.setattr(Store, "latest_signs", fail)
    found = await examine_store(f"sqlite:///{tmp_path / 'store.db'}")
    assert (found.ok, found.said) == (False, str(error))
