"""Texts that a telephone sends by itself while its owner drives, sleeps or is away: never a sign of life (F46)."""

import re

_SAID_BY_MACHINES = re.compile(
    r"""
      \b i['’]?m \s (?:driving|currently\s driving|busy|away|in\s a\s meeting)
    | \b i\s am \s (?:driving|away|out\s of|unavailable|in\s a\s meeting)
    | \b while \s driving | do\s not\s disturb | driving\s focus
    | \b auto[\s-]*(?:matic)?[\s-]*(?:reply|response|message)
    | automated\s (?:reply|response|message) | out\s of\s (?:the\s )?office | on\s (?:vacation|holiday|leave)\b
    | (?:can['’]?t|cannot)\s (?:talk|answer)\s (?:right\s)?now | call\s (?:you\s )?back\s later
    | get\s back\s to\s you | will\s (?:reply|respond|answer)\s (?:later|as\s soon)
    | respuesta\s autom[aá]tica | estoy\s (?:conduciendo|manejando|de\s vacaciones) | fuera\s de\s (?:la\s )?oficina
    """,
    re.IGNORECASE | re.VERBOSE,
)


def by_a_machine(body: str) -> bool:
    return _SAID_BY_MACHINES.search(" ".join(body[:300].split())) is not None
