"""The project's own supply YAML: read, written, sealed, and refused with its path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signal_plans.supply.convert import to_junction
from signal_plans.supply.document import schema_text
from signal_plans.supply.fingerprint import programme_sha256, release, supply_sha256
from signal_plans.supply.groups import LampStep, SupplyGroup
from signal_plans.supply.ocit_read import read_ocit_c
from signal_plans.supply.ocit_write import write_ocit_c
from signal_plans.supply.programmes import GroupLine, SupplyProgramme, Switch
from signal_plans.supply.supply import Intergreen, JunctionSupply
from signal_plans.supply.yaml_file import read_supply_yaml, write_supply_yaml
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.plain_yaml import read_plain_yaml, write_plain_yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "signal_supply.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
GOLDEN = ROOT / "tests" / "golden" / "signal_supply.ocit-c.xml"


@pytest.fixture(name="read")
def read_fixture(tmp_path):
    def read(text):
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
        return read_supply_yaml(tmp_path / "s.yaml")

    return read


def test_the_published_schema_is_up_to_date():
    assert (ROOT / "docs" / "schemas" / "signal_supply.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_example_comes_back_as_it_was_and_is_safe(read):
    supply = read_supply_yaml(EXAMPLE)
    text = write_supply_yaml(supply)
    assert read(text) == supply
    assert write_supply_yaml(read(text)) == text
    assert to_junction(supply).layout.junction_id == "EXAMPLE"


def test_an_imported_file_is_exported_as_it_was(read):
    assert write_ocit_c(read(write_supply_yaml(read_ocit_c(GOLDEN)))) == GOLDEN.read_bytes()


IDS = st.one_of(
    st.sampled_from(
        ["1", "007", "1e5", "10:00", "null", "on", "~", "0x1F", "2026-01-01", "K'1\"", "Ä <&>", ".5", "=", "<<"]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, categories=("L", "N", "P")), min_size=1, max_size=8),
).filter(lambda text: not set(text) & set("#+/") and text.isprintable())


@st.composite
def supplies(draw):
    """Junctions of two to four groups that all conflict; the programme need not be safe."""
    names = draw(st.lists(IDS, min_size=2, max_size=4, unique=True))
    steps = st.lists(
        st.builds(LampStep, code=st.sampled_from(["0F", "0C"]), seconds=st.integers(1, 5)), max_size=2
    ).map(tuple)
    groups = tuple(
        SupplyGroup(
            id=name,
            traffic=draw(st.sampled_from(["Kfz", "Fussgaenger", "Rad"])),
            closed_code=draw(st.sampled_from(["00", "03"])),
            min_green_s=draw(st.integers(0, 60)),
            opening=draw(steps),
            closing=draw(steps),
        )
        for name in names
    )
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    both = pairs + [(b, a) for a, b in pairs]
    times = (Intergreen(clearing=a, entering=b, seconds=draw(st.integers(0, 60))) for a, b in both)
    cycle_s = draw(st.integers(20, 120))
    seconds = st.lists(st.integers(0, cycle_s - 1), min_size=2, max_size=4, unique=True).map(sorted)
    lines = tuple(
        GroupLine(group=name, switches=tuple(Switch(second=second, code="30") for second in draw(seconds)))
        for name in names
    )
    point = st.none() | st.integers(0, cycle_s - 1)
    programme = SupplyProgramme(id=draw(IDS), cycle_s=cycle_s, on_second=draw(point), offset_s=draw(point), lines=lines)
    return JunctionSupply(
        id=draw(IDS),
        name=draw(st.just("") | IDS),
        groups=groups,
        incompatible=tuple(pairs),
        intergreens=tuple(times),
        programmes=(programme,),
    )


@settings(max_examples=40)
@given(supplies())
def test_any_supply_comes_back_from_yaml_and_from_xml(tmp_path_factory, supply):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(write_supply_yaml(supply), encoding="utf-8")
    assert read_supply_yaml(path) == supply
    again = read_ocit_c(write_ocit_c(supply))
    assert replace(again, unknown=(), imported_sha256="") == supply


@example("\x85 \u2028\u2029\ufeff \r\n 1e5")
@given(st.recursive(st.text() | st.integers() | st.booleans() | st.none(), st.lists, max_leaves=5))
def test_whatever_is_written_as_yaml_is_read_back(content):
    assert read_plain_yaml(write_plain_yaml({"key": content})) == {"key": content}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("min_green_s: 8", "min_green_s: 61", "groups[0].min_green_s = 61: must be at most 60"),
        ("min_green_s: 8", "min_green_s: 8.5", "groups[0].min_green_s = 8.5: must be a whole number"),
        (
            'code: "30"}',
            "code: 30}",
            "programmes[0].lines[0].switches[0].code = 30: must be text; put a number in quotes",
        ),
        ("code: 0F", "code: 0f", "groups[0].opening[0].code = '0f': must match ^[0-9A-F]{2}$"),
        ("    cycle_s: 80\n", "", "programmes[1].cycle_s: must be given"),
        ("    cycle_s: 80", "    cycle_s: 0", "programmes[1].cycle_s = 0: must be at least 1"),
        (
            "    cycle_s: 80",
            "    cycle_s: 70",
            "programmes[1]: programme[2].line[F1].second = 73: must be a number from 0",
        ),
        ("name: Haupt", "colour: red\nname: Haupt", "colour = 'red': is no key here"),
        ("kind: end_end", "kind: end", "offset_matrices[1].kind = 'end': must be 'begin_begin', "),
        ("traffic: Fussgaenger", "traffic: Boot", "groups[2]: group[F1].traffic = 'Boot': must be one of Kfz, Rad"),
        ("entering: F1, seconds: 5", "entering: F1, seconds: 61", "intergreens[2].seconds = 61: must be at most 60"),
        ("target: K1", "target: K9", "bus_route[WEST].target = 'K9': must name a signal group of junction EXAMPLE"),
        ("[72000", "[3", "days[0]: day[Mo-Fr].second = 3: must be later than 21600 before it"),
        ('[32400, "2"]', '[32400, "9"]', "day[Sa].programme = '9': must be one of 1, 2"),
        ("  - [K1, A1]\n", "", "intergreens[K1,A1] = 5: the groups must be listed as incompatible too"),
        ("  - [K1, A1]\n", "  - [K1, A1]\n  - [K1, H1]\n", "a group that lets nobody go has no conflicts"),
        ("format: stadttakt-signal-supply/1", "format: other", "format = 'other': must be 'stadttakt-signal-supply/1'"),
        ('on_programme: "88"', 'on_programme: "77"', "programme[1].on_programme = '77': must be one of 88, 89"),
        ("- {id: D2", "- {id: D1", "detectors = 'D1': must occur once"),
        ("id: EXAMPLE", "id: EXAMPLE\nid: TWICE", "must be YAML: the key 'id' stands twice"),
        ("id: EXAMPLE", "id: [", "must be YAML"),
    ],
)
def test_every_error_names_the_path_the_value_and_the_limit(read, old, new, said):
    assert old in TEXT
    with pytest.raises(FileError) as caught:
        read(TEXT.replace(old, new, 1))
    assert said.replace(": must be given", "") in str(caught.value)
    assert str(caught.value).startswith("s.yaml")


def test_an_error_names_the_line(read):
    with pytest.raises(FileError, match="row 9: groups"):
        read(TEXT.replace("min_green_s: 8", "min_green_s: 61"))


def test_a_supply_that_was_changed_after_it_was_sealed_is_refused(read):
    sealed = write_supply_yaml(read_supply_yaml(EXAMPLE))
    with pytest.raises(FileError, match=r"s\.yaml, row 2: sha256 = '[0-9a-f]{64}': must be the SHA-256 of the supply"):
        read(sealed.replace("seconds: 6", "seconds: 4", 1))


def test_a_released_programme_must_be_what_was_released(read):
    supply = release(read_supply_yaml(EXAMPLE), "1")
    assert read(write_supply_yaml(supply)).released == (("1", programme_sha256(supply, "1")),)
    weaker = tuple(replace(time, seconds=3) if time.seconds == 6 else time for time in supply.intergreens)
    changed = replace(supply, intergreens=weaker)
    with pytest.raises(InvalidValueError, match=r"released\[1\] = '[0-9a-f]{64}': must be the programme's SHA-256"):
        to_junction(changed)
    with pytest.raises(FileError, match=r"s\.yaml, row [0-9]+: released\[1\]"):
        read(write_supply_yaml(changed))
    with pytest.raises(InvalidValueError, match="released = '9': must be a programme of junction EXAMPLE"):
        release(supply, "9")


def test_fingerprints_follow_the_data_and_not_the_releases():
    supply = read_supply_yaml(EXAMPLE)
    assert supply_sha256(release(supply, "1", "2")) == supply_sha256(supply)
    assert supply_sha256(replace(supply, name="other")) != supply_sha256(supply)
    assert programme_sha256(supply, "1") == programme_sha256(replace(supply, name="other", detectors=()), "1")
    assert programme_sha256(supply, "1") != programme_sha256(supply, "2")


@pytest.mark.parametrize("text", ["", "- 1\n", "just text\n"])
def test_a_file_that_is_no_mapping_is_refused(read, text):
    with pytest.raises(FileError, match=r"must be a mapping of keys with format: stadttakt-signal-supply/1"):
        read(text)
