"""Faults that are planted in the file of a protocol are found, with stories that a person can read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from crisis.checker.check import Proof, check
from crisis.protocols import loader
from crisis.protocols.schema import Protocol, Step
from crisis.vocabulary import Role

Values = dict[str, Any]
Plant = Callable[[Values], None]
PEOPLE = dict.fromkeys(Role, 2)


def planted(plant: Plant, name: str = "missing_student") -> Protocol:
    values = loader.protocol(name).model_dump(mode="json", exclude_unset=True)
    plant(values)
    return Protocol.model_validate_json(json.dumps(values))


def step(values: Values, step_id: str) -> Values:
    found: Values = next(each for each in values["steps"] if each["id"] == step_id)
    return found


def said(proof: Proof) -> str:
    return "\n".join(str(finding) for finding in proof.findings)


def test_a_role_that_nobody_in_the_district_holds_is_found() -> None:
    proof = check(loader.protocol("missing_student"), dict.fromkeys(Role, 0), quick=True)

    assert "the district has 0 people as admin" in said(proof)


def no_clock(step_id: str) -> Plant:
    return lambda values: step(values, step_id).update(deadlines=[])


def waits_for(step_id: str, other: str) -> Plant:
    return lambda values: step(values, step_id).update(after=[other])


def only_ready(step_id: str, condition: Values) -> Plant:
    return lambda values: step(values, step_id).update(ready_when=condition)


def only_needed(step_id: str, condition: Values) -> Plant:
    return lambda values: step(values, step_id).update(when=condition)


def without(step_id: str) -> Plant:
    return lambda values: values.update(steps=[each for each in values["steps"] if each["id"] != step_id])


def soft_decision(values: Values) -> None:
    for deadline in step(values, "emergency_decision")["deadlines"]:
        deadline["kind"] = "target"


def silent_for_a_season(values: Values) -> None:
    deadline = {"id": "late", "anchor": "opened", "days": 90, "clock": "calendar_day", "kind": "target"}
    step(values, "debrief").update(deadlines=[{**deadline, "on_miss": ["admin"], "source": "D"}])


def tells_a_stranger(values: Values) -> None:
    step(values, "tell_admin")["deadlines"][0]["on_miss"] = ["scribe"]


def no_such_source(values: Values) -> None:
    step(values, "tell_admin")["deadlines"][0]["source"] = "S999"


def nobody_stands_in(values: Values) -> None:
    for rule in step(values, "guardian_contact")["exceptions"]:
        rule.update(basis="none")


def clock_without_length(values: Values) -> None:
    values["parameters"]["mandated_report_written"]["value"] = "two days"


def report_without_clock(values: Values) -> None:
    del values["parameters"]["mandated_report_oral"]


def unlisted_role(values: Values) -> None:
    del values["roles"]["assessor"]


NEVER = "can never be closed"
FAULTS: dict[str, tuple[Plant, str]] = {
    "a removed deadline of a hard step": (no_clock("student_found"), "is open and has no live deadline"),
    "a removed deadline at the opening": (no_clock("tell_admin"), "is open and has no live deadline"),
    "a decision that nobody must answer": (soft_decision, "is a decision and needs a hard deadline"),
    "a circle of waiting": (waits_for("tell_all", "debrief"), "wait for each other in a circle"),
    "a wait for what does not exist": (waits_for("tell_all", "nowhere"), "does not exist"),
    "a condition on an answer nobody can give": (
        only_needed("call_after_search", {"answer": {"emergency_decision": ["perhaps"]}}),
        "does not offer",
    ),
    "a step that waits for a custody that is never held": (only_ready("student_found", {"custody": ["held"]}), "close"),
    "a step that waits for a level nobody decides": (only_needed("tell_all", {"tier": ["high"]}), "close"),
    "a way on only through an exception": (only_ready("tell_all", {"exception": ["contraindicated"]}), "no open step"),
    "no step in which it closes": (without("close_review"), "exactly one step of type review"),
    "a role that the protocol does not list": (unlisted_role, "assessor"),
    "a season of silence": (silent_for_a_season, "silent for 90 days"),
    "a miss that is told to nobody on the team": (tells_a_stranger, "names the role scribe"),
    "a source that is not cited": (no_such_source, "S999"),
    "a guardian whom nobody stands in for": (nobody_stands_in, NEVER),
    "a report whose clock is no time": (clock_without_length, "no length of time"),
    "a report without its clock": (report_without_clock, "mandated_report_oral"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    plant, words = FAULTS[fault]

    proof = check(planted(plant), quick=True)

    assert not proof.holds
    assert words in said(proof)


def test_a_counter_example_is_a_story_that_a_person_can_follow() -> None:
    plant, _words = FAULTS["a way on only through an exception"]

    (finding, *_others) = [each for each in check(planted(plant), quick=True).findings if each.story]

    assert finding.story[0] == "somebody raises a concern; nobody is with the student yet"
    assert all(len(line) > 5 for line in finding.story)
    assert str(finding).splitlines()[1].startswith("  1. ")


@pytest.mark.parametrize("removed", ["take_custody", "custody_release"])
def test_custody_that_is_taken_and_never_released_is_found_i_1(removed: str) -> None:
    proof = check(planted(without(removed), "suicide_risk"))

    assert not proof.holds


@pytest.mark.parametrize("overlay", loader.overlays())
def test_an_overlay_changes_clocks_only_and_so_keeps_the_proof(overlay: str) -> None:
    base, over = loader.protocol("suicide_risk"), loader.protocol("suicide_risk", overlay)

    assert [without_clocks(step) for step in over.steps] == [without_clocks(step) for step in base.steps]


def without_clocks(step: Step) -> Values:
    values = step.model_dump(mode="json", exclude={"deadlines"})
    kinds = [(known.id, known.anchor, known.kind, known.clock) for known in step.deadlines]
    return {**values, "kinds": kinds}
