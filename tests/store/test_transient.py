"""What goes by its time alone: old texts, old errands, drills; never what waits, and nothing that a hold keeps."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.store import audit, destruction, holds, inbox
from crisis.store.engine import Store
from crisis.store.tables import AUDIT, INBOX, OUTBOX, WORDS
from crisis.vocabulary import IncidentId, Mode
from tests.factories import DISTRICT, STUDENT
from tests.store.leavers import AT, LEAD, a_leaver, an_ended_incident, kept
from tests.web.district import OFFICER

MONTH, DAY = timedelta(days=30), timedelta(days=1)
QUARTER = timedelta(days=90)


def upkeep(store: Store, at: datetime) -> bool:
    return Upkeep(store, Lines(None, None), lambda: at).retention()


def came_in(store: Store, number: int, *, dealt_with: bool = True) -> None:
    with store.write() as tx:
        inbox.receive(tx, store.keys, "text", f"m-{number}", {"Body": "words"}, at=AT)
        if dealt_with:
            inbox.done(tx, "text", f"m-{number}", AT)


def texts(store: Store) -> list[str]:
    with store.read() as tx:
        return list(tx.execute(select(INBOX.c.external_id).order_by(INBOX.c.external_id)).scalars())


def errands(store: Store, incident: IncidentId) -> int:
    with store.read() as tx:
        return tx.execute(select(func.count()).where(OUTBOX.c.incident == incident)).scalar_one()


def all_done(store: Store) -> None:
    with store.write() as tx:
        tx.execute(update(OUTBOX).values(done_at=AT))


def held(store: Store, subject: str) -> str:
    with store.write() as tx:
        return holds.place(tx, store.keys, kept(store, subject, AT), "A case", by=OFFICER, at=AT)


def test_texts_and_what_was_done_go_after_a_month_and_what_waits_stays(store: Store) -> None:
    incident = a_leaver(store)
    came_in(store, 1)
    came_in(store, 2, dealt_with=False)
    waiting = errands(store, incident)

    early = upkeep(store, AT + MONTH)
    waits = (upkeep(store, AT + MONTH + DAY), texts(store), errands(store, incident))
    all_done(store)
    late = (upkeep(store, AT + MONTH + DAY), errands(store, incident))

    assert waiting > 0
    assert (early, waits, late) == (False, (True, ["m-2"], waiting), (True, 0))
    with store.read() as tx:
        assert tx.execute(select(func.count()).where(AUDIT.c.action == "transient destroyed")).scalar_one() == 2
        assert audit.verify(tx).ok


def test_a_hold_keeps_its_own_errands_and_every_text_pr_66(store: Store) -> None:
    """On a student's record, and on an incident of nobody."""
    incident = a_leaver(store)
    nobodys, free = an_ended_incident(store, student=None), an_ended_incident(store, student=None)
    came_in(store, 1)
    all_done(store)
    both = [held(store, STUDENT), held(store, nobodys)]

    upkeep(store, AT + MONTH + DAY)

    assert texts(store) == ["m-1"]
    assert [errands(store, each) > 0 for each in (incident, nobodys, free)] == [True, True, False]
    with store.write() as tx:
        for hold in both:
            holds.ask_release(tx, DISTRICT, hold, by=OFFICER, at=AT)
            holds.release(tx, DISTRICT, hold, by=LEAD, at=AT)
    assert upkeep(store, AT + MONTH + DAY)
    assert (texts(store), errands(store, incident)) == ([], 0)


def test_drills_go_after_ninety_days_each_with_its_certificate_pr_65_pr_66(store: Store) -> None:
    a_leaver(store)
    drills = [an_ended_incident(store, student=None, mode=Mode.DRILL) for _ in range(3)]
    held(store, drills[0])

    early = upkeep(store, AT + QUARTER)
    late = upkeep(store, AT + QUARTER + DAY)
    again = upkeep(store, AT + QUARTER + DAY)

    assert (early, late, again) == (False, True, False)
    with store.read() as tx:
        made = destruction.certificates(tx)
        words = [select(func.count()).where(WORDS.c.subject == each, WORDS.c.sealed != b"") for each in drills]
        assert {each.subject for each in made} == set(drills[1:])
        assert {(each.asked_by, each.confirmed_by) for each in made} == {(None, None)}
        assert [tx.execute(query).scalar_one() > 0 for query in words] == [True, False, False]
        assert audit.verify(tx).ok
