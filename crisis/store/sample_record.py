"""What is on record of Valentina Castillo in the sample district: a student whose family asked for much, and clearly.

Her father is barred, her mother reads Spanish and shares a telephone with an aunt, at school she goes by Val, and the
family asked for a woman.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.policy.naming import NameToUse
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.record_words import NameCaution, NameContext, Preference
from crisis.store import instructions, names, people, preferences, skills
from crisis.store.instructions import Told
from crisis.store.preferences import Asked
from crisis.store.sample import CASTILLO, DISTRICT, person_id, student_id
from crisis.store.sealed import KeyRing

STUDENT = student_id("Valentina", "Castillo")
COUNSELOR = person_id("Maya", "Okafor")
INSTRUCTIONS = (
    (InstructionKind.MAKES_WORSE, InstructionSource.STUDENT, "Several adults talking to her at once"),
    (InstructionKind.TOUCH, InstructionSource.FAMILY, "Ask before you touch her arm or shoulder"),
    (InstructionKind.HELPS, InstructionSource.STUDENT, "The quiet room by the library, and time"),
    (InstructionKind.COMMUNICATION, InstructionSource.STUDENT, "She writes when she cannot talk: give her paper"),
    (InstructionKind.HELPER, InstructionSource.FAMILY, "Señora Ortiz of their church, whom her grandmother asks"),
    (InstructionKind.WORDS_TO_USE, InstructionSource.FAMILY, "The family says “nervios” for what she feels"),
)
WISHES = (
    (Preference.WOMAN, InstructionSource.FAMILY),
    (Preference.MOBILE_CRISIS_FIRST, InstructionSource.FAMILY),
    (Preference.MORE_TIME, InstructionSource.STUDENT),
)
CLINICIANS = (
    (("Noor", "Abdi"), ("woman", "language:so")),
    (("Thomas", "Ferreira"), ("language:es", "language:pt")),
    (("Camille", "Joseph"), ("woman", "language:es", "language:ht")),
)
NAME = NameToUse(
    name="Val",
    pronouns="she/her",
    contexts=frozenset(
        {NameContext.FACE_TO_FACE, NameContext.STAFF_CONSOLE, NameContext.EXTERNAL_CLINICIAN, NameContext.GUARDIAN}
    ),
    guardians=frozenset({person_id(*CASTILLO[1])}),  # the aunt
    source=InstructionSource.STUDENT,
)


def fill(tx: Connection, keys: KeyRing, at: datetime) -> None:
    """Apart from `sample.seed`, since words need the keys."""
    asked = at - timedelta(days=39)
    student = people.student(tx, STUDENT)
    for kind, source, text in INSTRUCTIONS:
        told = Told(kind=kind, source=source, text=text)
        instructions.add(tx, keys, (DISTRICT, STUDENT), told, by=COUNSELOR, at=asked)
    names.add(tx, keys, student, NAME, by=COUNSELOR, at=asked)
    names.set_caution(tx, student, NameCaution.ASK_STUDENT_FIRST, by=COUNSELOR, at=asked)
    for preference, source in WISHES:
        wish = Asked(preference=preference, source=source)
        preferences.add(tx, (DISTRICT, STUDENT), wish, by=COUNSELOR, at=asked)
    for clinician, can in CLINICIANS:
        skills.set_skills(tx, DISTRICT, person_id(*clinician), can, at=asked, by=None)
