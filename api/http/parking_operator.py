"""Routes for operators of car parks: say how many vehicles were counted inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request

from api.http.bodies import read_body, takes
from api.wire.parking_operator import RecountAnswer, RecountBody
from api.wire.publications import ErrorPayload

if TYPE_CHECKING:
    from api.http.live import Live

RECOUNT_BODIES = (RecountBody,)
ANSWERS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorPayload, "description": "No key, or an unknown one"},
    403: {"model": ErrorPayload, "description": "This key may not operate this car park"},
    404: {"model": ErrorPayload, "description": "No car park of this id"},
    422: {"model": ErrorPayload, "description": "The body cannot be read, or tells more vehicles than places"},
}
Key = Annotated[str | None, Header()]


def parking_operator(live: Live) -> APIRouter:
    """`/v1/parking/{facility_id}/recount`, for keys that operate `parking/ID`."""
    router = APIRouter(prefix="/v1/parking/{facility_id}", tags=["operators"])

    @router.post("/recount", response_model=RecountAnswer, responses=ANSWERS, openapi_extra=takes(RecountBody))
    async def recount(request: Request, facility_id: str, x_api_key: Key = None) -> RecountAnswer:
        """Say how many vehicles are inside, or how many places are free; counts go on from there."""
        device = live.keys.device(x_api_key) if x_api_key else None
        subject = f"parking/{facility_id}"
        if device is None:
            raise HTTPException(401, "a known key in the header X-API-Key is needed to recount")
        if not device.may_operate(subject):
            raise HTTPException(403, f"the key {device.id!r} may not operate {subject!r}")
        if live.recounts is None or not live.recounts.knows(facility_id):
            raise HTTPException(404, f"no {subject!r} in this town")
        body = read_body(RecountBody, await request.body())
        try:
            return live.recounts.take(facility_id, body, device.id)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error

    return router
