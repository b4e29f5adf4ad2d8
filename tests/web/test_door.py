"""Who comes back together is looked up together; nobody is let in for somebody else (F103)."""

import asyncio
from collections.abc import Sequence

import pytest

from crisis.commands import Actor, ActorKind
from crisis.vocabulary import DistrictId, PersonId
from web.door import AT_ONCE, Door


def actor(secret: str) -> Actor | None:
    if secret.startswith("wrong"):
        return None
    return Actor(kind=ActorKind.PERSON, id=PersonId(secret), district=DistrictId("d"))


def test_those_who_wait_are_looked_up_in_one_go_and_each_gets_their_own_answer() -> None:
    """F103: ten thousand at once are measured in the bench."""
    asked: list[int] = []

    async def lookup(secrets: Sequence[str]) -> list[Actor | None]:
        asked.append(len(secrets))
        await asyncio.sleep(0.01)
        return [actor(each) for each in secrets]

    async def storm() -> list[Actor | None]:
        door = Door(lookup)
        secrets = [f"{'wrong' if number % 3 == 0 else 'right'}-{number}" for number in range(1_000)]
        found = await asyncio.gather(*(door.who(each) for each in secrets))
        assert found == [actor(each) for each in secrets]
        return [*found, await door.who("right-late")]

    found = asyncio.run(storm())

    assert found[-1] == actor("right-late")
    assert len(asked) <= 1_000 / AT_ONCE + 3
    assert max(asked) <= AT_ONCE


def test_who_leaves_takes_nobody_along_and_a_fault_is_told_to_those_whom_it_met() -> None:
    fails = [True]

    async def lookup(secrets: Sequence[str]) -> list[Actor | None]:
        await asyncio.sleep(0.01)
        if fails.pop() if fails else False:
            raise RuntimeError("no database")
        return [actor(each) for each in secrets]

    async def told() -> None:
        door = Door(lookup)
        first = asyncio.create_task(door.who("right-1"))
        await asyncio.sleep(0)  # it is being looked up; the next ones wait
        gone, stays = asyncio.create_task(door.who("right-2")), asyncio.create_task(door.who("right-3"))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(RuntimeError):
            await first
        assert await stays == actor("right-3")

    asyncio.run(told())
