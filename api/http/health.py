"""Routes for those who watch the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from api.http.live import Live


def health(live: Live) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", responses={503: {"description": "The control loop stands still"}})
    async def healthz() -> JSONResponse:
        """Whether the process should be left running."""
        alive = live.condition.alive()
        return JSONResponse({"alive": alive}, status_code=200 if alive else 503)

    @router.get("/readyz", responses={503: {"description": "Not ready, with the reasons"}})
    async def readyz() -> JSONResponse:
        """Whether signs and signals are being served."""
        problems = live.condition.problems()
        told = {"ready": not problems, "problems": problems, "parts": live.condition.remarks()}
        return JSONResponse(told, status_code=503 if problems else 200)

    @router.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        """Figures in the text format of Prometheus."""
        return Response(generate_latest(live.metrics), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
