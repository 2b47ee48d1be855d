"""Routes for operators: ask a junction for a programme or mode, take it back, allow adaptive control."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request, Response
from starlette.responses import JSONResponse

from api.http.bodies import read_body, takes
from api.wire.operator import AdaptiveBody, OperatorState, WishAnswer, WishBody
from api.wire.publications import ErrorPayload

if TYPE_CHECKING:
    from api.http.live import Live
    from api.signals_desk import SignalsDesk

OPERATOR_BODIES = (WishBody, AdaptiveBody)
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorPayload, "description": "No key, or an unknown one"},
    403: {"model": ErrorPayload, "description": "This key may not operate this junction"},
    404: {"model": ErrorPayload, "description": "No junction of this id"},
}
BAD_BODY: dict[int | str, dict[str, Any]] = {422: {"model": ErrorPayload, "description": "The body cannot be read"}}
Key = Annotated[str | None, Header()]


def signals_operator(live: Live) -> APIRouter:
    """`/v1/signals/{junction_id}/wish` and `/v1/signals/{junction_id}/adaptive`, for keys with `operates`."""
    router = APIRouter(prefix="/v1/signals/{junction_id}", tags=["operators"])

    @router.get("/wish", response_model=OperatorState, responses=REFUSALS)
    async def show(junction_id: str, x_api_key: Key = None) -> OperatorState:
        """What runs, what is wished and until when, what can be chosen."""
        desk, _ = _admitted(live, junction_id, x_api_key)
        return desk.state(junction_id)

    @router.post(
        "/wish",
        response_model=WishAnswer,
        responses=REFUSALS | BAD_BODY | {409: {"model": WishAnswer, "description": "Refused, with the reason"}},
        openapi_extra=takes(WishBody),
    )
    async def take(request: Request, junction_id: str, x_api_key: Key = None) -> Response:
        """Ask for a programme or a mode, for at most 12 h.  The new wish replaces the one before."""
        desk, key_id = _admitted(live, junction_id, x_api_key)
        body = read_body(WishBody, await request.body())
        try:
            answer = desk.take(junction_id, body, key_id)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return JSONResponse(answer.model_dump(), 200 if answer.accepted else 409)

    @router.delete("/wish", status_code=204, responses=REFUSALS)
    async def withdraw(junction_id: str, x_api_key: Key = None) -> Response:
        """Take the wish back."""
        desk, key_id = _admitted(live, junction_id, x_api_key)
        if not desk.withdraw(junction_id, key_id):
            raise HTTPException(404, f"there is no wish for {junction_id!r}")
        return Response(status_code=204)

    @router.post(
        "/adaptive",
        response_model=OperatorState,
        responses=REFUSALS | BAD_BODY,
        openapi_extra=takes(AdaptiveBody),
    )
    async def allow(request: Request, junction_id: str, x_api_key: Key = None) -> OperatorState:
        """Allow adaptive control at a junction, or forbid it."""
        desk, key_id = _admitted(live, junction_id, x_api_key)
        desk.allow_adaptive(junction_id, read_body(AdaptiveBody, await request.body()), key_id)
        return desk.state(junction_id)

    return router


def _admitted(live: Live, junction_id: str, key: str | None) -> tuple[SignalsDesk, str]:
    """The desk and the name of the key, for keys that may operate the junction."""
    device = live.keys.device(key) if key else None
    if device is None:
        raise HTTPException(401, "a known key in the header X-API-Key is needed to operate signals")
    if not device.may_operate(junction_id):
        raise HTTPException(403, f"the key {device.id!r} may not operate {junction_id!r}")
    if live.signals is None or junction_id not in live.signals.junction_ids:
        raise HTTPException(404, f"no junction {junction_id!r} with signals")
    return live.signals, device.id
