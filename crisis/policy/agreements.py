"""What a partner agency may be given, by the agreement that is in force at that moment; without one, nothing (PR-37).

An agreement makes an agency a school official: it does what the school's own people would, under the district's direct
control, and passes nothing on (34 CFR 99.31(a)(1)(i)(B), 99.33). Emergency and consent are bases of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crisis.errors import Reason
from crisis.referral_words import AgencyId, AgreedUse, DataPoint
from crisis.schedules.wall import begins
from crisis.vocabulary import PersonId

RUNS_OUT_WITHIN = timedelta(days=60)
DAY = timedelta(days=1)
NONE_IN_FORCE = Reason(
    "PR-37", "No agreement with this agency is in force, so it gets nothing; ask the privacy officer"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was signed. Both days are included, by the clock of the district; `paper` says where the signed one lies."""

    agency: AgencyId
    data_points: frozenset[DataPoint]
    uses: frozenset[AgreedUse]
    direct_control: bool
    redisclosure_ban: bool
    first_day: date
    last_day: date
    signed_for_district: str
    signed_for_agency: str
    paper: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """In force from `counts_from` to before `counts_until`, UTC, unless somebody ended it earlier."""

    id: str
    terms: Terms
    counts_from: datetime
    counts_until: datetime
    recorded_by: PersonId
    recorded_at: datetime
    ended_at: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        ended = self.ended_at is not None and self.ended_at <= at
        return self.counts_from <= at < self.counts_until and not ended


def span(terms: Terms, zone: str) -> tuple[datetime, datetime]:
    """From the first moment of the first day to the first one after the last day, on the wall of the zone."""
    first, after = (datetime.combine(day, time()) for day in (terms.first_day, terms.last_day + DAY))
    return begins(first, zone), begins(after, zone)


def against(terms: Terms) -> list[Reason]:
    """Everything for which it cannot be taken in."""
    found = []
    if not (terms.direct_control and terms.redisclosure_ban):
        text = "Without the district’s direct control and the ban on passing it on, nothing may be given; it needs both"
        found.append(Reason("PR-37", text))
    if not terms.data_points or not terms.uses:
        found.append(Reason("PR-37", "Say what they may be given, item by item, and what for"))
    if terms.last_day < terms.first_day:
        found.append(Reason("PR-37", "The last day is before the first"))
    if not all(text.strip() for text in (terms.signed_for_district, terms.signed_for_agency, terms.paper)):
        found.append(Reason("PR-37", "Name who signed for each side, and where the signed paper is kept"))
    return found


def current(agreements: Iterable[Agreement], agency: AgencyId, at: datetime) -> Agreement | None:
    """The newest of those in force: what it leaves out an older one no longer gives."""
    found = [each for each in agreements if each.terms.agency == agency and each.in_force(at)]
    return max(found, key=lambda each: (each.counts_from, each.recorded_at), default=None)


def reason_against(
    agreements: Iterable[Agreement], agency: AgencyId, point: DataPoint, use: AgreedUse, at: datetime
) -> Reason | None:
    """Why this agency may not be given this item for this at this moment; None: it may."""
    known = current(agreements, agency, at)
    if known is None:
        return NONE_IN_FORCE
    if use not in known.terms.uses:
        return Reason("PR-37", "The agreement with this agency does not cover this use; ask the privacy officer")
    if point not in known.terms.data_points:
        return Reason("PR-37", "The agreement with this agency does not list this item, so it stays here")
    return None


def reason_against_telling(agreements: Iterable[Agreement], agency: AgencyId, at: datetime) -> Reason | None:
    """Why this agency may not tell the school of a student's admission or return here; None: it may."""
    known = current(agreements, agency, at)
    if known is None:
        return NONE_IN_FORCE
    if AgreedUse.RETURN in known.terms.uses:
        return None
    text = "The agreement of your agency does not cover news of a return; call the school, and ask the privacy officer"
    return Reason("PR-37", text)


def running_out(agreements: Iterable[Agreement], at: datetime) -> list[Agreement]:
    """Those in force whose end is near and which nothing follows without a gap, the next to end first."""
    known = list(agreements)
    found = [each for each in known if each.in_force(at) and each.counts_until - at <= RUNS_OUT_WITHIN]
    ends = [each for each in found if not any(_follows(other, each) for other in known)]
    return sorted(ends, key=lambda each: each.counts_until)


def _follows(other: Agreement, one: Agreement) -> bool:
    same = other.terms.agency == one.terms.agency and other.ended_at is None
    return same and other.counts_from <= one.counts_until < other.counts_until
