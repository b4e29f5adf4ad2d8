"""The console says how paging stands, and sends everybody to the call tree when it does not work."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from crisis import clock
from crisis.delivery import ProviderFault
from crisis.sentinel.condition import condition
from crisis.store import canaries, oncall, provider_alarms, roster, signs
from crisis.store.canaries import Canary
from crisis.store.engine import Store
from crisis.store.oncall import Shift
from crisis.store.signs import Sign
from crisis.vocabulary import Channel, PersonId, Role
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, OFFICER, SETTINGS, STRANGER, TEACHER, District
from tests.web.test_pages import at_console, words

pytestmark = pytest.mark.page

BANNER, BANNER_ES = "Paging is degraded: use the call tree", "Los avisos no funcionan bien: use la lista de llamadas"


def audited(store: Store, *, ago: float = 0, good: bool = True, **lines: list[str]) -> None:
    with store.write() as tx:
        tx.execute(text("DELETE FROM sign_of_life"))
        at = clock.now() - timedelta(seconds=ago)
        signs.leave(tx, signs.AUDIT, at, good=good, detail={"found": {"I2": 3}, "lines": lines})
        signs.leave(tx, signs.WORKER, at, good=True)
        signs.leave(tx, signs.WEB, at, good=True)


def test_every_page_says_so_when_no_audit_was_clean_for_a_minute(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    never = counselor.get("/board")
    audited(district.store)
    now = [counselor.get("/board"), counselor.get("/incidents/new")]
    audited(district.store, ago=61)
    then = [counselor.get("/board"), counselor.get("/incidents/new")]

    assert BANNER in words(never)
    assert not any(BANNER in words(page) for page in now)
    assert all(BANNER in words(page) and 'href="/call-tree"' in page for page in then)


def test_five_calls_that_the_provider_did_not_take_are_enough(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    audited(district.store, live=["refused", "accepted", "refused", "refused", "refused", "refused"])
    one_was_taken = counselor.get("/board")
    audited(district.store, live=["accepted", "refused", "unknown", "refused", "refused", "refused"])
    none_was = counselor.get("/board")
    audited(district.store, drill=["refused"] * 5)
    of_drills = counselor.get("/board")

    assert [BANNER in words(page) for page in (one_was_taken, none_was, of_drills)] == [False, True, False]


def test_an_open_page_asks_for_the_banner_by_itself(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    audited(district.store)
    quiet = counselor.get_part("/paging/parts/banner")
    audited(district.store, ago=61)

    assert 'data-src="/paging/parts/banner"' in counselor.get("/board")
    assert BANNER not in quiet
    assert BANNER in counselor.get_part("/paging/parts/banner")


def test_the_page_says_what_is_well_and_what_was_found(site: TestClient, district: District) -> None:
    audited(district.store, good=False, live=["accepted", "refused"])

    page = words(at_console(site, district, COUNSELOR).get("/paging"))

    assert "Last audit that found nothing wrong Not wellnever" in page
    assert "Last sign of the worker Well" in page
    assert "Last sign of the console Well" in page
    assert "Last heartbeat that was heard outside not set up" in page
    assert "Something waits too long, or no worker or console runs I2 · 3" in page


def on_call(store: Store, person: PersonId) -> None:
    at = clock.now()
    shift = Shift(
        id="sh-1",
        district=DISTRICT,
        school=None,
        role=Role.ONCALL_CLINICIAN,
        level=1,
        person=person,
        starts_at=at - timedelta(hours=1),
        ends_at=at + timedelta(hours=1),
    )
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, PersonId("p-ana"), ("Ana", "Ruiz"), staff=True)
        roster.add_phone(tx, PersonId("p-ana"), "+16175550103")
        roster.add_phone(tx, COUNSELOR, "+16175550101")
        oncall.add_shifts(tx, [shift])


def test_the_call_tree_has_the_team_of_the_viewers_schools_and_who_is_on_call(
    site: TestClient, district: District
) -> None:
    on_call(district.store, PersonId("p-ana"))

    own = words(at_console(site, district, NURSE).get("/call-tree"))
    all_of_it = words(at_console(site, district, OFFICER).get("/call-tree"))
    elsewhere = words(at_console(site, district, STRANGER).get("/call-tree"))

    assert "Ana RuizOn-call clinician · call no. 2(617) 555-0103" in own.replace("\xa0", " ")
    assert "Given P-CounselorCounselor(617) 555-0101" in own
    assert "Given P-Neighbour" not in own
    assert "Given P-Neighbour" in all_of_it
    assert "Given P-Teacher" not in all_of_it
    assert "Quetzal" not in own + all_of_it
    assert "Ana Ruiz" not in elsewhere


def test_both_pages_speak_spanish(site: TestClient, district: District) -> None:
    on_call(district.store, PersonId("p-ana"))
    spanish = at_console(site, district, NEIGHBOUR, "es")

    assert "Lista de llamadas" in words(spanish.get("/call-tree"))
    assert BANNER_ES in words(spanish.get("/paging"))


def test_who_is_not_on_the_team_has_no_call_tree_and_no_link_to_one(site: TestClient, district: District) -> None:
    teacher = at_console(site, district, TEACHER)

    teacher.get("/call-tree", 404)
    teacher.get("/paging", 404)
    board = teacher.get("/board")

    assert BANNER in words(board)
    assert "/call-tree" not in board


def test_a_visitor_is_asked_to_sign_in(site: TestClient) -> None:
    for path in ("/call-tree", "/paging", "/paging/parts/banner"):
        assert site.get(path, follow_redirects=False).status_code in (303, 401)


def test_unknown_is_not_taken_for_good() -> None:
    at = clock.now()

    assert condition({}, at).degraded
    assert condition({signs.AUDIT: Sign(at, None, {})}, at).degraded
    assert not condition({signs.AUDIT: Sign(at, at, {})}, at).degraded
    assert condition({}, at, heartbeat_wanted=True).heartbeat.well is False


def at_fault(store: Store, *faults: tuple[str, Channel]) -> None:
    with store.write() as tx:
        for provider, channel in faults:
            provider_alarms.seen(tx, provider, channel, ProviderFault.CONFIGURATION, clock.now())


def test_a_channel_on_which_every_provider_refuses_us_is_called_down(site: TestClient, district: District) -> None:
    """`paging.md` 6.9, CONFIG. While one provider carries the channel, the page says which does not."""
    settings = SETTINGS.model_copy(update={"provider_url": "https://x", "provider_account": "AC1"})
    two = settings.model_copy(update={"second_url": "https://y", "second_account": "a"})
    site.app.state.settings = two  # type: ignore[attr-defined]  # the application's
    audited(district.store)
    counselor = at_console(site, district, COUNSELOR)
    at_fault(district.store, ("twilio", Channel.TEXT))
    one = counselor.get("/board")
    how = words(counselor.get("/paging"))
    at_fault(district.store, ("telnyx", Channel.TEXT))
    texts = counselor.get("/board")
    at_fault(district.store, ("twilio", Channel.VOICE), ("telnyx", Channel.VOICE))
    both = counselor.get_part("/paging/parts/banner")

    assert BANNER not in words(one)
    assert "go out" not in words(one)
    assert "Twilio · text: refuses us: account, number or request is at fault" in how
    assert "Texts do not go out: use the call tree" in words(texts)
    assert "Texts and calls do not go out: use the call tree" in both


def test_the_page_shows_how_the_latest_canary_pages_did(site: TestClient, district: District) -> None:
    at = clock.now()
    with district.store.write() as tx:
        for number, back in enumerate((True, False)):
            when = at - timedelta(minutes=10 - 5 * number)
            period = timedelta(minutes=5)
            canary = Canary(id=f"c-{number}", provider="twilio", slot_at=when, period=period, sent_at=when)
            canaries.begin(tx, canary)
            canaries.taken(tx, canary.id, when, None if back else "20003")
            if back:
                canaries.came_back(tx, canary.id, when + timedelta(seconds=3))
        signs.leave(tx, signs.CANARY, at, good=True, detail={"providers": ["twilio"]})

    page = words(at_console(site, district, COUNSELOR).get("/paging"))

    assert "Canary pages that came back Well" in page
    assert "back after 3.0 s" in page
    assert "refused with code 20003" in page
