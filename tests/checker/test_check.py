"""The model checker proves the built-in protocols, and tells a readable story for each fault that is planted."""

from collections.abc import Iterable

import pytest

from crisis.checker.check import Finding, check
from crisis.protocols import loader
from crisis.protocols.schema import Condition, Protocol, Step
from crisis.vocabulary import Anchor, Custody, DeadlineKind, Role, StepId, StepType, Tier

P1 = loader.protocol("suicide_risk")
MISSING = loader.protocol("missing_student")
NEVER = Condition(all=(Condition(custody=tuple(Custody)), Condition(none=(Condition(custody=tuple(Custody)),))))

FOUND_AT_ONCE = Condition(answer={StepId("emergency_decision"): ("found",)})
NO_WAY = (
    ("I-19", "close cannot be reached at all"),
    ("I-19", "an open incident has no live deadline, no page and no open step"),
    ("DEAD-END", "from here the incident can never be closed"),
)


def changed(protocol: Protocol, step_id: str, **values: object) -> Protocol:
    """The protocol with other values in one step."""
    steps = [step.model_copy(update=values) if step.id == step_id else step for step in protocol.steps]
    assert tuple(steps) != protocol.steps
    return protocol.model_copy(update={"steps": tuple(steps)})


def without(protocol: Protocol, *names: str) -> Protocol:
    """The protocol without some steps, which nobody waits for any more."""
    steps = [
        step.model_copy(update={"after": tuple(other for other in step.after if other not in names)})
        for step in protocol.steps
        if step.id not in names
    ]
    return protocol.model_copy(update={"steps": tuple(steps)})


def the(protocol: Protocol, step_id: str) -> Step:
    step = protocol.step(StepId(step_id))
    assert step is not None
    return step


def found(protocol: Protocol, people: dict[Role, int] | None = None) -> list[Finding]:
    return list(check(protocol, people, quick=True).findings)


def only(findings: Iterable[Finding], rule: str, text: str) -> Finding:
    """The one that says it; every other of the same walk would be a second story of the same fault."""
    [finding] = [each for each in findings if each.rule == rule and text in each.text]
    return finding


@pytest.mark.full
def test_suicide_risk_is_proved_and_how_far_the_walk_has_come_is_told() -> None:
    told: list[int] = []

    proof = check(P1, dict.fromkeys(P1.roles, 2), told.append)

    assert "\n".join(map(str, proof.findings)) == ""
    assert proof.closed > 0
    assert told == [1000 * n for n in range(1, proof.states // 1000 + 1)]


# ---- faults of the file: no walk is needed


@pytest.mark.parametrize(
    ("planted", "text"),
    [
        (changed(P1, "take_custody", after=(StepId("custody_release"),)), "circle"),
        (without(P1, "custody_release"), "add the step that is missing (I-1)"),
        (changed(P1, "nurse_call", when=Condition(done=StepId("call_the_nurse"))), "call_the_nurse"),
        (changed(P1, "tell_admin", roles=(Role.LOGISTICS,)), "logistics"),
        (without(P1, "close_review"), "exactly one step of type review"),
        (P1.model_copy(update={"parameters": {}}), "mandated_report_oral"),
    ],
    ids=["circle", "no-release", "unknown-step", "unknown-role", "no-review", "no-clock-for-a-report"],
)
def test_what_is_wrong_in_the_file_is_found_before_the_walk(planted: Protocol, text: str) -> None:
    proof = check(planted)

    assert [finding.rule for finding in proof.findings if text in finding.text] != []
    assert {finding.rule for finding in proof.findings} == {"FILE"}
    assert proof.states == 0


def test_a_decision_without_a_hard_deadline_is_found() -> None:
    soft = tuple(
        each.model_copy(update={"kind": DeadlineKind.TARGET}) for each in the(P1, "emergency_decision").deadlines
    )

    findings = found(changed(P1, "emergency_decision", deadlines=soft))

    assert "I-7" in only(findings, "FILE", "emergency_decision").text


# ---- who is there


def test_a_role_that_the_district_has_nobody_for_is_found() -> None:
    people = {**dict.fromkeys(P1.roles, 5), Role.ASSESSOR: 1}

    finding = only(found(P1, people), "ROLE", "assessor")

    assert finding.text == "the district has 1 people as assessor, 2 are needed"


# ---- silence


def test_a_deadline_that_is_silent_for_ninety_days_is_found() -> None:
    [deadline, *others] = the(P1, "check_ins_weekly").deadlines
    rare = deadline.model_copy(update={"days": 90})

    finding = only(found(changed(P1, "check_ins_weekly", deadlines=(rare, *others))), "SILENCE", "90 days")

    assert the(P1, "check_ins_weekly").title.en in finding.text


@pytest.mark.parametrize(
    ("planted", "step"),
    [
        (changed(P1, "screen", deadlines=()), "screen"),
        (changed(P1, "clear_means", deadlines=()), "clear_means"),
        (changed(P1, "safety_plan", deadlines=the(P1, "safety_plan").deadlines[1:]), "safety_plan"),
        (
            changed(
                P1,
                "first_follow_up",
                deadlines=tuple(
                    each.model_copy(update={"anchor": Anchor.RETURNED}) for each in the(P1, "first_follow_up").deadlines
                ),
            ),
            "first_follow_up",
        ),
        (
            changed(
                P1,
                "reassess",
                deadlines=tuple(
                    each for each in the(P1, "reassess").deadlines if each.when != Condition(tier=(Tier.MODERATE,))
                ),
            ),
            "reassess",
        ),
    ],
    ids=["none", "none-of-the-first-steps", "only-at-imminent", "only-after-a-return", "none-at-moderate"],
)
def test_a_hard_step_that_is_open_without_a_clock_is_found(planted: Protocol, step: str) -> None:
    finding = only(found(planted), "I-19", "is open and has no live deadline")

    assert f"“{the(P1, step).title.en}”" in finding.text
    assert finding.story[0] == "somebody raises a concern; nobody is with the student yet"


def test_a_decision_that_is_never_asked_for_is_found() -> None:
    both = Condition(all=(Condition(ever_acute=True), Condition(ever_acute=False)))

    finding = only(found(changed(P1, "emergency_decision", when=both)), "I-7", "no decision step asks")

    assert finding.story[-1] in ("raises the emergency", "the screen is positive and acute")


# ---- no way out


@pytest.mark.parametrize(
    ("planted", "line"),
    [
        (changed(MISSING, "debrief", ready_when=NEVER), "somebody raises a concern"),
        (changed(MISSING, "local_search", after=(StepId("close_review"),)), "somebody raises a concern"),
        (changed(MISSING, "guardian_contact", ready_when=NEVER, exceptions=()), "somebody raises a concern"),
        (changed(MISSING, "tell_all", ready_when=FOUND_AT_ONCE), "with “911 has been called”"),
        pytest.param(
            changed(P1, "safety_plan", when=Condition(tier=(Tier.LOW,))),
            "the screen is",
            marks=pytest.mark.full,
            id="plan-only-at-low-risk",
        ),
    ],
)
def test_an_incident_that_can_never_be_closed_is_found(planted: Protocol, line: str) -> None:
    finding = found(planted)[0]

    assert (finding.rule, finding.text) in NO_WAY
    assert any(line in told for told in finding.story)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("planted", "step"),
    [
        (changed(MISSING, "call_after_search", ready_when=Condition(done=StepId("close_review"))), "call_after_search"),
        pytest.param(
            changed(P1, "custody_release", ready_when=Condition(done=StepId("first_follow_up"))),
            "custody_release",
            marks=pytest.mark.full,
        ),
        pytest.param(
            changed(P1, "referral", ready_when=Condition(done=StepId("close_review"))),
            "referral",
            marks=pytest.mark.full,
        ),
    ],
    ids=["call-waits-for-the-end", "release-waits-for-follow-up", "review-before-handoff"],
)
def test_a_step_that_never_opens_is_found(planted: Protocol, step: str) -> None:
    """Of the last two: an ambulance would still get the student out, so they are no dead end."""
    texts = [finding.text for finding in found(planted)]

    assert f"“{the(planted, step).title.en}” never opens, whatever happens" in texts


# ---- closed, but not rightly


@pytest.mark.full
def test_a_close_after_high_risk_without_a_handoff_is_found() -> None:
    ready = the(P1, "custody_release").ready_when
    assert ready is not None
    assert ready.all is not None
    others = Condition(
        all=tuple(part for part in ready.all if Condition(done=StepId("referral")) not in (part.any or ()))
    )
    planted = changed(without(P1, "referral"), "custody_release", ready_when=others)

    finding = only(found(planted), "I-15", "without a handoff")

    assert finding.story[-1] == "does the paper work and closes the incident"


@pytest.mark.slow
def test_a_close_after_high_risk_without_any_follow_up_is_found() -> None:
    """Without what has nothing to do with it too: each step more doubles the walk."""
    series = [step.id for step in P1.steps if step.type is StepType.FOLLOW_UP]
    others = ("clear_means", "tell_admin", "reassess", "reentry_meeting")

    finding = only(found(without(P1, *series, *others)), "I-18", "without a follow-up")

    assert finding.story[-1] == "does the paper work and closes the incident"


def test_a_story_is_told_a_line_a_move() -> None:
    finding = only(found(changed(P1, "screen", deadlines=())), "I-19", "no live deadline")

    first, *moves = str(finding).splitlines()
    assert first == f"I-19: “{the(P1, 'screen').title.en}” is open and has no live deadline"
    assert moves[0] == "  1. somebody raises a concern; nobody is with the student yet"
    assert [line.split(".")[0].strip() for line in moves] == [str(n) for n in range(1, len(moves) + 1)]
