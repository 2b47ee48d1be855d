from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.bus.outbox import Outbox, Outgoing
from api.bus.port import BusCounts


def passing(payload):
    return Outgoing("t", payload, 1, False, None)


def kept(topic, payload, expires_at_s=None):
    return Outgoing(topic, payload, 1, True, expires_at_s)


def outbox(capacity=10):
    counts = BusCounts()
    return Outbox(capacity, counts), counts


def test_a_retained_message_that_was_overtaken_is_never_sent():
    box, _ = outbox()
    old, new, between = kept("a", b"old"), kept("a", b"new"), passing(b"x")
    for message in (old, between, new):
        box.add(message)
    assert box.take(10, 0.0) == [between, new]


def test_what_was_taken_but_not_acknowledged_comes_back_in_front():
    box, _ = outbox()
    messages = [passing(b"1"), passing(b"2"), passing(b"3")]
    for message in messages:
        box.add(message)
    box.put_back(box.take(2, 0.0))
    assert box.take(10, 0.0) == messages


def test_an_overtaken_retained_message_does_not_come_back():
    box, _ = outbox()
    box.add(kept("a", b"old"))
    taken = box.take(1, 0.0)
    new = kept("a", b"new")
    box.add(new)
    box.put_back(taken)
    assert box.take(10, 0.0) == [new]


def test_restock_lets_retained_messages_wait_again_and_drops_the_expired():
    box, counts = outbox()
    lasting, ending = kept("a", b"1"), kept("b", b"2", expires_at_s=5.0)
    box.add(lasting)
    box.add(ending)
    assert box.take(10, 0.0) == [lasting, ending]
    box.restock(5.0)
    assert box.take(10, 5.0) == [lasting]
    assert counts.expired == 1


def test_a_cleared_topic_is_forgotten_once_the_broker_knows():
    box, _ = outbox()
    cleared = kept("a", b"")
    box.add(cleared)
    assert box.take(1, 0.0) == [cleared]
    box.restock(0.0)
    assert box.take(1, 0.0) == [cleared]
    box.acknowledged(cleared)
    box.restock(0.0)
    assert len(box) == 0


@given(st.lists(st.one_of(st.sampled_from("abc"), st.none(), st.just("take"), st.just("fail")), max_size=60))
def test_the_number_of_waiting_messages_is_bounded_and_none_is_lost_uncounted(steps):
    box, counts = outbox(capacity=4)
    added, taken = 0, 0
    for number, step in enumerate(steps):
        if step in {"take", "fail"}:
            batch = box.take(2, 0.0)
            if step == "fail":
                box.put_back(batch)
            else:
                taken += sum(not message.retain for message in batch)
        elif step is None:
            box.add(passing(f"{number}".encode()))
            added += 1
        else:
            box.add(kept(step, f"{number}".encode()))
        assert len(box) <= 4 + 3
    left = sum(not message.retain for message in box.take(100, 0.0))
    assert added == taken + counts.dropped + left
