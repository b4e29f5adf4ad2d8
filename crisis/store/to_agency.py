"""What is told to an agency of the directory: its name for the ledger, and what its agreement lets it have (PR-37)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from crisis.policy.agreements import current
from crisis.policy.disclosure_case import Circumstances, Disclosure
from crisis.referral_words import AgencyId, AgreedUse
from crisis.store import directory, partners
from crisis.vocabulary import DistrictId


def named(tx: Connection, wanted: Disclosure, agency: AgencyId) -> Disclosure:
    """The same to the agency by its name: a consent names its party, and the ledger is read by people."""
    name = directory.names(tx, [agency]).get(agency)
    recipients = tuple(replace(each, affiliation=each.affiliation or name) for each in wanted.recipients)
    return replace(wanted, recipients=recipients)


def agreed(
    tx: Connection, given: Circumstances, whose: tuple[DistrictId, AgencyId], use: AgreedUse, at: datetime
) -> Circumstances:
    """With the items that the agreement in force at this moment lists for this use; None where there is none."""
    district, agency = whose
    found = current(partners.of_district(tx, district), agency, at)
    points = None if found is None or use not in found.terms.uses else found.terms.data_points
    return replace(given, agreed=None if points is None else frozenset(point.value for point in points))
