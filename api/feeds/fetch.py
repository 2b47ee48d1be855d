"""One attempt to get the body of a feed: bounded in time, size and redirects.  A failure is a value."""

from __future__ import annotations

import asyncio
import stat
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx

from api.feeds.port import MAX_BODY_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

MAX_REDIRECTS = 3
_REDIRECTS = {301, 302, 303, 307, 308}


class FeedEventKind(StrEnum):
    """What came of an attempt."""

    PULLED = "pulled"
    NOT_MODIFIED = "not_modified"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    HTTP_STATUS = "http_status"
    OVERSIZED = "oversized"
    BAD_REDIRECT = "bad_redirect"
    BAD_ENCODING = "bad_encoding"
    UNREADABLE_FILE = "unreadable_file"
    NOT_DELIVERED = "not_delivered"
    """A fault on our side: whoever takes the readings failed, or this package did."""


class FetchError(Exception):
    """Why there is no body; used inside this package only."""

    def __init__(self, kind: FeedEventKind, explanation: str, status_code: int | None = None) -> None:
        super().__init__(explanation)
        self.kind = kind
        self.explanation = explanation
        self.status_code = status_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body and what to ask with next time.  `body` is None where the server said that nothing has changed."""

    body: bytes | None
    validators: Mapping[str, str]


async def fetch_file(path: Path, timeout_s: float) -> Fetched:
    """Read a file in a thread.  Raises `FetchError`."""
    try:
        async with asyncio.timeout(timeout_s):
            body = await asyncio.to_thread(_read_file, path)
    except TimeoutError as error:
        raise FetchError(FeedEventKind.TIMEOUT, f"not read within {timeout_s:g} s") from error
    except (OSError, ValueError) as error:
        raise FetchError(FeedEventKind.UNREADABLE_FILE, f"{path.name}: {error.__class__.__name__}") from error
    return Fetched(body=body, validators={})


def _read_file(path: Path) -> bytes:
    # A pipe or a device could block for ever or never end.
    if not stat.S_ISREG(path.stat().st_mode):
        raise FetchError(FeedEventKind.UNREADABLE_FILE, f"{path.name} is not a regular file")
    with path.open("rb") as file:
        body = file.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise FetchError(FeedEventKind.OVERSIZED, f"more than {MAX_BODY_BYTES} bytes")
    return body


async def fetch_http(
    client: httpx.AsyncClient,
    url: str,
    timeout_s: float,
    validators: Mapping[str, str],
    secret_headers: Mapping[str, str],
) -> Fetched:
    """GET `url`, conditionally if `validators` has headers for that.  Raises `FetchError`.

    `timeout_s` bounds the whole attempt.  Redirects are followed between http(s) addresses only, never from https to
    http, and `secret_headers` go to the first host alone.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await _follow(client, url, validators, secret_headers)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise FetchError(FeedEventKind.TIMEOUT, f"no complete answer within {timeout_s:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise FetchError(FeedEventKind.UNREACHABLE, f"{type(error).__name__}: {error}") from error


async def _follow(
    client: httpx.AsyncClient, url: str, validators: Mapping[str, str], secret_headers: Mapping[str, str]
) -> Fetched:
    first = _origin(url)
    for _ in range(MAX_REDIRECTS + 1):
        headers = {"Accept-Encoding": "gzip", **validators}
        if _origin(url) == first:
            headers |= secret_headers
        async with client.stream("GET", url, headers=headers, follow_redirects=False) as answer:
            if answer.status_code not in _REDIRECTS:
                return await _receive(answer, asked_conditionally=bool(validators))
            url = _next_url(url, answer.headers.get("Location", ""))
    raise FetchError(FeedEventKind.BAD_REDIRECT, f"more than {MAX_REDIRECTS} redirects")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _next_url(url: str, location: str) -> str:
    target = urljoin(url, location)
    scheme = urlsplit(target).scheme
    if not location or scheme not in {"http", "https"} or (url.startswith("https:") and scheme == "http"):
        raise FetchError(FeedEventKind.BAD_REDIRECT, f"does not lead on to a safe address: {scheme or 'none'}")
    return target


async def _receive(answer: httpx.Response, *, asked_conditionally: bool) -> Fetched:
    validators = {
        asked: answer.headers[told]
        for told, asked in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
        if told in answer.headers
    }
    if answer.status_code == httpx.codes.NOT_MODIFIED and asked_conditionally:
        return Fetched(body=None, validators=validators)
    if answer.status_code != httpx.codes.OK:
        raise FetchError(FeedEventKind.HTTP_STATUS, f"answered {answer.status_code}", answer.status_code)
    announced = answer.headers.get("Content-Length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > MAX_BODY_BYTES:
        raise FetchError(FeedEventKind.OVERSIZED, f"announces {announced} bytes, at most {MAX_BODY_BYTES} are read")
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    body = await _bounded(answer.aiter_raw(), encoding)
    return Fetched(body=body, validators=validators)


async def _bounded(chunks: AsyncIterator[bytes], encoding: str) -> bytes:
    """Join and inflate the body; never holds more than the limit and one chunk, however well it was compressed."""
    if encoding not in {"identity", "", "gzip", "x-gzip"}:
        told = encoding if encoding in {"br", "compress", "deflate", "zstd"} else "of another name"
        raise FetchError(FeedEventKind.BAD_ENCODING, f"content encoding {told} was not asked for")
    inflater = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    body = bytearray()
    async for chunk in chunks:
        try:
            body += chunk if inflater is None else inflater.decompress(chunk, MAX_BODY_BYTES + 1 - len(body))
        except zlib.error as error:
            raise FetchError(FeedEventKind.BAD_ENCODING, "is not gzip") from error
        if len(body) > MAX_BODY_BYTES:
            raise FetchError(FeedEventKind.OVERSIZED, f"more than {MAX_BODY_BYTES} bytes")
        if inflater is not None and inflater.eof:
            break
    if inflater is not None and not inflater.eof:
        raise FetchError(FeedEventKind.BAD_ENCODING, "ends inside the gzip stream")
    return bytes(body)
