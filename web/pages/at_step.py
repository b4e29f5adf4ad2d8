"""What a step shows of its instruments: one form at a time, in an official wording, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass

from crisis.access_words import Matter
from crisis.instrument_events import QuestionnaireRecorded
from crisis.instrument_words import PlanPrompt
from crisis.protocols.instrument_schema import Instrument
from crisis.protocols.schema import Step
from crisis.protocols.scoring import YOUNGEST
from crisis.statemachine.incident import SafetyPlan
from crisis.statemachine.kit import usable
from crisis.statemachine.safety_plan import STEP as PLAN
from crisis.store import instrument_texts
from crisis.store.queries import IncidentView
from crisis.vocabulary import WordsId
from web.deps import Desk
from web.forms import Said
from web.pages.reasons import in_words
from web.rendering import translations
from web.words_of_instruments import BANDS, PROMPTS, STAYS_SAFE, name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStep:
    """`form` is None where it cannot be entered here at all; `because` says why there are no words."""

    id: str
    title: str
    kind: str
    form: Instrument | None
    because: Said | None
    other_language: bool  # the student speaks another one than the words of the form
    least_age: int | None


def instrument_values(desk: Desk, view: IncidentView, step: Step, chosen: str) -> dict[str, object]:
    with desk.store.read() as tx:
        kept = instrument_texts.of_district(tx, desk.actor.district)
    spoken = None if view.student is None else view.student.language
    found = []
    for each in usable(step, kept.in_use):
        known = kept.readable(each, desk.at)
        form = known.in_language(spoken)
        found.append(
            AtStep(
                id=each,
                title=instrument_texts.title(each),
                kind=instrument_texts.kind(each),
                form=form,
                because=None if known.reason is None else in_words(known.reason, desk.language),
                other_language=form is not None and spoken is not None and not _same(spoken, form.language),
                least_age=YOUNGEST.get(each),
            )
        )
    now = next((each for each in found if each.id == chosen), next(iter(found), None))
    return {
        "at_hand": found,
        "now_at": now,  # `now` is the time, on every page
        "owed": view.incident.screen_owed and Matter.CARE in view.matters,
        "spoken": spoken,
        "filled_in": [_filled_in(each, desk) for each in view.happened(QuestionnaireRecorded)],
        "name_of": name_of,
    }


def plan_values(desk: Desk, view: IncidentView, step: Step) -> dict[str, object]:
    """Nothing where the step is no safety plan."""
    if step.id != PLAN:
        return {}
    translate = translations(desk.language).gettext
    plan = view.incident.plan if Matter.CARE in view.matters else None
    written = {} if plan is None else words_of(plan, view.words)
    return {
        "is_plan": True,
        "plan_in": _plan_language(view, plan),
        "plan": plan,
        "prompts": [(each.value, translate(PROMPTS[each][0]), written.get(each, "")) for each in PlanPrompt],
        "stays_safe": [(each.value, *map(translate, said)) for each, said in STAYS_SAFE.items()],
    }


def _plan_language(view: IncidentView, plan: SafetyPlan | None) -> str:
    """As it was written, or else as the student speaks; English where nobody asked."""
    if plan is not None:
        return plan.language
    spoken = None if view.student is None else view.student.language
    return "en" if spoken is None else spoken.split("-")[0]


def words_of(plan: SafetyPlan, words: Mapping[WordsId, str]) -> dict[PlanPrompt, str]:
    """What the student said, as far as this viewer may read it and its key is there."""
    said = {PlanPrompt.COPING: plan.coping, PlanPrompt.PEOPLE: plan.people, PlanPrompt.SAFER_PLACE: plan.safer_place}
    return {prompt: words.get(each, "") for prompt, each in said.items()}


def _same(one: str, other: str) -> bool:
    return one.split("-")[0] == other.split("-")[0]


def _filled_in(event: QuestionnaireRecorded, desk: Desk) -> tuple[str, int, bool, str]:
    return name_of(event.instrument), event.total, event.whole, translations(desk.language).gettext(BANDS[event.band])
