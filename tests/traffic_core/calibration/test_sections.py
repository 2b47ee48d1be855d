"""Counts are held out by whole sections, in an order that anybody can repeat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.calibration.observations import Observation
from traffic_core.calibration.sections import folds, held_out_share, sections_of, shuffled
from traffic_core.errors import InvalidValueError

EIGHT = tuple(frozenset({f"C{n}a", f"C{n}b"}) for n in range(8))


def seen(count_id: str, link_id: str, hour: int | None = None) -> Observation:
    return Observation(count_id=count_id, link_id=link_id, hour=hour, veh=1.0)


def test_both_directions_of_a_street_are_one_section(town):
    found = sections_of([seen("north", "X11-X12"), seen("other", "X01-X11"), seen("south", "X12-X11")], town.network)
    assert found == (frozenset({"north", "south"}), frozenset({"other"}))


def test_ids_that_differ_in_their_last_letter_are_one_section(town):
    """As on a motorway, whose carriageways have nodes of their own."""
    found = sections_of([seen("C01a", "X00-X10"), seen("C01b", "X21-X20"), seen("C02a", "X01-X11")], town.network)
    assert found == (frozenset({"C01a", "C01b"}), frozenset({"C02a"}))


def test_a_count_can_join_two_sections_and_hours_are_no_sections(town):
    observations = [
        *(seen("C01a", "X00-X10", hour) for hour in (7, 8)),
        seen("C02", "X21-X20"),
        seen("C01b", "X20-X21"),
    ]
    assert sections_of(observations, town.network) == (frozenset({"C01a", "C01b", "C02"}),)


@given(st.integers(2, 8), st.integers(0, 100))
def test_each_section_is_in_one_fold_and_folds_are_alike(n, seed):
    parts = folds(EIGHT, n, seed)
    assert sorted(name for part in parts for name in part) == sorted(name for section in EIGHT for name in section)
    sizes = [len(part) // 2 for part in parts]
    assert max(sizes) - min(sizes) <= 1


@given(st.floats(0.01, 0.9), st.integers(0, 100))
def test_at_least_one_section_is_held_out_and_one_is_left(share, seed):
    held = held_out_share(EIGHT, share, seed)
    assert 2 <= len(held) <= 14
    assert len(held) % 2 == 0, "whole sections"
    assert held == held_out_share(EIGHT[::-1], share, seed), "whatever the order of the file"


def test_the_order_is_that_of_a_hash_so_it_never_changes():
    assert [min(section) for section in shuffled(EIGHT, 1)] == [min(section) for section in shuffled(EIGHT[::-1], 1)]
    assert shuffled(EIGHT, 1) != shuffled(EIGHT, 2)
    assert held_out_share(EIGHT, 0.0, 1) == frozenset()


def test_what_would_leave_nothing_to_estimate_from_is_refused():
    with pytest.raises(InvalidValueError, match=r"hold-out = 0\.5: must leave one of 1"):
        held_out_share(EIGHT[:1], 0.5, 1)
    with pytest.raises(InvalidValueError, match="hold-out = 1"):
        held_out_share(EIGHT, 1.0, 1)
    with pytest.raises(InvalidValueError, match="folds = 9: must be from 2 to 8"):
        folds(EIGHT, 9, 1)
    with pytest.raises(InvalidValueError, match="folds = 1"):
        folds(EIGHT, 1, 1)
