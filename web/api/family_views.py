"""What the API tells of talks and texts with a family, field by field: parts of `web.api.incident_views`."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from crisis.message_words import GuardianTextId, InterpreterKind, MeetingPlace, MessageWay, PhoneId, Rung, SendState
from crisis.record_words import Assent
from crisis.vocabulary import PersonId, StepId


class Told(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True, extra="forbid")


class InterpreterTold(Told):
    kind: InterpreterKind
    by: PersonId | None
    at: datetime


class AssentTold(Told):
    """What the student said when they were told what leaves; no consent of the law."""

    answer: Assent
    agreed: frozenset[str]
    at: datetime


class TextTold(Told):
    """A text to a guardian; its words stand in the catalog of messages, and its number with the contact."""

    id: GuardianTextId
    step: StepId
    contact: PersonId
    phone: PhoneId
    message: str
    language: str
    rung: Rung
    shown: str
    ordered_by: PersonId | None
    ordered_at: datetime
    state: SendState
    state_at: datetime
    rules: frozenset[str]
    code: str
    outrun: bool
    replies: int
    answered: bool
    refused: bool
    wrong_number: bool
    way: MessageWay
    meets_at: datetime | None
    place: MeetingPlace | None
    number_given: bool
