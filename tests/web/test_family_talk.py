"""The step that reaches the family: what to say beside each number, who interprets, when to try again."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis.privacy_words import RestrictionKind
from crisis.protocols import loader
from crisis.protocols.message_schema import Recording, digest
from crisis.store import contact_record, message_texts, restrictions
from crisis.store.contact_record import Wish
from crisis.store.restrictions import Entry
from tests.factories import DISTRICT, STUDENT
from tests.store.test_message_texts import AT, publish
from tests.web.district import COUNSELOR, NURSE, OFFICER, District
from tests.web.test_contacts import FATHER, HIS, MOTHER, district
from tests.web.test_pages import Browser, at_console, words

__all__ = ["district"]
STEP = "steps/guardian_contact"
TALK = {"who": f"guardian:{MOTHER}", "method": "phone", "outcome": "reached", "understood": "yes"}
LINE = "+16175550199"
CATALOG = loader.messages()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What stands on the page is the same on both; what is stored is tested on both beside the store."""
    return sqlite_url


def at_the_step(site: TestClient, district: District, language: str = "en") -> tuple[Browser, str]:
    """The nurse calls, while the counselor is with the student."""
    counselor = at_console(site, district, COUNSELOR, language)
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="yes")
    return at_console(site, district, NURSE, language), incident


def part(html: str, name: str) -> str:
    """What stands beside one adult."""
    return html[html.index(f"<bdi>{name} Quetzal</bdi> ·") :].partition("</li>")[0]


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_guardian_has_their_own_words_or_why_not_pr_72(
    site: TestClient, district: District, language: str
) -> None:
    nurse, incident = at_the_step(site, district, language)
    before = nurse.get(f"{incident}/{STEP}")
    publish(district.store, "en")
    publish(district.store, "es")

    after = nurse.get(f"{incident}/{STEP}")

    why = {"en": "No text is published in a language that they read", "es": "No hay ningún texto publicado"}[language]
    assert why in part(before, "Rosa")
    assert 'class="say"' not in part(before, "Rosa")
    assert 'lang="es" dir="ltr">Hola, le llamo de School s-1.' in part(after, "Rosa")
    assert 'lang="en" dir="ltr">Hello, this is School s-1.' in part(after, "Victor")
    assert 'class="say"' not in part(after, "Elena")  # no guardian: only asked to have one call


def test_what_a_person_has_read_aloud_is_played_where_they_do_not_read_it_pr_78(
    site: TestClient, district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very file that the catalog names, for whoever is signed in; another one in its place is not played."""
    sound = b"ID3 a person reads"
    f1 = CATALOG["f1"].asset("es")
    made = Recording(
        file="f1-es.mp3",
        sha256=sha256(sound).hexdigest(),
        seconds=9,
        speaker="M. Lopez",
        recorded_on=AT.date(),
        spoken_of=digest(f1),
    )
    spoken = CATALOG["f1"].model_copy(
        update={"assets": CATALOG["f1"].assets | {"es": f1.model_copy(update={"recording": made})}}
    )
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / made.file).write_bytes(sound)
    monkeypatch.setattr(loader, "MESSAGES", tmp_path)
    monkeypatch.setattr(loader, "messages", lambda: {**CATALOG, "f1": spoken})
    publish(district.store, "en")
    publish(district.store, "es")
    nurse, incident = at_the_step(site, district)
    with district.store.write() as tx:
        contact_record.set_wish(tx, STUDENT, MOTHER, Wish(reads=("ht",)), by=COUNSELOR, at=AT)

    beside = part(nurse.get(f"{incident}/{STEP}"), "Rosa")
    played = nurse.client.get("/messages/f1/es/recording")
    nurse.get("/messages/f1/en/recording", 404)
    (tmp_path / "audio" / made.file).write_bytes(b"something else")

    assert 'src="/messages/f1/es/recording"' in beside
    assert "play it to them" in beside
    assert "No text is published in a language that they read" in beside
    assert (played.content, played.headers["content-type"]) == (sound, "audio/mpeg")
    nurse.get("/messages/f1/es/recording", 404)


def test_nobody_who_must_not_be_contacted_has_words_or_an_interpreter_pr_1(
    site: TestClient, district: District
) -> None:
    nurse, incident = at_the_step(site, district)
    publish(district.store, "en")
    with district.store.write() as tx:
        restrictions.enter(
            tx, Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.STUDENT_FEAR), by=COUNSELOR, at=AT
        )

    shown = nurse.get(f"{incident}/{STEP}")

    assert HIS not in shown
    assert "Hello, this is" not in shown


def test_an_interpreter_is_looked_for_beside_the_first_call_pr_75(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    before = words(nurse.get(f"{incident}/{STEP}"))
    with district.store.write() as tx:
        message_texts.set_interpreter_line(tx, DISTRICT, LINE, by=OFFICER, at=AT)
    assert f'href="tel:{LINE}"' in nurse.get(f"{incident}/{STEP}")

    back = nurse.send(f"{incident}/{STEP}", f"{incident}/{STEP}/interpreter", kind="service", name="Line 4471")

    after, timeline = words(nurse.get(back)), words(nurse.get(incident))
    assert back == f"{incident}/{STEP}"
    assert "Interpreter: Spanish" in before
    assert "Nobody yet. Look for one now" in before
    assert "Arranged at" in after
    assert "Interpreter for Spanish: An interpreter service" in timeline
    assert "Line 4471" in timeline


def test_everybody_on_the_incident_sees_what_is_still_to_be_done_for_the_family_pr_75(
    site: TestClient, district: District
) -> None:
    """Whoever is not on the telephone can look for the interpreter."""
    nurse, incident = at_the_step(site, district)
    step = f"{incident}/{STEP}"

    before = words(nurse.get(incident))
    nurse.send(step, f"{step}/interpreter", kind="staff", name="Rosa Paz")
    nurse.send(step, f"{step}/contact", who=f"guardian:{FATHER}", method="phone", outcome="no_answer")
    tried = words(nurse.get(incident))
    nurse.send(step, f"{step}/contact", **{**TALK, "who": f"guardian:{FATHER}"}, language="en", language_help="shared")
    reached = words(nurse.get(incident))

    assert "Interpreter: Spanish Nobody yet." in before
    assert "The family was not reached." not in before
    assert "Interpreter: Spanish Nobody yet." not in tried
    assert "The family was not reached. Try again:" in tried
    assert "The family was not reached." not in reached


@pytest.mark.parametrize(("name", "kind"), [("", "service"), ("Line 4471", "")])
def test_an_interpreter_without_a_name_or_a_kind_is_asked_for_at_its_place(
    site: TestClient, district: District, name: str, kind: str
) -> None:
    nurse, incident = at_the_step(site, district)

    shown = nurse.send(f"{incident}/{STEP}", f"{incident}/{STEP}/interpreter", status=422, kind=kind, name=name)

    missing = "interpreter-kind-es" if name else "interpreter-name-es"  # of several languages, this one
    assert f'href="#{missing}"' in shown
    assert f'id="{missing}"' in shown


def test_without_an_interpreter_nobody_is_informed_whom_the_record_says_needs_one_pr_75(
    site: TestClient, district: District
) -> None:
    nurse, incident = at_the_step(site, district)
    step, action = f"{incident}/{STEP}", f"{incident}/{STEP}/contact"
    english = {**TALK, "language": "en", "language_help": "shared"}

    refused = nurse.send(step, action, status=422, **english)
    tried = nurse.send(step, action, **{**english, "understood": "no"})
    nurse.send(step, action, **{**TALK, "language": "es", "language_help": "interpreter"}, status=422)
    named = {"interpreted_by": "service", "interpreter": "Line 4471"}
    nurse.send(step, action, **{**TALK, "language": "es", "language_help": "interpreter"}, **named)

    assert "The record says that they need an interpreter" in words(refused)
    assert "PR-75" in refused
    assert 'href="#interpreted_by"' in refused
    assert tried == incident
    assert "Attempts so far: 2" in words(nurse.get(step))


def test_a_wish_for_an_interpreter_counts_whatever_language_is_on_record_pr_75(
    site: TestClient, district: District
) -> None:
    nurse, incident = at_the_step(site, district)
    with district.store.write() as tx:
        contact_record.set_wish(tx, STUDENT, FATHER, Wish(reads=("ase",), interpreter=True), by=COUNSELOR, at=AT)
    his = {**TALK, "who": f"guardian:{FATHER}", "language": "en", "language_help": "waived"}

    refused = nurse.send(f"{incident}/{STEP}", f"{incident}/{STEP}/contact", status=422, **his)
    done = nurse.send(f"{incident}/{STEP}", f"{incident}/{STEP}/contact", **his, waiver="He wants it so, and writes")

    assert "needs a reason" in words(refused)
    assert done == incident


def test_when_to_try_again_stands_there_until_somebody_is_reached(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    step, action = f"{incident}/{STEP}", f"{incident}/{STEP}/contact"
    before = words(nurse.get(step))

    nurse.send(step, action, who=f"guardian:{FATHER}", method="phone", outcome="no_answer")
    tried = nurse.get(step)
    nurse.send(step, action, **{**TALK, "who": f"guardian:{FATHER}"}, language="en", language_help="shared")

    assert "Try again:" not in before
    assert re.search(r"Try again:\s+.*Due in", words(tried))
    assert "Try again:" not in words(nurse.get(step))
