"""The invariants of privacy, one by one, with the tests that name each: `python -m tests.invariants` writes the table.

A test names an invariant in its own name (`…_pr_12`) or in its docstring (PR-12). One without a test says why.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "privacy.md"
BEGIN, END = "<!-- invariants: made by tests/invariants.py -->", "<!-- end of invariants -->"
IN_TEXT, IN_NAME = re.compile(r"\bPR-(\d+)\b"), re.compile(r"_pr_(\d+)(?=_|$)")

ROWS: dict[int, str] = {
    1: "nobody contacts a restricted person, by any way, for any purpose",
    2: "a number that a restricted person shares with another is never dialled without a person's decision",
    3: "under suspicion the whole household leaves the plan",
    4: "where a parent is suspected, child protection is contacted in their place, and the incident waits for it",
    5: "a restriction that comes while a message waits stops it",
    6: "a restriction acts before it is checked; two people lift it",
    7: "an order that has run out permits nothing by itself",
    8: "what a guardian is sent or left has no name, no pronoun, no word of health",
    9: "a name stands only where its owner wants it",
    10: "no message says anything untrue, and none swaps one name for another",
    11: "the law's pack decides what may be recorded, and a change of it is looked at by people",
    12: "a page holds nothing of a student",
    13: "the address in a page is no key",
    14: "a page that is too old is not delivered, and goes on",
    15: "STOP ends every text, and brings a call",
    16: "an emergency never waits for a preference; what was not met is recorded",
    17: "timers outlive sessions",
    18: "help goes on where records cannot be opened",
    19: "a call to the police that is not for somebody's life asks the lead first, where the family wished it",
    20: "an address or shelter is in no message",
    21: "nothing is left where others hear it",
    22: "who picks up hears nothing until they have said who they are",
    23: "every byte that leaves has one row of the ledger, with its basis",
    24: "the emergency basis needs its words, and ends with the emergency",
    25: "on that basis only the emergency's fields go out",
    26: "a consent counts only whole, in force, and by whoever had the right",
    27: "said aloud is never a written consent",
    28: "at 18 the rights are the student's, to the second, in the school's time",
    29: "where the state gives it earlier, the student's own access stands beside the parent's",
    30: "to be family, to pick up, or to be called in an emergency is no right to be told",
    31: "what was asked for and refused is recorded",
    32: "the ledger is never changed, and lives as long as the record",
    33: "where a state wants more of the ledger, nothing goes out without it",
    34: "records of substance treatment go out only with their consent or emergency, and with the notice",
    35: "counseling notes on substance use and psychotherapy notes cannot be stored",
    36: "for a court it is always people who decide",
    37: "a partner without an agreement in force sees and gets nothing",
    38: "each export carries the notice that it may not be passed on",
    39: "a request for records has its deadline, and hides other students",
    40: "a report is its owner's, and nobody else ends it",
    41: "who reported is in no view but the lead's and the records officer's",
    42: "where the law forbids it, parents are told no more than that the child is safe",
    43: "harm of that kind brings the coordinator in, once, and keeps the two sides apart",
    44: "directory information is no basis in an incident",
    45: "what must never be stored has no column, and no import brings it",
    46: "who is paged never depends on origin or faith",
    47: "what no rule allows is denied, and every route has a rule",
    48: "an answer holds no field that its reader's view does not list",
    49: "a new column needs its label",
    50: "access begins and ends with the assignment, at once",
    51: "districts are apart, in the rules and in the database",
    52: "what one may not see and what is not there look the same",
    53: "that something is hidden is not shown",
    54: "who is concerned themselves sees nothing, whatever their post",
    55: "breaking the glass has its reason, its end and its review",
    56: "who runs the machine or audits it sees nothing of anybody",
    57: "a drill reaches no real number, and a real page no drill",
    58: "no restricted read without its row in the audit",
    59: "any change of the audit chain is found",
    60: "logs, audit, addresses and names of jobs hold no content",
    61: "what is dangerous wants a fresh sign-in",
    62: "who is switched off is out at once, everywhere",
    63: "two providers of sign-in with the same address are two people",
    64: "what needs two people is never done by one",
    65: "after destruction nothing is left anywhere",
    66: "a hold beats destruction, and the longest class wins",
    67: "small counts are hidden, also in differences",
    68: "a callback with a bad signature changes nothing; one that comes twice counts once",
    69: "nothing is asked of any address that is not on the list",
    70: "after signing out the browser keeps nothing",
    71: "only published messages are sent",
    72: "each guardian has their own language and way",
    73: "nobody is silently written to in English",
    74: "no child interprets",
    75: "informed is what a person says after a talk that was understood",
    76: "no assessment is complete without the support that was asked for",
    77: "each message fits its segments",
    78: "no language is read by another one's voice",
    79: "the places of a message are the same in each language",
    80: "families read plain words",
    81: "what is old is shown as old, and still acts",
    82: "how often wishes were not met can be seen, without small counts",
    83: "pages can be used by everybody",
    84: "each no has its rule and its sentence",
}
_FAMILY, _AUDIT = "tests/statemachine/test_family.py", "tests/store/test_audit.py"
BY: dict[int, tuple[tuple[str, str], ...]] = {  # tests from before the numbers
    4: (
        (_FAMILY, "test_a_contraindication_blocks_the_guardians_and_owes_two_reports_i_10_i_11"),
        (_FAMILY, "test_no_release_to_the_family_while_it_is_blocked_i_10"),
    ),
    12: (("tests/notify/test_nobody_is_named.py", "test_no_word_about_anybody_leaves_for_a_telephone_f26_f47"),),
    13: (("tests/web/test_landing.py", "test_every_link_that_leads_nowhere_gets_the_same_answer"),),
    40: (
        (_FAMILY, "test_a_report_is_filed_by_the_one_who_suspects_and_nobody_else_i_11"),
        (_FAMILY, "test_a_report_is_delegated_only_where_the_state_allows_i_11"),
    ),
    47: (("tests/web/test_api.py", "test_every_route_says_who_may_use_it"),),
    57: (("tests/notify/test_drills_apart.py", "test_nothing_of_a_drill_is_real_n19_f75_f76"),),
    59: (
        (_AUDIT, "test_every_row_that_is_taken_out_or_put_in_is_found"),
        (_AUDIT, "test_an_end_that_is_cut_off_is_found_and_so_is_a_head_that_is_set_back"),
    ),
    68: (("tests/web/test_mutated_signatures.py", "test_nothing_that_was_changed_is_let_in_f34_f36_f37"),),
    75: (
        (_FAMILY, "test_only_a_talk_that_was_understood_counts_as_reached_i_9"),
        (_FAMILY, "test_reached_without_understanding_is_an_attempt_i_9"),
    ),
}
NOT_YET = "not built yet"
WHY_NOT: dict[int, str] = {}


def named(path: Path) -> Iterator[tuple[int, str]]:
    """Invariant and test, for each test of a file that names one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            numbers = {int(found) for found in IN_NAME.findall(node.name)}
            numbers |= {int(found) for found in IN_TEXT.findall(ast.get_docstring(node) or "")}
            yield from ((number, node.name) for number in sorted(numbers))


def proofs() -> dict[int, list[str]]:
    """For each invariant the tests, as place and name, in order."""
    found = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for number, test in named(path):
            found[number].append(f"`{path.relative_to(ROOT).as_posix()}` {test}")
    for number, tests in BY.items():
        found[number] += [f"`{path}` {test}".strip() for path, test in tests]
    return found


def vanished() -> list[str]:
    """Tests that this file names and that are not there."""
    return [
        f"{path} {test}"
        for tests in BY.values()
        for path, test in tests
        if f"def {test}" not in (ROOT / path).read_text(encoding="utf-8")
    ]


def table() -> str:
    known = proofs()
    lines = ["| | what always holds | tests |", "|---|---|---|"]
    for number, what in ROWS.items():
        said = "<br>".join(known.get(number, ())) or f"none: {WHY_NOT.get(number, NOT_YET)}"
        lines.append(f"| PR-{number} | {what} | {said} |")
    return "\n".join(lines)


def with_table(page: str) -> str:
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
