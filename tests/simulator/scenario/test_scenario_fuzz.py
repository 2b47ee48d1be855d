"""Whatever a scenario says, the answer is a staged scenario or an error that names what is wrong."""

from __future__ import annotations

import json
import string
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.scenario.loading import load_scenario
from simulator.scenario.schema import schema_text
from simulator.scenario.staging import stage
from traffic_core.errors import InvalidValueError
from traffic_core.network import Network

SCHEMA = json.loads(schema_text())
HEAD = {"id": "case", "title_de": "x", "title_en": "x", "day": "2026-11-24", "from": "06:00", "until": "10:00"}
KNOWN = ("W_X", "X_W", "X_P", "X", "P", "W", "ZP", "ZW", "GP", "GR", "S1", "D_X_W", "P1", "P2", "WE", "W-X-P", "NEW")
TIMES = st.sampled_from(["05:30", "06:00", "07:00", "08:15", "10:00", "24:00", "7:00"])
WORDS = st.sampled_from(KNOWN) | TIMES | st.text(string.printable, max_size=5)
NUMBERS = st.integers(-5, 500) | st.floats(allow_nan=False, allow_infinity=False)
LINKS = st.sampled_from(["W_X", "X_W", "X_P", "P_X", "N_X"])
LIKELY = {
    "link": LINKS,
    "opposite_link": LINKS,
    "from_link": LINKS,
    "to_link": LINKS,
    "junction": st.sampled_from(["X", "P"]),
    "access_node": st.sampled_from(["P", "R"]),
    "from_node": st.sampled_from(["P", "E"]),
    "to_node": st.sampled_from(["R", "S"]),
    "programme": st.sampled_from(["P1", "P2"]),
    "facility": st.sampled_from(["GP", "GR", "NEW"]),
    "sign": st.just("S1"),
    "zone": st.sampled_from(["ZP", "ZW"]),
    "detector": st.sampled_from(["D_X_W", "D_N_X"]),
    "purpose": st.sampled_from(["shopping", "commuting"]),
    "id": st.sampled_from(["NEW", "OTHER"]),
    "position_m": st.floats(0.0, 700.0),
}
LIKELY |= dict.fromkeys(("from", "arrive_from", "leave_from"), st.sampled_from(["06:00", "07:00", "07:30"]))
LIKELY |= dict.fromkeys(("until", "arrive_until", "leave_until"), st.sampled_from(["08:00", "09:00", "10:00"]))
VALUES = st.recursive(
    WORDS | NUMBERS | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KNOWN), inner, max_size=3),
    max_leaves=5,
)


def value_of(field, schema):
    """Mostly what the schema asks for."""
    schema = next((kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"), schema)
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if field in LIKELY:
        return LIKELY[field]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "integer":
        return st.integers(int(schema.get("minimum", 0)), min(60, schema.get("maximum", 60)))
    if schema.get("type") == "number":
        return st.floats(schema.get("minimum", 1.0), min(2_000.0, schema.get("maximum", 100.0)))
    return WORDS


@st.composite
def measures(draw):
    mapping = SCHEMA["properties"]["measures"]["items"]["discriminator"]["mapping"]
    kind = draw(st.sampled_from(sorted(mapping)))
    shape = SCHEMA["$defs"][mapping[kind].rsplit("/", 1)[1]]
    measure = {"measure": kind}
    for field, schema in shape["properties"].items():
        if field != "measure" and (field in shape["required"] or draw(st.integers(0, 3)) == 0):
            measure[field] = draw(VALUES if draw(st.integers(0, 39)) == 0 else value_of(field, schema))
    return measure


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(found=st.lists(measures(), max_size=3))
def test_measures_are_staged_or_refused(found, base, tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(json.dumps(HEAD | {"measures": found}), encoding="utf-8")
    try:
        staged = stage(load_scenario(path), base)
    except InvalidValueError:
        return
    assert isinstance(staged.model.network, Network)
    assert {sign.link_id for sign in staged.model.parking.signs.values()} <= set(staged.model.network.links)
    assert {f.access_node for f in staged.model.parking.facilities.values()} <= set(staged.model.network.nodes)
    for event in staged.events:
        assert getattr(event, "link_id", "W_X") in {*staged.model.network.links, "W_X"}
        assert staged.start_s - staged.warm_up_s <= event.from_s < event.until_s
        assert event.until_s <= staged.start_s + staged.duration_s


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.dictionaries(st.sampled_from([*SCHEMA["properties"], "other"]), VALUES, max_size=6))
def test_any_mapping_is_read_or_refused(found, tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(json.dumps(HEAD | found), encoding="utf-8")
    with suppress(InvalidValueError):
        load_scenario(path)
