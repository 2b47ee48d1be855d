from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from api.feeds.fields import FieldError
from api.feeds.local_times import ISO, UNIX_MS, UNIX_S, list_time_s
from api.feeds.port import RejectReason

BERLIN = ZoneInfo("Europe/Berlin")
NOON_S = 1_790_000_000.0  # 2026-09-21T14:13:20Z


@pytest.mark.parametrize(
    ("value", "form", "seconds"),
    [
        ("2026-09-21T14:13:20Z", ISO, NOON_S),
        ("2026-09-21 16:13:20", ISO, NOON_S),
        ("2026-09-21T16:13", ISO, NOON_S - 20.0),
        ("2026-09-21T14:13:20.500000000+0000", ISO, NOON_S + 0.5),
        ("21.09.2026 16:13", "%d.%m.%Y %H:%M", NOON_S - 20.0),
        (1_790_000_000, UNIX_S, NOON_S),
        ("1790000000", UNIX_S, NOON_S),
        (1_790_000_000_500, UNIX_MS, NOON_S + 0.5),
    ],
)
def test_times_of_lists_become_seconds(value, form, seconds):
    assert list_time_s(value, form, BERLIN, NOON_S) == pytest.approx(seconds, abs=1e-3)


def test_in_the_repeated_hour_of_autumn_the_later_moment_that_has_come_counts():
    first_s = 1_792_888_200.0  # 2026-10-25T00:30:00Z, 02:30 in summer time
    assert list_time_s("2026-10-25T02:30:00", ISO, BERLIN, first_s + 60.0) == first_s
    assert list_time_s("2026-10-25T02:30:00", ISO, BERLIN, first_s + 3_660.0) == first_s + 3_600.0


@pytest.mark.parametrize(
    ("value", "form", "zone", "reason"),
    [
        ("2026-03-29 02:30:00", ISO, BERLIN, RejectReason.IMPOSSIBLE_TIME),
        ("2026-02-30 02:30:00", ISO, BERLIN, RejectReason.IMPOSSIBLE_TIME),
        ("2026-09-21 16:13:20", ISO, None, RejectReason.NAIVE_TIME),
        ("soon", ISO, BERLIN, RejectReason.IMPOSSIBLE_TIME),
        (None, ISO, BERLIN, RejectReason.IMPOSSIBLE_TIME),
        ("16:13", "%d.%m.%Y %H:%M", BERLIN, RejectReason.IMPOSSIBLE_TIME),
        (3, UNIX_S, BERLIN, RejectReason.IMPOSSIBLE_TIME),
        (True, UNIX_S, BERLIN, RejectReason.WRONG_TYPE),
        (float("nan"), UNIX_S, BERLIN, RejectReason.WRONG_TYPE),
        pytest.param(10**400, UNIX_S, BERLIN, RejectReason.WRONG_TYPE, id="beyond every float"),
        ("0001-01-01 00:00:00", ISO, BERLIN, RejectReason.IMPOSSIBLE_TIME),
        ("9999-12-31 23:59:59", ISO, BERLIN, RejectReason.IMPOSSIBLE_TIME),
    ],
)
def test_a_time_that_is_none_is_refused_with_its_reason(value, form, zone, reason):
    with pytest.raises(FieldError) as caught:
        list_time_s(value, form, zone, NOON_S)
    assert caught.value.reason is reason
