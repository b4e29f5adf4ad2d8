"""Whole stories of the suicide-risk protocol, over the HTTP API with a live socket listening, on both databases."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisis.disclosure_words import DisclosurePurpose, SignMethod
from crisis.protocols import loader
from crisis.store import audit, consents, incidents, people, sample
from crisis.store.consents import Signed
from crisis.store.engine import Store
from crisis.vocabulary import Custody, LegalBasis, Phase, Tier
from tests.journeys.town import Listener, Somebody, Town, a_town, evidence

pytestmark = pytest.mark.page

ORGANISATION = "Bayside Mobile Crisis Team"
MAYA, DANIEL, HANNAH = "Maya Okafor", "Daniel Reyes", "Hannah Lindqvist"  # counselors, psychologist
INES, GRACE, OLIVER = "Ines Duarte", "Grace Mbeki", "Oliver Stone"  # principal, nurse, teacher
JOAN = "Joan Castellano"  # district lead
STUDENT = sample.student_id("Kieran", "Doyle")
MOTHER, FATHER = sample.person_id("Megan", "Doyle"), sample.person_id("Sean", "Doyle")  # he may not decide


@pytest.fixture
def town(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    with a_town(store, tmp_path, monkeypatch) as made:
        yield made


def screened(who: Somebody, incident: str, answers: str) -> None:
    words = {"y": "yes", "n": "no", "r": "refused", "-": "not_asked"}
    given = {f"q{number}": words[letter] for number, letter in enumerate(answers, start=1)}
    who.does(
        incident,
        "record-screen",
        step="screen",
        instrument="asq",
        answers=given,
        language="en",
        language_help="shared",
    )


def interviewed(who: Somebody, incident: str, disposition: str, right_now: str = "no") -> None:
    who.does(
        incident,
        "record-interview",
        step="assess",
        instrument="bssa",
        disposition=disposition,
        right_now=right_now,
        rationale="what the student told me",
    )


def decided(who: Somebody, incident: str, tier: str) -> None:
    who.does(incident, "set-tier", step="assess", tier=tier, rationale="why this level")


def guardian_reached(who: Somebody, incident: str) -> None:
    who.does(
        incident,
        "record-contact",
        step="guardian_contact",
        contact=MOTHER,
        guardian=True,
        method="phone",
        outcome="reached",
        language="es",
        language_help="interpreter",
        interpreted_by="service",
        interpreter="line 4471",
        understood=True,
    )


def done(who: Somebody, incident: str, step: str) -> None:
    who.does(incident, "complete-step", step=step, evidence=evidence(step))


def consented(town: Town) -> None:
    """The mother signs on paper; the office keeps it."""
    items = frozenset(loader.protocol("suicide_risk").disclosure_items)
    signed = Signed(
        records=items,
        purpose=DisclosurePurpose.CARE,
        party=ORGANISATION,
        signer=MOTHER,
        method=SignMethod.PAPER,
        document="5f" * 32,
        language="es",
        read=True,
        interpreter=None,
        signed_on=town.clock.now().date(),
        minor_checked=True,
    )
    with town.store.write() as tx:
        whose = (people.student(tx, STUDENT).district, STUDENT)
        consents.record(tx, town.store.keys, whose, signed, by=town.person(MAYA), at=town.clock.now())


def offer_of(
    who: Somebody, incident: str, receiver: str, basis: LegalBasis = LegalBasis.EMERGENCY
) -> dict[str, object]:
    items = [
        "identity", "guardians", "location", "concern", "answers", "means", "medical", "safety_plan", "needs"
    ]  # fmt: skip
    protocol = who.town.client.get(
        f"/api/v1/protocols/{who.town.incident(incident).protocol_hash}", headers=who._headers()
    ).json()
    withheld = {
        item: next(iter(protocol["withhold_reasons"])) for item in protocol["disclosure_items"] if item not in items
    }
    return {
        "step": "referral",
        "receiver": receiver,
        "organisation": ORGANISATION,
        "basis": basis,
        "threat": "said they would end their life today" if basis is LegalBasis.EMERGENCY else None,
        "disclosed": [item for item in protocol["disclosure_items"] if item in items],
        "withheld": withheld,
    }


def offered(who: Somebody, incident: str, receiver: str, basis: LegalBasis = LegalBasis.EMERGENCY) -> str:
    after = who.does(incident, "offer-handoff", **offer_of(who, incident, receiver, basis))
    return list(after.handoffs)[-1]


def followed_up(town: Town, incident: str) -> None:
    """Makes every follow-up that the protocol asks for, each at its time, until none is left."""
    who = {"nurse_call": GRACE}
    for _week in range(12):
        open_steps = [step for step in town.acts(JOAN).next(incident) if step != "close_review"]
        if not open_steps:
            return
        for step in open_steps:
            somebody = town.acts(who.get(step, MAYA))
            if step == "reassess":
                done(somebody, incident, step)
            elif step == "clinician_page":
                reason = "the hospital has the student"
                town.acts(INES).does(incident, "waive-step", step=step, reason=reason)
            elif step == "reentry_meeting":
                done(town.acts(INES), incident, step)
            else:
                somebody.does(incident, "record-follow-up", step=step, outcome="completed")
        town.passes(days=7)


def closed(town: Town, incident: str, *, second: bool) -> None:
    principal = town.acts(INES)
    if "I-19" in principal.before_closing(incident):
        principal.does(incident, "decide-review", hold=True)
    if second:
        town.passes(days=5)
        assert "I-19" in principal.is_refused(incident, "close-incident")
        town.acts(MAYA).does(incident, "sign-close")
    after = principal.does(incident, "close-incident")
    assert after.phase is Phase.CLOSED


def live_saw_everything(town: Town, console: Listener) -> None:
    """What a console that listened all the time was told: every event once, in order; and the chain holds."""
    with town.store.read() as tx:
        happened = [tick.position for tick in incidents.since(tx, 0, limit=100_000)]
        assert audit.verify(tx).ok
    for _turn in range(100):
        if len(console.positions()) >= len(happened):
            break
        time.sleep(0.05)
    assert console.positions() == happened


def test_high_risk_from_first_concern_to_close(town: Town) -> None:
    maya, ines = town.acts(MAYA), town.acts(INES)
    with town.listener(JOAN).listening() as console:
        incident = maya.opens(student=STUDENT)
        assert maya.next(incident)[0] in ("clear_means", "tell_admin", "screen")
        done(maya, incident, "clear_means")
        done(maya, incident, "tell_admin")
        screened(maya, incident, "ynynn")
        interviewed(maya, incident, "further_evaluation")
        assert "I-2" in maya.is_refused(incident, "release-custody", to="class")
        decided(maya, incident, "high")
        assert town.incident(incident).effective_tier is Tier.HIGH
        assert "I-5" in maya.is_refused(incident, "sign-tier", step="assess")
        ines.does(incident, "sign-tier", step="assess")
        ines.does(incident, "answer-decision", step="emergency_decision", choice="clinician")
        (page,) = [each for each in town.incident(incident).pages.values() if each.role == "oncall_clinician"]

        town.passes(minutes=6)  # the first on call does not answer: the backup is asked
        assert town.incident(incident).pages[page.id].level >= 1
        asked = [name for name in ("Noor Abdi", "Thomas Ferreira", "Camille Joseph") if town.texts(name)]
        assert len(asked) >= 2
        code = town.texts(asked[-1])[-1].split("page ")[1].split(",")[0]
        town.replies(asked[-1], f"{code}a 12")
        taken = town.holds(incident).pages[page.id]
        assert (taken.accepted_by, taken.eta_minutes) == (town.person(asked[-1]), 12)

        daniel = town.acts(DANIEL)
        guardian_reached(daniel, incident)
        done(maya, incident, "safety_plan")
        done(maya, incident, "means_counseling")
        assert "I-16" in maya.is_refused(
            incident,
            "offer-handoff",
            step="referral",
            receiver="mobile_crisis",
            organisation="Bayside",
            basis="ferpa_99_36_emergency",
            threat=None,
            disclosed=[],
            withheld={},
        )
        handoff = offered(maya, incident, "mobile_crisis")
        assert "referral" in maya.next(incident)  # I-15: offered is not accepted
        maya.does(incident, "accept-handoff", handoff=handoff, recipient="Dr. Rivera, Bayside Mobile Crisis")
        assert "I-2" in maya.is_refused(incident, "release-custody", to="class")
        after = maya.does(incident, "release-custody", to="guardian", contact=MOTHER, identity_checked=True)
        assert (after.custody, after.phase) == (Custody.RELEASED, Phase.FOLLOW_UP)

        assert {"I-18", "I-19"} <= ines.is_refused(incident, "close-incident")
        followed_up(town, incident)
        closed(town, incident, second=True)
        assert "I-20" in maya.is_refused(incident, "take-custody")
        live_saw_everything(town, console)


def test_low_risk_from_first_concern_to_close(town: Town) -> None:
    maya = town.acts(MAYA)
    with town.listener(JOAN).listening() as console:
        incident = maya.opens(student=STUDENT)
        done(maya, incident, "clear_means")
        done(maya, incident, "tell_admin")
        screened(maya, incident, "nnnn-")
        decided(maya, incident, "low")
        guardian_reached(town.acts(DANIEL), incident)
        done(maya, incident, "safety_plan")
        done(maya, incident, "means_counseling")
        maya.does(incident, "release-custody", to="class")
        assert "PR-24" in maya.is_refused(incident, "offer-handoff", **offer_of(maya, incident, "health_center"))
        consented(town)
        maya.does(incident, "record-assent", answer="agreed", agreed=[])
        handoff = offered(maya, incident, "health_center", LegalBasis.CONSENT)
        maya.does(incident, "accept-handoff", handoff=handoff, recipient="Intake, Larkfield Community Health Center")
        followed_up(town, incident)
        closed(town, incident, second=False)
        live_saw_everything(town, console)


def test_a_contraindicated_guardian_is_replaced_by_child_protection(town: Town) -> None:
    maya, ines = town.acts(MAYA), town.acts(INES)
    with town.listener(JOAN).listening() as console:
        incident = maya.opens(student=STUDENT)
        done(maya, incident, "clear_means")
        done(maya, incident, "tell_admin")
        screened(maya, incident, "ynnnn")
        interviewed(maya, incident, "non_urgent_follow_up")
        decided(maya, incident, "moderate")
        maya.does(
            incident,
            "declare-exception",
            step="guardian_contact",
            exception="contraindicated",
            reason="the student is afraid to go home",
        )
        assert "I-10" in town.acts(DANIEL).is_refused(
            incident,
            "record-contact",
            step="guardian_contact",
            contact=FATHER,
            guardian=True,
            method="phone",
            outcome="no_answer",
        )
        reports = list(town.incident(incident).obligations)
        assert "I-11" in ines.is_refused(incident, "file-report", obligation=reports[0], agency="dcf", number="1")
        for report in reports:
            maya.does(incident, "file-report", obligation=report, agency="dcf", number="intake 4711")
        done(maya, incident, "safety_plan")
        done(maya, incident, "means_counseling")
        assert "PR-4" in maya.is_refused(
            incident, "release-custody", to="guardian", contact=MOTHER, identity_checked=True
        )
        maya.does(incident, "release-custody", to="child_protection", receiver="J. Soto, DCF")
        maya.does(incident, "finish-task", task="check_icwa", note="asked J. Soto")
        handoff = offered(maya, incident, "health_center")
        maya.does(incident, "accept-handoff", handoff=handoff, recipient="Intake, Larkfield Community Health Center")
        town.passes(days=2)
        assert town.incident(incident).exceptions["contraindicated"].expired  # 24 hours, and nobody renewed it
        assert "I-19" in ines.before_closing(incident)
        maya.does(incident, "renew-exception", exception="contraindicated", reason="child protection says so")
        followed_up(town, incident)
        maya.does(incident, "renew-exception", exception="contraindicated", reason="child protection says so")
        closed(town, incident, second=False)
        live_saw_everything(town, console)


def test_a_refused_screen_is_treated_as_positive(town: Town) -> None:
    maya = town.acts(MAYA)
    with town.listener(JOAN).listening() as console:
        incident = maya.opens(student=STUDENT)
        done(maya, incident, "clear_means")
        done(maya, incident, "tell_admin")
        screened(maya, incident, "rrrrr")  # right now is not known: acute until somebody has assessed it
        acute = town.incident(incident)
        assert (acute.screen, acute.effective_tier) == ("acute_positive", Tier.IMMINENT)
        assert "emergency_decision" in maya.next(incident)
        maya.does(incident, "answer-decision", step="emergency_decision", choice="mobile_crisis")
        town.passes(minutes=1)
        interviewed(maya, incident, "emergency_evaluation", right_now="refused")
        decided(maya, incident, "imminent")
        town.acts(INES).does(incident, "sign-tier", step="assess")
        guardian_reached(town.acts(DANIEL), incident)
        maya.does(incident, "release-custody", to="ems", receiver="Ambulance 7, Larkfield Fire")
        handoff = offered(maya, incident, "emergency_department")
        maya.does(incident, "accept-handoff", handoff=handoff, recipient="Charge nurse, Harbor General Hospital")
        for page in town.incident(incident).pages.values():
            if page.state in ("paging", "exhausted"):
                town.acts(INES).does(incident, "cancel-page", page=page.id, reason="the hospital has the student")
        town.passes(days=3)
        maya.does(incident, "record-return")
        assert "reentry_meeting" in maya.next(incident)
        followed_up(town, incident)
        closed(town, incident, second=True)
        live_saw_everything(town, console)


def test_a_student_who_leaves_is_looked_for_at_once(town: Town) -> None:
    maya, ines = town.acts(MAYA), town.acts(INES)
    with town.listener(JOAN).listening() as console:
        incident = maya.opens(student=STUDENT)
        maya.does(incident, "report-custody-lost", last_seen="ran out of the side door, gray hoodie")
        lost = town.incident(incident)
        assert (lost.custody, lost.custody_gap) == (Custody.LOST, True)
        (child,) = lost.links  # I-4: opened by itself
        assert town.holds(child).crisis_type == "missing_student"
        assert any("emergency" in text for text in town.texts(INES))
        (asked,) = town.incident(child).pages
        maya.does(child, "accept-page", page=asked)  # until somebody takes it, it is loud every two minutes
        oliver = town.acts(OLIVER)
        assert oliver.tries(incident, "report-student-found").status_code == 404  # not called in, so not theirs
        daniel = town.acts(DANIEL)
        daniel.does(incident, "report-student-found")
        assert town.incident(incident).adult == town.person(DANIEL)
        screened(maya, incident, "ynnnn")
        interviewed(maya, incident, "non_urgent_follow_up")
        decided(maya, incident, "moderate")
        done(maya, incident, "clear_means")
        done(maya, incident, "tell_admin")
        guardian_reached(town.acts(HANNAH), incident)
        done(maya, incident, "safety_plan")
        done(maya, incident, "means_counseling")
        daniel.does(incident, "release-custody", to="guardian", contact=MOTHER, identity_checked=True)
        consented(town)
        maya.does(incident, "record-assent", answer="agreed", agreed=[])
        handoff = offered(maya, incident, "community_provider", LegalBasis.CONSENT)
        maya.does(incident, "accept-handoff", handoff=handoff, recipient="Open Door Counseling, A. Ruiz")
        followed_up(town, incident)
        assert "I-19" in ines.is_refused(incident, "decide-review", hold=False, reason="no time")
        closed(town, incident, second=False)
        live_saw_everything(town, console)
