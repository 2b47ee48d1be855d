"""Open data about car parks: ParkAPI 1 and 3, DATEX II 2.3 and 3.7, GeoJSON."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Request, Response

from api.http.answers import conditional
from api.wire.publications import ErrorPayload

if TYPE_CHECKING:
    from api.http.live import Live
    from api.open_data.desk import OpenData

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The client holds this content already"}}
EMPTY: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorPayload, "description": "Nothing valid is known, and the format has no empty document"}
}
XML_TYPE = "application/xml"


def open_data(live: Live) -> APIRouter:
    """Routes below `/v1/open`, for everybody."""
    router = APIRouter(prefix="/v1/open", tags=["open data"])

    @router.get("/parkapi/v1", response_class=Response, responses=NOT_MODIFIED)
    async def cities(request: Request) -> Response:
        """ParkAPI version 1: the index of cities."""
        return conditional(request, _desk(live).index(version("stadttakt")))

    @router.get("/parkapi/v1/{city}", response_class=Response, responses=NOT_MODIFIED)
    async def lots(request: Request, city: Annotated[str, Path(description="id of the index")]) -> Response:
        """ParkAPI version 1: lots of the town."""
        desk = _desk(live)
        if city != desk.publisher.id:
            raise HTTPException(404, f"no city {city!r}: there is {desk.publisher.id!r}")
        return conditional(request, desk.json("parkapi/v1/city"))

    @router.get("/parkapi/v3/sites", response_class=Response, responses=NOT_MODIFIED)
    async def sites(request: Request) -> Response:
        """ParkAPI version 3: sites with static and live facts, as in a JSON push."""
        return conditional(request, _desk(live).json("parkapi/v3/sites"))

    @router.get("/parking.geojson", response_class=Response, responses=NOT_MODIFIED)
    async def geojson(request: Request) -> Response:
        """All car parks of the town as GeoJSON; unknown figures are null."""
        return conditional(request, _desk(live).json("geojson/parking"), media_type="application/geo+json")

    @router.get("/datex2/{release}/{document}.xml", response_class=Response, responses={**NOT_MODIFIED, **EMPTY})
    async def datex2(
        request: Request, release: Literal["v2.3", "v3.7"], document: Literal["table", "status", "forecast"]
    ) -> Response:
        """DATEX II: the table of sites, their status, or forecasts (each record is marked as one)."""
        page = _desk(live).xml(f"{release}/{document}")
        if page is None:
            raise HTTPException(503, f"{document}: nothing valid is known at this moment")
        return conditional(request, page, media_type=XML_TYPE)

    return router


def _desk(live: Live) -> OpenData:
    if live.open_data is None:
        raise HTTPException(404, "this service publishes no open data")
    return live.open_data
