"""News of an admission or a return from whoever works for an agency: taken in, and joined to what is open."""

from dataclasses import dataclass
from datetime import date

from crisis import referral_commands as rcmd
from crisis.commands import Actor, ActorKind, OpenIncident
from crisis.errors import NotFound, refuse_if
from crisis.policy import access
from crisis.policy.agreements import reason_against_telling
from crisis.referral_words import AgencyId, ReturnNews
from crisis.store import audit, partners, people, protocols, same_student
from crisis.submit import open_incident, submit
from crisis.vocabulary import Beside, IncidentId, Mode, SchoolId, StudentId
from web.deps import Desk

PROTOCOL = "reentry"
KINDS = {ReturnNews.ADMITTED: "hospital_admission", ReturnNews.COMING_BACK: "return_from_care"}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`words`: where the student is, when they come back, whom to ask. `born`, with both names, says who it is."""

    news: ReturnNews
    school: SchoolId
    given: str
    family: str
    born: date
    words: str

    @property
    def whole(self) -> str:
        """As it is kept: who it is about stands in it, because nobody may have been found."""
        return f"{self.given} {self.family}, {self.born.isoformat()}. {self.words}"


def must_be_let(desk: Desk) -> AgencyId:
    """For whom they work. Raises `NotFound` for the district's own staff, `Refused` where no agreement says so."""
    access.must_tell_of_returns(desk.actor)
    with desk.store.read() as tx:
        agency = partners.agency_of(tx, desk.person)
        if agency is None:
            raise NotFound
        refuse_if(reason_against_telling(partners.of_district(tx, desk.actor.district), agency, desk.at))
    return agency


def tell(desk: Desk, said: News, *, key: str) -> bool:
    """Whether the same was sent before. It says nothing of whether the student is known here: that is nobody's to ask.

    One student of that school with these names and that day of birth, or nobody: a person looks then, and none is
    guessed. What is open for the student's return already takes the news; sent again after a crash it is there once.
    """
    agency = must_be_let(desk)
    with desk.store.write() as tx:
        if people.school(tx, said.school).district != desk.actor.district:
            raise NotFound
        student = people.just_one(tx, said.school, (said.given, said.family), said.born)
        known = None if student is None else same_student.open_on(tx, student, PROTOCOL)
        detail = {"found": int(student is not None)}
        audit.record(
            tx, at=desk.at, actor=desk.person, action="news of a return taken in", subject=agency, detail=detail
        )
    mine = f"return-{desk.person}-{key}"
    incident = known or _opened(desk, said, student, f"{mine}-opens")
    order = rcmd.RecordReturnNews(by=_system(desk), news=said.news, agency=agency, words=desk.seal(said.whole))
    return _submitted(desk, incident, order, mine)


def _opened(desk: Desk, said: News, student: StudentId | None, key: str) -> IncidentId:
    """They raised it, and are told that it is received, as anybody is: found or not, the answer is the same."""
    kind = KINDS[said.news]
    with desk.store.read() as tx:
        protocol, protocol_hash = protocols.current(tx, kind, desk.actor.district, desk.at)
    order = OpenIncident(
        by=desk.actor,
        mode=Mode.LIVE,
        school=said.school,
        crisis_type=kind,
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=protocol_hash,
        place=None,
        student=student,
        beside=Beside.OTHER,
    )
    return open_incident(desk.store, order, at=desk.at, key=key).incident.id


def _submitted(desk: Desk, incident: IncidentId, order: rcmd.RecordReturnNews, key: str) -> bool:
    sealed, desk.sealed = desk.sealed, {}
    return submit(desk.store, incident, order, at=desk.at, words=sealed, key=key).repeated


def _system(desk: Desk) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, district=desk.actor.district)
