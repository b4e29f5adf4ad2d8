"""The failure catalogue, row by row, with the tests that name each row: `python -m tests.failures` writes the table.

A test names a row in its own name (`…_f12`) or in its docstring (F12, or F34 to F37). A row without one has a reason.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- failures: made by tests/failures.py -->", "<!-- end of failures -->"
SPAN = re.compile(r"\b[Ff](\d{2,3})(?: to [Ff](\d{2,3}))?\b")
IN_NAME = re.compile(r"_f(\d{2,3})(?=_|$)")

ROWS: dict[str, str] = {
    "F01": "killed between a request and its commit",
    "F02": "killed after the commit, before the answer",
    "F03": "killed before a job was claimed",
    "F04": "killed after the claim, before the call",
    "F05": "killed after the provider took a call, before its answer was read",
    "F06": "killed after the answer, before it was written down",
    "F07": "killed at any call to the operating system that writes",
    "F08": "asked to end in the middle of sending",
    "F09": "out of memory",
    "F10": "the event loop stands still",
    "F11": "the machine sleeps for ten minutes",
    "F12": "a provider takes a call and never answers",
    "F13": "a provider refuses the connection",
    "F14": "a provider answers 500, 502, 503, 504",
    "F15": "a provider says: too many",
    "F16": "one provider is slow",
    "F17": "nonsense, a redirect or ten megabytes for an answer",
    "F18": "a success with an error code inside, or an id of the wrong form",
    "F19": "a name that is not found, a certificate that is wrong",
    "F20": "all providers are down",
    "F21": "a provider takes everything and delivers nothing",
    "F22": "the account is suspended or its password wrong",
    "F23": "forty texts at once from a number that sends one a second",
    "F24": "twenty calls at once where one a second may begin",
    "F25": "a text that would be longer than one segment",
    "F26": "a carrier filters the text",
    "F27": "somebody wrote STOP before",
    "F28": "the number is a landline or does not exist",
    "F29": "the number belongs to a stranger by now",
    "F30": "the same report comes several times",
    "F31": "reports come out of order",
    "F32": "reports never come",
    "F33": "a report comes before the provider's answer",
    "F34": "a forged report",
    "F35": "a genuine report, or text, played again hours later",
    "F36": "the signature is right for another address of the same server",
    "F37": "fields twice, thousands of fields, other alphabets",
    "F38": "we answer a report with an error",
    "F39": "an answer comes while the next level is being called",
    "F40": "the same person accepts twice",
    "F41": "two people accept at the same moment",
    "F42": "an answer for another page, or one that ended",
    "F43": "an answer without a code while two pages are open",
    "F44": "an answer hours later",
    "F45": "a text from a number that nobody knows",
    "F46": "a machine that answers every text",
    "F47": "a hostile text",
    "F48": "a voicemail takes the call",
    "F49": "a key too early, a wrong one, none",
    "F50": "we do not answer when a call asks what to say",
    "F51": "somebody else's number, or guessed codes",
    "F52": "a machine opens the link before its reader does",
    "F53": "everybody says no",
    "F54": "nobody ever answers",
    "F55": "nobody is on call at this minute",
    "F56": "who is on call was switched off",
    "F57": "who is on call has no number",
    "F58": "who is on call is concerned by the incident",
    "F59": "a swap in the same minute as a page",
    "F60": "clocks go forward",
    "F61": "clocks go back",
    "F62": "a duration across a change of clocks",
    "F63": "a country changes its clock rules",
    "F64": "leap days, ends of years",
    "F65": "the clock jumps forward",
    "F66": "the clock jumps back",
    "F67": "clocks of database and server differ",
    "F68": "a protocol is edited while incidents run on it",
    "F69": "a protocol that cannot end, or names nobody",
    "F70": "two people decide against each other",
    "F71": "somebody decides on a page that is old",
    "F72": "a double click, a request sent again",
    "F73": "the guardian cannot be reached",
    "F74": "the guardian must not be reached",
    "F75": "a drill reaches real people's live line",
    "F76": "a real incident in drill mode",
    "F77": "a real page that looks like a drill, or the other way round",
    "F78": "a false alarm",
    "F79": "an incident is opened again after its close",
    "F80": "fifty incidents at once",
    "F81": "one person is paged for ten incidents",
    "F101": "a console that reads slowly",
    "F102": "a line that is only half open",
    "F103": "ten thousand consoles come back at once",
    "F104": "events are missed while a console is away",
    "F105": "events come out of order or twice",
    "F106": "the server starts anew while consoles are connected",
    "F107": "a right is taken away while a socket is open",
    "F108": "a session ends, or is ended elsewhere",
    "F109": "the tab of a console sleeps",
    "F110": "a console that sends too much",
    "F111": "a proxy that lets no socket through",
    "F112": "packets are lost, late, on a thin line",
    "F122": "script or markup in what people wrote, in names, in texts that came in",
    "F134": "the audit is edited, cut off at its end, or written anew",
}
BY: dict[str, tuple[tuple[str, str], ...]] = {  # tests that prove a row without naming it
    "F10": (("tests/test_pulse.py", "test_a_process_whose_loop_stands_still_ends_with_70"),),
    "F18": (
        ("tests/notify/test_twilio.py", "test_what_an_answer_means"),
        ("tests/notify/test_telnyx.py", "test_what_an_answer_means"),
    ),
    "F29": (("tests/schedules/test_readiness.py", "test_everything_that_is_missing_is_said"),),
    "F39": (("tests/notify/test_races.py", "test_yes_no_and_looks_in_any_mixture_are_one_story_n13"),),
    "F53": (
        (
            "tests/statemachine/test_answering.py",
            "test_everybody_of_the_level_says_no_and_the_next_is_paged_though_an_earlier_one_is_silent",
        ),
        ("tests/crash/test_lives.py", "test_no_page_is_lost_stalled_or_made_too_often_n1_n4"),
    ),
    "F54": (
        (
            "tests/statemachine/test_climbing.py",
            "test_a_page_that_nobody_answers_is_an_alarm_when_the_usual_ladder_says_so",
        ),
        ("tests/simulation/test_simulation.py", "test_nothing_stalls_and_no_page_is_lost"),
    ),
    "F59": (
        ("tests/store/test_rotations.py", "test_a_swap_changes_nothing_before_it_is_accepted_and_then_both_turns"),
        ("tests/simulation/test_simulation.py", "test_nothing_stalls_and_no_page_is_lost"),
    ),
    "F61": (
        ("tests/schedules/test_oracle.py", "test_every_minute_around_every_change_of_clocks_of_ten_years_n10_f60"),
    ),
    "F62": (("tests/statemachine/test_deadlines.py", "test_an_hour_is_an_hour_through_a_change_of_clocks"),),
    "F64": (
        ("tests/schedules/test_oracle.py", "test_every_minute_around_every_change_of_clocks_of_ten_years_n10_f60"),
        ("tests/statemachine/test_deadlines.py", "test_school_days_agree_with_a_walk_from_day_to_day"),
    ),
    "F65": (("tests/simulation/test_simulation.py", "test_nothing_stalls_and_no_page_is_lost"),),
    "F66": (("tests/simulation/test_simulation.py", "test_nothing_stalls_and_no_page_is_lost"),),
    "F67": (("tests/sentinel/test_auditor.py", "test_i15_a_clock_that_was_moved_is_found"),),
    "F68": (
        ("tests/store/test_protocols.py", "test_a_new_version_takes_over_and_the_old_one_stays_for_its_incidents"),
    ),
    "F69": (
        ("tests/store/test_protocols.py", "test_a_protocol_that_fails_cannot_be_published_and_says_how_it_fails"),
        ("tests/checker/test_planted.py", "test_a_planted_fault_is_found"),
    ),
    "F70": (("tests/store/test_incidents.py", "test_the_slower_of_two_writers_is_refused"),),
    "F71": (("tests/web/test_pages.py", "test_a_note_of_somebody_else_changes_only_the_timeline"),),
    "F72": (
        ("tests/web/test_pages.py", "test_sending_a_form_twice_is_sending_it_once"),
        ("tests/web/test_api.py", "test_the_same_key_gives_the_same_incident"),
    ),
    "F73": (("tests/statemachine/test_family.py", "test_unreachable_is_declared_only_after_three_attempts_i_12"),),
    "F74": (
        (
            "tests/statemachine/test_family.py",
            "test_a_contraindication_blocks_the_guardians_and_owes_two_reports_i_10_i_11",
        ),
    ),
    "F75": (("tests/notify/test_line.py", "test_a_drill_goes_out_on_its_own_accounts_at_both_providers_i_22"),),
    "F76": (("tests/store/test_incidents.py", "test_the_mode_of_an_incident_is_fixed_i_22"),),
    "F81": (("tests/simulation/test_simulation.py", "test_nothing_stalls_and_no_page_is_lost"),),
}
WHY_NOT: dict[str, str] = {
    "F80": "measured, not tested: what must hold is a time, and a test that shares its cores with others can only "
    "tell a wrong one; twenty and fifty incidents a second, and 200 pages at once, are in `docs/performance.md`",
}


def named_rows(path: Path) -> Iterator[tuple[str, str]]:
    """Row and test, for each test of a file that names a row."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            numbers = {int(found) for found in IN_NAME.findall(node.name)}
            for first, last in SPAN.findall(ast.get_docstring(node) or ""):
                numbers |= set(range(int(first), int(last or first) + 1))
            yield from ((f"F{number:02}", node.name) for number in sorted(numbers))


def proofs() -> dict[str, list[str]]:
    """For each row the tests, as place and name, in order."""
    found = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for row, test in named_rows(path):
            found[row].append(f"`{path.relative_to(ROOT).as_posix()}` {test}")
    for row, tests in BY.items():
        found[row] += [f"`{path}` {test}" for path, test in tests]
    return found


def vanished() -> list[str]:
    """Tests that this file names and that are not there."""
    return [
        f"{path} {test}"
        for tests in BY.values()
        for path, test in tests
        if f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]


def table() -> str:
    known = proofs()
    lines = ["| | what fails | tests |", "|---|---|---|"]
    for row, what in ROWS.items():
        said = "<br>".join(known.get(row, ())) or f"none: {WHY_NOT.get(row, 'not yet')}"
        lines.append(f"| {row} | {what} | {said} |")
    return "\n".join(lines)


def with_table(page: str) -> str:
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
