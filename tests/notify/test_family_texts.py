"""Texts to guardians on real databases, real clients and real routes: what leaves, what does not, and what it says."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crisis import family_commands as fcmd
from crisis.commands import AssignLead, DeclareException
from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.errors import Refused
from crisis.family_events import GuardianWrote
from crisis.message_words import SendState
from crisis.notify.handsets_plans import Delivery
from crisis.notify.worker import LEASE
from crisis.store import contact_record, message_texts, outbox, outgoing, roster, school_lines, sealed
from crisis.store.contact_record import Wish
from crisis.store.engine import Store
from crisis.store.school_lines import SchoolLine
from crisis.submit import submit
from crisis.vocabulary import (
    Guardian,
    IncidentId,
    LegalBasis,
    Mode,
    PageId,
    PageState,
    PersonId,
    Relation,
    Urgency,
    WordsId,
)
from tests.factories import DISTRICT, SCHOOL, STUDENT, SYSTEM
from tests.notify.family import FATHER, HERS, HIS, MOTHER, STEP, Home, a_home, changed, publish_texts
from tests.notify.village import ANA, COUNSELOR, LIVE, PHONES, PRINCIPAL

LINE = "+16175550199"


@pytest.fixture
def home(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return a_home(store, tmp_path, monkeypatch)


def refused(home: Home, order: fcmd.TextGuardian) -> dict[str, str]:
    with pytest.raises(Refused) as found:
        home.village.gives(home.incident, order)
    return {each.rule: each.text for each in found.value.reasons}


def test_each_guardian_gets_the_words_that_were_read_in_their_language_and_each_has_one_row_pr_23_pr_72(
    home: Home,
) -> None:
    hers, his = home.offer(MOTHER), home.offer(FATHER)
    home.sent(MOTHER)
    home.sent(FATHER)
    home.time_passes()

    assert home.bodies(HERS) == [hers.written.body]
    assert home.bodies(HIS) == [his.written.body]
    assert hers.written.body.startswith("Somos Larkfield High School. Por favor, llame ahora al (617) 555-0170")
    assert hers.written.english == his.written.body
    assert (hers.written.length.segments, his.written.length.segments) == (1, 1)
    assert [each.state for each in home.state().texts.values()] == [SendState.DELIVERED] * 2
    rows = home.ledger()
    assert sorted((each.persons, each.basis, each.way, each.purpose, each.fields) for each in rows) == [
        ((person,), LegalBasis.NO_PII, DisclosureWay.MESSAGE, DisclosurePurpose.KEEP_SAFE, ("call_back",))
        for person in (FATHER, MOTHER)
    ]
    assert {(each.released_by, each.kinds) for each in rows} == {(COUNSELOR, (RecipientKind.PARENT,))}


def test_delivered_is_not_informed_and_is_no_attempt_pr_75(home: Home) -> None:
    home.sent()
    home.time_passes()

    state = home.state()
    assert (state.guardian_reached_at, state.contact_attempts, STEP in state.steps) == (None, (), False)


def test_a_restriction_that_comes_before_it_leaves_stops_it_pr_5(home: Home) -> None:
    home.ordered()
    home.bars()
    home.work()
    home.time_passes()

    text = home.text()
    assert (text.state, text.rules) == (SendState.STOPPED, frozenset({"PR-1"}))
    assert (home.bodies(), home.ledger()) == ([], [])
    assert "PR-1" in refused(home, changed(home.order(FATHER), person=MOTHER, phone=home.phone(MOTHER)))
    assert home.events() == ["GuardianTextOrdered", "GuardianTextStopped"]


def test_whoever_is_first_of_a_restriction_and_a_text_the_other_one_sees_it_pr_5(home: Home) -> None:
    """At the same instant, again and again: either nothing left, or it is on record and the lead is told."""
    for turn in range(4):
        text = home.ordered(FATHER)
        start = threading.Barrier(2)

        def bar(start: threading.Barrier = start) -> None:
            start.wait()
            home.bars(FATHER)

        racing = threading.Thread(target=bar)
        racing.start()
        start.wait()
        home.work()
        racing.join()
        home.work()

        state, left = home.state().texts[text], len(home.bodies(HIS))
        assert (state.state is SendState.STOPPED) == (left == 0), turn
        assert state.outrun == (left == 1)
        assert len(home.ledger()) == left
        if left or turn:
            break
        with home.store.write() as tx:
            tx.exec_driver_sql("DELETE FROM restriction_number")
            tx.exec_driver_sql("DELETE FROM restriction")


def test_what_the_carrier_has_already_is_on_record_and_the_lead_hears_of_it_pr_5(home: Home) -> None:
    home.village.gives(home.incident, AssignLead(by=home.village.actor(COUNSELOR), to=PRINCIPAL))
    home.work()
    text = home.sent()

    home.bars()
    home.bars(FATHER)
    home.work()

    assert home.state().texts[text].outrun
    assert home.events()[-1] == "GuardianTextOutrun"
    assert sorted(home.told("text_outrun")) == ["admin", "incident_lead"]
    assert len(home.ledger()) == 1


def test_two_workers_and_a_crash_send_it_once_and_what_is_not_known_is_looked_for_pr_23(home: Home) -> None:
    """The process dies between the commit and the call: nobody sends it again; the carrier says that it has nothing."""
    text = home.ordered()
    order = fcmd.GiveText(by=SYSTEM, text=text)
    assert submit(home.store, home.incident, order, at=home.at).changed
    assert not submit(home.store, home.incident, order, at=home.at).changed

    home.village.later(timedelta(seconds=20))
    unknown = home.text().state
    for _look in range(6):
        home.village.watch.ahead += timedelta(seconds=15)
        home.village.worker.follow()
    home.work()

    assert unknown is SendState.UNKNOWN
    assert home.text().state is SendState.FAILED
    assert (home.bodies(), len(home.ledger())) == ([], 1)


def test_what_does_not_arrive_says_so_at_once_and_whoever_ordered_it_is_told(home: Home) -> None:
    home.village.network.plan.deliveries.set(HERS, "messages", Delivery(end="undelivered", code=30003))
    home.sent()
    home.time_passes()

    assert (home.text().state, home.text().code) == (SendState.FAILED, "30003")
    assert home.told("call_family") == [COUNSELOR]


@pytest.mark.parametrize("word", [" stop ", "Quit", "end", "Revoke.", "Opt out", "CANCEL!", "unsubscribe", "¡Alto!"])
def test_stop_ends_every_text_to_that_number_at_once_and_staff_see_it_pr_15(home: Home, word: str) -> None:
    home.sent()
    home.village.network.reply(HERS, word)
    home.time_passes()

    assert "GuardianTextsRefused" in home.events()
    assert set(refused(home, home.order())) == {"PR-15"}
    assert home.offer(FATHER).against == ()
    with home.store.read() as tx:
        card = contact_record.of_student(tx, STUDENT).adults
    assert {each.person: each.stopped for each in card}[MOTHER] == {HERS}


def test_what_they_write_back_is_shown_to_the_team_and_answered_once_pr_23(home: Home) -> None:
    home.sent()
    for words in ("Estoy en el trabajo, que pasa?", "llamo en 5 minutos", "47A 12", "A"):
        home.village.network.reply(HERS, words)
    home.time_passes()

    state = home.text()
    answers = [each for each in home.bodies() if "Tenemos su mensaje" in each]
    assert (state.replies, state.answered, len(answers)) == (4, True, 1)
    assert len(home.ledger()) == 2  # the text, and the one answer
    with home.store.read() as tx:
        log = [each.event for each in home.village.log(home.incident)]
        said = [each.words for each in log if isinstance(each, GuardianWrote)]
        kept = sealed.read(tx, home.store.keys, said)
    assert kept[said[0]] == "Estoy en el trabajo, que pasa?"
    assert state.state is SendState.DELIVERED
    assert home.state().guardian_reached_at is None


def test_a_family_that_writes_back_after_weeks_is_known_and_a_stranger_is_not(home: Home) -> None:
    """What was given to providers is forgotten by then; the number on the record still says who they are."""
    home.sent()
    home.village.watch.ahead += timedelta(days=40)
    with home.store.write() as tx:
        outgoing.forget(tx, home.at)
        assert outgoing.family_texts(tx, HERS, home.at - timedelta(days=90)) == []

    home.village.network.reply(HERS, "He visto su mensaje, llamo manana")
    home.village.network.reply("+16175550666", "Who is this?")
    home.time_passes()

    state, answers = home.text(), [each for each in home.bodies() if "Tenemos su mensaje" in each]
    assert (state.replies, state.answered, len(answers)) == (1, True, 1)
    with home.store.write() as tx:
        tx.execute(text("UPDATE phone SET number = '+16175550667' WHERE number = :hers"), {"hers": HERS})
    home.village.network.reply(HERS, "Otra vez")
    home.time_passes()
    assert home.text().replies == 1, "the number is not on the record any more"


def test_a_clinician_who_is_a_guardian_too_answers_a_page_by_its_number_f43(home: Home) -> None:
    """A bare letter after a text to the family is asked back, and is no answer to the page; the number always is."""
    page = _ana_is_a_guardian_and_paged(home)
    home.sent(ANA)

    home.village.network.reply(PHONES[ANA], "A")
    home.time_passes()
    after_letter = home.village.page(*page).state
    asked_back = home.bodies(PHONES[ANA])[-1]
    home.village.network.reply(PHONES[ANA], f"{home.village.code(ANA)}A 10")
    home.time_passes()

    assert after_letter is PageState.PAGING
    assert "is still open" in asked_back
    assert home.village.page(*page).state is PageState.ACCEPTED
    assert (home.text().replies, home.text().answered) == (1, False)


def test_a_bare_letter_to_a_page_that_came_last_is_for_the_page_f43(home: Home) -> None:
    _guardian(home, ANA)
    home.sent(ANA)
    home.village.watch.ahead += timedelta(seconds=60)
    page = _paged(home)
    home.village.network.reply(PHONES[ANA], "A 10")
    home.time_passes()

    assert home.village.page(*page).state is PageState.ACCEPTED
    assert home.text().replies == 0


def _guardian(home: Home, person: PersonId) -> None:
    with home.store.write() as tx:
        roster.tie(tx, STUDENT, person, Relation.PARENT, guardian=Guardian.YES, priority=2)


def _paged(home: Home) -> tuple[IncidentId, PageId]:
    """About another student: nobody is paged about their own child."""
    paged = home.village.paged(Urgency.U2)
    home.work()
    return paged


def _ana_is_a_guardian_and_paged(home: Home) -> tuple[IncidentId, PageId]:
    _guardian(home, ANA)
    page = _paged(home)
    home.village.watch.ahead += timedelta(seconds=60)
    return page


def test_a_wrong_number_is_marked_by_a_person_and_gets_one_apology_and_nothing_more(home: Home) -> None:
    text = home.sent()
    assert "PR-23" in refused(home, home.order(message="f14"))
    by = home.village.actor(COUNSELOR)
    home.village.gives(home.incident, fcmd.MarkWrongNumber(by=by, text=text))

    assert set(refused(home, home.order())) == {"PR-2"}
    home.sent(message="f14")
    home.village.network.reply(HERS, "who is this")
    home.time_passes()

    assert [each for each in home.bodies() if "error" in each] == home.bodies()[1:]
    assert set(refused(home, home.order(message="f14"))) == {"PR-23"}
    with home.store.read() as tx:
        mother = next(each for each in contact_record.of_student(tx, STUDENT).adults if each.person == MOTHER)
    assert mother.not_theirs == {HERS}


def test_what_waited_too_long_is_not_sent_pr_14(home: Home) -> None:
    home.ordered()
    home.village.later(timedelta(minutes=11))

    assert (home.text().state, home.text().rules) == (SendState.STOPPED, frozenset({"PR-14"}))
    assert home.bodies() == []


def test_only_published_words_go_out_and_only_as_they_were_read_pr_71(home: Home) -> None:
    order = home.order()
    assert set(refused(home, changed(order, shown="0" * 32))) == {"PR-71"}
    assert set(refused(home, changed(order, language="en"))) == {"PR-71"}
    assert set(refused(home, changed(order, message="f16"))) == {"PR-71"}
    home.village.gives(home.incident, order)
    with home.store.write() as tx:  # the number that is called back changes before it leaves
        other = SchoolLine(callback="+16175550171")
        school_lines.set_line(tx, DISTRICT, SCHOOL, other, by=COUNSELOR, at=home.at)
    home.work()

    assert (home.text().state, home.text().rules) == (SendState.STOPPED, frozenset({"PR-71"}))
    assert home.bodies() == []


def test_where_no_text_may_go_the_reason_says_what_to_do_instead_pr_21_pr_72_pr_73(home: Home) -> None:
    def against(**wish: object) -> dict[str, str]:
        with home.store.write() as tx:
            wanted = Wish(household=MOTHER, **wish)  # type: ignore[arg-type]  # one wish at a time
            contact_record.set_wish(tx, STUDENT, MOTHER, wanted, by=COUNSELOR, at=home.at)
        return {each.rule: each.text for each in home.offer().against}

    assert "call them" in against(voice_only=True)["PR-72"]
    assert "call again" in against(safe_to_leave_message=False)["PR-21"]
    assert "call them" in against(reads=("so",))["PR-73"]
    assert against(reads=("es",)) == {}
    with home.store.write() as tx:
        roster.add_phone(tx, FATHER, HERS)  # from now on it is a telephone of both
    assert set(against(reads=("es",))) == {"PR-21"}


def test_english_goes_to_whoever_reads_another_language_only_with_a_line_of_theirs_and_no_interpreter_pr_73(
    home: Home,
) -> None:
    """The catalog has one line in Spanish alone, so Spanish stands here for a language without its own text."""
    with home.store.write() as tx:
        tx.exec_driver_sql("DELETE FROM message_signature WHERE language = 'es'")
    publish_texts(home.store, home.at, messages=("line",))
    first, line = home.offer().written.body.split("\n")
    with home.store.write() as tx:
        message_texts.set_interpreter_line(tx, DISTRICT, LINE, by=COUNSELOR, at=home.at)

    assert first == home.offer(FATHER).written.body
    assert line.startswith("Por favor, llame a este")
    assert "PR-73" in {each.rule for each in home.offer().against}


def test_a_family_that_must_not_be_contacted_is_not_written_to_pr_4_i_10(home: Home) -> None:
    by, why = home.village.actor(COUNSELOR), WordsId("w-why")
    order = DeclareException(by=by, step=STEP, exception="contraindicated", reason=why)
    home.ordered()
    submit(home.store, home.incident, order, at=home.at, words={why: "A reason"})
    home.work()

    assert (home.text().state, home.text().rules) == (SendState.STOPPED, frozenset({"PR-4"}))
    assert home.bodies() == []


def test_what_had_left_when_the_family_was_blocked_is_on_record_pr_5_i_10(home: Home) -> None:
    by, why = home.village.actor(COUNSELOR), WordsId("w-why")
    home.sent()
    order = DeclareException(by=by, step=STEP, exception="contraindicated", reason=why)
    submit(home.store, home.incident, order, at=home.at, words={why: "A reason"})
    home.work()

    assert home.text().outrun
    assert sorted(home.told("text_outrun")) == ["admin", "incident_lead"]


def test_a_drill_reaches_the_one_who_practises_and_nobody_of_a_family_i_22_pr_57(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = a_home(store, tmp_path, monkeypatch, Mode.DRILL)
    drill = home.order(COUNSELOR)
    assert set(refused(home, changed(drill, person=MOTHER, phone=home.phone(MOTHER)))) == {"I-22"}
    assert set(refused(home, changed(drill, person=PRINCIPAL, phone=home.phone(PRINCIPAL)))) == {"I-22"}
    home.village.gives(home.incident, drill)
    home.work()
    home.time_passes()

    (mine,) = [each for each in home.got(PHONES[COUNSELOR]) if "Please call us now" in each.body]
    assert mine.body.startswith("DRILL. This is Larkfield")
    assert mine.line != LIVE.number
    assert home.bodies(HERS) == home.bodies(HIS) == []
    assert home.ledger() == []


def test_a_worker_that_lost_its_lease_sends_nothing_f11(home: Home) -> None:
    home.ordered()
    with home.store.write() as tx:
        (job,) = outbox.claim(tx, "w-0", home.at, limit=1, lease=LEASE)
    home.village.watch.ahead += 2 * LEASE
    home.village.worker.perform(job)

    assert home.bodies() == []
    assert home.text().state is SendState.ORDERED
    home.work()
    assert len(home.bodies()) == 1
