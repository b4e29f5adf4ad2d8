"""Whoever works for an agency goes through one door alone, whatever post they hold as well."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crisis.access_words import IncidentMark, NeedToKnow
from crisis.commands import Actor, ActorKind
from crisis.policy import access
from crisis.policy.naming import NameContext, context_of
from crisis.policy.records import may_see_ledger
from crisis.policy.sight import about, needs
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT, MORNING, SCHOOL, an_incident

ME = PersonId("p-me")
posts = st.frozensets(st.sampled_from(list(StaffRole)), max_size=3)
DOORS: dict[str, Callable[[Actor], bool]] = {
    "record": lambda actor: access.may_keep_record(actor, DISTRICT, SCHOOL),
    "names": lambda actor: access.may_keep_names(actor, DISTRICT, SCHOOL),
    "ledger": lambda actor: may_see_ledger(actor, DISTRICT, SCHOOL, frozenset({ME})),
    "policy": access.may_keep_policy,
    "agreements": access.may_keep_agreements,
    "directory": access.may_keep_directory,
    "glass reviews": access.may_review_glass,
    "sealing": lambda actor: access.may_mark(actor, an_incident(), IncidentMark.SEALED),
}


def somebody(held: frozenset[StaffRole], *, partner: bool) -> Actor:
    schools = frozenset({SCHOOL})
    return Actor(kind=ActorKind.PERSON, id=ME, district=DISTRICT, schools=schools, posts=held, partner=partner)


@given(held=posts)
def test_no_post_opens_to_a_partner_what_the_districts_own_staff_keep_pr_37(held: frozenset[StaffRole]) -> None:
    partner = somebody(held, partner=True)

    assert [door for door, opens in DOORS.items() if opens(partner)] == []
    assert context_of(partner) is NameContext.EXTERNAL_CLINICIAN
    of_district = {NeedToKnow.DISTRICT_POST, NeedToKnow.KEEPS_SEALED}
    assert not needs(partner, about(an_incident()), MORNING) & of_district


def test_the_same_posts_open_them_to_the_districts_own_staff() -> None:
    every = somebody(frozenset(StaffRole), partner=False)

    assert [door for door, opens in DOORS.items() if not opens(every)] == []
    assert context_of(every) is NameContext.STAFF_CONSOLE


def test_what_a_partner_sees_of_an_incident_does_not_hang_on_whom_they_work_for() -> None:
    """A post at the school, or having been called in, is the need to know; the agreement cuts what is shown."""
    counselor = somebody(frozenset({StaffRole.COUNSELOR}), partner=False)
    called = about(replace(an_incident(), adult=ME))

    for asked in (about(an_incident()), called):
        assert (
            needs(replace(counselor, partner=True), asked, MORNING) == needs(counselor, asked, MORNING) != frozenset()
        )
