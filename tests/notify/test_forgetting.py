"""What providers keep of old texts and calls is deleted there too, however often that takes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from crisis.notify.forgetting import Forgetting
from crisis.notify.handsets_plans import Fault
from crisis.notify.inbound import QUARANTINE
from crisis.store import inbox, outgoing, transient
from crisis.store.channel_tables import OUTGOING
from crisis.store.engine import Store
from crisis.store.tables import INBOX
from crisis.vocabulary import Urgency
from tests.notify.village import Village
from tests.notify.wired import a_wired_village

pytestmark = pytest.mark.page
WEEK, MONTH = timedelta(days=7, hours=1), timedelta(days=31)


@pytest.fixture
def village(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Village:
    made, _ = a_wired_village(store, tmp_path, monkeypatch)
    made.paged(Urgency.U1)
    made.worker.until_quiet()
    assert kept_there(made)
    return made


def kept_there(village: Village) -> list[str]:
    """What the first provider has of what it was given."""
    return [sid for sid, each in village.network.sent.items() if not each.account.second]


def aged(village: Village, age: timedelta) -> Village:
    """All of it was sent so long ago; pages that are due in the meantime would go first."""
    with village.store.write() as tx:
        tx.execute(update(OUTGOING).values(at=village.watch() - age, state_at=village.watch() - age))
    return village


def turn(village: Village) -> bool:
    return Forgetting(village.store, village.worker.lines, village.watch).turn()


def rows(village: Village) -> int:
    """How many are left here when the worker has forgotten."""
    with village.store.write() as tx:
        outgoing.forget(tx, village.watch())
        return len(outgoing.recent(tx, village.watch() - 2 * MONTH))


def test_after_a_week_its_provider_has_nothing_and_then_we_have_nothing(village: Village) -> None:
    early, before = turn(aged(village, timedelta(days=6))), kept_there(village)
    waits = rows(aged(village, WEEK))

    done = turn(village)

    assert (early, done) == (False, True)
    assert before
    assert waits > 0, "the row by which it is known stays until then"
    assert kept_there(village) == []
    assert rows(village) == 0
    assert not turn(village), "there is nothing more to do"


@pytest.mark.parametrize("fault", ["error", "busy", "garbage"])
def test_what_is_not_known_to_be_deleted_is_asked_again_and_not_for_ever(village: Village, fault: Fault) -> None:
    sids = kept_there(village)
    village.network.plan.lookups.set("*", "*", fault, 99)

    turn(aged(village, WEEK))
    still, here = kept_there(village), rows(village)
    village.network.plan.clear()
    turn(village)

    assert still == sids
    assert here > 0
    assert kept_there(village) == []
    assert rows(village) == 0


def test_what_a_provider_never_deletes_goes_here_after_a_month(village: Village) -> None:
    village.network.plan.lookups.set("*", "*", "error", 99)

    turn(aged(village, MONTH))

    assert kept_there(village)
    assert rows(village) == 0


def test_what_a_killed_worker_had_deleted_is_deleted_once_more_without_harm(village: Village) -> None:
    for sid in kept_there(aged(village, WEEK)):
        del village.network.sent[sid]

    assert turn(village)
    assert rows(village) == 0


def kept_of_replies(village: Village) -> list[str]:
    """What the first provider has of what came in."""
    return [each.body for each in village.network.came.values() if not each.account.second]


def came_here(village: Village) -> list[str | None]:
    """Of the texts that we have ourselves: which account has a copy."""
    with village.store.read() as tx:
        texts = INBOX.c.source.in_(("text", QUARANTINE))
        return list(tx.execute(select(INBOX.c.kept_by).where(texts)).scalars())


def came_earlier(village: Village, age: timedelta) -> None:
    """Pages that are due in the meantime would go first."""
    with village.store.write() as tx:
        tx.execute(update(INBOX).values(received_at=village.watch() - age))


def written(village: Village) -> Village:
    """By somebody who was paged, and by a stranger."""
    first = next(each for each in village.network.sent.values() if each.what == "messages" and not each.account.second)
    village.network.reply(first.phone, "I saw Ximena by the gym")
    village.network.reply("+16175550177", "who is this")
    return village


def test_what_people_write_to_us_goes_at_its_provider_once_it_is_recorded_here(village: Village) -> None:
    written(village)
    before, too_soon = kept_of_replies(village), turn(village)
    came_earlier(village, timedelta(minutes=11))

    done = turn(village)

    assert sorted(before) == ["I saw Ximena by the gym", "who is this"]
    assert (too_soon, done) == (False, True)
    assert kept_of_replies(village) == []
    assert came_here(village) == [None, None]


def test_a_copy_that_is_not_known_to_be_gone_is_asked_for_again_and_its_row_waits_for_it(village: Village) -> None:
    written(village)
    village.network.plan.lookups.set("*", "*", "error", 99)
    came_earlier(village, timedelta(days=31))

    turn(village)
    with village.store.write() as tx:
        transient.forget(tx, village.watch())
    still = came_here(village)
    village.network.plan.clear()
    turn(village)
    with village.store.write() as tx:
        transient.forget(tx, village.watch())

    assert len([each for each in still if each is not None]) == 2
    assert kept_of_replies(village) == []
    assert came_here(village) == []


def test_whoever_leaves_leaves_no_words_and_their_copies_go_all_the_same(village: Village) -> None:
    written(village)
    numbers = {each.sender for each in village.network.came.values()}
    with village.store.write() as tx:
        inbox.forget_from(tx, village.store.keys, numbers, village.watch())
    with village.store.read() as tx:
        left = [each.body for each in inbox.unanswered(tx, village.store.keys, 9)]
    came_earlier(village, timedelta(minutes=11))

    turn(village)

    assert left == []
    assert kept_of_replies(village) == []
