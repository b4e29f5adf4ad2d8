"""What can be chosen while a protocol is tried out, in both languages of the console."""

from crisis import commands as cmd
from crisis import follow_up_commands as ucmd
from crisis import instrument_commands as icmd
from crisis import page_commands as pcmd
from crisis.commands import Command
from crisis.protocols import loader
from crisis.protocols.explain import deadline_in_words
from crisis.protocols.schema import Protocol, Step
from crisis.protocols.terms import Pair, choose, term
from crisis.statemachine.incident import Incident
from crisis.statemachine.timers import LiveDeadline
from crisis.vocabulary import FollowUpOutcome, ScreenAnswer, StepId

PLAIN: dict[type[Command], Pair] = {
    cmd.CompleteStep: ("Done", "Hecho"),
    cmd.TakeCustody: ("An adult stays with the student", "Un adulto se queda con el estudiante"),
    cmd.RecordContact: ("The family was reached", "Se habló con la familia"),
    cmd.AcceptHandoff: ("It is offered, and the receiver accepts", "Se ofrece, y quien recibe acepta"),
    cmd.SignTier: ("A second person signs the level of risk", "Otra persona firma el nivel de riesgo"),
    cmd.RaiseEmergency: (
        "Somebody is in danger: raise the emergency",
        "Alguien está en peligro: declarar la emergencia",
    ),
    cmd.ResolveEmergency: ("The emergency is over", "Terminó la emergencia"),
    cmd.ReportCustodyLost: ("The student is gone", "El estudiante se fue"),
    cmd.ReportStudentFound: ("The student is found", "Se encontró al estudiante"),
    cmd.CloseIncident: ("Two people close it", "Dos personas lo cierran"),
    icmd.RecordTooYoung: ("The student is too young to be asked", "El estudiante es muy pequeño para preguntarle"),
    pcmd.AcceptPage: ("Whoever is paged comes", "Viene la persona llamada"),
    pcmd.CancelPage: ("The page is called off", "Se cancela la llamada"),
    pcmd.RequestPage: ("Page again", "Llamar otra vez"),
    ucmd.EndFollowUp: ("Somebody ends it, with a reason", "Alguien lo termina, con un motivo"),
    cmd.TimerDue: ("Nobody answers the page", "Nadie contesta la llamada"),
}
_CAME: Pair = ("Done, as planned", "Hecho, como estaba previsto")
_REFUSES: Pair = ("The student does not want to be asked", "El estudiante no quiere que le pregunten")
_NO_SHOW: Pair = ("They did not come, or nobody answered", "No vino, o nadie contestó")


def choice_in_words(order: Command, after: Incident, protocol: Protocol, language: str) -> str:
    """Of the last order of a choice; what a screening came to is read from the incident after it."""
    if isinstance(order, cmd.RecordScreen) and ScreenAnswer.REFUSED in order.answers.values():
        return choose(_REFUSES, language)
    if isinstance(order, cmd.RecordScreen) and after.screen is not None:
        return choose(("The screening: ", "La detección: "), language) + term(after.screen, language)
    if isinstance(order, cmd.SetTier):
        return choose(("Level of risk: ", "Nivel de riesgo: "), language) + term(order.tier, language)
    if isinstance(order, cmd.RecordInterview):
        return _interview(order, language)
    if isinstance(order, cmd.ReleaseCustody):
        return choose(("The student goes with: ", "El estudiante se va con: "), language) + term(order.to, language)
    if isinstance(order, cmd.RecordFollowUp):
        return choose(_CAME if order.outcome is FollowUpOutcome.COMPLETED else _NO_SHOW, language)
    return _by_protocol(order, protocol, language) or choose(PLAIN.get(type(order), ("Go on", "Seguir")), language)


def _interview(order: cmd.RecordInterview, language: str) -> str:
    known = loader.instrument(order.instrument).dispositions
    label = next(
        (each.label.in_language(language) for each in known if each.id == order.disposition), order.disposition
    )
    return choose(("The interview: ", "La entrevista: "), language) + label


def _by_protocol(order: Command, protocol: Protocol, language: str) -> str | None:
    """What the protocol itself calls it."""
    if isinstance(order, cmd.AnswerDecision):
        step = protocol.step(order.step)
        choices = () if step is None else step.choices
        return next((each.label.in_language(language) for each in choices if each.id == order.choice), None)
    if isinstance(order, cmd.DeclareException):
        found = protocol.exception(order.exception)
        label = order.exception if found is None else found[1].label.in_language(language)
        return choose(("Exception: ", "Excepción: "), language) + label
    if isinstance(order, cmd.SetFact):
        fact = next(each for each in protocol.facts if each.id == order.fact)
        return f"{fact.label.in_language(language)}: {fact.values[order.value].in_language(language)}"
    return None


def missed_in_words(live: LiveDeadline, protocol: Protocol, language: str) -> str:
    """Which deadline, and who is told."""
    deadline = deadline_in_words(live.deadline, protocol, language)
    told = ", ".join(term(role, language) for role in live.deadline.on_miss)
    title = title_of(live.step.id, protocol, language)
    pair: Pair = (
        f"Missed: {title}, {deadline}. Told: {told}",
        f"No se cumplió: {title}, {deadline}. Se avisa a: {told}",
    )
    return choose(pair, language)


def title_of(step_id: StepId, protocol: Protocol, language: str) -> str:
    step: Step | None = protocol.step(step_id)
    return step_id if step is None else f"“{step.title.in_language(language)}”"
