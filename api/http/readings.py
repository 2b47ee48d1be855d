"""The route for devices that do not speak MQTT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request

from api.wire.publications import ErrorPayload
from api.wire.readings import Batch, BatchAnswer, MalformedBatchError

if TYPE_CHECKING:
    from api.http.keys import Device
    from api.http.live import Live

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorPayload, "description": "No key, or an unknown one"},
    408: {"model": ErrorPayload, "description": "The body took too long to arrive"},
    503: {"model": ErrorPayload, "description": "Too much is being received at this moment"},
    413: {"model": ErrorPayload, "description": "The body is too large"},
    422: {"model": ErrorPayload, "description": "The body is no batch of readings"},
}


def readings(live: Live) -> APIRouter:
    """`POST /v1/readings`."""
    router = APIRouter(prefix="/v1", tags=["readings"])

    @router.post(
        "/readings",
        response_model=BatchAnswer,
        responses=REFUSALS,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Batch"}}},
            }
        },
    )
    async def post(request: Request, x_api_key: Annotated[str | None, Header()] = None) -> BatchAnswer:
        """Take a batch.  Each reading stands or falls by itself; the answer names every refusal."""
        device = _device(live, x_api_key)
        try:
            return await live.receive(await request.body(), device.may_report)
        except MalformedBatchError as error:
            raise HTTPException(413 if error.reason == "oversized" else 422, error.explanation) from error

    @router.post(
        "/feeds/{feed_id}",
        response_model=BatchAnswer,
        responses=REFUSALS | {404: {"model": ErrorPayload, "description": "No feed of this name in the file of feeds"}},
        openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}},
    )
    async def push(request: Request, feed_id: str, x_api_key: Annotated[str | None, Header()] = None) -> BatchAnswer:
        """Take a document in the format of a configured feed: ParkAPI, DATEX II, a list, uplinks of LoRaWAN sensors."""
        device = _device(live, x_api_key)
        try:
            return await live.push(feed_id, await request.body(), device.may_report)
        except KeyError as error:
            raise HTTPException(404, f"no feed {feed_id!r}") from error

    return router


def _device(live: Live, key: str | None) -> Device:
    device = live.keys.device(key) if key else None
    if device is None:
        raise HTTPException(401, "a known key in the header X-API-Key is needed to write")
    return device


def body_schemas() -> dict[str, Any]:
    """JSON schemas of the batch, which we parse ourselves, for the OpenAPI document."""
    schema = Batch.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    return {**definitions, "Batch": schema}
