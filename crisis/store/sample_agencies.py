"""Who helps around the sample district. All of them are made up, with numbers that nobody has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.policy.agreements import Terms
from crisis.policy.directory import Entry
from crisis.policy.opening_hours import ALWAYS, read_hours
from crisis.referral_words import AgencyId, AgencyKind, AgreedUse, Capacity, Care, DataPoint, Insurance
from crisis.store import directory, partners
from crisis.vocabulary import DistrictId, PersonId

ZONE = "America/New_York"
ANY_INSURANCE = frozenset({Insurance.MEDICAID, Insurance.PRIVATE, Insurance.UNINSURED})
AGENCIES = (
    Entry(
        name="Bayside Mobile Crisis Team",
        kind=AgencyKind.MOBILE_CRISIS,
        phone="617-555-0180",
        how="Say where the student is, who is with them, and whether there is a weapon. Ask when they will be there.",
        hours=ALWAYS,
        languages=frozenset({"en", "es", "ht"}),
        interpreters=True,
        youngest=4,
        oldest=20,
        care=frozenset({Care.CRISIS_VISIT}),
        insurance=ANY_INSURANCE,
    ),
    Entry(
        name="Harbor General Hospital, Emergency Department",
        kind=AgencyKind.EMERGENCY_DEPARTMENT,
        phone="617-555-0181",
        address="200 Wharf Road, Larkfield",
        hours=ALWAYS,
        languages=frozenset({"en", "es"}),
        interpreters=True,
        care=frozenset({Care.EMERGENCY_EVALUATION}),
        insurance=ANY_INSURANCE,
    ),
    Entry(
        name="Larkfield Community Health Center",
        kind=AgencyKind.HEALTH_CENTER,
        phone="617-555-0182",
        address="12 Mill Street, Larkfield",
        how="Ask for the behavioral health intake nurse.",
        hours=read_hours("mon-thu 8:00-19:00; fri 8:00-17:00; sat 9:00-12:00"),
        languages=frozenset({"en", "es", "pt"}),
        interpreters=True,
        youngest=5,
        oldest=21,
        care=frozenset({Care.COUNSELING, Care.PSYCHIATRY, Care.SUBSTANCE_USE}),
        insurance=frozenset({Insurance.MEDICAID, Insurance.UNINSURED}),
    ),
    Entry(
        name="Open Door Counseling",
        kind=AgencyKind.COMMUNITY_PROVIDER,
        phone="617-555-0183",
        address="4 Depot Square, Larkfield",
        hours=read_hours("mon-fri 10:00-18:00"),
        languages=frozenset({"en"}),
        interpreters=False,
        youngest=12,
        oldest=18,
        care=frozenset({Care.COUNSELING, Care.GRIEF}),
        insurance=frozenset({Insurance.PRIVATE}),
    ),
    Entry(
        name="Bayside Young People's Line",
        kind=AgencyKind.SUPPORT_LINE,
        phone="617-555-0184",
        how="Students may call by themselves. It does not take the place of 988.",
        hours=read_hours("mon-sun 15:00-23:00"),
        languages=frozenset({"en", "es"}),
        youngest=10,
        oldest=19,
        care=frozenset({Care.COUNSELING}),
        insurance=frozenset({Insurance.FREE}),
    ),
    Entry(
        name="Larkfield Family Resource Center",
        kind=AgencyKind.FAMILY_SUPPORT,
        phone="617-555-0185",
        address="31 Mill Street, Larkfield",
        hours=read_hours("mon-fri 9:00-17:00"),
        care=frozenset({Care.FAMILY_SUPPORT, Care.BASIC_NEEDS}),
        insurance=frozenset({Insurance.FREE}),
    ),
    Entry(
        name="Bayside Child Protection Line",
        kind=AgencyKind.CHILD_WELFARE,
        phone="617-555-0186",
        how="Say that you must report. Ask who takes it down, and for the number of the report.",
        hours=ALWAYS,
        languages=frozenset({"en", "es"}),
        interpreters=True,
    ),
)
_SAID = {  # how long ago somebody there said it
    "Larkfield Community Health Center": (Capacity.WAITLIST, 21, timedelta(days=3)),
    "Open Door Counseling": (Capacity.HAS_CAPACITY, None, timedelta(days=40)),
    "Bayside Mobile Crisis Team": (Capacity.HAS_CAPACITY, None, timedelta(days=1)),
}
SIGNED = {  # with whom, for how many days still, and what they may be given
    "Larkfield Community Health Center": (400, frozenset(DataPoint)),
    "Bayside Mobile Crisis Team": (45, frozenset(DataPoint) - {DataPoint.SAFETY_PLAN}),
}
CLINICIANS_OF = "Larkfield Community Health Center"


def add_agencies(
    tx: Connection, district: DistrictId, clinicians: Sequence[PersonId], *, by: PersonId, at: datetime
) -> None:
    """The clinicians work for the health center, under the agreement with it."""
    for entry in AGENCIES:
        agency = directory.add(tx, district, entry, by=by, at=at)
        if entry.name in SIGNED:
            _sign(tx, district, agency, entry, by=by, at=at)
        if entry.name == CLINICIANS_OF:
            for clinician in clinicians:
                partners.put_in(tx, district, clinician, agency, by=by, at=at)
        if entry.name in _SAID:
            capacity, days, ago = _SAID[entry.name]
            directory.confirm_places(tx, district, agency, (capacity, days), by=by, at=at - ago)


def _sign(tx: Connection, district: DistrictId, agency: AgencyId, entry: Entry, *, by: PersonId, at: datetime) -> None:
    days, points = SIGNED[entry.name]
    terms = Terms(
        agency=agency,
        data_points=points,
        uses=frozenset(AgreedUse),
        direct_control=True,
        redisclosure_ban=True,
        first_day=at.date() - timedelta(days=200),
        last_day=at.date() + timedelta(days=days),
        signed_for_district="H. Okonkwo, superintendent",
        signed_for_agency="P. Marchetti, director",
        paper="District office, agreements, folder 3",
    )
    partners.record(tx, district, terms, ZONE, by=by, at=at)
