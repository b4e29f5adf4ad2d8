"""A page by telephone: keys for yes and no, when they come, where to, who they are; calls in, calls that are ended."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from crisis import clock
from crisis import page_commands as pcmd
from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_calling import Account
from crisis.notify.handsets_plans import Delivery
from crisis.store import pins
from crisis.store.engine import Store, open_store
from crisis.vocabulary import DeclineReason, IncidentId, PageId, PageState, PersonId, Urgency
from tests.notify.village import (
    ANA,
    BEN,
    COUNSELOR,
    LEVEL,
    LIVE,
    PHONES,
    SECOND,
    UNPACED,
    Village,
    a_network,
    served,
    the_settings,
    village,
    wait_until,
    with_second,
)
from tests.watch import Watch
from web import in_time
from web.app import build_app

STRANGER, PIN = "+16175550177", "258036"
BOTH = pytest.mark.parametrize("account", [LIVE, SECOND], ids=["first", "second"])
STATIC = "<Response><Say>The crisis desk cannot be reached. Call the office.</Say></Response>"
WAIT = "One moment, please. Un momento, por favor."


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    """What telephones send is tried on both databases in `test_webhooks`; here it is about what a call says."""
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    network = a_network(tmp_path)
    elsewhere = FastAPI()
    elsewhere.add_api_route("/static.xml", lambda: PlainTextResponse(STATIC))
    with served(build_handsets(network)) as url, served(elsewhere) as other:
        settings = with_second(the_settings(url), url).model_copy(
            update={"office_phone": "+16175550142", "call_fallback_url": f"{other}/static.xml"}
        )
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            out = lines(settings, UNPACED)
            yield village(store, network, out, watch)
            out.close()


def paged(town: Village, account: Account = LIVE, urgency: Urgency = Urgency.U1) -> tuple[IncidentId, PageId]:
    if account.second:
        town.network.plan.set("*", "*", "busy", 99, at="first")
    incident, page = town.paged(urgency)
    town.worker.until_quiet()
    return incident, page


def has_pin(town: Village, person: PersonId = ANA) -> None:
    with town.store.write() as tx:
        pins.set_pin(tx, person, PIN, clock.now())


def calls(town: Village, person: PersonId = ANA) -> list[str]:
    return [each.sid for each in town.on(person) if each.kind == "call"]


def heard(town: Village, *keys: str, person: PersonId = ANA, call: str = "") -> str:
    """Presses keys, one after the other; an empty one waits. What the call says then."""
    for key in keys:
        assert town.network.press(PHONES[person], call or calls(town, person)[-1], key) == "sent"
    return next(each.body for each in reversed(town.on(person)) if each.kind == "voice")


def events(town: Village, incident: IncidentId) -> list[str]:
    return [type(each.event).__name__ for each in town.log(incident)]


@BOTH
def test_yes_when_and_where_to_by_keys(town: Village, account: Account) -> None:
    incident, page = paged(town, account)
    has_pin(town)

    asked = heard(town, "1")
    taken = town.page(incident, page).accepted_by
    minutes = heard(town, "12")
    town.worker.until_quiet()
    told = heard(town, PIN)

    assert (asked.startswith("You have accepted. In how many minutes"), taken) == (True, ANA)
    assert minutes.startswith("Noted: 12 minutes. For where and what, enter your PIN")
    assert town.page(incident, page).eta_minutes == 12
    assert told == (
        "Larkfield High School needs a clinician. Ask at the office where. An adult is there. " * 2
    ).strip().replace(". L", ". L")
    texts = [each.body for each in town.on(ANA) if each.kind == "text"]
    assert ["you have it" in each for each in texts].count(True) == 1


def test_who_just_waits_has_taken_it_all_the_same(town: Village) -> None:
    incident, page = paged(town)

    said = heard(town, "1", "")

    assert said == "Sign in to the console for details. Goodbye."  # there is no PIN to ask for
    assert (town.page(incident, page).accepted_by, town.page(incident, page).eta_minutes) == (ANA, None)


def test_three_wrong_pins_and_no_more_and_a_pin_is_kept_nowhere(town: Village) -> None:
    paged(town)
    has_pin(town)
    heard(town, "1", "")

    wrong = [heard(town, each) for each in ("9753", "9754", "9755")]
    with town.store.read() as tx:
        rows = str([tx.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("inbox", "event", "audit")])

    assert ["That is not your PIN" in each for each in wrong] == [True, True, False]
    assert "Too many wrong tries" in wrong[2]
    assert re.search(r"(?<!\w)9753(?!\w)", rows) is None  # four digits may well stand within an id


def test_a_no_moves_on_at_once_and_may_say_why(town: Village) -> None:
    incident, page = paged(town)

    asked = heard(town, "2")
    town.worker.until_quiet()
    next_one = town.kinds(BEN)
    said = heard(town, "2")

    assert "If you like, say why: 1 in session" in asked
    assert "call" in next_one
    assert said == "Thank you. Goodbye."
    reasons = [each.event.reason for each in town.log(incident) if hasattr(each.event, "reason")]
    assert reasons == [None, DeclineReason.TOO_FAR]
    assert town.page(incident, page).declined == (ANA,)


def test_who_picks_up_late_hears_that_it_is_covered(town: Village) -> None:
    incident, page = paged(town)
    town.later(LEVEL)
    heard(town, "1", person=BEN)

    assert heard(town, "9") == "Somebody else has taken this page. Thank you. Goodbye."
    assert heard(town, "1") == "Somebody else has taken this page. Thank you. Goodbye."
    assert town.page(incident, page).accepted_by == BEN


@BOTH
def test_who_calls_gives_their_pin_before_they_accept_f51(town: Village, account: Account) -> None:
    incident, page = paged(town, account, Urgency.U3)
    has_pin(town)
    town.network.ring(PHONES[ANA], account.number)
    call = town.on(ANA)[-1].sid

    before = heard(town, "1", call=call)
    still = town.page(incident, page).state
    menu = heard(town, PIN, call=call)
    heard(town, "1", call=call)

    assert ("That is not your PIN" in before, still) == (True, PageState.PAGING)
    assert "Press 1 to accept" in menu
    assert town.page(incident, page).accepted_by == ANA
    assert calls(town) == []  # nobody had to be called back


def test_a_caller_who_forges_a_number_gets_nowhere_f51(town: Village) -> None:
    incident, page = paged(town, urgency=Urgency.U3)
    has_pin(town)

    for _turn in range(3):
        town.network.ring(PHONES[ANA], LIVE.number)
        call = town.on(ANA)[-1].sid
        for guess in ("1470", "3690", "1", PIN):
            town.network.press(PHONES[ANA], call, guess)

    assert town.page(incident, page).state is PageState.PAGING
    assert calls(town) == []


def test_who_has_no_pin_is_told_how_to_answer_and_called_back(town: Village) -> None:
    paged(town, urgency=Urgency.U3)

    town.network.ring(PHONES[ANA], LIVE.number)

    assert "You can also answer the text message, or sign in to the console." in town.on(ANA)[-1].body
    wait_until(lambda: len(calls(town)) == 1)


def test_a_stranger_hears_the_number_of_the_office(town: Village) -> None:
    town.network.ring(STRANGER, LIVE.number)

    said = town.network.ledger.of_phone(STRANGER)[-1].body
    assert "call or text 988" in said
    assert "The office has this number: 6 1 7" in said
    assert "0 1 4 2" in said


@pytest.mark.parametrize(("key", "state"), [("1", "here"), ("2", "later"), ("9", "asked again")])
def test_who_should_be_here_is_called(town: Village, key: str, state: str) -> None:
    """A text at the time they gave, a call three minutes later (`paging.md` 6.8)."""
    incident, page = paged(town)
    town.network.reply(PHONES[ANA], f"{town.code(ANA)}A 5")
    town.worker.until_quiet()
    before = len(calls(town))

    town.later(timedelta(minutes=5, seconds=1))
    at_first = len(calls(town))
    town.later(timedelta(minutes=3))
    said = [each.body for each in town.on(ANA) if each.kind == "call"][-1]
    answer = heard(town, key)

    assert (at_first - before, len(calls(town)) - before) == (0, 1)
    assert "Are you here? Press 1 if you are here" in said
    found = town.page(incident, page)
    assert (found.arrived_at is not None, found.delays) == (state == "here", int(state == "later"))
    assert ("Are you here" in answer) == (state == "asked again")


@BOTH
def test_what_still_rings_is_ended_when_somebody_takes_it(town: Village, account: Account) -> None:
    town.network.plan.deliveries.set(PHONES[BEN], "calls", Delivery(end="completed", after=60), 9)
    town.network.plan.deliveries.set(PHONES[ANA], "calls", Delivery(end="completed", lasts=60), 1)
    paged(town, account)
    town.later(LEVEL)
    ringing = [each for each in town.network.sent.values() if each.phone == PHONES[BEN] and each.what == "calls"]

    began = monotonic()
    heard(town, "1", call=calls(town)[0])
    town.worker.until_quiet()
    took = monotonic() - began

    assert [each.status for each in ringing] == ["canceled"] * len(ringing)
    assert "missed" in town.kinds(BEN)
    assert took < 2
    assert "cut off" not in str([each.body for each in town.on(ANA)])  # whoever took it goes on
    assert heard(town, "15", call=calls(town)[0]).startswith("Noted: 15 minutes")


@BOTH
def test_who_has_picked_up_already_hears_that_it_is_covered(town: Village, account: Account) -> None:
    town.network.plan.deliveries.set(PHONES[BEN], "calls", Delivery(end="completed", lasts=60), 9)
    paged(town, account)
    town.later(LEVEL)
    wait_until(lambda: _answered(town, BEN))

    town.network.reply(PHONES[ANA], f"{town.code(ANA)}A")
    town.worker.until_quiet()

    assert "Somebody else has taken this page. Thank you. Goodbye." in [each.body for each in town.on(BEN)]
    assert "cut off" not in str([each.body for each in town.on(BEN)])


def _answered(town: Village, person: PersonId) -> bool:
    with town.store.read() as tx:
        query = f"SELECT count(*) FROM call_out WHERE state = 'answered' AND person = '{person}'"
        return bool(tx.exec_driver_sql(query).scalar_one())


def test_a_call_that_we_hear_of_after_the_page_was_taken_is_ended_too(town: Village) -> None:
    """Our request broke off, the page was taken, and only then the provider told that it rings."""
    town.network.plan.set(PHONES[BEN], "calls", "accept_then_error", 1, at="first")
    town.network.plan.deliveries.set(PHONES[BEN], "calls", Delivery(end="completed", after=0.3, lasts=60), 9)
    incident, page = paged(town)
    town.later(LEVEL)
    heard(town, "1")
    town.worker.until_quiet()

    wait_until(lambda: "Somebody else has taken" in str([each.body for each in town.on(BEN)]))
    assert town.page(incident, page).accepted_by == ANA


def test_when_we_do_not_answer_a_key_the_call_says_what_another_host_says_f50(town: Village) -> None:
    """F50: a static answer; the page goes on calling."""
    incident, page = paged(town)
    object.__setattr__(town.network, "target", "http://127.0.0.1:9")

    said = town.network.press(PHONES[ANA], calls(town)[0], "1")

    assert said == "the application does not answer"
    assert town.on(ANA)[-1].body == "The crisis desk cannot be reached. Call the office."
    assert town.page(incident, page).state is PageState.PAGING
    before = len(calls(town))
    town.later(timedelta(seconds=46))
    assert len(calls(town)) == before + 1


@contextmanager
def a_slow_database(store: Store, long_enough: Callable[[], bool]) -> Iterator[None]:
    """Somebody else writes for a while."""
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store.write():
            begun.set()
            while not done.wait(0.05) and not long_enough():
                pass

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait(5)
    try:
        yield
    finally:
        done.set()
        holder.join()


def test_a_slow_database_is_waited_for_and_the_key_counts(town: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """`paging.md` 6.6: one moment, and the same digits again."""
    incident, page = paged(town)
    monkeypatch.setattr(in_time, "PATIENCE", 0.4)

    with a_slow_database(town.store, lambda: WAIT in [each.body for each in town.on(ANA)]):
        heard(town, "1")

    said = [each.body for each in town.on(ANA) if each.kind == "voice"]
    assert said[0] == WAIT
    assert said[-1].startswith("You have accepted")
    assert town.page(incident, page).accepted_by == ANA
    assert events(town, incident).count("PageAccepted") == 1


def test_a_database_that_stays_away_is_admitted(town: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    incident, page = paged(town)
    monkeypatch.setattr(in_time, "PATIENCE", 0.1)

    with a_slow_database(town.store, lambda: False):
        said = heard(town, "1")
        again = next(each for each in reversed(town.on(ANA)) if each.action)
        pin = town.network.press(PHONES[ANA], again.sid, "2580")

    assert said.startswith("Your answer was not recorded. Press it again.")
    assert pin == "sent"
    wait_until(lambda: town.page(incident, page).accepted_by == ANA)  # it was late, and it counts
    assert [each.body for each in town.on(ANA)].count(WAIT) <= 6


def test_a_page_that_was_called_off_rings_nobody(town: Village) -> None:
    town.network.plan.deliveries.set(PHONES[ANA], "calls", Delivery(end="completed", after=60), 9)
    incident, page = paged(town)

    town.gives(incident, pcmd.CancelPage(by=town.actor(COUNSELOR), page=page))
    town.worker.until_quiet()

    assert "missed" in town.kinds(ANA)
    assert replace(town.page(incident, page)).state is PageState.CANCELLED
