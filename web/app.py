"""The composition root: routes, checks and the live hub become one application over a store."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.routing import BaseRoute

from crisis import clock
from crisis.identity.provider import providers
from crisis.notify.gateway import Lines, lines
from crisis.notify.push import push
from crisis.notify.smtp import mailer
from crisis.pulse import LOOK, Pulse
from crisis.settings import Settings
from crisis.store import incidents, signs
from crisis.store.engine import OutcomeUnknown, Store
from web import problems, security, sockets, webhooks
from web.addresses import Addresses
from web.api import (
    agreements,
    authority,
    call_order,
    commands,
    consents,
    contacts,
    directory,
    disclosures,
    family_texts,
    instructions,
    interpreters,
    names,
    oncall,
    preferences,
    readiness,
    records,
    reference,
    retention,
    sharing,
    times,
)
from web.api import compartment as compartment_api
from web.api import conflicts as conflicts_api
from web.api import incidents as incidents_api
from web.api import marks as marks_api
from web.api import return_news as return_news_api
from web.deps import Anyone, store_of
from web.devices import limit_rules
from web.hub import Hub
from web.pages import errors, routers
from web.pressed_once import PressedOnce
from web.sent import TellSent
from web.squeezing import Squeezed
from web.static_files import Kept

STATIC = Path(__file__).parent / "static"
ALIVE = 5.0  # seconds between two signs of life

log = logging.getLogger(__name__)


def health(request: Request) -> dict[str, bool]:
    """Answers only while the database can be read."""
    with store_of(request).read() as tx:
        incidents.head(tx)
    return {"ok": True}


async def beating(pulse: Pulse) -> None:
    while True:
        pulse.beat()
        await asyncio.sleep(LOOK)


async def saying_alive(store: Store) -> None:
    """The sentinel and the page "How paging stands" see by it that consoles are served."""

    def leave_sign() -> None:
        with store.write() as tx:
            signs.leave(tx, signs.WEB, clock.now(), good=True)

    while True:
        try:
            await asyncio.to_thread(leave_sign)
        except (DBAPIError, PoolTimeout, OutcomeUnknown) as error:
            log.error("the console could not leave its sign of life: %s", type(error).__name__)
        await asyncio.sleep(ALIVE)


def living(hub: Hub, out: Lines, pulse: Pulse | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        started = asyncio.Event()
        running = asyncio.create_task(hub.run(started))
        starting = asyncio.create_task(started.wait())
        await asyncio.wait({running, starting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()  # the log cannot be read: do not start
        tasks = [running, asyncio.create_task(saying_alive(hub.store))]
        tasks += [] if pulse is None else [asyncio.create_task(beating(pulse))]
        yield
        out.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


@cache
def _included() -> APIRouter:
    included = APIRouter()
    about = (consents.router, contacts.router, disclosures.router, instructions.router)
    whose = (call_order.router, times.router, sharing.router, authority.router, interpreters.router)
    record = (*about, names.router, preferences.router, *whose, records.router, retention.router)
    outside = (directory.router, agreements.router, return_news_api.router)
    staff = (oncall.router, readiness.router, reference.router)
    who_sees = (conflicts_api.router, compartment_api.router, marks_api.router)
    of_incidents = (incidents_api.router, *who_sees, family_texts.router, commands.router)
    api = (*of_incidents, *record, *outside, *staff)
    # Each request walks the list: first those that come by the thousand, and those for whose answer a telephone waits.
    for router in (sockets.router, webhooks.router, *routers, *api):
        included.include_router(router)
    return included


def all_routes() -> list[BaseRoute]:
    """What each route takes in is worked out by its first request: once in a process, however many consoles it builds.

    Nothing of one console is kept in a route; database and settings are in `app.state`.
    """
    return [*_included().routes]


def build_app(store: Store, settings: Settings, pulse: Pulse | None = None) -> FastAPI:
    """`pulse` is told as long as the event loop turns."""
    hub, out = Hub(store), lines(settings)
    limit_rules(settings)  # what is set wrong is said at the start, not at the first sign-in
    lifespan = living(hub, out, pulse)
    app = FastAPI(
        title="Crisis",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        routes=all_routes(),
    )
    app.state.store, app.state.settings, app.state.hub, app.state.lines = store, settings, hub, out
    app.state.providers, app.state.addresses = providers(settings), Addresses()
    app.state.mailer, app.state.push = mailer(settings), push(settings)

    app.add_api_route(security.HEALTH, health, methods=["GET"], dependencies=[Anyone], include_in_schema=False)
    app.mount("/static", Kept(directory=STATIC), name="static")

    app.add_middleware(PressedOnce, settings=settings)
    app.add_middleware(TellSent, settings=settings)

    answer = security.told(problems.answering(errors.render), settings)
    problems.install(app, answer)
    app.add_middleware(Squeezed)  # the last one added is asked first
    app.add_middleware(security.SmallBodies, answer=answer)
    app.add_middleware(security.LimitedTime, answer=answer)
    app.add_middleware(security.OwnSiteOnly, settings=settings, answer=answer)
    app.add_middleware(security.TellBrowsers, settings=settings)
    return app
