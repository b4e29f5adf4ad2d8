"""OWASP's ASVS 5.0, level 2, as far as our reference names its requirements: `python -m tests.asvs` writes the table.

Numbers and sense are those of ASVS 5.0.0 (May 2025), in words of our own; each with the test that shows it, or with why
there is none. What the reference does not name is not in the table: it is no statement about the rest of level 2.
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- asvs: made by tests/asvs.py -->", "<!-- end of asvs -->"
ACCOUNTS, SECURITY, ATTACKS = "tests/store/test_accounts.py", "tests/web/test_security.py", "tests/web/test_attacks.py"
SOCKETS, FACTOR, SIGN_INS = "tests/web/test_sockets.py", "tests/web/test_second_factor.py", "tests/web/test_sign_ins.py"
LEAKS, WALLS, API = "tests/journeys/test_nothing_leaks.py", "tests/store/test_walls.py", "tests/web/test_api.py"
PROXY = "the proxy in front ends the TLS; `docs/operations.md` says what it must do"
PROVIDERS, TOKENS = "tests/web/test_providers.py", "tests/identity/test_tokens.py"


@dataclass(frozen=True)
class Row:
    """`proof`: file and test; `why`: what stands in the place of a test, or that there is nothing."""

    what: str
    proof: tuple[tuple[str, str], ...] = ()
    why: str = ""


def _by(path: str, test: str, what: str) -> Row:
    return Row(what, ((path, test),))


ROWS: dict[str, Row] = {
    "1.2.10": Row("exported cells are no formulas", why="nothing is exported as a spreadsheet yet"),
    "1.3.6": Row(
        "no address given by a user is asked", why="push alone: `tests/notify/test_push.py`, listed hosts only"
    ),
    "1.3.7": Row(
        "no template is made of what people write", why="texts come from a closed catalog without free places"
    ),
    "2.3.1": Row(
        "steps in their order, none left out",
        (("tests/statemachine/test_random_orders.py", "test_no_random_orders_break_an_invariant"),),
    ),
    "2.3.3": _by(
        "tests/crash/test_crash.py", "test_nothing_is_lost_wherever_the_server_dies", "all of a change or nothing"
    ),
    "2.3.4": _by(
        "tests/notify/test_races.py",
        "test_the_page_of_a_race_has_one_owner_and_every_loser_knows_n13",
        "nobody is booked twice at the same moment",
    ),
    "2.3.5": _by(
        "tests/store/test_policy_packs.py",
        "test_nobody_approves_what_they_proposed_pr_64",
        "two people where it matters",
    ),
    "2.4.1": _by(
        "tests/store/test_gathering.py",
        "test_thirty_in_an_hour_then_one_a_minute_and_the_officer_is_told_once",
        "nobody takes out records by the hundred",
    ),
    "3.3.1": Row(
        "cookies have their prefix and are secure", why="`web/deps.py`: `__Host-` and Secure wherever there is https"
    ),
    "3.3.3": Row("cookies of a session are this host's alone", why="`web/deps.py`: `__Host-`"),
    "3.3.4": Row("no script reads the session", why="`web/deps.py`: HttpOnly"),
    "3.4.1": _by(SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on", "https is remembered by browsers"),
    "3.4.3": _by(SECURITY, "test_the_content_policy_is_the_strict_one", "a strict content policy on each answer"),
    "3.4.4": _by(SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on", "nothing is sniffed"),
    "3.4.5": _by(SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on", "no address is passed on"),
    "3.4.6": _by(SECURITY, "test_the_content_policy_is_the_strict_one", "nobody frames our pages"),
    "3.5.1": _by(
        ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124", "no other site sends orders"
    ),
    "4.4.1": Row("sockets are encrypted", why=PROXY),
    "4.4.2": _by(ATTACKS, "test_no_other_site_opens_a_socket_f117", "no other site opens a socket"),
    "4.4.3": _by(SOCKETS, "test_a_made_up_token_opens_no_socket", "a socket has a session or token of its own"),
    "4.4.4": _by(SOCKETS, "test_a_revoked_person_is_cut_off_within_five_seconds", "and ends with it"),
    "6.2.1": _by(ACCOUNTS, "test_a_poor_password_is_refused_with_a_reason", "passwords are long enough"),
    "6.2.4": _by(ACCOUNTS, "test_a_poor_password_is_refused_with_a_reason", "and none of the usual ones"),
    "6.3.1": _by(
        "tests/web/test_addresses.py",
        "test_one_word_on_many_names_is_stopped_and_whoever_was_here_before_comes_in_and_raises",
        "guessing over many names is slowed",
    ),
    "6.3.3": _by(FACTOR, "test_after_setting_up_an_app_the_passphrase_alone_opens_nothing", "a second factor"),
    "6.3.4": _by(API, "test_every_route_says_who_may_use_it", "no way in that is not on the list"),
    "6.3.8": _by(
        ACCOUNTS,
        "test_a_wrong_password_and_an_unknown_name_take_the_same_time",
        "a name that is not there looks the same",
    ),
    "6.4.3": _by(FACTOR, "test_a_recovery_code_takes_the_place_of_the_app_once", "recovery leaves no factor out"),
    "6.5.1": _by(FACTOR, "test_a_recovery_code_takes_the_place_of_the_app_once", "a code is good once"),
    "6.6.1": Row("codes by text are a last resort", why="there are none: a telephone never signs in"),
    "6.8.1": _by(
        PROVIDERS, "test_the_same_address_at_two_providers_is_two_people_pr_63", "people of two providers are two"
    ),
    "6.8.2": _by(TOKENS, "test_no_forged_token_is_opened_pr_63", "what a provider says is signed, and that is checked"),
    "6.8.4": _by(
        TOKENS,
        "test_two_factors_are_believed_only_as_it_was_agreed",
        "how somebody signed in elsewhere is known, or is one factor",
    ),
    "7.2.3": _by(ACCOUNTS, "test_neither_password_nor_token_is_stored", "sessions are random and kept as digests"),
    "7.2.4": _by(ACCOUNTS, "test_signing_in_again_ends_the_session_before", "a new one at each sign-in"),
    "7.3.1": _by(
        ACCOUNTS, "test_a_session_ends_after_fifteen_idle_minutes_and_lives_while_it_is_used", "idle sessions end"
    ),
    "7.3.2": _by(ACCOUNTS, "test_a_session_ends_after_twelve_hours_however_busy", "and so do old ones"),
    "7.4.1": _by(ACCOUNTS, "test_signing_out_ends_this_session_only", "signing out ends it on the server"),
    "7.4.2": _by(ACCOUNTS, "test_who_is_switched_off_or_disabled_is_out_at_once", "who is switched off is out"),
    "7.4.5": _by(SIGN_INS, "test_the_lead_signs_somebody_out_everywhere", "somebody can end the sessions of others"),
    "7.5.3": _by(FACTOR, "test_everything_dangerous_is_asked_again_pr_61", "what is dangerous is asked again"),
    "7.6.2": _by(PROVIDERS, "test_nothing_begins_by_a_link_of_the_providers", "no session without somebody's press"),
    "8.1.1": Row("who may do what is written down", why="`crisis/policy/access.py` and `docs/security.md`"),
    "8.2.1": _by(API, "test_every_route_says_who_may_use_it", "each operation knows who may"),
    "8.2.2": _by(ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124", "and for which record"),
    "8.2.3": _by(
        LEAKS, "test_who_has_no_need_to_know_finds_no_mark_anywhere_pr_52_pr_56", "and which fields are shown"
    ),
    "8.3.1": _by(
        ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124", "the server decides, not the page"
    ),
    "8.3.2": _by(ACCOUNTS, "test_who_is_switched_off_or_disabled_is_out_at_once", "a change of rights acts at once"),
    "8.4.1": _by(
        WALLS,
        "test_a_query_that_forgot_to_ask_shows_and_changes_nothing_of_another_district_pr_51",
        "districts are apart",
    ),
    "9.1.1": _by(TOKENS, "test_no_forged_token_is_opened_pr_63", "signatures of tokens are checked"),
    "9.1.2": _by(TOKENS, "test_no_forged_token_is_opened_pr_63", "by algorithms on a list"),
    "9.1.3": _by(
        TOKENS, "test_no_forged_token_is_opened_pr_63", "and by keys that we know, never by one brought along"
    ),
    "9.2.1": _by(TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63", "tokens have their time"),
    "9.2.3": _by(TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63", "and are for us"),
    "10.1.2": _by(
        PROVIDERS,
        "test_what_comes_back_counts_once_in_the_browser_that_began_it",
        "codes of a provider belong to one sign-in",
    ),
    "10.2.1": _by(
        PROVIDERS, "test_a_code_of_another_browsers_sign_in_is_not_traded", "nobody brings another's code in"
    ),
    "10.2.2": _by(
        PROVIDERS, "test_one_providers_answer_is_not_taken_for_anothers", "one provider is not taken for another"
    ),
    "10.5.1": _by(
        TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63", "a token is of this sign-in, by its nonce"
    ),
    "11.3.2": _by(
        "tests/store/test_backup.py",
        "test_a_sealed_file_opens_to_what_it_was_and_not_when_anything_is_changed",
        "authenticated encryption alone",
    ),
    "11.4.2": _by(ACCOUNTS, "test_an_old_hash_is_renewed_at_the_next_sign_in", "passwords by a slow function for them"),
    "11.5.1": Row("what must not be guessed is random", why="`secrets` of the language: tokens, links, codes, keys"),
    "12.1.1": Row("new versions of TLS alone", why=PROXY),
    "12.3.1": Row("encrypted to whatever we ask", why="https for providers; for PostgreSQL `sslmode` in its address"),
    "13.2.4": _by(
        "tests/journeys/test_only_listed.py",
        "test_an_incident_and_a_sign_in_ask_only_whom_the_settings_name_pr_69",
        "a list of what may be asked",
    ),
    "13.2.6": _by("tests/store/test_engine.py", "test_postgresql_connections_have_limits", "limits of pools and times"),
    "13.3.1": Row("secrets are kept as such", why="secret files (`/run/secrets`); never shown by settings"),
    "13.4.2": _by(LEAKS, "test_what_breaks_says_nothing_of_anybody_pr_56_pr_60", "no debugging in answers"),
    "13.4.5": Row(
        "documentation is not open by accident", why="the API's shapes are public on purpose; pages of them are off"
    ),
    "14.1.1": Row(
        "what is sensitive is known", why="by `tests/journeys/marked.py`, field by field; no label at each column yet"
    ),
    "14.2.1": _by(LEAKS, "test_no_page_has_a_mark_in_its_title_or_an_address_pr_60", "nothing sensitive in an address"),
    "14.2.3": _by("tests/web/test_page_contract.py", "test_each_fault_is_found", "nothing to third parties"),
    "14.2.7": _by(
        "tests/store/test_destruction.py",
        "test_nothing_of_the_student_is_left_and_the_chain_verifies_pr_65",
        "what is not needed is deleted",
    ),
    "14.3.1": _by(LEAKS, "test_after_signing_out_a_browser_keeps_no_mark_pr_70", "cleared at signing out"),
    "14.3.2": _by(LEAKS, "test_after_signing_out_a_browser_keeps_no_mark_pr_70", "no cache"),
    "14.3.3": _by(LEAKS, "test_after_signing_out_a_browser_keeps_no_mark_pr_70", "nothing in a browser's storage"),
    "15.1.2": Row(
        "what the program is made of is listed", why="hash-locked requirements, decision 10; no SBOM file yet"
    ),
    "15.3.1": _by(LEAKS, "test_who_has_no_need_to_know_finds_no_mark_anywhere_pr_52_pr_56", "no more than is needed"),
    "15.3.3": _by(
        ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124", "no field that was not asked for"
    ),
    "15.3.4": _by(
        "tests/web/test_addresses.py",
        "test_the_network_is_what_the_server_says_and_no_header",
        "proxies are believed where listed (`CRISIS_TRUSTED_PROXIES`)",
    ),
    "15.4.2": _by(
        "tests/store/test_restrictions.py",
        "test_no_call_is_recorded_and_nobody_released_to_who_is_barred_pr_1_pr_5",
        "what was checked is still so when it is done",
    ),
    "16.2.5": _by(LEAKS, "test_no_mark_stands_in_a_log_of_any_level_pr_60", "nothing sensitive in logs"),
    "16.3.1": Row(
        "sign-ins are on record", why="successful ones in the audit; failed ones are counted by name and not kept"
    ),
    "16.4.2": _by(
        "tests/store/test_audit.py", "test_a_table_of_the_log_cannot_be_emptied", "the record cannot be changed"
    ),
    "16.5.1": _by(LEAKS, "test_what_breaks_says_nothing_of_anybody_pr_56_pr_60", "errors say nothing"),
    "16.5.2": _by("tests/notify/test_breaker.py", "test_it_opens_at_the_fifth_failure_f13", "goes on when others fail"),
    "16.5.3": _by(API, "test_what_cannot_be_put_on_record_is_not_shown_pr_58", "what cannot be recorded is not shown"),
}


def tests_of(path: str) -> set[str]:
    return {
        line.split("(")[0][4:]
        for line in (ROOT / path).read_text(encoding="utf-8").splitlines()
        if line.startswith("def test_")
    }


def vanished() -> list[str]:
    """Tests that this file names and that are not there."""
    return [
        f"{number}: {path} {test}"
        for number, row in ROWS.items()
        for path, test in row.proof
        if not (ROOT / path).exists() or test not in tests_of(path)
    ]


def table() -> str:
    lines = ["| ASVS | what it asks | shown by |", "|---|---|---|"]
    for number, row in ROWS.items():
        shown = "<br>".join(f"`{path}` {test}" for path, test in row.proof)
        lines.append(f"| {number} | {row.what} | {shown or row.why} |")
    return "\n".join(lines)


def page_with(content: str) -> str:
    before, _, rest = content.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
