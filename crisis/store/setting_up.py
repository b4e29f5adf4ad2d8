"""What a new installation has and what it lacks before a page can reach somebody; counts and names of schools only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from crisis.policy.sight import TEAM
from crisis.readiness_words import ErrandKind, Lack
from crisis.store import accounts, calendars, emergency, people, policy_packs, protocols, readiness, second_factor
from crisis.store.people import SchoolView, StaffView
from crisis.store.people_tables import STUDENT
from crisis.store.readiness_tables import ERRAND
from crisis.vocabulary import DistrictId, StaffRole

OF_DISTRICT = (StaffRole.DISTRICT_LEAD, StaffRole.PRIVACY_OFFICER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`silent`: schools where nobody of the crisis team can sign in. `tested_at`: when a test was last answered."""

    schools: int
    staff: int
    students: int
    missing_posts: tuple[StaffRole, ...]  # of the district, whose holder cannot sign in; and whoever is to be paged
    silent: tuple[str, ...]
    protocols: int
    on_rota: int
    not_ready: int
    levels_empty: int
    last_levels_empty: int
    ladders: int  # that the district has saved itself
    tests_sent: int
    tested_at: datetime | None
    sealed: int  # emergency accounts in their envelopes
    second_factor_from: datetime | None
    own_law: bool


def facts(tx: Connection, district: DistrictId, at: datetime) -> Facts:
    schools, staff = people.schools(tx, district), people.staff(tx, district)
    ready = readiness.report(tx, district, at)
    lacks = [each.lack for each in ready.levels]
    sent, answered = _tests(tx, district)
    tested = [each for each in (answered, *(one.tested_at for one in ready.people)) if each is not None]
    signing = {each.person for each in accounts.of_district(tx, district) if each.disabled_at is None}
    inside = [each for each in staff if each.id in signing and not each.missing]
    return Facts(
        schools=len(schools),
        staff=len(staff),
        students=_students(tx, district),
        missing_posts=(*_nobody(OF_DISTRICT, inside), *_nobody((StaffRole.CLINICIAN,), staff)),
        silent=tuple(school.name for school in schools if not _has_team(school, inside)),
        protocols=len(protocols.in_force(tx, district, at)),
        on_rota=len(ready.people),
        not_ready=len(ready.red),
        levels_empty=len(lacks),
        last_levels_empty=lacks.count(Lack.EMPTY_LAST_LEVEL),
        ladders=len(calendars.ladders(tx, district)),
        tests_sent=sent,
        tested_at=max(tested, default=None),
        sealed=sum(each.sealed_at is not None for each in emergency.of_district(tx, district)),
        second_factor_from=second_factor.asked_of_all_from(tx, district),
        own_law=not policy_packs.in_force(tx, district, at.date()).is_floor,
    )


def _nobody(posts: Collection[StaffRole], staff: Collection[StaffView]) -> list[StaffRole]:
    return [post for post in posts if not any(post in each.posts for each in staff)]


def _has_team(school: SchoolView, staff: Collection[StaffView]) -> bool:
    return any(school.id in each.schools and TEAM & set(each.posts) for each in staff)


def _students(tx: Connection, district: DistrictId) -> int:
    counted = select(func.count()).select_from(STUDENT).where(STUDENT.c.district == district, STUDENT.c.active)
    return int(tx.execute(counted).scalar_one())


def _tests(tx: Connection, district: DistrictId) -> tuple[int, datetime | None]:
    ours = (ERRAND.c.district == district, ERRAND.c.kind == ErrandKind.TEST)
    sent, answered = tx.execute(select(func.count(), func.max(ERRAND.c.answered_at)).where(*ours)).one()
    return int(sent), answered
