"""The HTTP application."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from api.feeds.port import MAX_BODY_BYTES
from api.http.bodies import schemas_of
from api.http.forecasts import forecasts
from api.http.health import health
from api.http.limits import BodyLimit, SafeHeaders
from api.http.open_data import open_data
from api.http.parking_operator import RECOUNT_BODIES, parking_operator
from api.http.publications import publications
from api.http.readings import body_schemas, readings
from api.http.sign_preview import sign_preview
from api.http.signals_operator import OPERATOR_BODIES, signals_operator
from api.http.signs_operator import OVERRIDE_BODIES, signs_operator
from api.http.stream import stream
from api.wire.readings import MOST_BYTES

if TYPE_CHECKING:
    from api.http.live import Live

WEB = Path(__file__).resolve().parents[1] / "web"
RECEIPT_DEADLINE_S = 10.0
BUDGET_BYTES = 64 * 1_048_576


def create_app(live: Live) -> FastAPI:
    """Join routes, limits and the page.  The interactive documentation is served from our own files."""
    app = FastAPI(
        title="Stadttakt",
        version=version("stadttakt"),
        description=f"{live.info.name}: {live.info.label_en} / {live.info.label_de}",
        docs_url=None,
        redoc_url=None,
    )
    operators = (signals_operator, signs_operator, parking_operator)
    for routes in (publications, forecasts, open_data, readings, *operators, sign_preview, stream, health):
        app.include_router(routes(live))
    _describe_bodies(app)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(WEB / "docs.html", headers={"Cache-Control": "no-cache"})

    app.mount("/static", StaticFiles(directory=WEB), name="static")
    app.add_middleware(
        BodyLimit,
        may_write=lambda key: bool(key) and live.keys.device(key) is not None,
        most_bytes=_most_bytes,
        deadline_s=RECEIPT_DEADLINE_S,
        budget_bytes=BUDGET_BYTES,
    )
    app.add_middleware(SafeHeaders)
    return app


def _most_bytes(path: str) -> int:
    return MAX_BODY_BYTES if path.startswith("/v1/feeds/") else MOST_BYTES


def _describe_bodies(app: FastAPI) -> None:
    describe = app.openapi

    def described() -> dict[str, Any]:
        document = describe()
        bodies = body_schemas() | schemas_of((*OPERATOR_BODIES, *OVERRIDE_BODIES, *RECOUNT_BODIES))
        document.setdefault("components", {}).setdefault("schemas", {}).update(bodies)
        return document

    app.openapi = described  # type: ignore[method-assign]
