"""Errands over real HTTP: test pages and their answers, STOP and START, numbers that do not work."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Delivery
from crisis.notify.upkeep import Upkeep
from crisis.schedules.readiness import Method
from crisis.store import methods, pins, proving, roster, standing
from crisis.store.engine import Store
from crisis.vocabulary import Channel, PageState, PersonId, StaffRole, Urgency
from tests.factories import DISTRICT
from tests.notify.village import (
    ANA,
    BEN,
    PHONES,
    UNPACED,
    Village,
    a_network,
    served,
    the_settings,
    village,
    wait_until,
)
from tests.watch import Watch
from tests.web.test_webhooks import last_text, says
from web.app import build_app

LEAD, LEADS_PHONE = PersonId("p-lead"), "+16175550105"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: what is stored is tested on both in tests/store."""
    return sqlite_url


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    """The village with its console, and a district lead who plans who is on call."""
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        settings = the_settings(url)
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            made = village(store, network, lines(settings, UNPACED), watch)
            with store.write() as tx:
                roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True, language="es")
                roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
                roster.add_phone(tx, LEAD, LEADS_PHONE)
            yield made


def runs_errands(town: Village) -> None:
    Upkeep(town.store, town.worker.lines, town.watch).errands()


def a_test_page(town: Village, person: PersonId = ANA) -> tuple[str, str]:
    """Sends one; the codes of the text and of the call."""
    with town.store.write() as tx:
        text, call = proving.send_test(tx, DISTRICT, person, at=town.watch(), by=LEAD)
    runs_errands(town)
    return text.code or "", call.code or ""


def method(town: Village, channel: Channel, person: PersonId = ANA) -> Method:
    with town.store.read() as tx:
        return next(each for each in methods.of(tx, [person])[person] if each.channel is channel)


def told_lead(town: Village) -> list[str]:
    runs_errands(town)
    return [each.body for each in town.network.ledger.of_phone(LEADS_PHONE) if each.kind == "text"]


def test_a_test_page_says_that_it_is_one_and_its_answers_prove_both_ways(town: Village) -> None:
    text, call = a_test_page(town)
    body = last_text(town, ANA)
    rings = [each for each in town.on(ANA) if each.kind == "call"][-1]

    said = says(town, f" {text.lower()} a")
    assert town.network.press(PHONES[ANA], rings.sid, "9") == "sent"
    before = method(town, Channel.VOICE).proved_at
    town.network.press(PHONES[ANA], rings.sid, "1")

    assert body.startswith("TEST. CRISIS test, no incident.")
    assert "This is a test." in rings.body
    assert ", ".join(call) in rings.body
    assert said is not None
    assert said.startswith("TEST. CRISIS: thank you")
    assert before is None
    assert method(town, Channel.TEXT).proved_at is not None
    assert method(town, Channel.VOICE).proved_at is not None


def test_a_test_page_outside_of_any_incident_leaves_nothing_in_one(town: Village) -> None:
    a_test_page(town)

    assert town.worker.until_quiet() == 0
    assert PHONES[BEN] not in {each.phone for each in town.network.ledger.entries}


def test_a_test_waits_while_a_page_is_due_and_goes_out_afterwards(town: Village) -> None:
    town.paged(Urgency.U1)
    a_test_page(town)
    held = town.kinds(ANA)

    town.worker.until_quiet()
    runs_errands(town)

    assert held == []
    assert [each.body[:4] for each in town.on(ANA) if each.kind == "text"] == ["CRIS", "TEST"]


def test_a_bare_letter_is_for_the_page_as_long_as_there_is_one(town: Village) -> None:
    code, _ = a_test_page(town)
    incident, page = town.paged(Urgency.U3)
    town.worker.until_quiet()

    says(town, "A 5")
    taken = town.page(incident, page)
    says(town, f"{code}A")

    assert (taken.state, taken.accepted_by) == (PageState.ACCEPTED, ANA)
    assert method(town, Channel.TEXT).proved_at is not None


def test_without_a_page_a_bare_letter_answers_the_test_and_other_words_are_asked_back(town: Village) -> None:
    code, _ = a_test_page(town)

    asked = says(town, "ok")
    thanked = says(town, "a")
    again = says(town, f"{code}A")
    stranger = says(town, "hello?", PHONES[BEN])

    assert asked == f"TEST. CRISIS: not understood. Reply {code}A to say that the test reached you."
    assert thanked == "TEST. CRISIS: thank you, it reached you. Nothing more to do."
    assert again == "CRISIS: this was answered before, or is too old. Nothing more to do."
    assert stranger is not None
    assert "988" in stranger


def test_a_code_counts_only_from_the_phone_that_was_asked(town: Village) -> None:
    code, _ = a_test_page(town)

    says(town, f"{code}A", PHONES[BEN])

    assert method(town, Channel.TEXT).proved_at is None
    assert method(town, Channel.TEXT, BEN).proved_at is None


def test_a_test_that_is_too_old_proves_nothing(town: Village) -> None:
    with town.store.write() as tx:
        text, _ = proving.send_test(tx, DISTRICT, ANA, at=town.watch() - timedelta(hours=2), by=LEAD)
    runs_errands(town)

    said = says(town, f"{text.code}A")

    assert town.on(ANA)[0].kind == "reply"  # it did not even go out
    assert said is not None
    assert "too old" in said
    assert method(town, Channel.TEXT).proved_at is None


@pytest.mark.parametrize("word", ["STOP", " unsubscribe ", "Baja"])
def test_stop_is_marked_at_once_and_those_who_plan_are_told_without_a_name_f27(town: Village, word: str) -> None:
    says(town, word)
    stopped = method(town, Channel.TEXT).opted_out_since
    told = told_lead(town)
    says(town, word)
    again = told_lead(town)
    says(town, "START")

    assert stopped is not None
    assert [each.startswith("CRISIS plan: numeros del personal que ya no reciben textos: 1.") for each in told] == [
        True
    ]
    assert again == told
    assert method(town, Channel.TEXT).opted_out_since is None


def test_who_wrote_stop_is_called_at_once_and_not_texted(town: Village) -> None:
    says(town, "STOP")

    town.paged(Urgency.U2)  # whose first call comes after a minute, and a text before
    town.worker.until_quiet()
    first = town.kinds(ANA)
    town.later(timedelta(seconds=58))
    second = town.kinds(ANA)
    town.later(timedelta(seconds=3))

    assert first == ["reply", "call"]
    assert second == first
    assert town.kinds(ANA) == ["reply", "call", "call"]


def test_yes_means_start_only_after_stop(town: Village) -> None:
    says(town, "STOP")
    says(town, "yes")
    back = method(town, Channel.TEXT).opted_out_since
    incident, page = town.paged(Urgency.U3)
    town.worker.until_quiet()

    said = says(town, "yes")

    assert back is None
    assert said is not None
    assert "still open" in said
    assert town.page(incident, page).state is PageState.PAGING


@pytest.mark.parametrize(("fault", "code", "way"), [
    ("landline", "21614", Channel.TEXT), ("bad_number", "21211", Channel.TEXT),
])  # fmt: skip
def test_a_number_that_a_provider_refuses_is_bad_from_then_on_f28(
    town: Village, fault: str, code: str, way: Channel
) -> None:
    town.network.plan.set(PHONES[ANA], "messages", fault)  # type: ignore[arg-type]  # one of the faults
    town.paged(Urgency.U2)
    town.worker.until_quiet()
    runs_errands(town)

    bad = method(town, way)
    told = told_lead(town)
    town.paged(Urgency.U2)
    town.worker.until_quiet()

    assert (bad.bad_since is not None, bad.bad_code) == (True, code)
    assert len(told) == 1
    assert "text" not in town.kinds(ANA)


def test_what_a_provider_reports_late_marks_the_number_too(town: Village) -> None:
    town.network.plan.deliveries.set(PHONES[ANA], "messages", Delivery(end="undelivered", code=30006))
    town.paged(Urgency.U3)
    town.worker.until_quiet()
    wait_until(lambda: method(town, Channel.TEXT).bad_code == "30006")


def test_what_is_reported_late_of_a_test_marks_the_number_too(town: Village) -> None:
    town.network.plan.deliveries.set(PHONES[BEN], "messages", Delivery(end="undelivered", code=30005))
    a_test_page(town, BEN)
    wait_until(lambda: method(town, Channel.TEXT, BEN).bad_code == "30005")


def test_a_provider_that_is_down_says_nothing_against_a_number(town: Village) -> None:
    town.network.plan.set(PHONES[ANA], "*", "unavailable", 9)
    a_test_page(town)

    assert method(town, Channel.TEXT).usable
    assert method(town, Channel.VOICE).usable


def test_an_errand_that_was_refused_is_sent_again_and_not_without_end(town: Village) -> None:
    town.network.plan.set(PHONES[ANA], "messages", "unavailable", 2)
    a_test_page(town)
    for _ in range(4):
        town.watch.ahead += timedelta(seconds=31)
        runs_errands(town)

    assert town.kinds(ANA).count("text") == 1
    assert town.kinds(ANA).count("call") == 1


def test_a_test_by_text_and_by_voice_with_a_pin_is_all_it_takes(town: Village) -> None:
    code, _ = a_test_page(town)
    says(town, f"{code}A")
    town.network.press(PHONES[ANA], [each for each in town.on(ANA) if each.kind == "call"][-1].sid, "1")
    with town.store.write() as tx:
        pins.set_pin(tx, ANA, "408215", town.watch())
        missing = standing.not_ready(tx, [ANA, BEN], town.watch())

    assert set(missing) == {BEN}
