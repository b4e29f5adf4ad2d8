"""A text that names a time, by the real clients: what was read leaves, another time does not, what is over stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisis import family_commands as fcmd
from crisis.errors import Refused
from crisis.family_events import GuardianTextOrdered
from crisis.message_words import MeetingPlace, MessageWay, SendState
from crisis.notify.extras import Extras
from crisis.notify.handsets_plans import Delivery
from crisis.notify.smtp import Mailer, Server
from crisis.policy.meetings import Meeting
from crisis.store import contact_record, family_mail, incidents, school_lines, texting
from crisis.store.contact_record import Wish
from crisis.store.engine import Store
from crisis.store.school_lines import SchoolLine
from crisis.store.texting import Chosen, Offer
from crisis.vocabulary import LegalBasis, Mode, PersonId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.notify.family import CALLBACK, FATHER, HERS, HIS, MOTHER, STEP, Home, a_home, publish_texts
from tests.notify.test_smtp import FROM, Mailbox, a_mail_server
from tests.notify.village import COUNSELOR, PUBLIC, wait_until

ADDRESS = "madre.garcia@example.org"


@pytest.fixture
def home(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = a_home(store, tmp_path, monkeypatch)
    publish_texts(made.store, made.at, ("f6", "f10"))
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Mailbox]]:
    box = Mailbox()
    with a_mail_server(box) as port:
        yield port, box


def tomorrow(home: Home, hour: int = 15, minute: int = 30) -> datetime:
    """By the clock of the world; half past three is in the morning or at noon wherever the schools are."""
    day = home.at + timedelta(days=1)
    return day.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)


def chosen(home: Home, at: datetime | None = None, place: MeetingPlace = MeetingPlace.ADDRESS) -> Chosen:
    return Chosen(meeting=Meeting(at=at or tomorrow(home), place=place), number_given=True)


def offer(home: Home, what: Chosen, person: PersonId = MOTHER, message: str = "f6", *, mail: bool = False) -> Offer:
    with home.store.read() as tx:
        ground = texting.ground(tx, incidents.load(tx, home.incident), COUNSELOR, home.at)
        phone = next(iter(family_mail.of_student(tx, STUDENT, person))) if mail else home.phone(person)
        return ground.offer(person, phone, message, home.at, what)


def order(home: Home, what: Chosen, person: PersonId = MOTHER, message: str = "f6") -> fcmd.TextGuardian:
    return ordering(home, offer(home, what, person, message), what)


def ordering(home: Home, found: Offer, what: Chosen) -> fcmd.TextGuardian:
    return fcmd.TextGuardian(
        by=home.village.actor(COUNSELOR),
        step=STEP,
        person=found.person,
        phone=found.phone,
        message=found.written.message,
        language=found.written.tag or "en",
        rung=found.written.rung,
        shown=found.written.shown,
        way=found.way,
        meets_at=what.meeting.at,
        place=what.meeting.place,
        number_given=what.number_given,
    )


def refused(home: Home, wanted: fcmd.TextGuardian) -> set[tuple[str, str]]:
    before = home.state().seq
    with pytest.raises(Refused) as found:
        home.village.gives(home.incident, wanted)
    assert home.state().seq == before
    return {(each.rule, each.at) for each in found.value.reasons}


@pytest.mark.parametrize("message", ["f6", "f10"])
def test_each_guardian_reads_the_time_in_their_language_and_each_has_one_row_pr_23_pr_72(
    home: Home, message: str
) -> None:
    what = chosen(home)
    read = {person: offer(home, what, person, message) for person in (MOTHER, FATHER)}
    for person in (MOTHER, FATHER):
        home.village.gives(home.incident, order(home, what, person, message))
        home.work()

    for person, number, words in ((MOTHER, HERS, ("a. m.", "40 Elm St")), (FATHER, HIS, ("a.m.", "40 Elm St"))):
        assert home.bodies(number) == [read[person].written.body]
        assert all(each in home.bodies(number)[0] for each in words)
        assert (read[person].written.length.segments, read[person].against) == (1, ())
    assert sorted((row.persons, row.basis, row.fields) for row in home.ledger()) == [
        ((FATHER,), LegalBasis.NO_PII, ("meeting",)),
        ((MOTHER,), LegalBasis.NO_PII, ("meeting",)),
    ]
    state = home.state()
    assert (state.guardian_reached_at, state.contact_attempts, STEP in state.steps) == (None, (), False)


def test_the_log_says_which_moment_and_place_and_that_they_gave_their_number(home: Home) -> None:
    what = chosen(home, place=MeetingPlace.TELEPHONE)

    home.village.gives(home.incident, order(home, what))

    (said,) = [each.event for each in home.village.log(home.incident) if isinstance(each.event, GuardianTextOrdered)]
    assert (said.meets_at, said.place, said.number_given) == (what.meeting.at, MeetingPlace.TELEPHONE, True)
    text = home.text()
    assert (text.meets_at, text.place, text.number_given) == (said.meets_at, said.place, True)


def test_an_old_preview_of_another_time_or_place_is_refused_like_an_old_text_pr_71(home: Home) -> None:
    read = order(home, chosen(home))

    assert refused(home, replace(read, meets_at=tomorrow(home, 16))) == {("PR-71", "")}
    assert refused(home, replace(read, place=MeetingPlace.OFFICE)) == {("PR-71", "")}
    home.village.gives(home.incident, read)


def test_without_a_time_a_place_or_the_word_that_it_is_their_number_nothing_is_ordered_pr_8(home: Home) -> None:
    read = order(home, chosen(home))

    assert refused(home, replace(read, meets_at=None, place=None, number_given=False)) == {
        ("PR-8", "meets_at"),
        ("PR-8", "place"),
        ("PR-72", "number_given"),
    }
    assert refused(home, replace(read, meets_at=home.at - timedelta(minutes=1))) == {("PR-14", "meets_at")}
    assert refused(home, replace(read, meets_at=home.at + timedelta(days=61))) == {("PR-14", "meets_at")}


def test_a_time_that_is_over_before_it_leaves_stops_it_pr_14(home: Home) -> None:
    morning = tomorrow(home)
    home.village.watch.ahead += morning - timedelta(minutes=2) - home.at
    home.village.gives(home.incident, order(home, chosen(home, at=morning)))
    home.village.watch.ahead += timedelta(minutes=3)
    home.work()

    assert (home.text().state, home.text().rules, home.bodies()) == (SendState.STOPPED, frozenset({"PR-14"}), [])


def test_a_restriction_or_another_address_before_it_leaves_stops_it_pr_1_pr_5_pr_71(home: Home) -> None:
    home.village.gives(home.incident, order(home, chosen(home)))
    home.village.gives(home.incident, order(home, chosen(home), FATHER))
    with home.store.write() as tx:
        other = SchoolLine(callback=CALLBACK, place="42 Elm St")
        school_lines.set_line(tx, DISTRICT, SCHOOL, other, by=COUNSELOR, at=home.at)
    home.bars(MOTHER)
    home.work()

    rules = {each.contact: each.rules for each in home.state().texts.values()}
    assert rules == {MOTHER: frozenset({"PR-1"}), FATHER: frozenset({"PR-71"})}
    assert (home.bodies(HERS), home.bodies(HIS), home.ledger()) == ([], [], [])


def test_a_drill_practises_it_on_ones_own_telephone_i_22(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = a_home(store, tmp_path, monkeypatch, Mode.DRILL)
    publish_texts(drill.store, drill.at, ("f6",))
    what = chosen(drill)

    drill.village.gives(drill.incident, order(drill, what, COUNSELOR))
    drill.work()

    assert drill.text().state.has_left
    with drill.store.read() as tx:
        ground = texting.ground(tx, drill.state(), COUNSELOR, drill.at)
    (number,) = ground.phones[COUNSELOR].values()
    assert any(each.startswith("DRILL. ") and "Let us meet" in each for each in drill.bodies(number))


def test_by_e_mail_it_goes_without_the_word_about_their_number_and_in_full(
    home: Home, server: tuple[int, Mailbox]
) -> None:
    port, box = server
    box.mails.clear()
    mailer = Mailer(Server(host="127.0.0.1", port=port, tls=False), FROM, within=2.0)
    home.village.worker.extras = Extras(home.store, mailer, None, PUBLIC, home.village.watch)
    with home.store.write() as tx:
        wish = Wish(household=MOTHER, email=ADDRESS)
        contact_record.set_wish(tx, STUDENT, MOTHER, wish, by=COUNSELOR, at=home.at)
    what = replace(chosen(home), number_given=False)
    read = offer(home, what, mail=True)

    home.village.gives(home.incident, ordering(home, read, what))
    home.work()
    wait_until(lambda: home.text().state is SendState.TAKEN)

    (mail,) = box.mails
    assert (read.way, home.text().way) == (MessageWay.EMAIL, MessageWay.EMAIL)
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Larkfield High School")
    assert str(mail.get_payload(decode=True), "utf-8").strip() == read.written.body
    assert "hora del Este" in read.written.body
    assert (len(home.ledger()), home.got()) == (1, [])


def test_the_software_dials_nobody_of_a_family_whatever_becomes_of_a_text_pr_22(home: Home) -> None:
    """Who picks up can hear nothing before they have said who they are: it is people who call, and ask that first."""
    for way in (MessageWay.CALL, MessageWay.VOICEMAIL, MessageWay.PAPER):
        assert refused(home, replace(order(home, chosen(home)), way=way)) == {("PR-71", "")}
    home.sent(MOTHER)
    home.village.network.plan.deliveries.set(HIS, "messages", Delivery(end="undelivered", code=30003))
    home.sent(FATHER)
    home.village.network.reply(HERS, "Who is this?")
    home.village.network.reply(HIS, "stop")
    home.time_passes()
    for _ in range(6):
        home.village.later(timedelta(minutes=10))
        home.time_passes()

    kinds = {each.kind for number in (HERS, HIS) for each in home.village.network.ledger.of_phone(number)}
    assert "text" in kinds
    assert {each for each in kinds if "call" in each or "ring" in each} == set()
    assert COUNSELOR in home.told("call_family")
