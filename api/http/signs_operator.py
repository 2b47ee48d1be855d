"""Routes for operators: put a content on a sign, or on all signs of a car park, for a limited time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request, Response
from starlette.responses import JSONResponse

from api.http.bodies import read_body, takes
from api.wire.overrides import FacilityOverrideBody, OverrideAnswer, OverrideState, SignOverrideBody
from api.wire.publications import ErrorPayload

if TYPE_CHECKING:
    from api.http.live import Live
    from api.signs_desk import SignsDesk

OVERRIDE_BODIES = (SignOverrideBody, FacilityOverrideBody)
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorPayload, "description": "No key, or an unknown one"},
    403: {"model": ErrorPayload, "description": "This key may not operate this sign or car park"},
    404: {"model": ErrorPayload, "description": "No sign or car park of this id"},
}
ANSWERS: dict[int | str, dict[str, Any]] = REFUSALS | {
    409: {"model": OverrideAnswer, "description": "Refused, with the reason"},
    422: {"model": ErrorPayload, "description": "The body cannot be read"},
}
Key = Annotated[str | None, Header()]
_Body = SignOverrideBody | FacilityOverrideBody


def signs_operator(live: Live) -> APIRouter:
    """`/v1/signs/{sign_id}/override` and `/v1/parking/{facility_id}/override`, for keys with `operates`."""
    router = APIRouter(prefix="/v1", tags=["operators"])

    @router.get("/signs/{sign_id}/override", response_model=OverrideState, responses=REFUSALS)
    async def show_sign(sign_id: str, x_api_key: Key = None) -> OverrideState:
        """What an operator has put on a sign, and what may be put there."""
        return _show(live, f"sign/{sign_id}", x_api_key)

    @router.post(
        "/signs/{sign_id}/override",
        response_model=OverrideAnswer,
        responses=ANSWERS,
        openapi_extra=takes(SignOverrideBody),
    )
    async def take_sign(request: Request, sign_id: str, x_api_key: Key = None) -> Response:
        """Put contents on the rows of a sign, for at most 12 h.  The new override replaces the one before.

        A number cannot be forced, and `free` only where free spaces are reported at this moment.
        """
        desk, key_id = _admitted(live, f"sign/{sign_id}", x_api_key)
        return _take(desk, f"sign/{sign_id}", SignOverrideBody, await request.body(), key_id)

    @router.delete("/signs/{sign_id}/override", status_code=204, responses=REFUSALS)
    async def withdraw_sign(sign_id: str, x_api_key: Key = None) -> Response:
        """Take the override back."""
        return _withdraw(live, f"sign/{sign_id}", x_api_key)

    @router.get("/parking/{facility_id}/override", response_model=OverrideState, responses=REFUSALS)
    async def show_facility(facility_id: str, x_api_key: Key = None) -> OverrideState:
        """What an operator has said of a car park, and what may be said."""
        return _show(live, f"parking/{facility_id}", x_api_key)

    @router.post(
        "/parking/{facility_id}/override",
        response_model=OverrideAnswer,
        responses=ANSWERS,
        openapi_extra=takes(FacilityOverrideBody),
    )
    async def take_facility(request: Request, facility_id: str, x_api_key: Key = None) -> Response:
        """Show a car park as full, closed or neutral on all its signs, or keep places back, for at most 12 h."""
        desk, key_id = _admitted(live, f"parking/{facility_id}", x_api_key)
        return _take(desk, f"parking/{facility_id}", FacilityOverrideBody, await request.body(), key_id)

    @router.delete("/parking/{facility_id}/override", status_code=204, responses=REFUSALS)
    async def withdraw_facility(facility_id: str, x_api_key: Key = None) -> Response:
        """Take the override back."""
        return _withdraw(live, f"parking/{facility_id}", x_api_key)

    return router


def _show(live: Live, subject: str, key: str | None) -> OverrideState:
    desk, _ = _admitted(live, subject, key)
    return desk.state(subject)


def _take(desk: SignsDesk, subject: str, kind: type[_Body], body: bytes, key_id: str) -> Response:
    try:
        answer = desk.take(subject, read_body(kind, body), key_id)
    except HTTPException as error:
        desk.note_unreadable(subject, str(error.detail), key_id)
        raise
    except ValueError as error:
        desk.note_unreadable(subject, str(error), key_id)
        raise HTTPException(422, str(error)) from error
    return JSONResponse(answer.model_dump(), 200 if answer.accepted else 409)


def _withdraw(live: Live, subject: str, key: str | None) -> Response:
    desk, key_id = _admitted(live, subject, key)
    if not desk.withdraw(subject, key_id):
        raise HTTPException(404, f"there is no override of {subject!r}")
    return Response(status_code=204)


def _admitted(live: Live, subject: str, key: str | None) -> tuple[SignsDesk, str]:
    """The desk and the name of the key, for keys that may operate `sign/ID` or `parking/ID`."""
    device = live.keys.device(key) if key else None
    if device is None:
        raise HTTPException(401, "a known key in the header X-API-Key is needed to operate signs")
    if not device.may_operate(subject):
        raise HTTPException(403, f"the key {device.id!r} may not operate {subject!r}")
    if live.signs is None or not live.signs.knows(subject):
        raise HTTPException(404, f"no {subject!r} in this town")
    return live.signs, device.id
