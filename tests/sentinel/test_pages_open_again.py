"""I5 of a page that was taken and is open again: what its earlier calls came to is nobody's fault any more."""

from dataclasses import replace
from datetime import datetime, timedelta

from crisis import page_commands as pcmd
from crisis.sentinel.auditing import UNKNOWN, Finding, unknown_calls_are_followed
from crisis.sentinel.looking import Look, Watched
from crisis.statemachine.incident import Page
from crisis.store.watch import Called, Ends, Logged
from crisis.vocabulary import AttemptOutcome, Channel, PageState, PersonId, Role, Urgency
from tests.factories import COUNSELOR, GROUND, MORNING, an_incident, suicide_risk

WHO = PersonId("p-on-call")
TAKEN = MORNING + timedelta(seconds=60)
AGAIN = MORNING + timedelta(minutes=12)


def found(page: Page, *calls: tuple[datetime, int]) -> list[Finding]:
    """With unknown calls at these times, for these levels; long after all of them."""
    incident = an_incident(pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1))
    called = tuple(
        Called(at, page.id, WHO, Channel.TEXT, AttemptOutcome.UNKNOWN, f"{level}-{at}", level) for at, level in calls
    )
    watched = Watched(
        incident=replace(incident, pages={page.id: page}),
        row_seq=incident.seq,
        protocol=suicide_risk(),
        ground=GROUND,
        waiting=(),
        logged=Logged(incident.seq, incident.seq),
        calls=called,
        rota={(page.id, level): frozenset({WHO}) for level in range(page.level + 1)},
    )
    look = Look(
        at=max(at for at, _level in calls) + UNKNOWN + timedelta(seconds=1),
        open=(watched,),
        count_open=1,
        waiting=(),
        mixed_up=(),
        unread=0,
        ends=Ends(0, 0, 0, 0),
        clock_apart=timedelta(0),
        signs={},
        outcomes={},
    )
    return list(unknown_calls_are_followed(look))


def a_page(**changed: object) -> Page:
    incident = an_incident(pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1))
    (page,) = incident.pages.values()
    return replace(page, **changed)  # type: ignore[arg-type]  # its own fields


def test_a_call_that_ended_just_after_the_page_was_taken_is_none_of_the_new_search() -> None:
    again = a_page(accepted_at=TAKEN, level=1, level_since=AGAIN, began=(MORNING, AGAIN))

    assert found(again, (TAKEN + timedelta(seconds=3), 0)) == []
    assert found(again, (AGAIN + timedelta(seconds=3), 0)) == []  # of the level before, and late


def test_a_call_of_the_new_search_is_followed_also_on_its_later_levels() -> None:
    later = AGAIN + timedelta(minutes=2)
    again = a_page(accepted_at=TAKEN, level=2, level_since=later, began=(MORNING, AGAIN, later))

    assert [each.invariant for each in found(again, (AGAIN + timedelta(seconds=3), 1))] == ["I5"]


def test_a_call_of_a_page_that_nobody_took_is_followed() -> None:
    page = a_page()

    assert [each.invariant for each in found(page, (page.requested_at, 0))] == ["I5"]


def test_where_no_level_is_left_after_it_was_taken_no_call_of_before_is_a_fault() -> None:
    """Whoever took it did not come, and its alarm sounds; nobody took the other one, and its calls still count."""
    end = {"state": PageState.EXHAUSTED, "level": 1, "level_since": MORNING, "began": (MORNING, MORNING)}

    taken, never = a_page(accepted_at=TAKEN, **end), a_page(**end)

    assert found(taken, (TAKEN + timedelta(seconds=3), 1)) == []
    assert [each.invariant for each in found(never, (TAKEN, 1))] == ["I5"]
