"""A body that is too large or too slow never reaches the application."""

from __future__ import annotations

import asyncio

from api.http.limits import BodyLimit

SCOPE = {"type": "http", "method": "POST", "path": "/", "headers": []}


async def ask(parts, *, most_bytes=10, deadline_s=0.05, pause_s=0.0, known=True, budget_bytes=100):
    """Send the parts of a body through the limit; return the status and the body the application saw."""
    seen, sent = [], []
    queue = list(parts)

    async def application(_scope, receive, send):
        seen.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        await asyncio.sleep(pause_s)
        part = queue.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(queue)}

    async def send(message):
        sent.append(message)

    await BodyLimit(
        application,
        may_write=lambda _key: known,
        most_bytes=lambda _path: most_bytes,
        deadline_s=deadline_s,
        budget_bytes=budget_bytes,
    )(SCOPE, receive, send)
    return sent[0]["status"], seen


async def test_a_body_in_parts_arrives_whole():
    assert await ask([b"12345", b"67890"]) == (200, [b"1234567890"])


async def test_one_byte_too_many_is_413():
    assert await ask([b"12345", b"678901"]) == (413, [])


async def test_a_body_that_trickles_is_408():
    assert await ask([b"1", b"2", b"3"], pause_s=0.04) == (408, [])


async def test_a_stranger_is_refused_before_a_byte_is_read():
    assert await ask([], known=False) == (401, [])


async def test_more_than_the_budget_at_a_time_is_503_and_the_budget_comes_back():
    assert await ask([b"12345", b"6"], budget_bytes=5) == (503, [])
    assert await ask([b"12345"], budget_bytes=5) == (200, [b"12345"])
