"""Where a state wants more written down, a real order without it is refused whole, and the refusal is on record."""

from datetime import date

import pytest

from crisis.errors import Refused
from crisis.protocols import loader
from crisis.store import policy_packs
from crisis.store.engine import Store
from crisis.store.policy_packs import Counsel
from tests.factories import DISTRICT
from tests.store.test_disclosures import AT, at_risk, does, handed, only, place
from tests.web.district import COUNSELOR, OFFICER

__all__ = ["place"]
WANTS = "[releaser_position, recipient_affiliation, parts, purpose]"


def law(place: Store, wants: str) -> None:
    """Massachusetts, or a state like it that wants something else."""
    text = loader.pack_text("us-ma").replace("effective_from: 2026-07-01", "effective_from: 2020-01-01")
    assert WANTS in text
    with place.write() as tx:
        pack = policy_packs.propose(tx, DISTRICT, text.replace(WANTS, wants), by=COUNSELOR, at=AT)
        counsel = Counsel(name="A. Lawyer", reviewed_on=date(2026, 10, 6))
        policy_packs.approve(tx, DISTRICT, pack, counsel, by=OFFICER, at=AT, today=AT.date())


def test_a_handoff_that_says_it_all_goes_and_counts_in_the_log_of_the_state_pr_33(place: Store) -> None:
    law(place, WANTS)

    does(place, at_risk(place), handed())

    found = only(place)
    assert (found.went_out, found.state_log, found.released_as is not None) == (True, True, True)
    assert found.recipients[0].affiliation


def test_without_what_the_state_wants_nothing_goes_and_that_is_on_record_pr_33(place: Store) -> None:
    law(place, "[releaser_position, recipient_name]")
    incident = at_risk(place)

    with pytest.raises(Refused) as refusal:
        does(place, incident, handed())

    found = only(place)
    assert [each.rule for each in refusal.value.reasons] == ["PR-33"]
    assert (found.went_out, found.rules) == (False, ("PR-33",))


def test_where_no_state_wants_it_the_same_order_goes(place: Store) -> None:
    does(place, at_risk(place), handed())

    assert (only(place).went_out, only(place).state_log) == (True, False)
