"""V14 to V17: what is kept, how it is built, what is written down."""

from tests.asvs.places import (
    ACCOUNTS,
    ADDRESSES,
    ANCHORING,
    API,
    ARCHITECTURE,
    ATTACKS,
    AUDIT,
    BREAKER,
    CLI,
    CONTRACT,
    DISCLOSURES,
    DOCUMENTS,
    FORMS,
    FUZZ,
    GATEWAY,
    GATHERING,
    LABELS,
    LEAKS,
    LISTED,
    NEVER_LIVE,
    PROVIDER,
    SECURITY,
    SERVE,
    TOKENS,
    VIEWS,
    WEBHOOKS,
)
from tests.asvs.row import Row, because, foreign, missing, shown

ROWS: dict[str, Row] = {
    "14.1.1": shown(
        "what is sensitive is known, column by column", (LABELS, "test_each_column_of_each_table_has_its_label_pr_49")
    ),
    "14.1.2": shown(
        "what each level asks for is written down: `docs/data-inventory.md`",
        (LABELS, "test_each_level_says_what_it_asks_for"),
        (DOCUMENTS, "test_the_inventory_of_data_is_current_pr_49"),
    ),
    "14.2.1": missing(
        "nothing sensitive in an address",
        (
            "three addresses are secrets themselves, on purpose: a page's link, the family's sheet, a "
            "calendar feed; each shows little and ends"
        ),
        (LEAKS, "test_no_page_has_a_mark_in_its_title_or_an_address_pr_60"),
    ),
    "14.2.2": shown("nothing is kept on the way", (SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on")),
    "14.2.3": shown(
        "nothing to third parties",
        (CONTRACT, "test_each_fault_is_found"),
        (LISTED, "test_no_page_script_or_style_of_ours_names_another_site_pr_69"),
    ),
    "14.2.4": shown(
        "what the labels say is so",
        (LABELS, "test_what_is_stored_as_bytes_is_sealed_and_what_refers_to_words_says_so"),
        (LEAKS, "test_outside_of_the_roster_no_table_holds_a_mark_pr_60"),
    ),
    "14.2.7": shown(
        "what is not needed is deleted",
        ("tests/store/test_destruction.py", "test_nothing_of_the_student_is_left_and_the_chain_verifies_pr_65"),
    ),
    "14.3.1": shown("cleared at signing out", (LEAKS, "test_after_signing_out_a_browser_keeps_no_mark_pr_70")),
    "14.3.2": shown(
        "no cache",
        (SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on"),
        (LEAKS, "test_after_signing_out_a_browser_keeps_no_mark_pr_70"),
    ),
    "14.3.3": shown("nothing in a browser's storage", (LEAKS, "test_after_signing_out_a_browser_keeps_no_mark_pr_70")),
    "15.1.1": because(
        "how soon a weak library is replaced is written down", "`SECURITY.md`: 3, 7, 30 and 90 days by how bad it is"
    ),
    "15.1.2": because(
        "what the program is made of is listed",
        "`requirements.txt`, with versions and digests, and decision 10; no file in a format for SBOMs",
    ),
    "15.1.3": because(
        "what is dear is written down", "`docs/performance.md`, decisions 38 and 43: few at a time, each with its limit"
    ),
    "15.2.1": because(
        "no library older than was promised",
        (
            "whoever runs it compares all that is installed with a list of known weaknesses once a week "
            "(`weaknesses.sh`), and takes a new version within the days of `SECURITY.md`; no part of the program "
            "asks such a list by itself"
        ),
    ),
    "15.2.2": shown(
        "what is dear cannot take everything",
        (BREAKER, "test_there_is_no_place_beyond_the_limit_f16"),
        (SECURITY, "test_a_request_that_takes_too_long_is_answered_in_time"),
        (PROVIDER, "test_a_provider_that_hangs_holds_up_four_and_nobody_else_pr_18"),
    ),
    "15.2.3": shown(
        "nothing to try things with runs where it is real; tests are not installed",
        (NEVER_LIVE, "test_the_demo_leaves_a_database_alone_that_it_did_not_make"),
        (NEVER_LIVE, "test_the_demo_takes_no_setting_of_an_installation"),
        (NEVER_LIVE, "test_the_stand_in_takes_the_place_of_no_real_provider"),
    ),
    "15.3.1": shown(
        "no more than is needed",
        (VIEWS, "test_page_and_api_show_each_what_their_view_lists_and_no_more_pr_41_pr_48"),
        (LEAKS, "test_who_has_no_need_to_know_finds_no_mark_anywhere_pr_52_pr_56"),
    ),
    "15.3.2": shown(
        "no redirect is followed", (GATEWAY, "test_every_trouble_of_a_provider_ends_in_time_and_in_an_outcome")
    ),
    "15.3.3": shown(
        "no field that was not asked for",
        (ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124"),
        (FORMS, "test_a_field_that_the_form_does_not_ask_for_is_refused"),
    ),
    "15.3.4": shown(
        "proxies are believed where listed (`CRISIS_TRUSTED_PROXIES`)",
        (ADDRESSES, "test_the_network_is_what_the_server_says_and_no_header"),
    ),
    "15.3.5": shown(
        "a value is of its kind",
        (FUZZ, "test_no_body_of_an_order_breaks_the_api"),
        (TOKENS, "test_whatever_is_said_of_one_thing_it_is_taken_or_refused"),
        (ARCHITECTURE, "test_the_house_rules_hold"),
    ),
    "15.3.6": because(
        "scripts cannot be turned by names",
        "a few short ones (`web/static`); none makes or fills an object by names that came from elsewhere",
    ),
    "15.3.7": shown(
        "what is said twice is said by nobody", (WEBHOOKS, "test_a_field_given_twice_makes_the_form_nobodys_f37")
    ),
    "15.4.2": shown(
        "what was checked is still so when it is done",
        ("tests/store/test_restrictions.py", "test_no_call_is_recorded_and_nobody_released_to_who_is_barred_pr_1_pr_5"),
    ),
    "16.1.1": because(
        "what is logged where is written down", '`docs/operations.md`, "What is written down, and where"'
    ),
    "16.2.1": shown("who, when, what", (CLI, "test_who_looked_at_an_incident_is_told_and_that_somebody_asked")),
    "16.2.2": shown(
        "times are UTC and say so", (SERVE, "test_a_line_has_its_time_in_utc_and_what_others_say_begins_no_line_f130")
    ),
    "16.2.3": because("nowhere else", '`docs/operations.md`, "What is written down, and where"'),
    "16.2.4": because(
        "programs can read it", "one line each: time, level, part, sentence; what broke has its places below"
    ),
    "16.2.5": shown("nothing sensitive in logs", (LEAKS, "test_no_mark_stands_in_a_log_of_any_level_pr_60")),
    "16.3.1": shown(
        "sign-ins are on record, failed ones too",
        (ADDRESSES, "test_what_fails_is_in_the_log_by_its_kind_and_without_a_name"),
        (ACCOUNTS, "test_the_right_password_begins_a_session_whatever_the_letters_of_the_name"),
    ),
    "16.3.2": shown(
        "and what was refused", (ADDRESSES, "test_what_fails_is_in_the_log_by_its_kind_and_without_a_name")
    ),
    "16.3.3": shown(
        "and what goes round a rule; input that cannot be read, by its kind",
        (ADDRESSES, "test_what_fails_is_in_the_log_by_its_kind_and_without_a_name"),
        (DISCLOSURES, "test_what_the_law_forbids_is_not_offered_and_the_request_is_logged_pr_31"),
        (GATHERING, "test_thirty_in_an_hour_then_one_a_minute_and_the_officer_is_told_once"),
    ),
    "16.3.4": shown(
        "and what broke",
        (SERVE, "test_where_it_broke_is_told_and_not_in_which_words"),
        (LEAKS, "test_what_breaks_says_nothing_of_anybody_pr_56_pr_60"),
    ),
    "16.4.1": shown(
        "nobody else writes a line of it",
        (SERVE, "test_a_line_has_its_time_in_utc_and_what_others_say_begins_no_line_f130"),
    ),
    "16.4.2": shown(
        "the record cannot be changed",
        (AUDIT, "test_a_table_of_the_log_cannot_be_emptied"),
        (AUDIT, "test_every_single_edit_is_found_pr_59"),
    ),
    "16.4.3": shown(
        "and what proves it lies elsewhere",
        (ANCHORING, "test_one_a_day_into_the_folder_by_whichever_worker_is_first_pr_59"),
        (ANCHORING, "test_two_people_get_it_by_mail_and_it_names_nobody_pr_59"),
    ),
    "16.5.1": shown("errors say nothing", (LEAKS, "test_what_breaks_says_nothing_of_anybody_pr_56_pr_60")),
    "16.5.2": shown("goes on when others fail", (BREAKER, "test_it_opens_at_the_fifth_failure_f13")),
    "16.5.3": shown(
        "what cannot be recorded is not shown", (API, "test_what_cannot_be_put_on_record_is_not_shown_pr_58")
    ),
    "17.1.1": foreign("relays of calls by browser", "there are none: no WebRTC"),
    "17.2.1": foreign("their keys", "no WebRTC"),
    "17.2.2": foreign("their ciphers", "no WebRTC"),
    "17.2.3": foreign("who may put sound in", "no WebRTC"),
    "17.2.4": foreign("broken packets", "no WebRTC"),
    "17.3.1": foreign("floods of signals", "no WebRTC"),
    "17.3.2": foreign("broken signals", "no WebRTC"),
}
