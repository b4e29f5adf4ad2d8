"""A small protocol as text, and the same with one thing changed."""

import re

from crisis.protocols import loader
from crisis.protocols.schema import Protocol

SMALL = """\
id: small
version: 1.0.0
title: {en: Small, es: Pequeño}
crisis_types:
  worry: {en: Worry, es: Preocupación}
subject: student
jurisdiction: US
citations:
  - {key: S1, title: "A model policy, page 11", url: "https://example.org/s1", retrieved: 2026-07-01}
  - {key: S2, title: "A county guideline", url: "https://example.org/s2", retrieved: null}
review:
  clinical: {name: null, on: null}
  legal: {name: A. Counsel, on: 2026-07-01}
  expires: 2027-07-01
roles: {assessor: 2, admin: 1}
parameters:
  report_oral: {value: PT15M, source: D}
  report_written: {value: PT36H, source: D}
  report_delegation: {value: false, source: D}
facts:
  - id: at_home
    label: {en: Somebody is at home, es: Hay alguien en casa}
    values: {yes: {en: Yes, es: Sí}, no: {en: No, es: No}}
    setters: [assessor]
lane:
  source: S1
  dangers:
    - id: injury
      label: {en: Injured, es: Herida}
  checklist:
    - {en: Stay., es: Quédese.}
police_reasons: {}
disclosure_items: {}
withhold_reasons: {}
steps:
  - id: take_custody
    phase: identification
    type: custody
    custody: taken
    title: {en: Stay with the student, es: Quédese con el estudiante}
    why: {en: Nobody at risk is alone., es: Nadie en riesgo está solo.}
    roles: []
    deadlines:
      - {id: at_once, anchor: opened, within: PT1M, kind: hard, on_miss: [admin], source: S1 D}
    safety: hard
    source: S1
  - id: screen
    phase: safety_assessment
    type: screen
    title: {en: Ask the questions, es: Haga las preguntas}
    why: {en: Asking helps., es: Preguntar ayuda.}
    roles: [assessor]
    after: [take_custody]
    deadlines:
      - {id: same_day, anchor: opened, days: 0, clock: school_day, kind: hard, on_miss: [admin], source: S2}
      - {id: begin, anchor: opened, within: PT1H30M, clock: school_hours, kind: target, on_miss: [admin], source: D}
    instruments: [asq]
    safety: hard
    source: S1 S2
  - id: decide
    phase: safety_assessment
    type: decision
    title: {en: "Decide: who comes?", es: "Decida: ¿quién viene?"}
    why: {en: Somebody must decide., es: Alguien debe decidir.}
    roles: [assessor, admin]
    after: [screen]
    when: {screen: [acute_positive]}
    deadlines:
      - {id: five, anchor: acute, within: PT5M, kind: hard, on_miss: [admin], source: D}
    choices:
      - {id: ambulance, label: {en: Ambulance, es: Ambulancia}, raises_emergency: true}
      - {id: nobody, label: {en: Nobody, es: Nadie}, reason_needed: true}
    safety: hard
    source: S1
  - id: family
    phase: family_contact
    type: contact
    title: {en: Reach the family, es: Contacte a la familia}
    why: {en: They need to know., es: Necesitan saberlo.}
    roles: [assessor]
    after: [screen]
    ready_when: {any: [{done: decide}, {fact: {at_home: yes}}, {answer: {decide: [ambulance]}}]}
    exceptions:
      - id: contraindicated
        label: {en: It would put the student in danger, es: Pondría en peligro al estudiante}
        authorisers: [assessor]
        substitutes: true
        basis: child_protection
        obligation:
          {kind: mandated_report, oral: report_oral, written: report_written, delegation: report_delegation}
        source: S1
    safety: hard
    source: S2
  - id: release
    phase: handoff
    type: custody
    custody: released
    title: {en: Hand the student over, es: Entregue al estudiante}
    why: {en: To a known adult., es: A un adulto conocido.}
    roles: []
    after: [family]
    safety: hard
    source: S1
  - id: check_in
    phase: follow_up
    type: followup
    title: {en: Check in, es: Llame para saber cómo está}
    why: {en: The first days matter., es: Los primeros días importan.}
    roles: [assessor]
    after: [release]
    series: {count: 3, days: 1, clock: calendar_day}
    deadlines:
      - {id: each, anchor: previous, days: 1, clock: calendar_day, kind: hard, on_miss: [admin], source: S2}
    safety: reason
    source: S2
  - id: close
    phase: follow_up
    type: review
    title: {en: Close, es: Cierre}
    why: {en: It is over., es: Terminó.}
    roles: [admin]
    after: [check_in]
    safety: hard
    source: D
"""


def small(old: str = "", new: str = "") -> str:
    """The small protocol with the first `old` replaced; both begin and end within a line or with whole lines."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def a_protocol(old: str = "", new: str = "") -> Protocol:
    return loader.protocol_from_text(small(old, new), "small.yaml")


def line_of(pattern: str) -> int:
    """The first line of the small protocol that matches."""
    return next(number for number, line in enumerate(SMALL.splitlines(), start=1) if re.search(pattern, line))
