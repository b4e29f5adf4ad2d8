"""Work that somebody waits for on a telephone: its answer in time, or the word that there is none yet."""

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from crisis.store.engine import OutcomeUnknown

PATIENCE = 4.0  # seconds: providers hang up on a caller after ten to fifteen

log = logging.getLogger(__name__)


async def in_time(work: Callable[[], str]) -> str | None:
    """None where the database is slow or away. The work goes on: what it commits is found when it is asked again."""
    doing = asyncio.ensure_future(run_in_threadpool(work))
    await asyncio.wait({doing}, timeout=PATIENCE)
    if not doing.done():
        doing.add_done_callback(_ended)
        return None
    try:
        return doing.result()
    except (DBAPIError, OutcomeUnknown) as error:
        log.warning("a key could not be recorded: %s", type(error).__name__)
        return None


def _ended(doing: "asyncio.Future[str]") -> None:
    """Nobody waits for it any more; what went wrong is for the log."""
    error = None if doing.cancelled() else doing.exception()
    log.warning("a key was recorded late" if error is None else "a late key was lost: %s", *_kind(error))


def _kind(error: BaseException | None) -> tuple[str, ...]:
    return () if error is None else (type(error).__name__,)
