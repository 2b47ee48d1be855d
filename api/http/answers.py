"""Responses from pages that are encoded already, with entity tags."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic_core import to_json
from starlette.responses import Response

from api.board import Page
from api.wire.base import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from api.board import Item
    from api.http.live import Live

JSON = "application/json"


def conditional(request: Request, page: Page, *, media_type: str = JSON) -> Response:
    """The page, or 304 when the client holds it already."""
    headers = {"ETag": page.etag, "Cache-Control": "no-cache"}
    held = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    if held.strip() == "*" or page.etag.removeprefix("W/") in tags:
        return Response(status_code=304, headers=headers)
    return Response(page.body, media_type=media_type, headers=headers)


def collection(live: Live, kind: str, name: str, items: Iterable[Item]) -> Page:
    """All items of a kind in one document.

    The entity tag is weak: it stands for the items and leaves out `as_of`, the time of the last publication.
    """
    chosen = list(items)
    head = to_json({"as_of": instant_text(live.board.as_of_s[kind]), "model": live.label.model_dump()})
    body = head[:-1] + b',"' + name.encode() + b'":[' + b",".join(item.page.body for item in chosen) + b"]}"
    digest = hashlib.sha256("".join(item.page.etag for item in chosen).encode()).hexdigest()[:24]
    return Page(body, f'W/"{digest}"')
