"""What a protocol names exists and fits: one mistake of each kind, each told in a sentence with its place."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from crisis.protocols import loader
from crisis.protocols.fault import Fault
from crisis.protocols.schema import Protocol
from crisis.protocols.wellformed import faults, find

Draft = dict[str, Any]
EMPTY: Draft = {"name": None, "on": None}


def draft_of(name: str) -> Draft:
    found: Draft = json.loads(loader.protocol(name).model_dump_json(exclude_unset=True))
    return found


def step(draft: Draft, name: str) -> Draft:
    found: Draft = next(each for each in draft["steps"] if each["id"] == name)
    return found


def number(draft: Draft, name: str) -> int:
    return [each["id"] for each in draft["steps"]].index(name)


def wrong(change: Callable[[Draft], object]) -> list[Fault]:
    draft = draft_of("suicide_risk")
    change(draft)
    return find(Protocol.model_validate_json(json.dumps(draft)))


@pytest.mark.parametrize("name", loader.names())
def test_the_built_in_protocols_are_well_formed(name: str) -> None:
    assert faults(loader.protocol(name)) == []


def put(name: str, key: str, value: object) -> Callable[[Draft], object]:
    return lambda draft: step(draft, name).__setitem__(key, value)


def add(name: str, key: str, value: object) -> Callable[[Draft], object]:
    return lambda draft: step(draft, name).setdefault(key, []).append(value)


def change(name: str, part: str, place: int, key: str, value: object) -> Callable[[Draft], object]:
    return lambda draft: step(draft, name)[part][place].__setitem__(key, value)


def twice(name: str, part: str) -> Callable[[Draft], object]:
    return lambda draft: step(draft, name)[part].append(step(draft, name)[part][0])


def top(key: str, value: object) -> Callable[[Draft], object]:
    return lambda draft: draft.__setitem__(key, value)


def without(*names: str) -> Callable[[Draft], object]:
    def leave_out(draft: Draft) -> None:
        draft["steps"] = [each for each in draft["steps"] if each["id"] not in names]

    return leave_out


MISTAKES = {
    "a step waits for nothing that exists": (
        put("screen", "after", ["nowhere"]),
        "step “screen” waits for “nowhere”, which does not exist",
    ),
    "a step twice": (
        lambda draft: draft["steps"].append({**step(draft, "reassess")}),
        "the step “reassess” stands 2 times; give each its own",
    ),
    "an exception twice": (
        lambda draft: step(draft, "referral")["exceptions"].append(step(draft, "referral")["exceptions"][0]),
        "the exception “refuses_care” stands 2 times; give each its own",
    ),
    "a deadline twice": (
        twice("referral", "deadlines"),
        "the name among the deadlines of “referral” “mobile_crisis_here” stands 2 times; give each its own",
    ),
    "a choice twice": (
        twice("emergency_decision", "choices"),
        "the name among the choices of “emergency_decision” “call_911” stands 2 times; give each its own",
    ),
    "an answer after a step that is none": (
        change("emergency_decision", "choices", 3, "only_after", ["nowhere"]),
        "answer “police_last_resort” of “emergency_decision” comes only after “nowhere”, which is no other step",
    ),
    "an answer after itself": (
        change("emergency_decision", "choices", 3, "only_after", ["emergency_decision"]),
        "answer “police_last_resort” of “emergency_decision” comes only after “emergency_decision”, "
        "which is no other step",
    ),
    "an answer by a parameter that is no yes or no": (
        change("emergency_decision", "choices", 3, "only_after_if", "consent_model"),
        "answer “police_last_resort” of “emergency_decision” needs `only_after`, "
        "and a parameter “consent_model”: true or false",
    ),
    "an evidence field twice": (
        twice("clear_means", "evidence"),
        "the name among the evidence of “clear_means” “means” stands 2 times; give each its own",
    ),
    "a citation twice": (
        lambda draft: draft["citations"].append(draft["citations"][0]),
        "the citation “S1” stands 2 times; give each its own",
    ),
    "a fact twice": (
        top("facts", [{"id": "seen", "label": {"en": "a", "es": "a"}, "values": {}, "setters": []}] * 2),
        "the fact “seen” stands 2 times; give each its own",
    ),
    "a source that is not cited": (
        put("screen", "source", "S99"),
        "step “screen” names S99 as its source; add it to the citations, or write D",
    ),
    "a source of spaces": (
        put("screen", "source", " "),
        "step “screen” names nothing as its source; add it to the citations, or write D",
    ),
    "a deadline's source that is not cited": (
        change("screen", "deadlines", 1, "source", "S99 D"),
        "deadline “same_day” of “screen” names S99 as its source; add it to the citations, or write D",
    ),
    "an exception's source that is not cited": (
        change("referral", "exceptions", 0, "source", "S99"),
        "exception “refuses_care” names S99 as its source; add it to the citations, or write D",
    ),
    "a parameter's source that is not cited": (
        lambda draft: draft["parameters"]["consent_model"].update(source="S99"),
        "parameter “consent_model” names S99 as its source; add it to the citations, or write D",
    ),
    "the lane's source that is not cited": (
        lambda draft: draft["lane"].update(source="S99"),
        "the emergency lane names S99 as its source; add it to the citations, or write D",
    ),
    "a role of a step that is not counted": (
        put("screen", "roles", ["sro"]),
        "step “screen” names the role sro; add it to the roles of the protocol",
    ),
    "a role of a page that is not counted": (
        put("clinician_page", "pages", "sro"),
        "step “clinician_page” names the role sro; add it to the roles of the protocol",
    ),
    "a second signer who is not counted": (
        lambda draft: step(draft, "assess")["sign"].update(second_roles=["sro"]),
        "step “assess” names the role sro; add it to the roles of the protocol",
    ),
    "a role to be told that is not counted": (
        change("screen", "deadlines", 1, "on_miss", ["sro"]),
        "deadline “same_day” of “screen” names the role sro; add it to the roles of the protocol",
    ),
    "a role of an exception that is not counted": (
        change("referral", "exceptions", 0, "authorisers", ["sro"]),
        "exception “refuses_care” names the role sro; add it to the roles of the protocol",
    ),
    "a role of a fact that is not counted": (
        top("facts", [{"id": "seen", "label": {"en": "a", "es": "a"}, "values": {}, "setters": ["sro"]}]),
        "fact “seen” names the role sro; add it to the roles of the protocol",
    ),
    "nobody may declare an exception": (
        change("referral", "exceptions", 0, "authorisers", []),
        "exception “refuses_care” names nobody who may declare it",
    ),
    "a condition on a step that does not exist": (
        put("reassess", "when", {"done": "nowhere"}),
        "a condition of “reassess” names the step “nowhere”, which does not exist",
    ),
    "a condition on an answer that is not offered": (
        put("reassess", "when", {"any": [{"answer": {"emergency_decision": ["run"]}}]}),
        "a condition of “reassess” asks for the answer “run”, which “emergency_decision” does not offer",
    ),
    "a condition on a fact that does not exist": (
        put("reassess", "when", {"none": [{"fact": {"seen": "yes"}}]}),
        "a condition of “reassess” asks for the fact “seen” = “yes”, which does not exist",
    ),
    "a condition on an exception that does not exist": (
        change("reassess", "deadlines", 0, "when", {"all": [{"exception": ["lost_keys"]}]}),
        "a condition of “reassess” names the exception “lost_keys”, which does not exist",
    ),
    "a condition on nothing": (
        put("reassess", "ready_when", {"tier": []}),
        "a condition of “reassess” names nothing under `tier`, so it can never be decided",
    ),
    "an instrument that does not exist": (
        put("screen", "instruments", ["crystal_ball"]),
        "step “screen” cannot use “crystal_ball”; for this type there is: asq, cssrs, gad_7, phq_a, psc_17",
    ),
    "an instrument of another type": (
        put("assess", "instruments", ["asq"]),
        "step “assess” cannot use “asq”; for this type there is: bssa, gad_7, phq_a, psc_17, safe_t",
    ),
    "a screening with a questionnaire alone": (
        put("screen", "instruments", ["phq_a"]),
        "step “screen” needs one that decides a screening: asq or cssrs",
    ),
    "a decision without a hard deadline": (
        change("emergency_decision", "deadlines", 0, "kind", "target"),
        "step “emergency_decision” is a decision and needs a hard deadline (I-7)",
    ),
    "high risk signed by one person": (
        lambda draft: step(draft, "assess").pop("sign"),
        "step “assess” needs `sign` with a second person at high and imminent risk (I-5)",
    ),
    "only imminent risk signed by two": (
        lambda draft: step(draft, "assess")["sign"].update(second_when={"tier": ["imminent"]}),
        "step “assess” needs `sign` with a second person at high and imminent risk (I-5)",
    ),
    "a step in the closed phase": (
        put("reassess", "phase", "closed"),
        "step “reassess” cannot stand in the phase closed; nothing is done there",
    ),
    "the contact before, in no series": (
        change("reassess", "deadlines", 0, "anchor", "previous"),
        "deadline “high” of “reassess” would never begin: “previous” is the contact before, and the step is no series",
    ),
    "a clock from the release, and no release": (
        lambda draft: [without("custody_release")(draft), put("close_review", "after", [])(draft)],
        "deadline “two_days” of “nurse_call” would never begin: no step releases the student",
    ),
    "a clock from the level of risk, and no assessment": (
        without("assess"),
        "deadline “begin” of “guardian_contact” would never begin: no step decides the level of risk",
    ),
    "custody that is never released": (
        without("custody_release"),
        "custody that is taken is released, and the other way round: add the step that is missing (I-1)",
    ),
    "no review": (
        without("close_review"),
        "there is exactly one step of type review, where the incident closes; this has 0",
    ),
    "nothing in the follow-up": (
        lambda draft: [each.update(phase="handoff") for each in draft["steps"] if each["phase"] == "follow_up"],
        "add a step to the phase follow_up: an incident closes from there",
    ),
    "police without reasons": (top("police_reasons", {}), "list the reasons for which police may be called (I-14)"),
    "a handoff without a list of what may cross": (
        top("disclosure_items", {}),
        "list what may cross to the receiver of a handoff (I-16)",
    ),
    "a block of the guardians without a report": (
        lambda draft: step(draft, "guardian_contact")["exceptions"][0].pop("obligation"),
        "exception “contraindicated” blocks the guardians: it needs an obligation to report and `two_to_lift` (I-10)",
    ),
    "a block of the guardians that one person lifts": (
        change("guardian_contact", "exceptions", 0, "two_to_lift", False),
        "exception “contraindicated” blocks the guardians: it needs an obligation to report and `two_to_lift` (I-10)",
    ),
    "an exception in the place of a decision": (
        lambda draft: step(draft, "emergency_decision").update(
            exceptions=[{**step(draft, "reentry_meeting")["exceptions"][0], "id": "busy"}]
        ),
        "exception “busy” cannot take the place of “emergency_decision”; that is answered by a person (I-19)",
    ),
    "an obligation without its parameter": (
        lambda draft: draft["parameters"].pop("mandated_report_oral"),
        "exception “contraindicated” takes its clock from the parameter “mandated_report_oral”, which is missing",
    ),
    "a clock that is no length of time": (
        lambda draft: draft["parameters"]["mandated_report_written"].update(value="soon"),
        "exception “contraindicated” takes its clock from “mandated_report_written”, which is no length of time such "
        "as PT48H",
    ),
    "a delegation rule that is neither true nor false": (
        lambda draft: draft["parameters"]["mandated_report_delegation"].update(value="maybe"),
        "exception “contraindicated” asks “mandated_report_delegation” for true or false",
    ),
    "a reviewer without a date": (
        top("review", {"clinical": {"name": "A. Reviewer", "on": None}, "legal": EMPTY, "expires": None}),
        "the clinical review has a name and a date, or neither",
    ),
    "a review without an end": (
        top("review", {"clinical": {"name": "A. Reviewer", "on": "2026-09-01"}, "legal": EMPTY, "expires": None}),
        "say until when the review holds",
    ),
    "a review that ended before it began": (
        top("review", {"clinical": EMPTY, "legal": {"name": "B", "on": "2026-09-01"}, "expires": "2026-08-01"}),
        "the review runs out before it was signed; check the dates",
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_each_kind_of_mistake_is_told(kind: str) -> None:
    mistake, sentence = MISTAKES[kind]

    assert sentence in [fault.text for fault in wrong(mistake)]


def test_steps_that_wait_in_a_circle_are_named() -> None:
    found = wrong(put("take_custody", "after", ["assess"]))

    assert [fault.text.partition(":")[0] for fault in found] == [
        "these steps wait for each other in a circle, or for one"
    ]
    assert "take_custody" in found[0].text


def test_all_faults_come_at_once() -> None:
    def three(draft: Draft) -> None:
        put("screen", "source", "S99")(draft)
        put("screen", "after", ["nowhere"])(draft)
        top("police_reasons", {})(draft)

    assert len(wrong(three)) == 3


def test_a_fault_knows_its_place_in_the_file() -> None:
    draft = draft_of("suicide_risk")
    place = number(draft, "reassess")

    found = wrong(put("reassess", "when", {"any": [{"tier": ["low"]}, {"done": "nowhere"}]}))

    assert [fault.place for fault in found] == [("steps", place, "when", "any", 1)]
