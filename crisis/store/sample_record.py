"""What is on record of Valentina Castillo in the sample district: a student whose family asked for much, and clearly.

Her father is barred, her mother reads Spanish and shares a telephone with an aunt, and at school she goes by Val.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.policy.naming import NameToUse
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.record_words import NameCaution, NameContext
from crisis.store import instructions, names, people
from crisis.store.instructions import Told
from crisis.store.sample import CASTILLO, DISTRICT, person_id, student_id
from crisis.store.sealed import KeyRing

STUDENT = student_id("Valentina", "Castillo")
COUNSELOR = person_id("Maya", "Okafor")
INSTRUCTIONS = (
    (InstructionKind.MAKES_WORSE, InstructionSource.STUDENT, "Several adults talking to her at once"),
    (InstructionKind.TOUCH, InstructionSource.FAMILY, "Ask before you touch her arm or shoulder"),
    (InstructionKind.HELPS, InstructionSource.STUDENT, "The quiet room by the library, and time"),
    (InstructionKind.COMMUNICATION, InstructionSource.STUDENT, "She writes when she cannot talk: give her paper"),
    (InstructionKind.WORDS_TO_USE, InstructionSource.FAMILY, "The family says “nervios” for what she feels"),
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
