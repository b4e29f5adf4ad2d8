"""Who must not be contacted: entered by one, in force at once, lifted by two, asked in the transaction of the deed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from crisis import commands as cmd
from crisis.errors import NotFound, Refused
from crisis.privacy_words import ContactEffect, ContactWay, EmailOver, RestrictionKind
from crisis.protocols import loader
from crisis.store import (
    audit,
    contact_record,
    contacting,
    family_mail,
    hours,
    people,
    protocols,
    restrictions,
    roster,
)
from crisis.store.contact_record import Wish
from crisis.store.engine import Store
from crisis.store.restrictions import Entry, Kept
from crisis.submit import open_incident, submit
from crisis.vocabulary import (
    ContactMethod,
    ContactOutcome,
    DistrictId,
    Guardian,
    IncidentId,
    LanguageHelp,
    PersonId,
    Relation,
    ReleaseTo,
    Role,
    StepId,
)
from tests.factories import DISTRICT, STUDENT, a_person, opening
from tests.web.district import COUNSELOR, NURSE, OFFICER, a_district

CARE = a_person("p-counselor", *Role)
AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MOTHER, FATHER, AUNT = PersonId("p-mother"), PersonId("p-father"), PersonId("p-aunt")
HERS, HIS, SHARED = "+16175550301", "+16175550302", "+16175550303"
BARRED = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.COURT_ORDER)


@pytest.fixture
def family(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        for person, numbers, guardian, relation in (
            (MOTHER, (HERS, SHARED), Guardian.YES, Relation.PARENT),
            (FATHER, (HIS,), Guardian.YES, Relation.PARENT),
            (AUNT, (SHARED,), Guardian.NO, Relation.RELATIVE),
        ):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=False, language="en")
            roster.tie(tx, STUDENT, person, relation, guardian=guardian, priority=1)
            for number in numbers:
                roster.add_phone(tx, person, number)
    return store


def entered(store: Store, entry: Entry = BARRED) -> str:
    with store.write() as tx:
        return restrictions.enter(tx, entry, by=COUNSELOR, at=AT)


def kept(store: Store) -> Kept:
    with store.read() as tx:
        (found,) = restrictions.of_student(tx, STUDENT)
    return found


def effects(store: Store, at: datetime = AT) -> dict[PersonId, ContactEffect]:
    with store.read() as tx:
        return {each.contact.person: each.decision.effect for each in contacting.cards(tx, STUDENT, None, at)}


def test_it_is_in_force_at_once_for_every_number_of_theirs_pr_6(family: Store) -> None:
    before = effects(family)
    entered(family)
    entered(family)  # saying it twice is saying it once

    with family.read() as tx:
        (his,) = [each for each in contacting.cards(tx, STUDENT, None, AT) if each.contact.person == FATHER]
    assert before[FATHER] is ContactEffect.ALLOW
    assert effects(family) == {**before, FATHER: ContactEffect.REFUSE}
    assert (his.numbers, kept(family).numbers, kept(family).checked_by) == ((), frozenset({HIS}), None)


def test_who_checks_or_lifts_it_is_somebody_else_pr_6(family: Store) -> None:
    restriction = entered(family)

    def does(step: Callable[..., None], by: PersonId) -> None:
        with family.write() as tx:
            step(tx, restriction, DISTRICT, by=by, at=AT + DAY)

    for step, by in (
        (restrictions.check, COUNSELOR),  # who entered it
        (restrictions.lift, NURSE),  # nobody has asked yet
    ):
        with pytest.raises(Refused, match=r"second person|asks for it"):
            does(step, by)
    does(restrictions.check, NURSE)
    does(restrictions.ask_to_lift, NURSE)
    with pytest.raises(Refused, match="second person agrees"):
        does(restrictions.lift, NURSE)
    assert effects(family)[FATHER] is ContactEffect.REFUSE
    does(restrictions.keep, OFFICER)
    assert kept(family).lift_asked_by is None
    does(restrictions.ask_to_lift, NURSE)
    does(restrictions.lift, OFFICER)

    assert effects(family, AT + DAY)[FATHER] is ContactEffect.ALLOW
    with pytest.raises(Refused, match="lifted before"):
        does(restrictions.ask_to_lift, NURSE)
    with family.read() as tx:
        assert audit.verify(tx).ok


def test_the_database_knows_it_too_pr_6(family: Store) -> None:
    restriction = entered(family)
    for values in (
        {"checked_by": COUNSELOR, "checked_at": AT},
        {"lift_asked_by": NURSE, "lift_asked_at": AT, "lifted_by": NURSE, "lifted_at": AT},
        {"lifted_by": NURSE, "lifted_at": AT},
    ):
        with pytest.raises(IntegrityError), family.write() as tx:
            restrictions._change(tx, restriction, **values)


def test_after_a_day_somebody_has_to_look_and_it_stays_in_force_pr_6(family: Store) -> None:
    entered(family)

    assert [kept(family).to_check(AT + each) for each in (DAY - timedelta(seconds=1), DAY)] == [False, True]
    assert effects(family, AT + 30 * DAY)[FATHER] is ContactEffect.REFUSE


def test_another_district_knows_nothing_of_it(family: Store) -> None:
    restriction = entered(family)

    for step in (restrictions.check, restrictions.ask_to_lift, restrictions.lift):
        with pytest.raises(NotFound), family.write() as tx:
            step(tx, restriction, DistrictId("d-2"), by=NURSE, at=AT)
    stranger = Entry(student=STUDENT, person=NURSE, kind=RestrictionKind.STUDENT_FEAR)
    with pytest.raises(Refused, match="not on the student's record"):
        entered(family, stranger)


def test_a_number_is_barred_under_a_new_name_too_pr_1(family: Store) -> None:
    """An import brings the same man back under a new id."""
    entered(family)
    again = PersonId("p-new")
    with family.write() as tx:
        tx.exec_driver_sql("DELETE FROM relationship WHERE person = 'p-father'")
        roster.add_person(tx, DISTRICT, again, ("Given", "New"), staff=False)
        roster.tie(tx, STUDENT, again, Relation.PARENT, guardian=Guardian.YES, priority=1)
        roster.add_phone(tx, again, HIS)

    with family.read() as tx:
        (card,) = [each for each in contacting.cards(tx, STUDENT, None, AT) if each.contact.person == again]
    ((number, decision),) = card.numbers
    assert (number, decision.effect) == (HIS, ContactEffect.REFUSE)


def test_a_household_is_what_somebody_recorded_pr_3(family: Store) -> None:
    entered(family, Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.SUSPECTED_ABUSE))
    unknown = effects(family)
    with family.write() as tx:
        for person, home in ((FATHER, "his home"), (MOTHER, "his home"), (AUNT, "her home")):
            contact_record.set_wish(tx, STUDENT, person, Wish(household=home), by=COUNSELOR, at=AT)

    assert unknown[MOTHER] is ContactEffect.HUMAN
    assert effects(family)[MOTHER] is ContactEffect.REFUSE
    assert effects(family)[AUNT] is not ContactEffect.REFUSE


def test_a_wish_is_of_an_adult_of_this_student_and_holds_no_address(family: Store) -> None:
    with pytest.raises(NotFound), family.write() as tx:
        contact_record.set_wish(tx, STUDENT, NURSE, Wish(), by=COUNSELOR, at=AT)
    with pytest.raises(Refused, match="address"), family.write() as tx:
        contact_record.set_wish(tx, STUDENT, MOTHER, Wish(household="1 Long Street " * 5), by=COUNSELOR, at=AT)


# in the transaction of the deed


def rules_of(store: Store, incident: IncidentId, command: cmd.Command) -> set[str]:
    with pytest.raises(Refused) as refused:
        submit(store, incident, command, at=AT)
    return {each.rule for each in refused.value.reasons}


def called(person: PersonId) -> cmd.RecordContact:
    return cmd.RecordContact(
        by=CARE,
        step=StepId("guardian_contact"),
        contact=person,
        guardian=True,
        method=ContactMethod.PHONE,
        outcome=ContactOutcome.REACHED,
        language="en",
        language_help=LanguageHelp.SHARED,
        understood=True,
    )


def released(person: PersonId) -> cmd.ReleaseCustody:
    return cmd.ReleaseCustody(by=CARE, to=ReleaseTo.GUARDIAN, contact=person, identity_checked=True)


def test_no_call_is_recorded_and_nobody_released_to_who_is_barred_pr_1_pr_5(family: Store) -> None:
    with family.write() as tx:
        hashed = protocols.publish(tx, loader.protocol("suicide_risk"), AT)
    order = opening(by=CARE, protocol_hash=hashed, place=None, student=STUDENT)
    incident = open_incident(family, order, at=AT).incident.id
    before = [rules_of(family, incident, order(FATHER)) for order in (called, released)]

    entered(family)

    assert all("PR-1" not in rules for rules in before)
    assert [rules_of(family, incident, order(FATHER)) for order in (called, released)] == [{"PR-1"}, {"PR-1"}]
    assert all("PR-1" not in rules_of(family, incident, order(MOTHER)) for order in (called, released))


def test_nobody_is_released_on_an_order_that_ran_out_unless_a_lead_decides_pr_7(family: Store) -> None:
    with family.write() as tx:
        hashed = protocols.publish(tx, loader.protocol("suicide_risk"), AT)
    order = opening(by=CARE, protocol_hash=hashed, place=None, student=STUDENT)
    incident = open_incident(family, order, at=AT).incident.id
    entered(family, replace(BARRED, until=date(2026, 10, 5)))

    nobody = replace(released(FATHER), by=replace(CARE, roles=frozenset({Role.SUPERVISING_ADULT})))
    assert rules_of(family, incident, nobody) == {"PR-7"}
    assert "PR-7" not in rules_of(family, incident, released(FATHER))


def test_an_address_of_e_mail_is_barred_with_its_owner_and_what_was_said_of_it_stays_pr_1_pr_15(family: Store) -> None:
    """Whoever the record says has it later; and an order to send no more outlives a new wish of the same adult."""
    address = "his@example.org"

    def wishes(person: PersonId, email: str | None) -> None:
        with family.write() as tx:
            wish = Wish(household=person, email=email)
            contact_record.set_wish(tx, STUDENT, person, wish, by=COUNSELOR, at=AT)

    wishes(FATHER, address.upper())
    entered(family)
    with family.write() as tx:
        (his,) = family_mail.of(tx, [FATHER])[FATHER]
        family_mail.over(tx, FATHER, his.id, EmailOver.STOPPED, at=AT)
    wishes(FATHER, address)
    with family.read() as tx:
        (again,) = family_mail.of(tx, [FATHER])[FATHER]
        adult = next(each for each in contact_record.of_student(tx, STUDENT).adults if each.person == FATHER)
    wishes(FATHER, "new@example.org")
    with family.read() as tx:
        (new,) = family_mail.of(tx, [FATHER])[FATHER]

    assert kept(family).numbers == {HIS, address}
    assert (again, adult.stopped) == (replace(his, over=EmailOver.STOPPED), {address})
    assert (new.id != his.id, new.over) == (True, None)
    with pytest.raises(Refused, match="not an e-mail address"):
        wishes(MOTHER, "hers\nBcc: somebody@example.org")


def test_two_of_a_family_with_one_address_are_written_to_by_a_person_alone_pr_21(family: Store) -> None:
    with family.write() as tx:
        for person in (MOTHER, AUNT):
            wish = Wish(household="one", email="ours@example.org")
            contact_record.set_wish(tx, STUDENT, person, wish, by=COUNSELOR, at=AT)
        hours.set_ways(tx, people.student(tx, STUDENT), MOTHER, (ContactWay.EMAIL,), by=COUNSELOR, at=AT)
        (hers,) = [each for each in contacting.cards(tx, STUDENT, None, AT) if each.contact.person == MOTHER]

    ((way, decision),) = hers.ways
    assert (way, decision.effect) == (ContactWay.EMAIL, ContactEffect.REFUSE)
    assert "PR-21" in {each.rule for each in decision.reasons}
