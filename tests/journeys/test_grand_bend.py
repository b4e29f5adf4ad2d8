"""The high-risk story for a student of a whole, real-shaped district that came in as a OneRoster export."""

import os
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import select

from crisis.policy.age import years
from crisis.protocols import loader
from crisis.protocols.scoring import YOUNGEST
from crisis.store import people, protocols, roster, roster_import
from crisis.store.engine import Store
from crisis.store.people_tables import STUDENT
from crisis.store.roster_import import Confirmation, Target
from crisis.vocabulary import DistrictId, PersonId, SchoolId, StaffRole, StudentId
from tests.journeys.test_suicide_risk import decided, done, guardian_reached, interviewed, offered, screened
from tests.journeys.town import TUESDAY, Town, a_town

ROSTER = Path(
    os.environ.get("CRISIS_TEST_ROSTER")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "grand-bend-oneroster-1.2.zip"
)
DISTRICT = DistrictId("grand-bend")


@pytest.mark.roster
@pytest.mark.skipif(not ROSTER.exists(), reason="the sample district roster is not here; see CRISIS_TEST_ROSTER")
def test_high_risk_in_a_district_that_was_imported(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_town(store, tmp_path, monkeypatch) as town:
        student, school, team = imported(town)
        with store.write() as tx:
            contact = people.contacts_of(tx, student)[0].person
        maya, ines = town.acts_as(team[0]), town.acts_as(team[1])

        incident = maya.opens(school=school, student=student)
        screened(maya, incident, "ynynn")
        interviewed(maya, incident, "further_evaluation")
        decided(maya, incident, "high")
        ines.does(incident, "sign-tier", step="assess")
        done(maya, incident, "clear_means")
        done(maya, incident, "tell_admin")
        maya.does(incident, "answer-decision", step="emergency_decision", choice="mobile_crisis")
        guardian_reached(ines, incident)
        done(maya, incident, "safety_plan")
        done(maya, incident, "means_counseling")
        handoff = offered(maya, incident, "mobile_crisis")
        maya.does(incident, "accept-handoff", handoff=handoff, recipient="Dr. Rivera")
        after = maya.does(incident, "release-custody", to="guardian", contact=contact, identity_checked=True)

        assert after.student == student
        assert after.phase == "follow_up"


def imported(town: Town) -> tuple[StudentId, SchoolId, tuple[PersonId, PersonId]]:
    """The district with its 960 students, and two of its people given the posts that no export carries."""
    content = ROSTER.read_bytes()
    target = Target(district=DISTRICT, zone="America/New_York", opens=time(8), closes=time(15))
    with town.store.write() as tx:
        roster.add_district(tx, DISTRICT, "Grand Bend ISD")
        seen = roster_import.preview(tx, DISTRICT, content, at=TUESDAY)
    with town.store.write() as tx:
        confirmation = Confirmation(token=seen.token)
        roster_import.confirm(tx, target, content, confirmation, at=TUESDAY, by=None)
        rows = tx.execute(select(STUDENT).where(STUDENT.c.district == DISTRICT)).all()
        assert len(rows) == 960
        old_enough = [
            row for row in rows if row.birth_date and years(row.birth_date, TUESDAY.date()) >= YOUNGEST["asq"]
        ]
        student, school = next((row.id, row.school) for row in old_enough if people.contacts_of(tx, StudentId(row.id)))
        staff = [member.id for member in people.staff(tx, DISTRICT)][:2]
        for person, post in zip(staff, (StaffRole.COUNSELOR, StaffRole.PRINCIPAL), strict=True):
            roster.give_post(tx, DISTRICT, person, post, school)
        protocols.publish(tx, loader.protocol("suicide_risk"), TUESDAY, district=DISTRICT)
    return StudentId(student), SchoolId(school), (staff[0], staff[1])
