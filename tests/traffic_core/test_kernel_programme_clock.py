"""The lamps of a programme, second by second, against a drawing by hand."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.kernels.programme_clock import clock, follow_stages, lamp_cycles

LETTER = np.array(list("rRga"))  # red, red-amber, green, amber


def ints(*values):
    return np.array(values, np.int64)


def drawn(cycle_s, windows, amber_s=3, red_amber_s=1, from_second=0, seconds=None):
    starts, lengths = (ints(*row).reshape(1, -1) for row in zip(*windows, strict=True))
    lamps = np.zeros((seconds or cycle_s, 1), np.uint8)
    lamp_cycles(cycle_s, starts, lengths, ints(amber_s), ints(red_amber_s), from_second, lamps)
    return "".join(LETTER[lamps[:, 0]])


def test_green_is_preceded_by_red_amber_and_followed_by_amber():
    assert drawn(20, [(5, 6)]) == "rrrrRggggggaaarrrrrr"


def test_lamps_run_over_the_cycle_end():
    assert drawn(20, [(16, 6)]) == "ggaaarrrrrrrrrrRgggg"
    assert drawn(20, [(12, 7)]) == "aarrrrrrrrrRggggggga"
    assert drawn(20, [(0, 7)]) == "gggggggaaarrrrrrrrrR"


def test_pedestrians_have_neither_amber_nor_red_amber():
    assert drawn(20, [(5, 6)], amber_s=0, red_amber_s=0) == "rrrrrggggggrrrrrrrrr"


def test_group_may_be_green_twice():
    assert drawn(20, [(1, 5), (11, 4), (0, 0)]) == "RgggggaaarRggggaaarr"


def test_sequence_may_begin_anywhere():
    assert drawn(20, [(5, 6)], from_second=18, seconds=8) == "rrrrrrRg"


@pytest.mark.parametrize(("now_s", "second", "letters"), [(1000, 10, "gr"), (1019, 9, "gr"), (989, 19, "rg")])
def test_clock_reads_offset_and_lamps_of_all_junctions(now_s, second, letters):
    # two junctions with one group each: green 5..15 in a cycle of 20, offset 10; the other is 10 s later
    got, lamp = np.zeros(2, np.int64), np.zeros(2, np.uint8)
    windows = ints(5, 5).reshape(2, 1), ints(10, 10).reshape(2, 1)
    bare = ints(0, 0)
    clock(now_s, ints(20, 20), ints(10, 0), ints(0, 1, 2), *windows, bare, bare, got, lamp)
    assert got.tolist() == [second, (second + 10) % 20]
    assert "".join(LETTER[lamp]) == letters


def test_stage_is_the_largest_one_whose_groups_are_all_green():
    # stages {0}, {0, 1}, {2} of one junction
    stage, since_s = ints(0), ints(0)
    pointers = ints(0, 3), ints(0, 1, 3, 4), ints(0, 0, 1, 2)
    seen = []
    for now_s, lamps in enumerate([(2, 3, 0), (2, 2, 0), (3, 2, 0), (0, 0, 1), (0, 0, 2)], start=100):
        follow_stages(now_s, np.array(lamps, np.uint8), *pointers, stage, since_s)
        seen.append((int(stage[0]), int(since_s[0])))
    assert seen == [(0, 0), (1, 101), (1, 101), (1, 101), (2, 104)]
