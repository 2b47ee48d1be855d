"""The server is quick with those who ask and short with those who do not."""

from __future__ import annotations

import asyncio
import socket

import pytest
from fastapi import FastAPI

from api import server as serving
from api.errors import ConfigError


@pytest.fixture
async def address(monkeypatch):
    """A server with a header deadline that a test can wait for, and room for three connections."""
    monkeypatch.setattr(serving, "HEADER_DEADLINE_S", 0.3)
    app = FastAPI()

    @app.get("/")
    async def root():
        return "here"

    listening = serving.reserve("127.0.0.1", 0)
    serving.begin_to_listen(listening)
    server = serving.Server(app, listening, most_connections=3)
    task = asyncio.create_task(server.run_until_told())
    yield listening.getsockname()[:2]
    server.should_exit = True
    await task
    listening.close()


async def closed_within(reader, seconds):
    try:
        return await asyncio.wait_for(reader.read(), seconds) is not None
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


async def test_small_answers_are_sent_without_delay():
    reserved = serving.reserve("127.0.0.1", 0)
    assert reserved.proto == socket.IPPROTO_TCP
    reserved.close()


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_a_header_that_never_ends_is_not_waited_for(address, sent):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(sent)
    assert await closed_within(reader, 5.0)
    writer.close()


async def test_a_second_header_on_a_connection_has_its_deadline_too(address):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in await reader.readuntil(b'"here"')
    writer.write(b"GET / HTTP/1.1\r\n")
    assert await closed_within(reader, 5.0)
    writer.close()


async def test_connections_above_the_limit_are_refused_and_the_others_served(address):
    held = [await asyncio.open_connection(*address) for _ in range(3)]
    reader, writer = await asyncio.open_connection(*address)
    assert await closed_within(reader, 0.25)
    writer.close()
    held[0][1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in await held[0][0].readuntil(b'"here"')
    for _, held_writer in held:
        held_writer.close()


def test_of_two_starts_on_one_port_the_second_is_told_so():
    first, second = serving.reserve("127.0.0.1", 0), None
    serving.begin_to_listen(first)
    port = first.getsockname()[1]
    with pytest.raises(ConfigError, match="cannot be listened on"):
        second = serving.reserve("127.0.0.1", port)
    first.close()
    assert second is None


def test_two_who_reserved_at_the_same_time_do_not_both_listen():
    first = serving.reserve("127.0.0.1", 0)
    second = serving.reserve("127.0.0.1", first.getsockname()[1])
    serving.begin_to_listen(first)
    with pytest.raises(ConfigError, match="cannot be listened on"):
        serving.begin_to_listen(second)
    first.close()
    second.close()
