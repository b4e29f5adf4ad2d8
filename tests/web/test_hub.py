"""What follows the log ends when it is told to, whatever comes at the same moment."""

import asyncio

import pytest

from crisis.store.engine import Store
from web.hub import Hub


@pytest.mark.page
@pytest.mark.parametrize("turns", range(4))
def test_an_end_that_comes_with_a_change_ends_it(store: Store, turns: int) -> None:
    """A server that was told to stop went on for ever: the change took the place of the end."""

    async def told_at_once() -> None:
        hub = Hub(store)
        looked = asyncio.Event()

        async def deliver() -> None:
            looked.set()

        hub.deliver = deliver  # type: ignore[method-assign]
        following = asyncio.create_task(hub.follow())
        await looked.wait()
        await asyncio.sleep(0.01)  # it waits for the next change now
        hub.moved.set()
        for _turn in range(turns):
            await asyncio.sleep(0)
        following.cancel()
        done, _left = await asyncio.wait({following}, timeout=2)
        assert done == {following}
        hub.readers.shutdown()

    asyncio.run(asyncio.wait_for(told_at_once(), 5))
