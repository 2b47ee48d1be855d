"""The face of a sign as a picture, as it stands at the roadside at this moment."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response

from api.board import Page
from api.http.answers import conditional
from api.signs.faces import Language, published_svg
from api.wire.publications import ErrorPayload, SignPayload

if TYPE_CHECKING:
    from api.http.live import Live

SVG = "image/svg+xml"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {SVG: {}}, "description": "The picture, with title and description for those who listen"},
    304: {"description": "The client holds this picture already"},
    404: {"model": ErrorPayload, "description": "No sign of this id"},
}
Lang = Annotated[Language, Query(description="Language of names and words")]


def sign_preview(live: Live) -> APIRouter:
    """`/v1/signs/{sign_id}/preview.svg`."""
    router = APIRouter(prefix="/v1", tags=["signs"])

    @router.get("/signs/{sign_id}/preview.svg", response_class=Response, responses=ANSWERS)
    async def preview(request: Request, sign_id: str, lang: Lang = "de") -> Response:
        """Show what a sign shows; once its content has expired, what it then shows by itself."""
        item = live.board.items["signs"].get(sign_id)
        if item is None or not isinstance(item.payload, SignPayload):
            raise HTTPException(404, f"no sign {sign_id!r}")
        picture = published_svg(item.payload, lang, valid=item.is_valid(live.clock.now_s())).encode()
        digest = hashlib.sha256(picture).hexdigest()[:24]
        return conditional(request, Page(picture, f'"{digest}"'), media_type=SVG)

    return router
