"""A student whose father is barred, whose mother reads Spanish, who goes by another name at school, and whose family
asked for a woman: everything wrong that somebody may try is refused with its reason, and the right thing is at hand.
"""

from contextlib import closing
from pathlib import Path

import pytest

from crisis.message_words import PhoneId
from crisis.page_events import PreferencesWeighed
from crisis.store import incidents, names, people, roster, sample, sample_record, sample_texts, telephones
from crisis.store.engine import open_store
from crisis.store.sample_record import STUDENT
from crisis.vocabulary import Guardian, IncidentId, PersonId, Relation
from tests.journeys.test_suicide_risk import DANIEL, INES, JOAN, MAYA, OLIVER, done, interviewed, offered, screened
from tests.journeys.town import Somebody, Town, a_town

MOTHER, AUNT, FATHER = (sample.person_id(*name) for name in sample.CASTILLO)
AGAIN = PersonId("p-again")
TALKED = {"step": "guardian_contact", "guardian": True, "method": "phone", "outcome": "reached", "understood": True}
BY_THE_LINE = {
    "language": "es",
    "language_help": "interpreter",
    "interpreted_by": "service",
    "interpreter": "line 4471",
}


def asks(who: Somebody, path: str) -> list[dict]:  # type: ignore[type-arg]  # JSON of any shape
    answer = who.town.client.get(f"/api/v1/students/{STUDENT}/{path}", headers=who._headers())
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found if isinstance(found, list) else found[path]  # type: ignore[no-any-return]


def a_woman_is_called(town: Town, maya: Somebody, incident: str) -> None:
    """Who fits is texted at the same time as whoever is first on call; whoever takes it first has it."""
    maya.does(incident, "answer-decision", step="emergency_decision", choice="clinician")
    texted = [name for name in ("Noor Abdi", "Thomas Ferreira", "Camille Joseph") if town.texts(name)]
    women = [name for name in texted if name != "Thomas Ferreira"]
    assert women, texted
    code = town.texts(women[0])[-1].split("page ")[1].split(",")[0]
    town.replies(women[0], f"{code}a 12")
    with town.store.read() as tx:
        events = [stored.event for stored in incidents.events_of(tx, IncidentId(incident))]
    (weighed,) = [each for each in events if isinstance(each, PreferencesWeighed)]
    assert ("woman" in weighed.met, "woman" in weighed.unmet) == (True, False)


def nobody_is_written_to_who_should_not_be(town: Town, daniel: Somebody, incident: str) -> None:
    """By a program, by a reply, and by a roster that brings the father back under another id; the mother by e-mail."""
    texts = town.client.get(f"/api/v1/incidents/{incident}/texts", headers=daniel._headers()).json()["offers"]
    no_mail_here = {"PR-23"}  # the town has no mail server, and says so to a program as on the page
    sendable = {(each["person"], each["way"]) for each in texts if {why["rule"] for why in each["why"]} <= no_mail_here}
    assert all(each["why"] for each in texts)
    assert sendable == {(MOTHER, "email")}
    assert all("Val" not in f"{each['subject']} {each['body']}" for each in texts)
    phones = {person: next(iter(_numbers(town, person))) for person in (MOTHER, AUNT, FATHER)}
    wanted = {"step": "guardian_contact", "message": "f1", "language": "es", "rung": "exact", "shown": "f" * 32}
    for person, rule in ((FATHER, "PR-1"), (AUNT, "PR-21"), (MOTHER, "PR-21")):
        assert rule in daniel.is_refused(incident, "text-guardian", person=person, phone=phones[person], **wanted)

    his = _numbers(town, FATHER)[phones[FATHER]]
    before = town.incident(incident).seq
    town.exchange.reply(his, "Where is my daughter?")
    town.worker.until_quiet()
    assert town.incident(incident).seq == before
    assert not [each for each in town.exchange.ledger.of_phone(his) if each.kind == "call"]

    with town.store.write() as tx:
        roster.add_person(tx, sample.DISTRICT, AGAIN, ("H.", "Castillo"), staff=False, language="es")
        roster.tie(tx, STUDENT, AGAIN, Relation.PARENT, guardian=Guardian.YES, priority=1)
        roster.add_phone(tx, AGAIN, his)
    (back,) = [each for each in asks(daniel, "contacts") if each["person"] == AGAIN]
    assert [each["effect"] for each in back["numbers"]] == ["human"]
    offers = town.client.get(f"/api/v1/incidents/{incident}/texts", headers=daniel._headers()).json()["offers"]
    assert all(each["why"] for each in offers if each["person"] == AGAIN)


def _numbers(town: Town, person: PersonId) -> dict[PhoneId, str]:
    with town.store.read() as tx:
        return telephones.of_person(tx, person)


@pytest.mark.timeout(120)
def test_each_wrong_thing_is_refused_and_the_right_one_is_at_hand(
    sqlite_url: str, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(sqlite_url, key_file)) as store, a_town(store, tmp_path, monkeypatch) as town:
        with store.write() as tx:
            sample_record.fill(tx, store.keys, town.clock.now())
            sample_texts.publish(tx, town.clock.now())
        maya, daniel, ines, joan = (town.acts(each) for each in (MAYA, DANIEL, INES, JOAN))
        incident = maya.opens(student=STUDENT)
        with store.read() as tx:
            seen, _called = names.seen_by(
                tx, store.keys, people.actor(tx, town.person(MAYA)), people.student(tx, STUDENT)
            )
        adults = {each["person"]: each for each in asks(maya, "contacts")}

        assert seen.goes_by == "Val"
        assert (adults[FATHER]["effect"], adults[FATHER]["numbers"]) == ("refuse", [])
        assert [each["rule"] for each in adults[FATHER]["why"]] == ["PR-1"]
        assert adults[MOTHER]["effect"] == "allow_with"
        assert "interpreter_first" in adults[MOTHER]["obligations"]
        teacher = town.acts(OLIVER)
        hidden = town.client.get(f"/api/v1/students/{STUDENT}/contacts", headers=teacher._headers())
        assert hidden.status_code == 404

        screened(maya, incident, "ynynn")
        interviewed(maya, incident, "further_evaluation")
        level = {"step": "assess", "tier": "high", "rationale": "what she told me"}
        assert "PR-76" in maya.is_refused(incident, "set-tier", **level)
        maya.does(incident, "record-supports", step="assess", here=["more_time"])
        maya.does(incident, "set-tier", **level)
        ines.does(incident, "sign-tier", step="assess")
        done(maya, incident, "clear_means")
        done(maya, incident, "tell_admin")
        a_woman_is_called(town, maya, incident)

        nobody_is_written_to_who_should_not_be(town, daniel, incident)
        english = {"language": "en", "language_help": "shared"}
        by_a_child = {**BY_THE_LINE, "interpreted_by": "child"}
        assert "PR-1" in daniel.is_refused(incident, "record-contact", contact=FATHER, **TALKED, **english)
        assert "PR-75" in daniel.is_refused(incident, "record-contact", contact=MOTHER, **TALKED, **english)
        assert "PR-74" in daniel.is_refused(incident, "record-contact", contact=MOTHER, **TALKED, **by_a_child)
        told_before = [each for each in asks(joan, "disclosures") if each["way"] == "call"]
        daniel.does(incident, "record-contact", contact=MOTHER, **TALKED, **BY_THE_LINE)
        told = [each for each in asks(joan, "disclosures") if each["way"] == "call"]

        done(maya, incident, "safety_plan")
        done(maya, incident, "means_counseling")
        handoff = offered(maya, incident, "mobile_crisis")
        maya.does(incident, "accept-handoff", handoff=handoff, recipient="Dr. Rivera")
        to_him = {"to": "guardian", "contact": FATHER, "identity_checked": True}
        assert "PR-1" in maya.is_refused(incident, "release-custody", **to_him)
        after = maya.does(incident, "release-custody", to="guardian", contact=MOTHER, identity_checked=True)

        assert after.phase == "follow_up"
        assert (told_before, [each["persons"] for each in told]) == ([], [[MOTHER]])
        assert all(FATHER not in each["persons"] for each in asks(joan, "disclosures"))
