"""The stand-in's HTTP side: both providers' own addresses, a control API, and the page of telephones."""

from functools import cache

import uvicorn
from fastapi import APIRouter, FastAPI

from crisis.notify import handsets_control, handsets_first, handsets_page, handsets_second
from crisis.notify.handsets import Exchange


@cache
def _routes() -> APIRouter:
    routes = APIRouter()
    for part in (handsets_first, handsets_second, handsets_control, handsets_page):
        part.add_to(routes)
    return routes


def build_handsets(exchange: Exchange) -> FastAPI:
    app = FastAPI(title="Handsets", docs_url=None, redoc_url=None, openapi_url=None, routes=[*_routes().routes])
    app.add_exception_handler(handsets_first.NotTheirs, handsets_first.not_theirs)
    app.state.exchange = exchange
    return app


def serve_handsets(exchange: Exchange, port: int) -> None:
    """Until the process is ended; on this machine only."""
    uvicorn.run(build_handsets(exchange), host="127.0.0.1", port=port, log_level="warning", access_log=False)
