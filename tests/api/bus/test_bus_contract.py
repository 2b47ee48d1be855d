"""What every bus promises, checked on each implementation."""

from __future__ import annotations

import asyncio

import pytest

from api.bus import topics
from api.bus.open import bus_from_url
from traffic_core.errors import InvalidValueError


@pytest.fixture(params=["inproc", pytest.param("mqtt", marks=pytest.mark.broker)])
async def bus(request):
    url = "inproc:" if request.param == "inproc" else request.getfixturevalue("mosquitto").url
    async with bus_from_url(url) as started:
        yield started


async def some(subscription, number):
    return [await anext(subscription) for _ in range(number)]


async def test_a_message_reaches_everybody_who_listens_to_its_topic(bus):
    first, second = bus.subscribe("a/b"), bus.subscribe("a/b")
    await first.ready()
    await second.ready()
    await bus.publish("a/b", b"hello")
    for subscription in (first, second):
        message = await anext(subscription)
        assert (message.topic, message.payload, message.retained) == ("a/b", b"hello", False)


async def test_a_message_reaches_only_those_whose_pattern_matches(bus):
    matching, other = bus.subscribe("town/+/signs"), bus.subscribe("town/north/parking")
    await matching.ready()
    await other.ready()
    await bus.publish("town/north/signs", b"1")
    await bus.publish("town/north/signs/deeper", b"2")
    await bus.publish("town/north/parking", b"3")
    assert (await anext(matching)).payload == b"1"
    assert (await anext(other)).payload == b"3"
    assert len(matching) == 0


async def test_overlapping_patterns_each_get_a_message_once(bus):
    wide, narrow = bus.subscribe("o/#"), bus.subscribe("o/1")
    await wide.ready()
    await narrow.ready()
    for payload in (b"1", b"2"):
        await bus.publish("o/1", payload)
    assert [message.payload for message in await some(wide, 2)] == [b"1", b"2"]
    assert [message.payload for message in await some(narrow, 2)] == [b"1", b"2"]


async def test_messages_keep_their_order(bus):
    listening = bus.subscribe("order/#")
    await listening.ready()
    sent = [f"{number}".encode() for number in range(300)]
    for number, payload in enumerate(sent):
        await bus.publish(f"order/{number % 3}", payload)
    assert [message.payload for message in await some(listening, 300)] == sent


async def test_a_late_subscriber_meets_the_latest_retained_message(bus):
    early = bus.subscribe("r/1")
    await early.ready()
    await bus.publish("r/1", b"old", retain=True)
    await bus.publish("r/1", b"new", retain=True)
    while (await anext(early)).payload != b"new":
        pass
    late = bus.subscribe("r/#")
    message = await anext(late)
    assert (message.payload, message.retained) == (b"new", True)
    assert len(early) == 0


async def test_an_empty_payload_forgets_a_retained_message(bus):
    await bus.publish("r/1", b"one", retain=True)
    await bus.publish("r/2", b"two", retain=True)
    await bus.publish("r/1", b"", retain=True)
    await barrier(bus)
    late = bus.subscribe("r/#")
    assert (await anext(late)).topic == "r/2"
    await late.ready()
    assert len(late) == 0


async def barrier(bus):
    """Wait until everything published before has gone through."""
    listening = bus.subscribe("barrier")
    await listening.ready()
    await bus.publish("barrier", b"")
    await anext(listening)
    listening.close()


async def test_a_message_past_its_expiry_is_never_delivered(bus):
    await bus.publish("e/1", b"stale", retain=True, expires_at_s=1.0)
    await bus.publish("e/2", b"fresh", retain=True, expires_at_s=4e9)
    late = bus.subscribe("e/#")
    assert (await anext(late)).payload == b"fresh"
    assert bus.counts.expired == 1


async def test_a_slow_subscriber_loses_the_oldest_messages_counts_them_and_is_told_of_once(bus, caplog):
    slow, quick = bus.subscribe("s/+", messages_at_most=3), bus.subscribe("s/1")
    await slow.ready()
    await quick.ready()
    for number in range(10):
        await bus.publish("s/1", f"{number}".encode())
    await some(quick, 10)
    await barrier(bus)
    assert slow.dropped == 7
    assert bus.counts.overflowed == 7
    assert len([record for record in caplog.records if "too slow" in record.message]) == 1
    assert [message.payload for message in await some(slow, 3)] == [b"7", b"8", b"9"]


async def test_status_is_online_while_the_bus_runs(bus):
    listening = bus.subscribe(topics.STATUS)
    assert (await anext(listening)).payload == topics.ONLINE
    assert bus.connected


async def test_stop_ends_the_iteration(bus):
    listening = bus.subscribe("never")
    await listening.ready()

    async def read_all():
        return [message async for message in listening]

    reading = asyncio.create_task(read_all())
    await bus.stop()
    assert await reading == []
    assert not bus.connected


async def test_a_closed_subscription_gets_nothing_more(bus):
    async with bus.subscribe("c/1") as listening:
        await listening.ready()
    await barrier(bus)
    await bus.publish("c/1", b"late")
    await barrier(bus)
    assert len(listening) == 0


@pytest.mark.parametrize("topic", ["", "a/+", "a/#", "a\0b", "x" * 65_536])
async def test_a_topic_that_cannot_be_published_to_is_refused(bus, topic):
    with pytest.raises(InvalidValueError, match="topic"):
        await bus.publish(topic, b"")


@pytest.mark.parametrize("pattern", ["", "a#", "#/a", "a+/b", "a/#/b"])
async def test_a_malformed_pattern_is_refused(bus, pattern):
    with pytest.raises(InvalidValueError, match="pattern"):
        bus.subscribe(pattern)


async def test_an_oversized_payload_is_refused(bus):
    with pytest.raises(InvalidValueError, match="at most 1048576 bytes"):
        await bus.publish("big", bytes(1024 * 1024 + 1))


async def test_the_largest_payload_goes_through(bus):
    listening = bus.subscribe("big")
    await listening.ready()
    await bus.publish("big", bytes(1024 * 1024))
    assert len((await anext(listening)).payload) == 1024 * 1024


async def test_any_bytes_are_carried_because_malformed_payloads_are_the_subscribers_matter(bus):
    listening = bus.subscribe("raw")
    await listening.ready()
    for payload in (b"", b"\xff\xfe{", b"NaN"):
        await bus.publish("raw", payload)
    assert [message.payload for message in await some(listening, 3)] == [b"", b"\xff\xfe{", b"NaN"]
