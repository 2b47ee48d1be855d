from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.store.backlog import Backlog, Entry
from api.store.receipt import Receipt
from api.store.rows import IMPORTANCE, SignContentRow
from traffic_core.readings import BayReading, DetectorReading

T_S = 1_795_000_000.0


def detector(number):
    return DetectorReading(
        source_id=f"D{number}", measured_at_s=T_S, received_at_s=T_S, interval_s=60.0, count_veh=number
    )


def bay(number):
    return BayReading(source_id=f"B{number}", measured_at_s=T_S, received_at_s=T_S, occupied=True)


def content(number):
    return SignContentRow(sign_id="S1", sequence=number, issued_at_s=T_S, valid_until_s=T_S + 60, payload_json="{}")


def filled(rows, capacity=100):
    backlog = Backlog(capacity)
    for row in rows:
        backlog.add(Entry(row, Receipt(1)))
    return backlog


def rows(entries):
    return [entry.row for entry in entries]


def test_the_most_important_rows_are_written_first_and_each_kind_in_its_order():
    backlog = filled([detector(1), content(1), detector(2), bay(1), content(2)])
    assert rows(backlog.take(3)) == [content(1), content(2), bay(1)]
    assert rows(backlog.take(3)) == [detector(1), detector(2)]


def test_the_oldest_detector_history_is_dropped_first():
    backlog = filled([detector(1), content(1), detector(2), bay(1), detector(3)], capacity=3)
    assert rows(backlog.trim()) == [detector(1), detector(2)]
    assert rows(backlog.take(9)) == [content(1), bay(1), detector(3)]


def test_rows_put_back_stand_where_they_stood():
    backlog = filled([detector(1), content(1), detector(2), detector(3)])
    taken = backlog.take(3)
    backlog.put_back(taken)
    assert rows(backlog.take(9)) == [content(1), detector(1), detector(2), detector(3)]


@given(st.lists(st.sampled_from([detector, bay, content])), st.integers(1, 5))
def test_trim_keeps_the_capacity_and_never_drops_what_is_more_important(makers, capacity):
    backlog = filled([make(number) for number, make in enumerate(makers)], capacity)
    dropped = [IMPORTANCE[type(row)] for row in rows(backlog.trim())]
    kept = [IMPORTANCE[type(row)] for row in rows(backlog.take(1000))]
    assert len(kept) == min(capacity, len(makers))
    assert len(dropped) + len(kept) == len(makers)
    assert max(dropped, default=0) <= min(kept, default=9)


def test_a_receipt_says_stored_only_when_no_row_was_lost():
    good, bad, empty = Receipt(2), Receipt(2), Receipt(0)
    assert not good.settle(lost=False)
    assert not good.stored.done()
    assert good.settle(lost=False)
    assert good.stored.result()
    bad.settle(lost=True)
    bad.settle(lost=False)
    assert not bad.stored.result()
    assert empty.stored.result()
