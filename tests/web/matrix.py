"""Who may do what, cell by cell: each operation of the API × post × relation × phase, written down apart from the code.

`python -m tests.web.matrix` writes `docs/access.md`; `tests/web/test_matrix.py` asks every cell of a real server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from crisis.vocabulary import StaffRole as Post
from web.api.orders import offered

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"


class Relation(StrEnum):
    """What somebody is to the incident, or to the student or school where there is no incident."""

    OWN_SCHOOL = "own school"
    OTHER_SCHOOL = "other school"
    OTHER_DISTRICT = "other district"
    CALLED_IN = "called in"
    PAGED = "paged"
    RAISED_IT = "raised it"
    BROKE_GLASS = "emergency access"
    CONFLICT = "conflict"


class Phase(StrEnum):
    OPEN = "open"
    FOLLOW_UP = "follow-up"
    CLOSED = "closed"  # two days ago


class Outcome(StrEnum):
    ALLOWED = "allowed"
    HIDDEN = "hidden"  # 404, as for what is not there
    REFUSED = "refused"  # with the reason


@dataclass(frozen=True, slots=True)
class Cell:
    post: Post
    relation: Relation
    phase: Phase


CELLS = [Cell(post, relation, phase) for post in Post for relation in Relation for phase in Phase]
TEAM = {Post.COUNSELOR, Post.PSYCHOLOGIST, Post.SOCIAL_WORKER, Post.NURSE, Post.PRINCIPAL, Post.ASSISTANT_PRINCIPAL}
PRINCIPALS = {Post.PRINCIPAL, Post.ASSISTANT_PRINCIPAL}
DISTRICT = {Post.DISTRICT_LEAD, Post.PRIVACY_OFFICER}
NAMED = {
    Relation.CALLED_IN: "whole",
    Relation.BROKE_GLASS: "read",
    Relation.PAGED: "page",
    Relation.RAISED_IT: "status",
}
Rule = Callable[[Cell], Outcome]


def sees(cell: Cell) -> str:
    """How much of the incident: nothing, status, page, read, whole."""
    if cell.post is Post.OPERATOR or cell.relation in (Relation.OTHER_DISTRICT, Relation.CONFLICT):
        return "nothing"
    if cell.post in DISTRICT or (cell.post in TEAM and cell.relation is Relation.OWN_SCHOOL):
        return "whole"
    may_not = cell.relation is Relation.BROKE_GLASS and cell.post is Post.TEACHER
    return "nothing" if may_not or cell.phase is Phase.CLOSED else NAMED.get(cell.relation, "nothing")


def reads(cell: Cell) -> Outcome:
    return Outcome.ALLOWED if sees(cell) in ("read", "whole") else Outcome.HIDDEN


def lists_conflicts(cell: Cell) -> Outcome:
    return Outcome.ALLOWED if sees(cell) == "whole" else Outcome.HIDDEN


def status(cell: Cell) -> Outcome:
    return Outcome.HIDDEN if sees(cell) == "nothing" else Outcome.ALLOWED


def orders(cell: Cell) -> Outcome:
    return {"whole": Outcome.ALLOWED, "nothing": Outcome.HIDDEN}.get(sees(cell), Outcome.REFUSED)


def answers(cell: Cell) -> Outcome:
    return Outcome.ALLOWED if sees(cell) == "page" else orders(cell)


def enters_conflict(cell: Cell) -> Outcome:
    at_own = cell.post in PRINCIPALS and cell.relation is Relation.OWN_SCHOOL
    if at_own or cell.post in DISTRICT:
        return lists_conflicts(cell)
    if lists_conflicts(cell) is Outcome.HIDDEN:
        return Outcome.HIDDEN
    return Outcome.REFUSED


def keeps_compartment(cell: Cell) -> Outcome:
    """None of the incidents of the cells is kept apart, so that nobody coordinates one."""
    return Outcome.REFUSED if sees(cell) == "whole" else Outcome.HIDDEN


def anybody(_cell: Cell) -> Outcome:
    return Outcome.ALLOWED


def opens(cell: Cell) -> Outcome:
    if cell.post is Post.OPERATOR:
        return Outcome.REFUSED
    return Outcome.HIDDEN if cell.relation is Relation.OTHER_DISTRICT else Outcome.ALLOWED


def looks_up(cell: Cell) -> Outcome:
    at_own = cell.post in TEAM and cell.relation in (Relation.OWN_SCHOOL, Relation.CONFLICT)
    of_district = cell.post in DISTRICT and cell.relation is not Relation.OTHER_DISTRICT
    return Outcome.ALLOWED if at_own or of_district else Outcome.HIDDEN


def keeps_record(cell: Cell) -> Outcome:
    return Outcome.HIDDEN if cell.relation is Relation.CONFLICT else looks_up(cell)


def keeps_names(cell: Cell) -> Outcome:
    counsels = cell.post in {Post.COUNSELOR, Post.PSYCHOLOGIST, Post.SOCIAL_WORKER}
    if counsels or cell.post is Post.PRIVACY_OFFICER:
        return keeps_record(cell)
    return Outcome.HIDDEN


def reads_ledger(cell: Cell) -> Outcome:
    return keeps_record(cell) if cell.post in PRINCIPALS | DISTRICT else Outcome.HIDDEN


def keeps_agreements(cell: Cell) -> Outcome:
    return Outcome.ALLOWED if cell.post in DISTRICT else Outcome.HIDDEN


def answers_requests(cell: Cell) -> Outcome:
    return keeps_record(cell) if cell.post in DISTRICT else Outcome.HIDDEN


def places_holds(cell: Cell) -> Outcome:
    return Outcome.REFUSED if cell.post is Post.DISTRICT_LEAD else answers_requests(cell)


def nobody_here(_cell: Cell) -> Outcome:
    """None of the people of the cells works for an agency."""
    return Outcome.HIDDEN


def changes_agreements(cell: Cell) -> Outcome:
    return Outcome.HIDDEN if cell.relation is Relation.OTHER_DISTRICT else keeps_agreements(cell)


def staff(cell: Cell) -> Outcome:
    return Outcome.HIDDEN if cell.post is Post.OPERATOR else Outcome.ALLOWED


def staff_here(cell: Cell) -> Outcome:
    return Outcome.HIDDEN if cell.relation is Relation.OTHER_DISTRICT else staff(cell)


def plans(cell: Cell) -> Outcome:
    at_own = cell.post in PRINCIPALS and cell.relation in (Relation.OWN_SCHOOL, Relation.CONFLICT)
    if cell.post is Post.DISTRICT_LEAD:
        return staff_here(cell)
    if at_own:
        return Outcome.ALLOWED
    return staff(cell) if cell.post is Post.OPERATOR else Outcome.REFUSED


def ends_plan(cell: Cell) -> Outcome:
    return Outcome.HIDDEN if cell.relation is Relation.OTHER_DISTRICT else plans(cell)


def answers_swap(cell: Cell) -> Outcome:
    asked = cell.post is Post.NURSE and cell.relation is Relation.OWN_SCHOOL
    return Outcome.ALLOWED if asked else Outcome.HIDDEN


def sees_readiness(cell: Cell) -> Outcome:
    return Outcome.ALLOWED if cell.post in PRINCIPALS | {Post.DISTRICT_LEAD} else Outcome.HIDDEN


def keeps_directory(cell: Cell) -> Outcome:
    if cell.post is Post.DISTRICT_LEAD:
        return Outcome.ALLOWED
    return staff(cell) if cell.post is Post.OPERATOR else Outcome.REFUSED


def changes_directory(cell: Cell) -> Outcome:
    return staff_here(cell) if cell.post is Post.DISTRICT_LEAD else keeps_directory(cell)


def ends_directory(cell: Cell) -> Outcome:
    return Outcome.HIDDEN if cell.relation is Relation.OTHER_DISTRICT else keeps_directory(cell)


def confirms_places(cell: Cell) -> Outcome:
    if cell.post in TEAM | DISTRICT:
        return staff_here(cell)
    return staff(cell) if cell.post is Post.OPERATOR else Outcome.REFUSED


@dataclass(frozen=True, slots=True)
class Kind:
    """Operations to which the same people are admitted, in a sentence and as a rule."""

    said: str
    rule: Rule


KINDS = {
    "reads": Kind("read an incident", reads),
    "status": Kind("read that an incident is handled, and the page to oneself", status),
    "orders": Kind("give orders to an incident", orders),
    "tells": Kind("tell what one knows of an incident", status),
    "answers": Kind("answer a page at the console", answers),
    "lists conflicts": Kind(
        "read who must see nothing of an incident, its side, and what was said of it", lists_conflicts
    ),
    "enters conflict": Kind("enter or end somebody's conflict of interest, and keep it apart", enters_conflict),
    "marks": Kind("say that an incident was unfounded or entered in error, and take it back", enters_conflict),
    "keeps compartment": Kind(
        "admit to a side of a Title IX matter, and join two (nobody here is the coordinator)", keeps_compartment
    ),
    "opens": Kind("raise an incident at a school", opens),
    "looks up": Kind("look up the students of a school", looks_up),
    "keeps record": Kind("read and keep the record of a student", keeps_record),
    "keeps names": Kind("read and keep by which names a student is called", keeps_names),
    "reads ledger": Kind("read what has left about a student", reads_ledger),
    "lists requests": Kind("see who waits for a record", keeps_agreements),
    "places holds": Kind("place a legal hold on a record", places_holds),
    "answers requests": Kind("take and answer requests to see a record", answers_requests),
    "keeps agreements": Kind("read what was signed with agencies", keeps_agreements),
    "tells of returns": Kind("tell of an admission or a return, as an agency whose agreement covers it", nobody_here),
    "changes agreements": Kind("record and end what is signed with agencies", changes_agreements),
    "staff": Kind("use what is for every member of staff", staff),
    "staff here": Kind("see who is on call at a school", staff_here),
    "plans": Kind("plan who is on call at a school", plans),
    "ends plan": Kind("end what was planned at a school", ends_plan),
    "answers swap": Kind("answer a turn that was offered, here to the nurse of the school", answers_swap),
    "sees readiness": Kind("see who is not ready to be paged", sees_readiness),
    "keeps directory": Kind("add to the directory", keeps_directory),
    "changes directory": Kind("change what is in the directory", changes_directory),
    "ends directory": Kind("take an agency out of the directory", ends_directory),
    "confirms places": Kind("write down whether an agency has places", confirms_places),
    "anybody": Kind("use what is for everybody who is signed in", anybody),
}
TELLING = {"add-note", "take-custody", "report-custody-lost", "report-student-found", "raise-emergency", "suspect"}
ANSWERING = {"accept-page", "decline-page", "see-page", "stand-by", "end-page-offer"}
OF_INCIDENT = {
    "reads",
    "lists conflicts",
    "status",
    "orders",
    "tells",
    "answers",
    "enters conflict",
    "marks",
    "keeps compartment",
}  # the only ones with phases
INCIDENT, STUDENT, ONCALL, DIRECTORY = (
    "/incidents/{incident_id}",
    "/students/{student}",
    "/oncall",
    "/directory",
)
OPERATIONS: dict[str, str] = {
    "POST /incidents": "opens",
    "GET /incidents": "anybody",
    f"GET {INCIDENT}": "reads",
    f"GET {INCIDENT}/status": "status",
    f"GET {INCIDENT}/events": "reads",
    f"GET {INCIDENT}/next": "reads",
    f"GET {INCIDENT}/texts": "reads",
    f"GET {INCIDENT}/conflicts": "lists conflicts",
    f"POST {INCIDENT}/conflicts": "enters conflict",
    f"POST {INCIDENT}/conflicts/{{conflict}}/end": "enters conflict",
    f"GET {INCIDENT}/marks": "lists conflicts",
    f"POST {INCIDENT}/marks": "marks",
    f"POST {INCIDENT}/marks/{{mark}}/end": "marks",
    f"GET {INCIDENT}/compartment": "lists conflicts",
    f"POST {INCIDENT}/compartment": "enters conflict",
    f"POST {INCIDENT}/compartment/admissions": "keeps compartment",
    f"POST {INCIDENT}/compartment/join": "keeps compartment",
    **{
        f"POST {INCIDENT}/commands/{name}": "tells" if name in TELLING else "answers" if name in ANSWERING else "orders"
        for name in offered()
    },
    f"GET {STUDENT}/contacts": "keeps record",
    f"POST {STUDENT}/restrictions": "keeps record",
    **{
        f"POST {STUDENT}/restrictions/{{restriction}}/{name}": "keeps record"
        for name in ("check", "ask-to-lift", "lift", "keep")
    },
    f"GET {STUDENT}/instructions": "keeps record",
    f"POST {STUDENT}/instructions": "keeps record",
    f"POST {STUDENT}/instructions/{{instruction}}/confirm": "keeps record",
    f"POST {STUDENT}/instructions/{{instruction}}/end": "keeps record",
    f"GET {STUDENT}/preferences": "keeps record",
    f"POST {STUDENT}/preferences": "keeps record",
    f"POST {STUDENT}/preferences/{{preference}}/confirm": "keeps record",
    f"POST {STUDENT}/preferences/{{preference}}/end": "keeps record",
    f"GET {STUDENT}/call-order": "keeps record",
    f"POST {STUDENT}/call-order": "keeps record",
    f"POST {STUDENT}/call-order/status": "keeps record",
    f"POST {STUDENT}/call-order/tribal-wish": "keeps record",
    f"POST {STUDENT}/call-order/own-care": "keeps record",
    f"POST {STUDENT}/call-order/conditions": "keeps record",
    f"POST {STUDENT}/call-order/conditions/{{condition}}/confirm": "keeps record",
    f"POST {STUDENT}/call-order/conditions/{{condition}}/end": "keeps record",
    f"GET {STUDENT}/times": "keeps record",
    f"POST {STUDENT}/times": "keeps record",
    f"POST {STUDENT}/times/{{avoided}}/confirm": "keeps record",
    f"POST {STUDENT}/times/{{avoided}}/end": "keeps record",
    f"POST {STUDENT}/ways/{{adult}}": "keeps record",
    f"GET {STUDENT}/directives": "keeps record",
    f"POST {STUDENT}/directives": "keeps record",
    f"POST {STUDENT}/directives/{{directive}}/confirm": "keeps record",
    f"POST {STUDENT}/directives/{{directive}}/end": "keeps record",
    f"GET {STUDENT}/authorities": "keeps record",
    f"POST {STUDENT}/authorities": "keeps record",
    f"POST {STUDENT}/authorities/{{authority}}/check": "keeps record",
    f"POST {STUDENT}/authorities/{{authority}}/end": "keeps record",
    f"GET {STUDENT}/interpreters": "keeps record",
    f"POST {STUDENT}/interpreters/{{adult}}": "keeps record",
    f"GET {STUDENT}/names": "keeps names",
    f"POST {STUDENT}/names": "keeps names",
    f"POST {STUDENT}/names/caution": "keeps names",
    f"POST {STUDENT}/names/{{name}}/confirm": "keeps names",
    f"POST {STUDENT}/names/{{name}}/end": "keeps names",
    f"GET {STUDENT}/consents": "keeps record",
    f"POST {STUDENT}/consents": "keeps record",
    f"POST {STUDENT}/consents/{{consent}}/take-back": "keeps record",
    f"GET {STUDENT}/disclosures": "reads ledger",
    "GET /records-requests": "lists requests",
    f"POST {STUDENT}/records-requests": "answers requests",
    "POST /records-requests/{request}/withdraw": "answers requests",
    f"GET {STUDENT}/retention": "answers requests",
    f"POST {STUDENT}/holds": "places holds",
    **{f"POST {STUDENT}/holds/{{hold}}/{name}": "answers requests" for name in ("ask-release", "keep", "release")},
    f"GET {STUDENT}/statements": "answers requests",
    f"POST {STUDENT}/statements": "answers requests",
    "GET /agreements": "keeps agreements",
    "POST /agreements": "changes agreements",
    "POST /agreements/{agreement}/end": "changes agreements",
    "POST /agreements/members/{person}": "changes agreements",
    "POST /agreements/members/{person}/take-out": "changes agreements",
    "POST /return-news": "tells of returns",
    f"GET {ONCALL}": "staff here",
    f"GET {ONCALL}/ahead": "staff here",
    f"GET {ONCALL}/gaps": "staff",
    f"POST {ONCALL}/rotations": "plans",
    f"POST {ONCALL}/rotations/{{rotation_id}}/end": "ends plan",
    f"POST {ONCALL}/overrides": "plans",
    f"POST {ONCALL}/overrides/{{override_id}}/end": "ends plan",
    f"POST {ONCALL}/swaps": "staff here",
    f"POST {ONCALL}/swaps/{{swap_id}}/{{answer}}": "answers swap",
    f"POST {ONCALL}/absences": "staff",
    f"POST {ONCALL}/absences/{{absence_id}}/end": "ends plan",
    f"POST {ONCALL}/absences/calendar": "staff here",
    f"POST {ONCALL}/feed": "staff",
    f"POST {ONCALL}/feed/end": "anybody",
    "GET /readiness": "sees readiness",
    "POST /readiness/tests": "staff",
    f"GET {DIRECTORY}": "staff",
    f"POST {DIRECTORY}": "keeps directory",
    f"GET {DIRECTORY}/{{agency}}": "staff here",
    f"POST {DIRECTORY}/{{agency}}": "changes directory",
    f"POST {DIRECTORY}/{{agency}}/places": "confirms places",
    f"POST {DIRECTORY}/{{agency}}/end": "ends directory",
    "GET /me": "anybody",
    "GET /protocols/{protocol_hash}": "anybody",
    "POST /students/find": "looks up",
}


def said(kind: Kind, post: Post, relation: Relation, *, phases: bool) -> str:
    """One word where all phases agree."""
    found = [kind.rule(Cell(post, relation, phase)).value for phase in Phase]
    if not phases or len(set(found)) == 1:
        return found[0]
    return ", ".join(f"{phase.value}: {each}" for phase, each in zip(Phase, found, strict=True))


def page() -> str:
    """`docs/access.md`."""
    lines = [
        "# Who may do what",
        "",
        "Made by `python -m tests.web.matrix`; every cell is asked of a server by a test, on both databases. *Hidden*"
        " is the same answer as for what is not there; *refused* says why. *Closed*: two days ago. Whoever is called"
        " in, was paged or raised it has a post at another school here; *conflict* is on the team, called in, and has a"
        " conflict of interest.",
        "",
    ]
    for name, kind in KINDS.items():
        head = ["| post | " + " | ".join(Relation) + " |", "|---" * (len(Relation) + 1) + "|"]
        lines += [f"## To {kind.said}", "", *head]
        lines += [
            f"| {post.value.replace('_', ' ')} | "
            + " | ".join(said(kind, post, relation, phases=name in OF_INCIDENT) for relation in Relation)
            + " |"
            for post in Post
        ]
        lines += ["", *(f"- `{operation}`" for operation, of in OPERATIONS.items() if of == name), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
