"""What protocols share is written once: taken, changed, cited and hashed as if it stood in the file itself."""

from pathlib import Path

import pytest

from crisis.protocol_words import Subject
from crisis.protocols import loader
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.protocols.schema import Protocol
from crisis.vocabulary import StepId
from tests.protocols.small import SMALL, small

USING = small("  - id: family\n", "  - use: clear_means\n  - id: family\n")
PINNED = {  # open incidents run on these: a protocol of another content is another protocol
    "suicide_risk": "30f525d1e6730328fd978575805bd359b0b41c6b4ea57b72a8de35eab6849dad",
    "missing_student": "eb59a375e7cb7ae5dd8b32b63e80d1067f4f21ccff91787f87305f411c1c1b5b",
}


def read(text: str) -> Protocol:
    return loader.protocol_from_text(text, "mine.yaml")


def told(text: str) -> str:
    with pytest.raises(ProtocolFault) as refused:
        read(text)
    return " | ".join(refused.value.faults)


def using(more: str = "") -> str:
    """The small protocol with a shared step, and with whatever else is needed for it."""
    listed = USING.replace("roles: {assessor: 2, admin: 1}", "roles: {assessor: 2, admin: 1, incident_lead: 1}")
    return listed.replace("  - use: clear_means\n", f"  - use: clear_means\n{more}")


def test_what_open_incidents_run_on_kept_its_hash_when_its_steps_moved() -> None:
    assert {name: loader.content_hash(loader.protocol(name)) for name in PINNED} == PINNED


def test_a_shared_step_comes_with_its_citations_and_what_stands_beside_it_replaces() -> None:
    shared = loader.protocol("suicide_risk").step(StepId("clear_means"))
    assert shared is not None
    taken = read(using()).step(StepId("clear_means"))
    changed = read(using("    safety: reason\n    leave_phase: null\n"))

    assert taken == shared
    assert [citation.key for citation in read(using()).citations] == ["S1", "S2", "S4", "S7"]
    expected = shared.model_copy(update={"safety": "reason", "leave_phase": True})
    assert changed.step(StepId("clear_means")) == expected


def test_shared_maps_are_taken_by_name_and_ones_own_entry_comes_first() -> None:
    text = SMALL.replace("subject: student\n", "subject: student\ntake: [parameters, police_reasons]\n")
    found = read(text.replace("parameters:\n", "parameters:\n  contact_gap: {value: PT20M, source: D}\n"))

    assert found.parameters["contact_gap"].value == "PT20M"
    assert "mandated_report_written" in found.parameters
    assert found.police_reasons == loader.protocol("suicide_risk").police_reasons


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (using().replace("use: clear_means", "use: nothing"), "there is no shared step “nothing”; choose one of"),
        (using("    id: other\n"), "a shared step keeps its id"),
        (using("    colour: red\n"), "steps.3.colour: this key is not known here"),
        (
            using().replace("subject: student\n", "subject: student\ntake: [steps]\n"),
            "“steps” is nothing that is shared",
        ),
        (using().replace("subject: student\n", "subject: student\ntake: all\n"), "“all” is nothing that is shared"),
    ],
)
def test_what_is_not_shared_is_told_at_its_line(text: str, why: str) -> None:
    found = told(text)

    assert why in found
    assert found.startswith("mine.yaml line ")


def test_a_fault_of_a_shared_step_names_the_shared_file_and_its_line() -> None:
    lines = (loader.SHARED / "first_minutes.yaml").read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines, start=1) if "on_miss: [incident_lead]" in line)

    found = told(USING)  # whose roles do not list the lead

    assert f"first_minutes.yaml line {place}: deadline “at_once” of “clear_means” names the role incident_lead" in found


@pytest.mark.parametrize(
    "text", ["use: x", "steps: {use: x}", "steps: [[use]]\ntake: {}", "citations: 1\ntake: [parameters]"]
)
def test_what_has_no_shape_at_all_is_refused_as_before(text: str) -> None:
    assert "mine.yaml line " in told(text)


def test_every_shared_step_and_map_is_used_and_stands_once() -> None:
    taken = {step.id for name in loader.names() for step in loader.protocol(name).steps}
    shared = [step["id"] for shelf in loader.shelves() for step in shelf.values.get("steps", [])]

    assert len(set(shared)) == len(shared)
    assert set(shared) <= taken


def test_a_districts_own_file_takes_shared_steps_too(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(using(), encoding="utf-8")

    assert loader.protocol_from_file(path).step(StepId("clear_means")) is not None


def test_the_other_protocols_of_one_student_take_all_steps_of_suicide_risk() -> None:
    """One incident, one contact with the family: a positive screening goes on where it is.

    Where the student is in nobody's care here there is nothing to take: a screening opens an incident of its own.
    """
    suicide_risk = {step.id for step in loader.protocol("suicide_risk").steps}
    for known in (loader.protocol(name) for name in loader.names() if name not in PINNED):
        hard = [deadline for step in known.steps for deadline in step.deadlines if deadline.kind == "hard"]
        if known.subject is not Subject.STUDENT:
            continue
        in_our_care = any(step.custody is not None for step in known.steps)

        assert not in_our_care or suicide_risk <= {step.id for step in known.steps}
        assert len([step for step in known.steps if step.type == "contact"]) == 1
        assert (known.review.clinical.name, known.review.legal.name) == (None, None)
        assert all(deadline.source.split() for deadline in hard)
