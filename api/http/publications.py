"""Read-only routes: signs, signals, parking, loads, network, model."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic_core import to_json

from api.board import Page
from api.http.answers import collection, conditional
from api.town import ModelInfo
from api.wire.base import instant_text
from api.wire.publications import (
    CountersPayload,
    ErrorPayload,
    FacilityPayload,
    LoadsPayload,
    ParkingPayload,
    SignalPayload,
    SignalsPayload,
    SignPayload,
    SignsPayload,
)

if TYPE_CHECKING:
    from api.board import Item
    from api.http.live import Live

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The client holds this content already"}}
UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorPayload, "description": "No item of this id"}}
NOT_YET: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorPayload, "description": "No valid content: a sign falls back by itself"}
}


def publications(live: Live) -> APIRouter:
    """Routes over the board."""
    router = APIRouter(prefix="/v1")

    def all_of(request: Request, kind: str, name: str) -> Response:
        now_s = live.clock.now_s()
        items = [item for item in live.board.items[kind].values() if item.is_valid(now_s)]
        return conditional(request, collection(live, kind, name, items))

    def one_of(request: Request, kind: str, item_id: str) -> Response:
        item: Item | None = live.board.items[kind].get(item_id)
        if item is None:
            raise HTTPException(404, f"no {kind} item {item_id!r}")
        if not item.is_valid(live.clock.now_s()):
            raise HTTPException(503, f"there is no valid content of {item_id!r}")
        return conditional(request, item.page)

    @router.get("/signs", responses={200: {"model": SignsPayload}, **NOT_MODIFIED}, tags=["signs"])
    async def signs(request: Request) -> Response:
        """Content of every sign; those without valid content are left out."""
        return all_of(request, "signs", "signs")

    @router.get(
        "/signs/{sign_id}",
        responses={200: {"model": SignPayload}, **NOT_MODIFIED, **UNKNOWN, **NOT_YET},
        tags=["signs"],
    )
    async def sign(request: Request, sign_id: str) -> Response:
        """Content of one sign.  Poll with `If-None-Match`; show it until `valid_until` and not a second longer."""
        return one_of(request, "signs", sign_id)

    @router.get("/signals", responses={200: {"model": SignalsPayload}, **NOT_MODIFIED}, tags=["signals"])
    async def signals(request: Request) -> Response:
        """Programme, stage and queues of every signalised junction."""
        return all_of(request, "signals", "signals")

    @router.get(
        "/signals/{junction_id}", responses={200: {"model": SignalPayload}, **NOT_MODIFIED, **UNKNOWN}, tags=["signals"]
    )
    async def signal(request: Request, junction_id: str) -> Response:
        """Programme, stage and queues of one junction."""
        return one_of(request, "signals", junction_id)

    @router.get("/parking", responses={200: {"model": ParkingPayload}, **NOT_MODIFIED}, tags=["parking"])
    async def parking(request: Request) -> Response:
        """Free places, trend, quality and age of every facility."""
        return all_of(request, "parking", "facilities")

    @router.get(
        "/parking/{facility_id}",
        responses={200: {"model": FacilityPayload}, **NOT_MODIFIED, **UNKNOWN},
        tags=["parking"],
    )
    async def facility(request: Request, facility_id: str) -> Response:
        """Free places, trend, quality and age of one facility."""
        return one_of(request, "parking", facility_id)

    @router.get("/loads", responses={200: {"model": LoadsPayload}, **NOT_MODIFIED}, tags=["network"])
    async def loads(request: Request) -> Response:
        """Smoothed flow over capacity of the links that have a detector."""
        now_s = live.clock.now_s()
        items = live.board.items["loads"].items()
        links = {link_id: item.payload.model_dump() for link_id, item in items if item.is_valid(now_s)}
        told = {"as_of": instant_text(live.board.as_of_s["loads"]), "model": live.label.model_dump(), "links": links}
        digest = hashlib.sha256(to_json(links)).hexdigest()[:24]
        return conditional(request, Page(to_json(told), f'W/"{digest}"'))

    @router.get("/network", response_class=Response, responses=NOT_MODIFIED, tags=["network"])
    async def network(request: Request) -> Response:
        """Links, nodes and detectors as GeoJSON."""
        return conditional(request, live.network, media_type="application/geo+json")

    @router.get("/model", response_model=ModelInfo, tags=["network"])
    async def model() -> ModelInfo:
        """What the model is, where it comes from, and how far it can be trusted."""
        return live.info

    @router.get("/counters", response_model=CountersPayload, tags=["readings"])
    async def counters() -> CountersPayload:
        """Readings accepted, repaired and rejected since the start."""
        return live.counters()

    return router
