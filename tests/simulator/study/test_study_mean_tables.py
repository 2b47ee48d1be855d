"""Tables averaged over seeds."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.study.mean_tables import MeanTables
from traffic_core.errors import InvalidValueError


def _table(names=("a", "b"), starts=(0, 900), count=(1, 2), time=(1.0, np.nan)):
    return {
        "link": {
            "link_id": names,
            "interval_start_s": np.array(starts, np.int64),
            "count": np.array(count, np.int64),
            "time": np.array(time),
        }
    }


def test_numbers_are_averaged_and_undefined_ones_left_out(make_result):
    means = MeanTables()
    means.add(make_result(tables=_table(count=(1, 2), time=(1.0, np.nan))))
    means.add(make_result(tables=_table(count=(2, 6), time=(np.nan, np.nan))))
    table = means.means()["link"]
    assert list(table) == ["link_id", "interval_start_s", "count", "time"]
    assert table["link_id"] == ("a", "b")
    assert table["interval_start_s"].tolist() == [0, 900]
    np.testing.assert_array_equal(table["count"], [1.5, 4.0])
    np.testing.assert_array_equal(table["time"], [1.0, np.nan])


def test_what_is_averaged_is_left_as_it_was(make_result):
    result = make_result(tables=_table())
    means = MeanTables()
    for _ in range(2):
        means.add(result)
    assert result.tables["link"]["count"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (_table(names=("a", "c")), "link_id"),
        (_table(starts=(0, 300)), "interval_start_s"),
        (_table(names=("a",), starts=(0,), count=(1,), time=(1.0,)), "link_id"),
        (_table(count=(1, 2, 3)), "2 rows"),
        ({"town": _table()["link"]}, r"must be \['link'\]"),
        ({"link": {"link_id": ("a", "b")}}, "columns"),
    ],
)
def test_runs_with_other_rows_are_refused(make_result, other, said):
    means = MeanTables()
    means.add(make_result(tables=_table()))
    with pytest.raises(InvalidValueError, match=rf"run\[base, 9\].*{said}"):
        means.add(make_result(seed=9, tables=other))
