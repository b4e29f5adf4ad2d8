"""What a caller is told where somebody must not be contacted, by the kind of restriction (PR-1)."""

from collections.abc import Mapping

from crisis.errors import Reason
from crisis.privacy_words import RestrictionKind

WHY: Mapping[RestrictionKind, Reason] = {
    RestrictionKind.COURT_ORDER: Reason("PR-1", "Do not contact this person: a court order is in force"),
    RestrictionKind.CHILD_PROTECTION_HOLD: Reason(
        "PR-1", "Do not contact this person: child protection has asked for that"
    ),
    RestrictionKind.SUSPECTED_ABUSE: Reason(
        "PR-1", "Do not contact this person: abuse is suspected; call child protection instead"
    ),
    RestrictionKind.STUDENT_FEAR: Reason(
        "PR-1", "Do not contact this person: the student is afraid of them; choose another adult"
    ),
    RestrictionKind.SAFETY_PLAN: Reason(
        "PR-1", "Do not contact this person: the student's safety plan says so; choose another adult"
    ),
}
