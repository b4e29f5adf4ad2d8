"""What else comes in from telephones: strangers, machines, guesses, late and hostile words (F43 to F47, F51)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crisis import clock
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.notify import inbound
from crisis.notify.answers import readable
from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.machines import by_a_machine
from crisis.store import codec, incidents, roster, sealed
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId, PageId, PageState, PersonId, Phase, Urgency
from tests.notify.village import (
    ANA,
    COUNSELOR,
    DISTRICT,
    PHONES,
    UNPACED,
    Village,
    a_network,
    served,
    the_settings,
    village,
)
from tests.watch import Watch
from web.app import build_app

STRANGER = "+16175550177"


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        settings = the_settings(url)
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            yield village(store, network, lines(settings, UNPACED), watch)


def paged(town: Village, urgency: Urgency = Urgency.U3) -> tuple[IncidentId, PageId]:
    found = town.paged(urgency)
    town.worker.until_quiet()
    return found


def says(town: Village, body: str, phone: str = PHONES[ANA]) -> str | None:
    before = len(town.network.ledger.of_phone(phone))
    assert town.network.reply(phone, body) == "sent"
    later = town.network.ledger.of_phone(phone)[before + 1 :]
    back = [each.body for each in later if (each.kind, each.reference) == ("text", "answer")]
    return back[0] if back else None


def kept(town: Village, source: str) -> int:
    with town.store.read() as tx:
        query = text("SELECT count(*) FROM inbox WHERE source = :source AND done_at IS NOT NULL")
        return int(tx.execute(query, {"source": source}).scalar_one())


def written(town: Village, incident: IncidentId) -> list[str]:
    """What the timeline quotes of what a telephone wrote."""
    events = [each.event for each in town.log(incident)]
    ids = [each.words for each in events if isinstance(each, pev.PageSeen | pev.PageAnsweredLate) and each.words]
    with town.store.read() as tx:
        found = sealed.read(tx, town.store.keys, ids)
    return [found[each] for each in ids]


def test_of_a_stranger_five_texts_an_hour_are_kept_apart_and_one_is_answered_f45(town: Village) -> None:
    """F45: quarantined, never dealt with as an answer, no loop."""
    incident, page = paged(town)
    code = town.code(ANA)

    answers = [says(town, f"{code}A", STRANGER) for _turn in range(8)]

    assert [each is None for each in answers] == [False] + [True] * 7
    assert (kept(town, inbound.QUARANTINE), kept(town, "text")) == (5, 0)
    assert inbound.left_over(town.store, clock.now() + timedelta(hours=1)) == []
    assert town.page(incident, page).state is PageState.PAGING


@pytest.mark.parametrize(
    ("spoken", "begins"),
    [(["es"], "Este numero"), (["es-MX", None], "Este numero"), (["es", "en"], "This number"), ([], "This number")],
)
def test_who_writes_without_being_asked_is_answered_in_their_language_where_the_roster_knows_one(
    town: Village, spoken: list[str | None], begins: str
) -> None:
    """A father who may not be called, too: the answer is the same for everybody, and says nothing about anybody."""
    with town.store.write() as tx:
        for place, language in enumerate(spoken):
            person = PersonId(f"p-of-a-family-{place}")
            roster.add_person(tx, DISTRICT, person, ("Given", "Castillo"), staff=False, language=language)
            roster.add_phone(tx, person, STRANGER)

    answer = says(town, "Where is my daughter?", STRANGER)

    assert (answer or "").startswith(begins)


def test_a_machine_is_no_sign_of_life_and_is_answered_three_times_for_good_f46(town: Village) -> None:
    """F46: known patterns, for each person and page."""
    incident, page = paged(town)

    answers = [says(town, "I'm driving with Do Not Disturb on.") for _turn in range(5)]

    assert [each is None for each in answers] == [False] * 3 + [True] * 2
    assert town.page(incident, page).seen == ()
    assert written(town, incident) == []
    says(town, "on my way")
    assert (town.page(incident, page).seen, town.page(incident, page).state) == ((ANA,), PageState.PAGING)


@pytest.mark.parametrize(
    ("body", "machine"),
    [
        ("I’m driving with Driving Focus turned on. I’ll see your message when I get where I’m going.", True),
        ("Automatic reply: out of office until Monday", True),
        ("AUTO-REPLY: I am away", True),
        ("Can't talk right now. Call you back later", True),
        ("Estoy conduciendo", True),
        ("ok", False),
        ("driving there now", False),
        ("who is with the student?", False),
        ("47A 12", False),
    ],
)
def test_what_telephones_send_by_themselves_f46(body: str, machine: bool) -> None:
    assert by_a_machine(body) is machine


def test_whoever_tries_codes_gets_nowhere_f51(town: Village) -> None:
    """F51: from the right number, all codes but in an order that meets the right one late: none is accepted."""
    incident, page = paged(town, Urgency.U1)
    right = town.code(ANA)
    guesses = [str(code) for code in [*range(10, 100), *range(100, 130)] if str(code) != right]

    for guess in [*guesses, right, right]:
        town.network.reply(PHONES[ANA], f"{guess}A")
    bare = says(town, "A")

    assert bare is None
    assert town.page(incident, page).state is PageState.PAGING
    answers = [each.body for each in town.on(ANA) if each.reference == "answer"]
    assert len(answers) == 3
    call = next(each for each in town.on(ANA) if each.kind == "call")
    town.network.press(PHONES[ANA], call.sid, "1")
    assert town.page(incident, page).accepted_by == ANA  # the one who holds the telephone is not shut out


def test_five_wrong_codes_are_forgiven(town: Village) -> None:
    incident, page = paged(town)
    code = int(town.code(ANA))
    for step in range(1, 5):
        says(town, f"{10 + (code - 10 + step) % 90}A")

    says(town, f"{code}A 9")

    assert town.page(incident, page).accepted_by == ANA


def test_an_answer_after_the_incident_was_closed_is_on_the_timeline_and_changes_nothing_f44(town: Village) -> None:
    """F44"""
    incident, page = paged(town)
    code = town.code(ANA)
    closed_by_hand(town, incident)
    before = town.page(incident, page)

    told = says(town, f"{code}A 5 is it still on?")
    again = says(town, f"{code}A 5")
    thanks = says(town, "ok thanks, going home")

    assert told is not None
    assert "not understood" in told
    assert again is not None
    assert "has ended" in again
    assert thanks is not None
    late = [each.event for each in town.log(incident) if isinstance(each.event, pev.PageAnsweredLate)]
    assert (len(late), late[0].person) == (1, ANA)
    assert written(town, incident) == [f"{code}A 5 is it still on?"]
    assert replace(town.page(incident, page), late=()) == before


def closed_by_hand(town: Village, incident_id: IncidentId) -> None:
    """The state alone: what must be done before an incident may be closed is not what this is about."""
    with town.store.write() as tx:
        incident = replace(incidents.load(tx, incident_id, lock=True), closed_at=clock.now(), phase=Phase.CLOSED)
        row = {"state": codec.incident_text(incident), "at": clock.now(), "id": incident_id}
        tx.execute(text("UPDATE incident SET state = :state, closed_at = :at, phase = 'closed' WHERE id = :id"), row)


def test_an_answer_to_a_page_that_was_called_off_is_on_the_timeline_f44(town: Village) -> None:
    incident, page = paged(town)
    town.gives(incident, pcmd.CancelPage(by=town.actor(COUNSELOR), page=page))

    says(town, f"{town.code(ANA)}A")

    assert written(town, incident) == [f"{town.code(ANA)}A"]
    assert town.page(incident, page).state is PageState.CANCELLED


def test_what_somebody_writes_is_on_the_timeline_three_times_at_most(town: Village) -> None:
    incident, _page = paged(town)

    for number in range(5):
        says(town, f"is this real? {number}")

    assert written(town, incident) == [f"is this real? {number}" for number in range(3)]


@pytest.mark.parametrize(
    ("wrote", "kept_as"),
    [
        ("a\x00b\x1b[31m\r\nc", "a b [31m c"),
        ("\u202eabc\u2066", "abc"),
        ("👩‍👩‍👧", "👩 👩 👧"),
        ("x" * 1600, "x" * 480),
        ("\x00", "(…)"),
        ("{{7*7}} <b>'; DROP TABLE--", "{{7*7}} <b>'; DROP TABLE--"),
        ("\ud800", "(…)"),
    ],
)
def test_hostile_words_are_kept_as_something_that_can_be_shown_f47(wrote: str, kept_as: str) -> None:
    assert readable(wrote) == kept_as
