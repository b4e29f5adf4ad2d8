"""The form of a step: lengths, roles, words and steps that may be left out; everything else stays as it is."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis.protocols.schema import Protocol, Step
from crisis.store import protocol_drafts, roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, Role, SafetyClass, StaffRole, StepId, StepType
from tests.factories import DISTRICT
from tests.web.district import COUNSELOR, District, a_district
from tests.web.test_pages import Browser, at_console, words
from tests.web.test_protocol_pages import LEAD, begun, stands


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: what is stored is tested on both in tests/store."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD)
    return made


@pytest.fixture
def lead(site: TestClient, district: District) -> Browser:
    return at_console(site, district, LEAD)


def protocol(district: District, address: str) -> Protocol:
    found = protocol_drafts.read(stands(district, address).latest.text).protocol
    assert found is not None
    return found


def step(district: District, address: str, step_id: str) -> Step:
    found = protocol(district, address).step(StepId(step_id))
    assert found is not None
    return found


def filled(of: Step) -> dict[str, list[str]]:
    """The form as the page shows it."""
    said = {
        "words.title.en": of.title.en,
        "words.title.es": of.title.es,
        "words.why.en": of.why.en,
        "words.why.es": of.why.es,
    }
    for part, known in (("choices", of.choices), ("evidence", of.evidence), ("exceptions", of.exceptions)):
        for n, each in enumerate(known):
            said |= {f"words.{part}.{n}.label.en": each.label.en, f"words.{part}.{n}.label.es": each.label.es}
            options = getattr(each, "options", None) or {}
            for name, text in options.items():
                said |= {f"words.{part}.{n}.options.{name}.{tag}": getattr(text, tag) for tag in ("en", "es")}
    return {"roles": [role.value for role in of.roles], **{name: [value] for name, value in said.items()}}


def sends(lead: Browser, address: str, of: Step, status: int = 303, **changes: list[str]) -> str:
    page, action = f"{address}/steps/{of.id}", f"{address}/steps/{of.id}/save"
    fields = {**{name: [value] for name, value in lead.form(page, action).items()}, **filled(of)}
    fields |= {name.replace("__", "."): value for name, value in changes.items()}
    return lead.post(action, fields, status)  # type: ignore[arg-type]  # several values of one name


def test_a_length_roles_and_words_are_changed_and_nothing_else(lead: Browser, district: District) -> None:
    address = begun(lead)
    before = step(district, address, "guardian_contact")
    deadline = before.deadlines[0]
    changes = {
        f"amount__{deadline.id}": ["25"],
        f"unit__{deadline.id}": ["minutes"],
        "words__why__es": ["Para ayudar."],
    }

    sends(lead, address, before, roles=["admin", "nurse"], **changes)

    after = step(district, address, "guardian_contact")
    assert after.deadlines[0].within == timedelta(minutes=25)
    assert after.deadlines[0].source == "D"
    assert set(after.roles) == {Role.ADMIN, Role.NURSE}
    assert after.why.es == "Para ayudar."
    kept = {"deadlines": before.deadlines, "roles": before.roles, "why": before.why}
    assert after.model_copy(update=kept) == before
    told = words(lead.get(address))
    assert "within 25 minutes" in told
    assert "who does it: administrator, nurse" in told


def test_the_form_as_it_stands_changes_nothing(lead: Browser, district: District) -> None:
    address = begun(lead)
    before = stands(district, address).latest

    for each in protocol(district, address).steps[:6]:
        fields = filled(each)
        if each.sign is not None:
            del fields["roles"]
        page, action = f"{address}/steps/{each.id}", f"{address}/steps/{each.id}/save"
        shown = {**{n: [v] for n, v in lead.form(page, action).items()}, **fields}
        lead.post(action, shown)  # type: ignore[arg-type]  # several values of one name

    assert stands(district, address).latest == before


def test_nobody_and_empty_words_are_refused_at_their_fields(lead: Browser, district: District) -> None:
    address = begun(lead)
    before = stands(district, address).latest

    page = sends(lead, address, step(district, address, "guardian_contact"), 422, roles=[], words__why__es=[""])

    assert "Somebody must do this step; choose at least one." in words(page)
    assert "Write something in both languages." in words(page)
    assert 'href="#words.why.es"' in page
    assert stands(district, address).latest == before


def test_who_assesses_is_no_matter_of_the_form_i_5(lead: Browser, district: District) -> None:
    address = begun(lead, district.protocol_hash)
    assess = next(each for each in protocol(district, address).steps if each.type is StepType.ASSESS)

    shown = lead.get(f"{address}/steps/{assess.id}")
    page = sends(lead, address, assess, 422, roles=["nurse"])

    assert 'name="roles"' not in shown
    assert "Who decides on the level of risk, and who signs, is not changed by a form" in words(page)
    assert step(district, address, assess.id).roles == assess.roles


def test_only_what_may_be_waived_is_left_out_and_what_waited_goes_on(lead: Browser, district: District) -> None:
    address = begun(lead, district.protocol_hash)
    steps = protocol(district, address).steps
    hard = next(each for each in steps if each.safety is SafetyClass.HARD)
    optional = next(each for each in steps if each.safety is SafetyClass.REASON)
    fields = lead.form(f"{address}/steps/{hard.id}", f"{address}/steps/{hard.id}/save")

    assert "leave-out" not in lead.get(f"{address}/steps/{hard.id}")
    refused = words(lead.post(f"{address}/steps/{hard.id}/leave-out", fields, 422))
    page = f"{address}/steps/{optional.id}"
    lead.send(page, f"{page}/leave-out")

    assert "This step is never left out: nobody may waive it" in refused
    left = protocol(district, address)
    assert left.step(optional.id) is None
    assert not any(optional.id in each.after for each in left.steps)
    assert "this step is left out" in words(lead.get(address))


def test_a_value_of_all_steps_is_changed_by_its_kind(lead: Browser, district: District) -> None:
    address = begun(lead)
    known = protocol(district, address)
    page = f"{address}/values"
    texts = [(name, name.rpartition(".")[2]) for name in fields_of(lead.get(page), "words.")]
    around = {name: value_of(known, name) for name, _ in texts}
    fields = {**lead.form(page, page), **around, "amount.contact_gap": "20", "unit.contact_gap": "minutes"}

    lead.post(page, fields)

    after = protocol(district, address)
    assert (after.parameters["contact_gap"].value, after.parameters["contact_gap"].source) == ("PT20M", "D")
    assert after.model_copy(update={"parameters": known.parameters}) == known


def fields_of(page: str, start: str) -> list[str]:
    return [each.partition('"')[0] for each in page.split('name="')[1:] if each.startswith(start)]


def value_of(known: object, name: str) -> str:
    for key in name.split(".")[1:]:
        if isinstance(known, dict):
            known = known[key]
        else:
            known = known[int(key)] if isinstance(known, tuple) else getattr(known, key)
    return str(known)


def test_who_may_not_write_sees_no_form(site: TestClient, district: District, lead: Browser) -> None:
    address = begun(lead)
    counselor = at_console(site, district, COUNSELOR)

    page = counselor.get(f"{address}/steps/guardian_contact")

    assert "Needed if" in page or "By when" in page
    assert f"{address}/steps/guardian_contact/save" not in page
    assert "Until the family is tried again" in counselor.get(f"{address}/values")


def test_every_page_of_a_draft_is_there_in_spanish(site: TestClient, district: District) -> None:
    lead = at_console(site, district, PersonId(LEAD), "es")
    address = begun(lead)
    parts = ("", "/text", "/lines", "/picture", "/try", "/steps", "/steps/guardian_contact", "/values")

    assert [part for part in parts if 'lang="es"' not in lead.get(address + part)] == []
