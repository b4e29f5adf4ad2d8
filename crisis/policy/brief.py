"""What each audience of a brief may hold: closed lists, not a record with parts hidden (`privacy-and-culture.md` 3.5).

A field that is not listed for an audience cannot appear in its brief, whatever is known. SBAR gives the order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crisis.referral_words import Audience, BriefField, BriefPart, DataPoint

F, D, P = BriefField, DataPoint, BriefPart

# Each field's part, and which item of an agreement or of a handoff's list it belongs to.
PLACE_OF: Mapping[BriefField, tuple[BriefPart, DataPoint]] = {
    F.NAME: (P.SITUATION, D.IDENTITY),
    F.CALLED: (P.SITUATION, D.IDENTITY),
    F.BIRTH_DATE: (P.SITUATION, D.IDENTITY),
    F.CONCERN: (P.SITUATION, D.RISK),
    F.DANGERS: (P.SITUATION, D.RISK),
    F.PLACE: (P.SITUATION, D.SCHOOL_CONTACT),
    F.WITH: (P.SITUATION, D.SCHOOL_CONTACT),
    F.GUARDIANS: (P.BACKGROUND, D.GUARDIANS),
    F.NOT_RELEASED_TO: (P.BACKGROUND, D.GUARDIANS),
    F.LANGUAGE: (P.BACKGROUND, D.LANGUAGE),
    F.MEDICAL: (P.BACKGROUND, D.MEDICAL),
    F.COMMUNICATION: (P.BACKGROUND, D.WHAT_HELPS),
    F.HELPS: (P.BACKGROUND, D.WHAT_HELPS),
    F.MAKES_WORSE: (P.BACKGROUND, D.WHAT_HELPS),
    F.TIER: (P.ASSESSMENT, D.RISK),
    F.SCREEN: (P.ASSESSMENT, D.RISK),
    F.STATEMENT: (P.ASSESSMENT, D.STATEMENT),
    F.MEANS: (P.ASSESSMENT, D.MEANS),
    F.SAFETY_PLAN: (P.RECOMMENDATION, D.SAFETY_PLAN),
    F.NEXT: (P.RECOMMENDATION, D.SCHOOL_CONTACT),
    F.CALL_BACK: (P.RECOMMENDATION, D.SCHOOL_CONTACT),
}
LISTED: Mapping[Audience, frozenset[BriefField]] = {
    Audience.CLINICIAN: frozenset(F),
    Audience.EMERGENCY: frozenset(F) - {F.TIER, F.SCREEN, F.STATEMENT, F.SAFETY_PLAN, F.NEXT},
    # To whoever comes to the door: nothing of the student; what a parent may know a person tells them.
    Audience.PICK_UP: frozenset({F.CALL_BACK}),
}

# Left out where there is nothing to say: “not known” would be untrue of a name that the student wants nobody to hear.
UNSAID = frozenset({F.CALLED})


@dataclass(frozen=True, slots=True)
class Line:
    """`said` is empty where nobody knows; that is read aloud as well."""

    field: BriefField
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """`kept_back` are the items that the audience could have had and does not get here."""

    audience: Audience
    parts: tuple[tuple[BriefPart, tuple[Line, ...]], ...]
    kept_back: tuple[DataPoint, ...]

    @property
    def fields(self) -> frozenset[BriefField]:
        return frozenset(line.field for _, lines in self.parts for line in lines)


def brief(audience: Audience, known: Mapping[BriefField, Sequence[str]], allowed: frozenset[DataPoint]) -> Brief:
    """Of what is known only what is listed for the audience and belongs to an item that it is allowed."""
    given = fields_for(audience, allowed)
    shown = [field for field in BriefField if field in given and (known.get(field) or field not in UNSAID)]
    lines = [Line(field, tuple(known.get(field, ()))) for field in shown]
    parts = tuple((part, tuple(line for line in lines if PLACE_OF[line.field][0] is part)) for part in BriefPart)
    could = {PLACE_OF[field][1] for field in LISTED[audience]}
    kept_back = tuple(point for point in DataPoint if point in could - allowed)
    return Brief(audience, tuple((part, found) for part, found in parts if found), kept_back)


def fields_for(audience: Audience, allowed: frozenset[DataPoint]) -> frozenset[BriefField]:
    return frozenset(field for field in LISTED[audience] if PLACE_OF[field][1] in allowed)
