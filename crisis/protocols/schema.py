"""The strict shape of a protocol and an overlay. Unknown keys are errors.

Lengths of time are ISO 8601 (`PT30M`). A deadline with `days` counts whole days of its clock: 0 is the end of that day.
"""

from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crisis.protocol_words import Subject
from crisis.record_words import RecordTask
from crisis.vocabulary import (
    Anchor,
    Clockwork,
    Custody,
    DeadlineKind,
    Emergency,
    ObligationKind,
    Phase,
    ReleaseTo,
    Role,
    SafetyClass,
    ScreenResult,
    StepId,
    StepType,
    Tier,
    Urgency,
)

SLUG = r"^[a-z][a-z0-9_]{1,47}$"
Slug = Annotated[str, Field(pattern=SLUG)]
Duration = Annotated[timedelta, Field(strict=False, ge=timedelta(0))]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


class Text(Strict):
    """The same sentence in the two languages of the console, at sixth-grade level where families read it."""

    en: Annotated[str, Field(min_length=1, max_length=600)]
    es: Annotated[str, Field(min_length=1, max_length=700)]

    def in_language(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en


class Citation(Strict):
    key: str
    title: str
    url: str
    retrieved: date | None = Field(strict=False)


class Reviewer(Strict):
    name: str | None
    on: Annotated[date | None, Field(strict=False)]


class Review(Strict):
    """Who answers for the content; both empty means 'not reviewed for your district'."""

    clinical: Reviewer
    legal: Reviewer
    expires: Annotated[date | None, Field(strict=False)]


class Condition(Strict):
    """Exactly one of the keys. What is unknown is neither true nor false: neither it nor its `none` holds."""

    tier: tuple[Tier, ...] | None = Field(default=None, strict=False)
    tier_at_least: Tier | None = Field(default=None, strict=False)
    fact: dict[str, str] | None = None
    screen: tuple[ScreenResult, ...] | None = Field(default=None, strict=False)  # of the latest screening
    custody: tuple[Custody, ...] | None = Field(default=None, strict=False)
    emergency: tuple[Emergency, ...] | None = Field(default=None, strict=False)
    done: StepId | None = None  # done, waived, substituted or not needed
    answer: dict[StepId, tuple[str, ...]] | None = Field(default=None, strict=False)
    exception: tuple[str, ...] | None = Field(default=None, strict=False)  # declared and not lifted
    released_to: tuple[ReleaseTo, ...] | None = Field(default=None, strict=False)
    ever_acute: bool | None = None  # an acute screen, a high or imminent tier, or an emergency at any time
    ever_positive: bool | None = None  # an instrument demanded a level, or a screen was refused or incomplete (I-8)
    all: "tuple[Condition, ...] | None" = Field(default=None, strict=False)
    any: "tuple[Condition, ...] | None" = Field(default=None, strict=False)
    none: "tuple[Condition, ...] | None" = Field(default=None, strict=False)

    @model_validator(mode="after")
    def one_key(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"a condition has exactly one key, this one has {sorted(self.model_fields_set)}")
        return self


class Deadline(Strict):
    """`id` is unique in its step. On a miss a human is told; nothing advances by itself."""

    id: Slug
    anchor: Annotated[Anchor, Field(strict=False)]
    within: Duration | None = None
    days: Annotated[int, Field(ge=0, le=400)] | None = None
    clock: Annotated[Clockwork, Field(strict=False)] = Clockwork.WALL
    kind: Annotated[DeadlineKind, Field(strict=False)]
    when: Condition | None = None
    on_miss: Annotated[tuple[Role, ...], Field(min_length=1, strict=False)]
    source: Annotated[str, Field(min_length=1)]  # citation keys, or D for a design default

    @model_validator(mode="after")
    def one_length(self) -> Self:
        counts_days = self.clock in (Clockwork.SCHOOL_DAY, Clockwork.SCHOOL_START, Clockwork.CALENDAR_DAY)
        if counts_days != (self.days is not None) or counts_days == (self.within is not None):
            text = "`days` goes with school_day, school_start and calendar_day, `within` with wall and school_hours"
            raise ValueError(text)
        if self.kind is DeadlineKind.HARD and self.source == "D" and not counts_days and self.within is None:
            raise ValueError("a hard deadline needs a length")
        return self


def _later(empty: object) -> Any:
    """A key that came later: where it holds nothing it is left out, so that older content keeps its hash."""
    return Field(default=empty, exclude_if=lambda value: not value, strict=False)


class EvidenceField(Strict):
    name: Slug
    kind: Literal["words", "yes_no", "choice", "person", "when"]
    label: Text
    required: bool = True
    required_if: str | None = _later(None)  # only where this parameter is true; elsewhere it may stay empty
    options: dict[str, Text] | None = None

    @model_validator(mode="after")
    def options_for_choices(self) -> Self:
        if self.name == "no_harm_contract":
            raise ValueError("a no-harm contract is not evidence (I-8)")
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("`options` goes with kind `choice`, and a choice needs them")
        return self


class Need(Strict):
    """What must hold before an answer can be given, emergency or not, and the sentence for whoever tries it before.

    What is not known does not hold. `rule` is the invariant behind it (`I-24`).
    """

    condition: Condition
    otherwise: Text
    rule: Annotated[str, Field(pattern=r"^[A-Z]{1,8}(-[0-9]{1,3})?$")]


class Choice(Strict):
    """One answer of a decision step. `police` ones need a reason from the protocol's list (I-14).

    `floor` is the least level of risk that the answer demands. `only_after` names steps that come first, but not in an
    emergency; where `only_after_if` names a parameter, only in a jurisdiction that sets it to true. `declares` is the
    exception that the answer puts in force, with its report.
    """

    id: Slug
    label: Text
    reason_needed: bool = False
    police: bool = False
    raises_emergency: bool = False
    floor: Tier | None = _later(None)
    only_after: tuple[StepId, ...] = _later(())
    only_after_if: str | None = _later(None)
    needs: Need | None = _later(None)
    opens: "Spawn | None" = _later(None)  # for the same student, linked; what is known here does not cross
    declares: str | None = _later(None)


class Signature(Strict):
    second_when: Condition
    second_roles: tuple[Role, ...] = Field(strict=False)


class ObligationRule(Strict):
    kind: Annotated[ObligationKind, Field(strict=False)]
    oral: str  # names of parameters that hold the clocks and the delegation rule
    written: str
    delegation: str


class ExceptionRule(Strict):
    """A declared reason to do a step another way: it substitutes the step, and adds what must be done instead."""

    id: Slug
    label: Text
    authorisers: tuple[Role, ...] = Field(strict=False)
    substitutes: bool
    basis: Literal["child_protection", "police", "adult_student", "none"]  # what takes the guardian's place (I-9)
    obligation: ObligationRule | None = None
    blocks_guardians: bool = False  # hard block on every automatic channel (I-10)
    expires: Duration | None = None
    two_to_lift: bool = False
    min_attempts: Annotated[int, Field(ge=0)] = 0  # contact attempts that must be on record first
    source: str


class Runs(Strict):
    """How many days a series goes on at least from the day on which its step opened, for each answer of a decision."""

    decision: StepId
    days: Annotated[dict[str, Annotated[int, Field(ge=0, le=400)]], Field(min_length=1)]


class Series(Strict):
    """A follow-up that repeats: `count` completed contacts, the next due `days` after the one before.

    With `ended_by` it goes on, past `count` as well, until one of these ends it with a reason.
    """

    count: Annotated[int, Field(ge=1, le=60)]
    days: Annotated[int, Field(ge=0, le=60)]
    clock: Annotated[Clockwork, Field(strict=False)]
    ended_by: tuple[Role, ...] = _later(())
    runs: Runs | None = _later(None)


class Spawn(Strict):
    """The incident that a step may open for each of several students: linked, and seen by its own people alone.

    A student who has one of this protocol open already gets no second one: the two are linked.
    """

    protocol: Slug
    crisis_type: Slug


class Paragraph(Strict):
    """`text` only while `when` holds, else `instead`: what is not known does not hold (I-24)."""

    text: Text
    when: Condition | None = None
    instead: Text | None = None

    @model_validator(mode="after")
    def has_both(self) -> Self:
        if (self.when is None) != (self.instead is None):
            raise ValueError("`instead` goes with `when`: it is what is said while that does not hold")
        return self


class Statement(Strict):
    """Words to print or to read out, with a blank line for a name. The system sends them to nobody (I-24)."""

    title: Text
    paragraphs: Annotated[tuple[Paragraph, ...], Field(min_length=1, strict=False)]


class Step(Strict):
    id: Annotated[StepId, Field(pattern=SLUG)]  # part of addresses and of the keys of timers
    phase: Annotated[Phase, Field(strict=False)]
    type: Annotated[StepType, Field(strict=False)]
    title: Text
    why: Text
    roles: tuple[Role, ...] = Field(strict=False)  # empty: anybody on the team
    after: tuple[StepId, ...] = Field(default=(), strict=False)
    when: Condition | None = None  # needed only while this holds
    ready_when: Condition | None = None  # needed already, but blocked until this holds
    deadlines: tuple[Deadline, ...] = Field(default=(), strict=False)
    evidence: tuple[EvidenceField, ...] = Field(default=(), strict=False)
    choices: tuple[Choice, ...] = Field(default=(), strict=False)
    instruments: tuple[str, ...] = Field(default=(), strict=False)
    sign: Signature | None = None
    exceptions: tuple[ExceptionRule, ...] = Field(default=(), strict=False)
    series: Series | None = None
    custody: Literal["taken", "released"] | None = None
    pages: Role | None = Field(default=None, strict=False)
    urgency: Urgency = Field(default=Urgency.U1, strict=False)
    people: int = Field(default=1, ge=1, le=5)  # how many must come
    prefers: list[Slug] = []  # what they should be able to do: asked first, and nobody waits for it
    answer_within: Duration | None = None  # a handoff that was offered that long ago and not answered has timed out
    leave_phase: bool = True  # holds the phase until it is done
    safety: Annotated[SafetyClass, Field(strict=False)]
    reopens: bool = False  # done again when the assessment is reopened
    task: RecordTask | None = _later(None)  # it and this step are done by one another
    needs_conflict: bool = _later(False)  # done only once somebody stands in a conflict of interest (PR-54)
    act_first: bool = _later(False)  # seconds matter: it may be recorded before what it waits for, with its own time
    spawns: Spawn | None = _later(None)
    statement: Statement | None = _later(None)
    watches: Annotated[int, Field(ge=0, le=400)] = _later(0)  # days ahead for which dates may be named here
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def fits_its_type(self) -> Self:
        wants = {
            StepType.DECISION: ("choices", self.choices),
            StepType.SCREEN: ("instruments", self.instruments),
            StepType.FOLLOW_UP: ("series", self.series),
            StepType.CUSTODY: ("custody", self.custody),
            StepType.PAGE: ("pages", self.pages),
        }
        for kind, (name, value) in wants.items():
            if kind is StepType.SCREEN and self.type is StepType.ASSESS:
                continue  # an interview is held with an instrument too, where there is one
            if (self.type is kind) != bool(value):
                raise ValueError(f"`{name}` goes with type `{kind}`, and a `{kind}` step needs it")
        if self.spawns is not None and self.type is not StepType.ACT:
            raise ValueError("`spawns` goes with type `act`: the step is done when the list of students is complete")
        if self.watches and self.type is not StepType.ACT:
            raise ValueError("`watches` goes with type `act`: the step is done when all dates are written down")
        return self


class Parameter(Strict):
    """A value that jurisdictions differ on; an overlay may set it, with its source or marked unverified."""

    value: str | bool
    source: Annotated[str, Field(min_length=1)]
    verified: bool = True


class Danger(Strict):
    id: Slug
    label: Text


class EmergencyLane(Strict):
    """`first_for`: kinds of crisis in which the dangers are asked about before any step, until the risk is known."""

    dangers: Annotated[tuple[Danger, ...], Field(min_length=1, strict=False)]
    checklist: Annotated[tuple[Text, ...], Field(min_length=1, strict=False)]
    source: str
    first_for: tuple[Slug, ...] = _later(())


class FactRule(Strict):
    """A typed fact; who may set it. Its value is one of `values`; not set means unknown, which is never a no."""

    id: Slug
    label: Text
    values: dict[str, Text]
    setters: tuple[Role, ...] = Field(strict=False)


class AtOpening(Strict):
    """What the opening itself says: whoever opens declares these exceptions, and owes this report (I-10, I-11)."""

    declares: tuple[str, ...] = Field(default=(), strict=False)
    report: ObligationRule | None = None
    tasks: tuple[RecordTask, ...] = Field(default=(), strict=False)


class Protocol(Strict):
    """`guardians_when`: the family is blocked until this holds, so also as long as nobody knows (I-10)."""

    id: Slug
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text
    crisis_types: dict[str, Text]
    subject: Annotated[Subject, Field(strict=False)]
    jurisdiction: str
    citations: tuple[Citation, ...] = Field(strict=False)
    review: Review
    roles: dict[Role, Annotated[int, Field(ge=0)]] = Field(strict=False)  # least number of people in the district
    parameters: dict[str, Parameter]
    facts: tuple[FactRule, ...] = Field(default=(), strict=False)
    lane: EmergencyLane
    police_reasons: dict[str, Text]
    disclosure_items: dict[str, Text]  # what may cross to a receiver (I-16)
    withhold_reasons: dict[str, Text]
    missing_student_protocol: str | None = None
    at_opening: AtOpening | None = _later(None)
    guardians_when: Condition | None = _later(None)
    expires_after: Duration | None = _later(None)  # of a notice: then it ends by itself and is nobody's any more
    steps: Annotated[tuple[Step, ...], Field(min_length=1, strict=False)]

    def step(self, step_id: StepId) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)

    def exception(self, exception_id: str) -> tuple[Step, ExceptionRule] | None:
        return next(((step, rule) for step in self.steps for rule in step.exceptions if rule.id == exception_id), None)


class DeadlineChange(Strict):
    step: StepId
    deadline: str
    within: Duration | None = None
    days: int | None = None
    source: Annotated[str, Field(min_length=1)]


class Overlay(Strict):
    """What a jurisdiction changes: values of declared parameters and lengths of declared deadlines, nothing else.

    It cannot touch a safety class, a step or an invariant: those are not in its shape.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z]{2})?$")]
    extends: str
    title: str
    citations: tuple[Citation, ...] = Field(strict=False)
    review: Review
    parameters: dict[str, Parameter]
    deadlines: tuple[DeadlineChange, ...] = Field(default=(), strict=False)
