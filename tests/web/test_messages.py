"""Where the texts to families stand, on the page: who signs for what, in order, and nobody else sees it."""

import pytest
from starlette.testclient import TestClient

from crisis.protocols import loader
from crisis.store import message_texts, roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT
from tests.policy.test_messages import changed
from tests.store.test_message_texts import publish, published
from tests.web.district import COUNSELOR, OFFICER, STRANGER, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words

LEAD = PersonId("p-lead")
PAGE, ONE = "/messages", "/messages?message=f1"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is stored is tested on both databases beside the store."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
    return made


def signs(browser: Browser, who: str, status: int = 303, **fields: str) -> str:
    """The first text of the page that somebody has still to sign for."""
    return browser.send(ONE, f"{PAGE}/sign", status, who=who, **fields)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_shows_each_message_in_each_language_pr_71(
    site: TestClient, district: District, language: str
) -> None:
    officer = at_console(site, district, OFFICER, language)

    catalog, one = words(officer.get(PAGE)), officer.get(ONE)

    for message in loader.messages().values():
        assert message.title.in_language(language) in catalog
    assert {"en": "Draft", "es": "Borrador"}[language] in catalog
    assert {"en": "Haitian Creole", "es": "criollo haitiano"}[language] in catalog
    assert {"en": "second human reviewer", "es": "una segunda persona lo revise"}[language] in words(one)
    assert '<p class="say" lang="es" dir="ltr">Somos {school_name}.' in one


def test_english_is_out_when_the_last_has_signed_and_a_second_account_publishes_pr_71(
    site: TestClient, district: District
) -> None:
    officer, lead = at_console(site, district, OFFICER), at_console(site, district, LEAD)

    assert signs(officer, "Leo Vidal, editor") == f"{ONE}#en"
    signs(officer, "Dr. Mora")
    refused = signs(officer, "The district", 422)
    before = published(district.store)
    signs(lead, "The district")

    assert "A second person publishes it" in words(refused)
    assert (before, published(district.store)) == (frozenset(), {"en"})
    shown = words(officer.get(ONE))
    assert "Approved by a clinician: Dr. Mora" in shown
    assert "Published" in shown


def test_two_speakers_are_asked_for_where_two_have_to_read_it_pr_71(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER)
    publish(district.store, "en")
    signs(officer, "Rosa Paz, court interpreter")
    signs(officer, "Leo Vidal, translator")

    alone = signs(officer, "Ana", 422)
    signs(officer, "Ana", other="Luis")

    assert "Two speakers read it and say back what it means; name both" in words(alone)
    assert "Read by two speakers: Ana, Luis" in words(officer.get(ONE))


def test_without_a_name_nobody_has_signed_and_the_form_says_so_at_its_place(
    site: TestClient, district: District
) -> None:
    officer = at_console(site, district, OFFICER)

    shown = signs(officer, "", 422)

    assert 'href="#who"' in shown
    assert 'id="who"' in shown
    assert published(district.store) == frozenset()


def test_a_text_that_changed_says_so_and_wants_every_signature_again_pr_71(
    site: TestClient, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = at_console(site, district, OFFICER)
    publish(district.store, "en")
    publish(district.store, "es")
    form = officer.form("/messages?message=f2", f"{PAGE}/sign")
    monkeypatch.setattr(loader, "messages", lambda: {**CATALOG, "f1": changed("en"), "f2": changed("en")})

    shown = words(officer.get(ONE))
    late = officer.post(f"{PAGE}/sign", {**form, "who": "Leo Vidal, editor"}, 422)

    assert shown.count("Changed since it was published: not used") == 2
    assert "of a text that was changed since" in shown
    assert "The text has changed since you read it; read it again" in words(late)


CATALOG = loader.messages()


def test_the_interpreter_line_is_kept_here_pr_73(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER)

    assert "No interpreter line is on record" in words(officer.get(PAGE))
    assert officer.send(PAGE, f"{PAGE}/line", number="617-555-0199") == PAGE
    refused = officer.send(PAGE, f"{PAGE}/line", 422, number="the office")

    assert "This is no number that can be called" in words(refused)
    with district.store.read() as tx:
        assert message_texts.interpreter_line(tx, DISTRICT) == "+16175550199"


def test_only_those_who_answer_for_the_district_see_or_sign(site: TestClient, district: District) -> None:
    form = at_console(site, district, OFFICER).form(ONE, f"{PAGE}/sign")
    for person in (COUNSELOR, TEACHER, STRANGER):
        other = at_console(site, district, person)
        other.get(PAGE, 404)
        csrf = other.form("/incidents/new", "/incidents")["csrf"] if person != STRANGER else "x"
        other.post(f"{PAGE}/sign", {**form, "csrf": csrf, "who": "Somebody"}, 404 if person != STRANGER else 403)

    assert published(district.store) == frozenset()
    with district.store.read() as tx:
        assert message_texts.signed(tx, DISTRICT) == {}


def test_an_action_that_is_none_is_not_found(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER)

    officer.post(f"{PAGE}/send", officer.form(ONE, f"{PAGE}/sign"), 404)
