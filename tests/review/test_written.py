"""When a review is due, which rating fits what was seen, and who signs. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from crisis.drill_events import DrillEnded
from crisis.drill_words import DrillEnd
from crisis.policy.looking_back import leads_somewhere, may_lead, may_read_community, may_write, names_somebody
from crisis.review.review import Review, review
from crisis.review.written import Observed, against, due_at, lacking, objectives, unsignable
from crisis.review_words import Rating, ReviewCause, ReviewState
from crisis.statemachine.ground import SchoolCalendar
from crisis.statemachine.lifecycle import REVIEW
from crisis.vocabulary import Mode, PersonId, Phase, SchoolId, StaffRole
from tests.factories import COUNSELOR, SCHOOL, a_person, suicide_risk
from tests.review.recording import Recording

FRIDAY = datetime(2026, 10, 9, 18, 0, tzinfo=UTC)  # 14:00 at the school
CALENDAR = SchoolCalendar(
    zone="America/New_York", opens=time(8), closes=time(15), days_off=frozenset({date(2026, 10, 12)})
)
A, B = PersonId("p-a"), PersonId("p-b")
AREA = Observed(rating=Rating.SOME_CHALLENGES, strengths=1, areas=1)


def looked(*causes: ReviewCause, closed: bool = True) -> Review:
    told = Recording(suicide_risk())
    told.opens(FRIDAY)
    found = review(told.log, told.protocol, told.ground, FRIDAY)
    return replace(found, until=FRIDAY, closed=closed, causes=causes)


def at_the_bell(day: int) -> datetime:
    return datetime(2026, 10, day, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("causes", "day"),
    [
        ((ReviewCause.HIGH_RISK,), 15),  # Tuesday, Wednesday, Thursday: Monday is a holiday
        ((ReviewCause.EMERGENCY, ReviewCause.POLICE), 15),
        ((ReviewCause.HARD_DEADLINE,), 19),
        ((), 19),
    ],
)
def test_it_is_due_three_school_days_after_the_close_where_it_pressed_and_five_otherwise(
    causes: tuple[ReviewCause, ...], day: int
) -> None:
    assert due_at(looked(*causes), CALENDAR) == at_the_bell(day)


@pytest.mark.parametrize(("why", "asked"), [(DrillEnd.OVER, True), (DrillEnd.REAL, True), (DrillEnd.UNDONE, False)])
def test_each_drill_asks_for_a_review_but_one_that_was_taken_back(why: DrillEnd, asked: bool) -> None:
    told = Recording(suicide_risk())
    told.opens(FRIDAY, mode=Mode.DRILL, student=None)
    told.happens(DrillEnded(at=FRIDAY, by=PersonId("p-a"), why=why))

    found = review(told.log, told.protocol, told.ground, FRIDAY)

    assert (ReviewCause.DRILL in found.causes, bool(found.causes)) == (asked, asked)


def test_as_long_as_the_incident_is_open_it_is_not_due() -> None:
    assert due_at(looked(ReviewCause.HIGH_RISK, closed=False), CALENDAR) is None


def test_the_objectives_are_the_phases_of_the_protocol() -> None:
    assert objectives(suicide_risk()) == [
        Phase.IDENTIFICATION,
        Phase.SAFETY_ASSESSMENT,
        Phase.FAMILY_CONTACT,
        Phase.HANDOFF,
        Phase.FOLLOW_UP,
    ]


@pytest.mark.parametrize("rating", list(Rating))
def test_what_should_mostly_get_better_is_not_p_and_may_be_all_else(rating: Rating) -> None:
    refused = against(rating, Observed(strengths=1, areas=2))

    assert (refused is not None) is (rating is Rating.PERFORMED)
    assert against(rating, Observed(strengths=2, areas=2)) is None


def test_a_draft_is_read_once_each_objective_is_rated_and_each_shortfall_is_said() -> None:
    def lacks(**seen: Observed) -> int:
        return len(list(lacking({Phase(name): each for name, each in seen.items()})))

    assert lacks(handoff=Observed(rating=Rating.PERFORMED, strengths=1), family_contact=AREA) == 0
    assert lacks(handoff=Observed(rating=Rating.NOT_RATED)) == 0
    assert lacks(handoff=Observed()) == 1
    for rating in (Rating.SOME_CHALLENGES, Rating.MAJOR_CHALLENGES, Rating.UNABLE):
        assert lacks(handoff=Observed(rating=rating, strengths=3)) == 1
    assert lacks(handoff=Observed(), family_contact=Observed(rating=Rating.PERFORMED, areas=1)) == 2


def test_who_wrote_last_does_not_sign_and_nobody_signs_while_the_figures_go_on() -> None:
    assert len(list(unsignable(A, B, closed=True))) == 0
    assert len(list(unsignable(A, A, closed=True))) == 1
    assert len(list(unsignable(A, A, closed=False))) == 2


def test_it_goes_from_owed_to_closed_and_what_is_signed_never_back() -> None:
    way = [ReviewState.OWED]
    for trigger in ("begin", "hand_in", "send_back", "hand_in", "sign", "close"):
        way.append(ReviewState(REVIEW.move(way[-1], trigger)))

    assert way[-1] is ReviewState.CLOSED
    assert not any(REVIEW.allows(state, "send_back") for state in (ReviewState.SIGNED, ReviewState.CLOSED))


def test_the_lead_a_principal_of_the_school_and_the_district_crisis_lead_write_it_and_nobody_else() -> None:
    lead, nurse = COUNSELOR, a_person("p-nurse", post=StaffRole.NURSE)
    principal = a_person("p-principal", post=StaffRole.PRINCIPAL)
    district = replace(a_person("p-district", post=StaffRole.DISTRICT_LEAD), schools=frozenset())
    officer = replace(a_person("p-officer", post=StaffRole.PRIVACY_OFFICER), schools=frozenset())
    everybody = (lead, nurse, principal, district, officer, replace(lead, partner=True))

    assert [may_write(each, SCHOOL, lead.id) for each in everybody] == [True, False, True, True, False, False]
    assert [may_lead(each, SCHOOL) for each in everybody] == [False, False, True, True, False, False]
    assert not may_write(principal, SchoolId("s-2"), lead.id)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ximena waited alone.", True),
        ("The mother of QUETZAL was called late", True),
        ("ximena quetzal waited", True),
        ("Quétzal's file was missing", True),
        ("We will ask sooner; a marked door helps.", False),
        ("The counselor came late.", False),
        ("Then Will came.", True),
        ("ximena waited alone.", True),
        ("the brother of quetzal called", True),
        ("a door with marks on it", False),
    ],
)
def test_a_name_is_found_whole_or_in_part_in_any_case_but_a_word_is_no_name(text: str, named: bool) -> None:
    assert names_somebody(text, ["Ximena Quetzal", "Will Marks"]) is named


def test_staff_of_an_agency_read_the_community_report_and_lead_nothing() -> None:
    partner = replace(a_person("p-partner"), posts=frozenset({StaffRole.PRINCIPAL}), partner=True)

    assert may_read_community(partner)
    assert not leads_somewhere(partner)
    assert not may_read_community(a_person("p-nurse"))
