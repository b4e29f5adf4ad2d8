"""A high risk of suicide, from the first concern to the guardian's door, by a client that never gives up."""

from dataclasses import dataclass

from crisis.store import sample
from crisis.vocabulary import PageState
from tests.crash.lane import Lane, Stuck
from tests.journeys.town import evidence

MAYA, DANIEL, INES, GRACE = "Maya Okafor", "Daniel Reyes", "Ines Duarte", "Grace Mbeki"
NOOR, THOMAS = "Noor Abdi", "Thomas Ferreira"  # the clinician on call and the backup
TRIES = 20


@dataclass
class Journey:
    """Each order carries a key, so that it can be sent until there is an answer and still happens once."""

    lane: Lane
    incident: str = ""
    seen: int = 0
    orders: int = 0

    def run(self) -> None:
        self.opens()
        self.does(MAYA, "complete-step", step="clear_means", evidence=evidence("clear_means"))
        self.does(MAYA, "complete-step", step="tell_admin", evidence=evidence("tell_admin"))
        self.screens()
        self.assesses()
        self.pages()
        self.reaches_the_guardian()
        self.hands_over()
        self.lane.passes(20)
        self.lane.settles()

    def opens(self) -> None:
        body = {
            "mode": "live",
            "school": sample.HIGH,
            "crisis_type": "suicide_ideation",
            "beside": "me",
            "place": "Room 112",
        }
        self._sends(MAYA, "/api/v1/incidents", body)

    def does(self, who: str, order: str, **fields: object) -> None:
        self._sends(who, f"/api/v1/incidents/{self.incident}/commands/{order}", {"seen": self.seen, **fields})

    def _sends(self, who: str, path: str, body: dict[str, object]) -> None:
        self.orders += 1
        headers = {
            "Authorization": f"Bearer {self.lane.prepared.tokens[who]}",
            "Idempotency-Key": f"order-{self.orders:04}",
        }
        answer = self.lane.post(path, body, headers)
        if answer.status_code not in (200, 201):
            raise Stuck(f"{path}: {answer.status_code} {answer.text} {self.lane.log()}")
        receipt = answer.json()
        self.incident, self.seen = receipt["incident"], receipt["seq"]
        self.lane.settles()

    def screens(self) -> None:
        answers = {"q1": "yes", "q2": "no", "q3": "yes", "q4": "no", "q5": "no"}
        self.does(
            MAYA,
            "record-screen",
            step="screen",
            instrument="asq",
            answers=answers,
            language="en",
            language_help="shared",
        )

    def assesses(self) -> None:
        self.does(
            MAYA,
            "record-interview",
            step="assess",
            instrument="bssa",
            disposition="further_evaluation",
            right_now="no",
            rationale="what the student said",
        )
        self.does(MAYA, "set-tier", step="assess", tier="high", rationale="why this level")
        self.does(INES, "sign-tier", step="assess")
        self.does(INES, "answer-decision", step="emergency_decision", choice="clinician")

    def pages(self) -> None:
        """The first on call lets every text and call go by; the backup answers by text."""
        for seconds in (46, 16, 30):  # the cadence of the most urgent page: 45, 60 and 90 seconds
            self.lane.passes(seconds)
            self.lane.settles()
        for _try in range(TRIES):
            if self._texts_to(THOMAS):
                break
            self.lane.passes(10)
            self.lane.settles()
        texts = self._texts_to(THOMAS)
        if not texts:
            raise Stuck("the first did not answer and the backup was never paged")
        code = texts[-1].split("page ")[1].split(",")[0]
        for _try in range(TRIES):
            if self._accepted():
                break
            self.lane.replies(self.lane.prepared.phones[THOMAS], f"{code}a 12")
            self.lane.settles()
        if not self._accepted():
            raise Stuck("the page was answered and nobody knows")

    def _accepted(self) -> bool:
        pages = self.lane.settles()["pages"]
        assert isinstance(pages, list)
        return any(state == PageState.ACCEPTED for state, _level in pages)

    def _texts_to(self, who: str) -> list[str]:
        phone = self.lane.prepared.phones[who]
        return [each.body for each in self.lane.heard() if each.phone == phone and each.kind == "text"]

    def reaches_the_guardian(self) -> None:
        self.does(MAYA, "offer-custody", to=sample.person_id("Grace", "Mbeki"))
        self.does(GRACE, "accept-custody")
        self.does(
            DANIEL,
            "record-contact",
            step="guardian_contact",
            contact="p-mother",
            guardian=True,
            method="phone",
            outcome="reached",
            language="es",
            language_help="interpreter",
            interpreted_by="service",
            interpreter="line 4471",
            understood=True,
        )
        self.does(MAYA, "complete-step", step="safety_plan", evidence=evidence("safety_plan"))
        self.does(MAYA, "complete-step", step="means_counseling", evidence=evidence("means_counseling"))

    def hands_over(self) -> None:
        self.does(
            MAYA,
            "offer-handoff",
            step="referral",
            receiver="mobile_crisis",
            organisation="Bayside Mobile Crisis Team",
            basis="ferpa_99_36_emergency",
            threat="said they would end their life today",
            disclosed=["identity", "guardians", "language", "risk", "statement", "means", "medical", "safety_plan"],
            withheld={"what_helps": "not_known", "school_contact": "not_known"},
        )
        handoff = self.lane.settles()["handoffs"]
        assert isinstance(handoff, list)
        self.does(MAYA, "accept-handoff", handoff=handoff[-1], recipient="Dr. Rivera, Bayside Mobile Crisis")
        self.does(GRACE, "release-custody", to="guardian", contact="p-mother", identity_checked=True)
