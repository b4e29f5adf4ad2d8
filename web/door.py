"""Who stands at the door. After a restart thousands come back: those who wait are looked up in one go (F103)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from crisis.commands import Actor

AT_ONCE = 200

Lookup = Callable[[Sequence[str]], Awaitable[Sequence[Actor | None]]]


class Door:
    """Whoever comes alone is looked up at once; who comes meanwhile waits for the answer to those before."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._waiting: list[tuple[str, asyncio.Future[Actor | None]]] = []
        self._opening: asyncio.Task[None] | None = None

    async def who(self, secret: str) -> Actor | None:
        """None for a session or token that does not stand. Raises what the lookup raised."""
        answer: asyncio.Future[Actor | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((secret, answer))
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open())
        return await answer

    async def _open(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            [found] = await asyncio.gather(self._lookup([secret for secret, _ in some]), return_exceptions=True)
            for turn, (_, answer) in enumerate(some):
                if answer.done():  # who left meanwhile waits no more
                    continue
                if isinstance(found, BaseException):
                    answer.set_exception(found)
                else:
                    answer.set_result(found[turn])
