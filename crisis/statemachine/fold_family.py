"""What events about texts to guardians make of an incident. None of them is an attempt, and none informs anybody."""

from dataclasses import replace

from crisis import family_events as fev
from crisis.message_words import SendState
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.incident import GuardianText, Incident


@folded.register
def _(event: fev.GuardianTextOrdered, incident: Incident) -> Incident:
    ordered = GuardianText(
        id=event.text,
        step=event.step,
        contact=event.contact,
        phone=event.phone,
        message=event.message,
        language=event.language,
        rung=event.rung,
        shown=event.shown,
        way=event.way,
        meets_at=event.meets_at,
        place=event.place,
        number_given=event.number_given,
        ordered_by=event.by,
        ordered_at=event.at,
        state=SendState.ORDERED,
        state_at=event.at,
    )
    return replace(incident, texts=with_(incident.texts, event.text, ordered))


def _put(incident: Incident, text: GuardianText) -> Incident:
    return replace(incident, texts=with_(incident.texts, text.id, text))


@folded.register
def _(event: fev.GuardianTextGiven, incident: Incident) -> Incident:
    return _put(incident, replace(incident.texts[event.text], state=SendState.GIVEN, state_at=event.at))


@folded.register
def _(event: fev.GuardianTextStopped, incident: Incident) -> Incident:
    stopped = replace(incident.texts[event.text], state=SendState.STOPPED, state_at=event.at, rules=event.rules)
    return _put(incident, stopped)


@folded.register
def _(event: fev.GuardianTextMoved, incident: Incident) -> Incident:
    moved = replace(incident.texts[event.text], state=event.state, state_at=event.at, code=event.code)
    return _put(incident, moved)


@folded.register
def _(event: fev.GuardianTextOutrun, incident: Incident) -> Incident:
    return _put(incident, replace(incident.texts[event.text], outrun=True, rules=event.rules))


@folded.register
def _(event: fev.GuardianWrote, incident: Incident) -> Incident:
    known = incident.texts[event.text]
    answered = known.answered or event.answered
    return _put(incident, replace(known, replies=known.replies + 1, answered=answered))


@folded.register
def _(event: fev.GuardianTextsRefused, incident: Incident) -> Incident:
    return _put(incident, replace(incident.texts[event.text], refused=True))


@folded.register
def _(event: fev.GuardianNumberWrong, incident: Incident) -> Incident:
    return _put(incident, replace(incident.texts[event.text], wrong_number=True))
