"""What a family asked for, where the staff member is: each in one sentence, and nothing where nobody asked."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.record_words import Preference
from crisis.store import contact_record, instructions, preferences
from crisis.store.contact_record import Wish
from crisis.store.instructions import Told
from crisis.store.preferences import Asked
from tests.factories import DISTRICT, STUDENT
from tests.store.test_message_texts import AT
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, District, acting
from tests.web.test_contacts import MOTHER, district
from tests.web.test_family_talk import STEP, at_the_step, part
from tests.web.test_family_texts import ready, said
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

__all__ = ["district"]
HERS = "madre@example.org"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is stored is tested on both beside the store; this is about pages."""
    return sqlite_url


@pytest.fixture
def site(district: District) -> Iterator[TestClient]:
    mail = SETTINGS.model_copy(update={"smtp_host": "mail.example.org", "smtp_from": "crisis@example.org"})
    with TestClient(build_app(district.store, mail), base_url=SETTINGS.public_url) as made:
        yield made


def asks(district: District, kind: InstructionKind, text: str) -> None:
    with district.store.write() as tx:
        told = Told(kind=kind, source=InstructionSource.FAMILY, text=text)
        instructions.add(tx, district.store.keys, (DISTRICT, STUDENT), told, by=COUNSELOR, at=AT)


def pages(nurse: Browser, incident: str) -> dict[str, str]:
    """Where somebody stands who calls the family, lets the student go, or has an emergency."""
    at = {"calls": STEP, "lets go": "custody", "in danger": "emergency", "duties": "duties"}
    return {name: words(nurse.get(f"{incident}/{each}")) for name, each in at.items()}


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_field_acts_where_the_staff_member_is_and_says_nothing_where_it_is_not_set(
    site: TestClient, district: District, language: str
) -> None:
    nurse, incident = at_the_step(site, district, language)
    before = pages(nurse, incident)
    asks(district, InstructionKind.TOUCH, "No touch at all")
    asks(district, InstructionKind.PRACTICE, "A long sleeve over her arm, also in the ambulance")
    asks(district, InstructionKind.HELPER, "Pastor Ruiz of their church")
    asks(district, InstructionKind.WORDS_TO_USE, "They say nerves")
    with district.store.write() as tx:
        asked = Asked(preference=Preference.SAY_WELLBEING, source=InstructionSource.FAMILY)
        preferences.add(tx, (DISTRICT, STUDENT), asked, by=COUNSELOR, at=AT)
    after = pages(nurse, incident)

    sentences = {
        "en": (
            "Before the student is taken anywhere, see to this and tell whoever takes them:",
            "of the student nothing is told to them without a written consent",
            "Use the family’s words: They say nerves",
            "do not say “mental health”",
        ),
        "es": (
            "Antes de que se lleven al estudiante a cualquier sitio, atienda esto y dígalo a quien le lleve:",
            "del estudiante no se les cuenta nada sin un consentimiento escrito",
            "Use las palabras de la familia: They say nerves",
            "no diga “salud mental”",
        ),
    }[language]
    taken, helper, spoken, wellbeing = sentences
    assert not any(each in page for each in sentences for page in before.values())
    for where in ("lets go", "in danger"):
        assert taken in after[where]
        assert "A long sleeve over her arm, also in the ambulance" in after[where].partition(taken)[2]
    assert (helper in after["calls"], helper in after["duties"]) == (True, True)
    assert "Pastor Ruiz of their church" in after["calls"]
    assert (spoken in after["calls"], wellbeing in after["calls"]) == (True, True)


def test_whom_the_family_wants_is_invited_by_one_press_and_the_close_does_not_wait_for_it(
    site: TestClient, district: District
) -> None:
    nurse, incident = at_the_step(site, district)
    asks(district, InstructionKind.HELPER, "Pastor Ruiz of their church")

    nurse.send(f"{incident}/{STEP}", f"{incident}/open-task")
    opened, obstacles = words(nurse.get(f"{incident}/duties")), words(nurse.get(f"{incident}/close"))
    nurse.send(f"{incident}/duties", f"{incident}/finish-task", note="The mother called him; he comes at four")
    done = words(nurse.get(f"{incident}/duties"))

    assert "Invite whom the family wants with them" in opened
    assert "Who was invited, and do they come?" in opened
    assert "Invite whom the family wants" not in obstacles
    assert "done" in done.partition("Invite whom the family wants with them")[2].partition("No report is owed")[0]
    assert "What became of the invitation" in words(nurse.get(f"{incident}/{STEP}"))


def keeps(district: District, **wishes: object) -> None:
    with district.store.write() as tx:
        wish = Wish(household="hers", reads=("es",), **wishes)  # type: ignore[arg-type]  # of one wish, by name
        contact_record.set_wish(tx, STUDENT, MOTHER, wish, by=COUNSELOR, at=AT)


def test_the_very_e_mail_stands_at_the_step_and_one_press_orders_it(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    ready(district)
    page = f"{incident}/{STEP}"
    assert "@" not in part(nurse.get(page), "Rosa")
    keeps(district, email=HERS)

    rosa = part(nurse.get(page), "Rosa")
    fields = {name: field(rosa[rosa.index("E-mail") :], name) for name in ("person", "phone", "message", "language")}
    fields |= {name: field(rosa[rosa.index("E-mail") :], name) for name in ("rung", "shown", "way", "csrf")}
    answer = nurse.client.post(f"{page}/text", data=fields)

    assert "Subject: School s-1" in said(rosa)
    assert "An e-mail informs nobody and counts as no attempt: call as well." in said(rosa)
    assert (answer.status_code, fields["way"]) == (303, "email")
    shown = words(nurse.get(page))
    assert "E-mail: Call us now" in shown
    assert "E-mail to Rosa Quetzal ordered: Call us now" in words(nurse.get(incident))
    assert HERS not in words(nurse.get(incident))


def test_where_no_e_mail_is_set_up_none_is_offered_and_it_says_call(district: District) -> None:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as bare:
        nurse, incident = at_the_step(bare, district)
        ready(district)
        keeps(district, email=HERS)

        rosa = said(part(nurse.get(f"{incident}/{STEP}"), "Rosa"))

    assert "No e-mail is set up here; call them yourself" in rosa
    assert "Send this e-mail" not in rosa


def field(html: str, name: str) -> str:
    return html.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_an_address_is_kept_with_the_other_wishes_and_what_is_none_is_refused_where_it_was_typed(
    site: TestClient, district: District
) -> None:
    officer, page = at_console(site, district, OFFICER), f"/students/{STUDENT}/contacts"
    form = {"adult": MOTHER, "household": "hers", "reads": "es", "short_text": "yes"}

    wrong = officer.send(page, f"{page}/wish", 422, **form, email="madre at example")
    officer.send(page, f"{page}/wish", **form, email="Madre@Example.org")

    assert f'href="#wish-email-{MOTHER}"' in wrong
    assert 'value="madre at example"' in wrong
    with district.store.read() as tx:
        kept = contact_record.wishes(tx, STUDENT)[MOTHER]
    assert (kept.email, kept.short_text) == (HERS, True)


def test_a_program_is_offered_the_same_e_mail(site: TestClient, district: District) -> None:
    ready(district)
    keeps(district, email=HERS)
    nurse, incident = at_the_step(site, district)

    offers = acting(nurse.client, district.token(COUNSELOR)).get(f"{incident}/texts").body["offers"]
    (mine,) = [each for each in offers if each["number"] == HERS and each["message"] == "f1"]

    assert (mine["way"], mine["subject"], mine["why"]) == ("email", "School s-1", [])


@pytest.mark.parametrize(("language", "post"), [("en", "Nurse"), ("es", "Enfermero escolar")])
def test_whoever_gives_a_step_away_sees_the_posts_beside_the_names_and_who_may_do_it_first(
    site: TestClient, district: District, language: str, post: str
) -> None:
    nurse, incident = at_the_step(site, district, language)

    html = nurse.get(f"{incident}/{STEP}")
    listed = said(html[html.index('id="to"') :].partition("</select>")[0])

    assert f"Given P-Nurse · {post}" in listed
    assert listed.index("Given P-Counselor") < listed.index("Given P-Teacher")
