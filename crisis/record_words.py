"""The words of the rest of a student's record: names, wishes, supports, and who looks after the student.

Each says what to do and never who somebody is (`privacy-and-culture.md` 2.1).
"""

from enum import StrEnum


class NameContext(StrEnum):
    """Where a name may stand or be said (2.3, field 2); no guardian is among them unless somebody listed that one."""

    FACE_TO_FACE = "face_to_face"
    STAFF_CONSOLE = "staff_console"
    EXTERNAL_CLINICIAN = "external_clinician"
    EMERGENCY_SERVICES = "emergency_services"
    RECORDS = "records"
    GUARDIAN = "guardian"  # one guardian, who is named beside it


class NameCaution(StrEnum):
    """What to mind before a name is told to somebody else (2.3, field 4)."""

    NONE = "none"
    ASK_STUDENT_FIRST = "ask_student_first"
    DO_NOT_VOLUNTEER = "do_not_volunteer"  # where the law's pack permits it (PR-11)
