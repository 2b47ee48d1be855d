"""DATEX II documents: their content, and whether the published schemas accept them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from lxml import etree

from api.open_data import datex2_v23, datex2_v37
from api.open_data.desk import XML

V2 = {"d": datex2_v23.NAMESPACE}
V3 = datex2_v37.NAMESPACES
SCHEMAS = {"v2.3": "2.3/DATEXIISchema_2_2_3.xsd", "v3.7": "3.7/DATEXII_3_D2Payload.xsd"}


def texts(body, path, names):
    return [element.text for element in etree.fromstring(body).iterfind(path, names)]


def attributes(body, path, names, name):
    return [element.get(name) for element in etree.fromstring(body).iterfind(path, names)]


@cache
def schema(path):
    return etree.XMLSchema(etree.parse(path))


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(XML))
def test_the_published_schemas_accept_every_document(shared_data, edition, forecasts, name):
    known = schema(str(shared_data / "datex2" / "schema" / SCHEMAS[name.partition("/")[0]]))
    body = XML[name](replace(edition, forecasts=forecasts))
    assert body is not None
    known.assertValid(etree.fromstring(body))


@pytest.mark.parametrize("name", sorted(XML))
def test_a_document_that_its_schema_would_not_allow_to_be_empty_is_none(edition, name):
    assert XML[name](replace(edition, sites=())) is None


def test_status_2_3_holds_only_sites_with_a_number_or_closed_ones(edition):
    body = datex2_v23.status(edition)
    assert attributes(body, ".//d:parkingRecordReference", V2, "id") == ["NUMBER", "FULL", "CLOSED"]
    assert texts(body, ".//d:parkingNumberOfVacantSpaces", V2) == ["42", "0", "0"]
    assert texts(body, ".//d:parkingSiteStatus", V2) == ["spacesAvailable", "full"]
    assert texts(body, ".//d:parkingSiteOpeningStatus", V2) == ["open", "open", "closed"]
    assert texts(body, ".//d:informationStatus", V2) == ["test"]


def test_real_data_are_said_to_be_real(edition):
    real = replace(edition, publisher=replace(edition.publisher, simulated=False))
    assert texts(datex2_v23.status(real), ".//d:informationStatus", V2) == ["real"]
    assert texts(datex2_v37.status(real), ".//com:informationStatus", V3) == ["real"]


def test_table_and_status_refer_to_the_same_versions(edition):
    table, status = datex2_v23.table(edition), datex2_v23.status(edition)
    ids = attributes(table, ".//d:parkingRecord", V2, "id")
    versions = dict(zip(ids, attributes(table, ".//d:parkingRecord", V2, "version"), strict=True))
    assert ids == ["NUMBER", "FULL", "WORD", "CLOSED", "NEUTRAL", "SILENT"]
    for reference in etree.fromstring(status).iterfind(".//d:parkingRecordReference", V2):
        assert versions[reference.get("id")] == reference.get("version")


def test_status_3_7_says_unknown_where_nothing_is_known(edition):
    body = datex2_v37.status(edition)
    ids = attributes(body, ".//fac:reference", V3, "id")
    states = dict(zip(ids, texts(body, ".//prk:status", V3), strict=True))
    assert states == {
        "NUMBER": "spacesAvailable",
        "FULL": "full",
        "WORD": "spacesAvailable",
        "CLOSED": "unknown",
        "NEUTRAL": "unknown",
        "SILENT": "unknown",
        "UNCOUNTED": "spacesAvailable",
    }
    assert texts(body, ".//prk:numberOfVacantSpaces", V3) == ["42", "0", "0"]
    openings = dict(zip(ids, texts(body, ".//fac:openingStatus", V3), strict=True))
    assert (openings["CLOSED"], openings["SILENT"], openings["WORD"]) == ("closed", "statusUnknown", "open")


def test_table_3_7_leaves_out_the_supply_of_unknown_capacity(edition):
    body = datex2_v37.table(edition)
    assert len(attributes(body, ".//prk:hierarchyElementGeneral", V3, "id")) == 7
    assert texts(body, ".//prk:quantity", V3) == ["200", "85", "60", "30", "20", "12"]


def test_forecasts_are_marked_and_lie_between_their_limits(edition, forecasts):
    told = replace(edition, forecasts=forecasts)
    old = datex2_v23.forecast(told)
    assert texts(old, ".//d:parkingStatusTime", V2) == ["2026-11-23T00:15:00.000Z", "2026-11-23T00:30:00.000Z"]
    assert texts(old, ".//d:parkingNumberOfVacantSpaces", V2) == ["42", "30"]
    records = len(texts(old, ".//d:parkingRecordStatus", V2))
    assert records == len(texts(old, ".//d:parkingStatusValidity", V2)) == 2

    new = datex2_v37.forecast(told)
    assert texts(new, ".//prk:numberOfVacantSpacesLowerThan", V3) == ["63", "52"]
    assert texts(new, ".//prk:numberOfVacantSpacesHigherThan", V3) == ["21"]
    assert len(texts(new, ".//prk:statusValidity", V3)) == 2


def test_without_forecasts_there_is_no_document(edition):
    assert datex2_v23.forecast(edition) is None
    assert datex2_v37.forecast(edition) is None


@pytest.mark.parametrize(
    ("wait_s", "change"),
    [(61.0, {}), (-6.0, {}), (0.0, {"display": "neutral"}), (0.0, {"display": "full", "reason": "event"})],
)
def test_old_forecasts_and_those_beside_a_silent_or_forced_sign_are_not_published(town, forecasts, wait_s, change):
    town.desk.forecasts = lambda: forecasts
    assert town.desk.xml("v2.3/forecast") is not None
    town.clock.set(town.clock.now_s() + wait_s)
    town.tell("NUMBER", **change)
    assert (town.desk.xml("v2.3/forecast"), town.desk.xml("v3.7/forecast")) == (None, None)


def test_a_forecast_for_a_moment_that_has_passed_is_left_out(edition, forecasts):
    soon = replace(forecasts, lead_s=(20.0, 1_800.0), made_at_s=edition.as_of_s - 30.0)
    assert len(texts(datex2_v23.forecast(replace(edition, forecasts=soon)), ".//d:parkingStatusTime", V2)) == 1
