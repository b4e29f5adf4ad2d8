"""The decision about contacting an adult: each rule by its number, and what must hold for any record at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.age import years
from crisis.policy.contact import (
    WHY,
    WRITTEN,
    Adult,
    Circumstances,
    Contact,
    ContactRecord,
    Decision,
    Restriction,
    decide_contact,
)
from crisis.policy.family_plan import Condition, Plan
from crisis.policy.hours import AvoidedTime
from crisis.policy.packs import FLOOR, pack_of
from crisis.privacy_words import (
    Authority,
    ContactEffect,
    ContactPurpose,
    ContactWay,
    NoticeRule,
    Obligation,
    RestrictionKind,
)
from crisis.protocols import loader
from crisis.record_words import ContactCondition, FamilyStatus
from crisis.vocabulary import PersonId, Relation

MOTHER, FATHER, AUNT = PersonId("p-mother"), PersonId("p-father"), PersonId("p-aunt")
HERS, HIS, SHARED = "+16175550301", "+16175550302", "+16175550303"
AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
MOM = Adult(
    person=MOTHER,
    guardian=True,
    household="one",
    numbers=frozenset({HERS, SHARED}),
    reads=("es",),
    speaks="es",
)
DAD = Adult(person=FATHER, guardian=True, household="two", numbers=frozenset({HIS}), reads=("en",), speaks="en")
AUNTIE = Adult(
    person=AUNT,
    guardian=False,
    authorities=frozenset({Authority.EMERGENCY_CONTACT}),
    household="three",
    numbers=frozenset({SHARED}),
    reads=("en",),
    speaks="en",
)
FAMILY = ContactRecord(zone="America/New_York", birth_date=date(2011, 3, 4), adults=(MOM, DAD, AUNTIE))
READY = Circumstances(published=frozenset({"en", "es"}))


def barred(person: PersonId, kind: RestrictionKind = RestrictionKind.COURT_ORDER, **more: object) -> Restriction:
    return replace(Restriction(kind=kind, person=person, since=AT - timedelta(days=1)), **more)  # type: ignore[arg-type]


def with_(*restrictions: Restriction, record: ContactRecord = FAMILY) -> ContactRecord:
    return replace(record, restrictions=restrictions)


def asked(
    record: ContactRecord,
    person: PersonId = MOTHER,
    purpose: ContactPurpose = ContactPurpose.INFORM,
    way: ContactWay = ContactWay.CALL,
    number: str | None = None,
    circumstances: Circumstances = READY,
    at: datetime = AT,
) -> Decision:
    return decide_contact(record, Contact(person=person, purpose=purpose, way=way, number=number), circumstances, at)


def told(decision: Decision) -> tuple[ContactEffect, list[str]]:
    return decision.effect, [each.rule for each in decision.reasons]


@pytest.mark.parametrize("kind", RestrictionKind)
@pytest.mark.parametrize("way", ContactWay)
@pytest.mark.parametrize("purpose", ContactPurpose)
def test_nobody_contacts_a_restricted_person_pr_1(
    kind: RestrictionKind, way: ContactWay, purpose: ContactPurpose
) -> None:
    decision = asked(with_(barred(FATHER, kind)), FATHER, purpose, way, HIS)

    assert decision.effect is ContactEffect.REFUSE
    assert decision.reasons[0] == WHY[kind]


def test_an_emergency_lifts_no_restriction_pr_1() -> None:
    at_once = replace(READY, emergency=True)

    assert asked(with_(barred(FATHER)), FATHER, circumstances=at_once).effect is ContactEffect.REFUSE


def test_a_number_that_is_shared_with_them_is_for_a_person_to_decide_pr_2() -> None:
    record = with_(barred(AUNT))

    assert told(asked(record, number=SHARED)) == (ContactEffect.HUMAN, ["PR-2"])
    assert asked(record, number=HERS).effect is ContactEffect.ALLOW_WITH


def test_who_comes_back_under_another_name_stays_barred_by_their_number_pr_1() -> None:
    new = replace(DAD, person=PersonId("p-new"))
    record = replace(FAMILY, adults=(MOM, new), restrictions=(barred(FATHER, numbers=frozenset({HIS})),))

    assert told(asked(record, new.person, number=HIS)) == (ContactEffect.REFUSE, ["PR-1"])


def test_a_household_under_suspicion_leaves_the_plan_whole_pr_3() -> None:
    together = replace(FAMILY, adults=(MOM, replace(DAD, household="one"), AUNTIE))

    assert told(asked(with_(barred(FATHER, RestrictionKind.SUSPECTED_ABUSE), record=together))) == (
        ContactEffect.REFUSE,
        ["PR-3"],
    )
    assert asked(with_(barred(FATHER), record=together), number=HERS).effect is ContactEffect.ALLOW_WITH
    assert told(asked(with_(barred(FATHER, household=True), record=together)))[1] == ["PR-3"]


@pytest.mark.parametrize("unknown", [MOTHER, FATHER])
def test_a_household_that_nobody_recorded_is_not_a_safe_one_pr_3(unknown: PersonId) -> None:
    adults = tuple(replace(each, household=None) if each.person == unknown else each for each in FAMILY.adults)
    record = replace(FAMILY, adults=adults, restrictions=(barred(FATHER, RestrictionKind.SUSPECTED_ABUSE),))

    assert told(asked(record)) == (ContactEffect.HUMAN, ["PR-3"])


def test_child_protection_is_asked_in_place_of_the_parents_pr_4() -> None:
    blocked = replace(READY, guardians_blocked=True)

    assert told(asked(FAMILY, circumstances=blocked)) == (ContactEffect.REFUSE, ["PR-4"])
    aunt = asked(FAMILY, AUNT, ContactPurpose.PICKUP, number=SHARED, circumstances=blocked)
    assert aunt.effect is not ContactEffect.REFUSE


def test_an_order_that_has_run_out_permits_nothing_by_itself_pr_7() -> None:
    last_day = date(2026, 10, 6)
    record = with_(barred(FATHER, until=last_day))
    midnight = datetime(2026, 10, 7, 4, 0, tzinfo=UTC)  # in the school's time

    assert asked(record, FATHER, at=midnight - timedelta(seconds=1)).effect is ContactEffect.REFUSE
    assert told(asked(record, FATHER, at=midnight)) == (ContactEffect.HUMAN, ["PR-7"])
    lifted = with_(barred(FATHER, until=last_day, lifted_at=midnight))
    assert asked(lifted, FATHER, at=midnight).effect is ContactEffect.ALLOW


def test_it_acts_from_the_moment_when_it_is_entered_pr_6() -> None:
    record = with_(barred(FATHER, since=AT))

    assert asked(record, FATHER, at=AT).effect is ContactEffect.REFUSE
    assert asked(record, FATHER, at=AT - timedelta(seconds=1)).effect is ContactEffect.ALLOW


def test_whatever_is_written_or_left_behind_is_neutral_pr_8() -> None:
    for way in ContactWay:
        decision = asked(FAMILY, FATHER, way=way, number=HIS)
        neutral = way in {*WRITTEN, ContactWay.VOICEMAIL}
        assert (Obligation.NEUTRAL_TEMPLATE in decision.obligations) is neutral


def test_who_wrote_stop_is_called_pr_15() -> None:
    stopped = replace(FAMILY, adults=(replace(DAD, stopped=frozenset({HIS})),))

    assert told(asked(stopped, FATHER, way=ContactWay.TEXT, number=HIS)) == (ContactEffect.REFUSE, ["PR-15"])
    assert asked(stopped, FATHER, number=HIS).effect is ContactEffect.ALLOW


def test_nothing_is_left_where_others_hear_it_pr_21() -> None:
    wary = replace(FAMILY, adults=(replace(DAD, safe_to_leave_message=False), MOM, AUNTIE))

    for record, person, number in ((wary, FATHER, HIS), (FAMILY, MOTHER, SHARED)):
        assert "PR-21" in told(asked(record, person, way=ContactWay.VOICEMAIL, number=number))[1]
        assert Obligation.NO_VOICEMAIL in asked(record, person, number=number).obligations


BIRTHDAY = datetime(2029, 3, 4, 5, 0, tzinfo=UTC)  # 00:00 at the school


@pytest.mark.parametrize(("born", "turns"), [(date(2011, 3, 4), BIRTHDAY), (date(2012, 2, 29), None)])
def test_at_eighteen_the_rights_are_the_students_pr_28(born: date, turns: datetime | None) -> None:
    record = replace(FAMILY, birth_date=born)
    turns = turns or datetime(2030, 3, 1, 5, 0, tzinfo=UTC)

    assert asked(record, FATHER, at=turns - timedelta(seconds=1)).effect is ContactEffect.ALLOW
    assert told(asked(record, FATHER, at=turns)) == (ContactEffect.HUMAN, ["PR-28"])
    assert asked(record, FATHER, ContactPurpose.PICKUP, at=turns).effect is ContactEffect.ALLOW
    emergency = replace(READY, emergency=True)
    assert asked(record, FATHER, at=turns, circumstances=emergency).effect is ContactEffect.ALLOW


@pytest.mark.parametrize("purpose", ContactPurpose)
def test_family_is_no_authority_pr_30(purpose: ContactPurpose) -> None:
    safe = purpose in {ContactPurpose.SAFETY_CALLBACK, ContactPurpose.PICKUP, ContactPurpose.LOGISTICS}
    unknown = replace(FAMILY, adults=(replace(DAD, guardian=None),))
    alone = replace(FAMILY, adults=(replace(AUNTIE, authorities=frozenset()),))
    stranger = PersonId("p-nobody")

    aunt = asked(FAMILY, AUNT, purpose)
    assert (aunt.effect is ContactEffect.ALLOW) is safe
    assert (asked(unknown, FATHER, purpose).effect is ContactEffect.ALLOW) is safe
    assert asked(alone, AUNT, purpose).effect is (ContactEffect.HUMAN if safe else ContactEffect.REFUSE)
    assert told(asked(FAMILY, stranger, purpose)) == (ContactEffect.HUMAN, ["PR-30"])


def test_where_the_law_forbids_it_only_safety_is_spoken_of_pr_42() -> None:
    pack = replace(FLOOR, id="us-xx", parent_notice=NoticeRule.FORBIDDEN_WITHOUT_MINOR_CONSENT)
    agreed = replace(READY, minor_consented=True, pack=pack)

    safety = asked(FAMILY, FATHER, circumstances=agreed)
    wider = asked(FAMILY, FATHER, ContactPurpose.FOLLOW_UP, circumstances=agreed)

    assert (safety.effect, safety.obligations) == (ContactEffect.ALLOW_WITH, frozenset({Obligation.SAFETY_ONLY}))
    assert (told(wider), wider.pack) == ((ContactEffect.HUMAN, ["PR-42"]), "us-xx 2026.1")


def test_each_adult_is_reached_in_their_own_language_and_never_silently_in_english_pr_72_pr_73() -> None:
    english_only = replace(READY, published=frozenset({"en"}))
    unknown = replace(FAMILY, adults=(replace(DAD, reads=(), speaks=None),))

    assert Obligation.INTERPRETER_FIRST in asked(FAMILY, MOTHER, number=HERS).obligations
    assert Obligation.INTERPRETER_FIRST not in asked(FAMILY, FATHER, number=HIS).obligations
    text = asked(FAMILY, MOTHER, way=ContactWay.TEXT, number=HERS, circumstances=english_only)
    assert told(text) == (ContactEffect.REFUSE, ["PR-73"])
    assert asked(FAMILY, MOTHER, way=ContactWay.TEXT, number=HERS).effect is ContactEffect.ALLOW_WITH
    assert told(asked(unknown, FATHER, way=ContactWay.TEXT, number=HIS)) == (ContactEffect.REFUSE, ["PR-73"])
    assert Obligation.ASK_LANGUAGE in asked(unknown, FATHER, number=HIS).obligations


def test_a_general_language_or_a_line_of_theirs_with_english_is_no_silent_english_pr_73() -> None:
    """As the ladder says it: of two forms of a language neither is guessed, and a line needs the English text."""

    def text_to(reads: tuple[str, ...], given: Circumstances) -> ContactEffect:
        record = replace(FAMILY, adults=(replace(DAD, reads=reads),))
        return asked(record, FATHER, way=ContactWay.TEXT, number=HIS, circumstances=given).effect

    brazil = replace(READY, published=frozenset({"en", "pt-BR"}))
    lines = replace(READY, published=frozenset({"en"}), lines=frozenset({"ht"}))
    assert text_to(("pt",), brazil) is ContactEffect.ALLOW_WITH
    assert text_to(("pt-PT",), brazil) is ContactEffect.REFUSE
    assert text_to(("ht",), lines) is ContactEffect.ALLOW_WITH
    assert text_to(("ht",), replace(lines, published=frozenset())) is ContactEffect.REFUSE
    assert text_to(("so",), lines) is ContactEffect.REFUSE


def test_a_number_that_is_not_theirs_or_takes_no_texts_says_what_to_do_pr_2_pr_15() -> None:
    strangers = replace(FAMILY, adults=(replace(DAD, not_theirs=frozenset({HIS})),))
    landline = replace(FAMILY, adults=(replace(DAD, not_reached=frozenset({HIS})),))
    mistake = ContactPurpose.LOGISTICS

    assert told(asked(strangers, FATHER, number=HIS)) == (ContactEffect.REFUSE, ["PR-2"])
    assert asked(strangers, FATHER, mistake, ContactWay.TEXT, number=HIS).effect is ContactEffect.ALLOW_WITH
    assert told(asked(landline, FATHER, way=ContactWay.TEXT, number=HIS)) == (ContactEffect.REFUSE, ["PR-15"])
    assert asked(landline, FATHER, number=HIS).effect is ContactEffect.ALLOW


PEOPLE = [PersonId(f"p-{name}") for name in ("a", "b", "c", "d")]
NUMBERS = [f"+1617555040{number}" for number in range(4)]
adults = st.builds(
    Adult,
    person=st.sampled_from(PEOPLE),
    guardian=st.sampled_from([True, False, None]),
    relation=st.sampled_from(Relation),
    authorities=st.frozensets(st.sampled_from(Authority), max_size=2),
    household=st.sampled_from(["one", "two", None]),
    numbers=st.frozensets(st.sampled_from(NUMBERS), max_size=2),
    stopped=st.frozensets(st.sampled_from(NUMBERS), max_size=1),
    not_reached=st.frozensets(st.sampled_from(NUMBERS), max_size=1),
    not_theirs=st.frozensets(st.sampled_from(NUMBERS), max_size=1),
    safe_to_leave_message=st.booleans(),
    voice_only=st.booleans(),
    reads=st.lists(st.sampled_from(["en", "es", "ht"]), max_size=2),
    speaks=st.sampled_from(["en", "es", "ht", None]),
    interpreter=st.booleans(),
)
moments = st.integers(0, 364 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
restrictions = st.builds(
    Restriction,
    kind=st.sampled_from(RestrictionKind),
    person=st.sampled_from(PEOPLE),
    numbers=st.frozensets(st.sampled_from(NUMBERS), max_size=2),
    household=st.booleans(),
    since=moments,
    until=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    lifted_at=st.none() | moments,
)
conditions = st.builds(
    Condition,
    person=st.sampled_from(PEOPLE),
    kind=st.just(ContactCondition.WITH_ADULT),
    beside=st.sampled_from(PEOPLE),
)
plans = st.builds(
    Plan,
    status=st.none() | st.sampled_from(FamilyStatus),
    first=st.none() | st.sampled_from(PEOPLE),
    order=st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3),
    conditions=st.lists(conditions, max_size=2),
)
times = st.builds(AvoidedTime, person=st.none() | st.sampled_from(PEOPLE), starts=st.times(), ends=st.times())
records = st.builds(
    ContactRecord,
    zone=st.sampled_from(["America/New_York", "Pacific/Kiritimati"]),
    birth_date=st.none() | st.dates(date(2000, 1, 1), date(2020, 1, 1)),
    adults=st.lists(adults, max_size=4, unique_by=lambda each: each.person),
    restrictions=st.lists(restrictions, max_size=3),
    plan=plans,
    avoided=st.lists(times, max_size=2),
)
contacts = st.builds(
    Contact,
    person=st.sampled_from(PEOPLE),
    purpose=st.sampled_from(ContactPurpose),
    way=st.sampled_from(ContactWay),
    number=st.none() | st.sampled_from(NUMBERS),
)
circumstances_ = st.builds(
    Circumstances,
    emergency=st.booleans(),
    decided=st.dictionaries(st.sampled_from(PEOPLE), st.booleans(), max_size=2),
    guardians_blocked=st.booleans(),
    minor_consented=st.booleans(),
    published=st.frozensets(st.sampled_from(["en", "es"])),
    lines=st.frozensets(st.sampled_from(["es", "ht"])),
    pack=st.sampled_from([pack_of(loader.pack(name)) for name in loader.packs()]),
)


@given(records, contacts, circumstances_, moments)
def test_every_record_has_an_answer_and_every_no_its_reason_pr_84(
    record: ContactRecord, contact: Contact, circumstances: Circumstances, at: datetime
) -> None:
    decision = decide_contact(record, contact, circumstances, at)

    assert decision == decide_contact(record, contact, circumstances, at)
    assert bool(decision.reasons) is (decision.effect in (ContactEffect.REFUSE, ContactEffect.HUMAN))
    assert all(each.rule.startswith(("PR-", "FAMILY")) and each.text for each in decision.reasons)


@given(records, contacts, circumstances_, moments, restrictions)
def test_one_more_restriction_never_permits_anything_pr_1(
    record: ContactRecord, contact: Contact, circumstances: Circumstances, at: datetime, more: Restriction
) -> None:
    order = list(ContactEffect)
    before = decide_contact(record, contact, circumstances, at)
    after = decide_contact(replace(record, restrictions=[*record.restrictions, more]), contact, circumstances, at)

    assert order.index(after.effect) >= order.index(before.effect)


@given(records, contacts, circumstances_, moments)
def test_whoever_is_barred_now_is_never_allowed_pr_1_pr_2(
    record: ContactRecord, contact: Contact, circumstances: Circumstances, at: datetime
) -> None:
    now = [each for each in record.restrictions if each.since <= at and (each.lifted_at is None or at < each.lifted_at)]
    theirs = {number for each in now for number in each.numbers}
    theirs |= {
        number for each in now for adult in record.adults if adult.person == each.person for number in adult.numbers
    }
    touched = contact.person in {each.person for each in now}
    lasting = {number for each in now if each.until is None for number in each.numbers}

    decision = decide_contact(record, contact, circumstances, at)

    if touched or contact.number in lasting:
        assert decision.effect in (ContactEffect.REFUSE, ContactEffect.HUMAN)


@given(records, contacts, moments)
def test_an_emergency_and_a_ready_message_never_restrain(record: ContactRecord, contact: Contact, at: datetime) -> None:
    order = list(ContactEffect)
    calm = decide_contact(record, contact, Circumstances(), at)
    urgent = decide_contact(record, contact, Circumstances(emergency=True, published=frozenset({"en", "es", "ht"})), at)

    assert order.index(urgent.effect) <= order.index(calm.effect)


@given(st.dates(date(1990, 1, 1), date(2025, 12, 31)), st.dates(date(2026, 1, 1), date(2060, 1, 1)))
def test_years_are_counted_by_birthdays(born: date, day: date) -> None:
    age = years(born, day)

    assert (born.year + age, born.month, born.day) <= (day.year, day.month, day.day)
    assert (born.year + age + 1, born.month, born.day) > (day.year, day.month, day.day)
