"""V1 and V2: what comes in, and what the program does with it."""

from tests.asvs.places import (
    ACCESS,
    API,
    ARCHITECTURE,
    ATTACKS,
    CATALOGS,
    CODEC,
    CONTRACT,
    DECODED,
    ENGINE,
    FORMS,
    FUZZ,
    GATHERING,
    INBOUND,
    LEAKS,
    LOADER,
    MY_PAGING,
    PAGES,
    PROVIDER,
    PUSH,
    STATIC,
    WALLS,
)
from tests.asvs.row import Row, because, foreign, shown

ROWS: dict[str, Row] = {
    "1.1.1": shown(
        "what comes in is decoded once, before it is judged",
        (DECODED, "test_what_is_encoded_twice_is_kept_and_shown_as_it_was_typed_by_form_and_by_program"),
        (DECODED, "test_an_address_is_decoded_once_by_the_server_and_never_again"),
        (DECODED, "test_nothing_of_the_console_decodes_anything_again"),
    ),
    "1.1.2": shown(
        "what goes out is escaped last, by whoever writes it",
        (LEAKS, "test_what_people_wrote_is_words_on_every_page_that_shows_it_f122"),
    ),
    "1.2.1": shown(
        "words stay words in HTML, XML and header fields",
        (LEAKS, "test_what_people_wrote_is_words_on_every_page_that_shows_it_f122"),
        ("tests/notify/test_nobody_is_named.py", "test_each_call_is_well_formed_and_a_drill_says_so_first_f77"),
        ("tests/notify/test_smtp.py", "test_a_subject_cannot_bring_a_line_of_its_own"),
    ),
    "1.2.2": shown(
        "addresses are built encoded, and lead to no script",
        (CONTRACT, "test_each_fault_is_found"),
        (PAGES, "test_the_language_button_leads_to_our_own_pages_only"),
    ),
    "1.2.3": shown(
        "no script is made of what people write", (STATIC, "test_our_scripts_make_no_code_and_no_markup_from_text")
    ),
    "1.2.4": shown(
        "values are never part of a statement",
        (WALLS, "test_whatever_a_district_is_called_it_is_a_value_and_no_statement"),
        (ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124"),
    ),
    "1.2.5": because(
        "no command of the system is made of input",
        (
            "three programs are started, each by a list of words and without a shell: `pg_dump` and its "
            "like by an operator, the alarm command of the settings, the handsets of the demonstration; "
            "the linter refuses a shell"
        ),
    ),
    "1.2.6": foreign("LDAP", "no directory is asked"),
    "1.2.7": foreign("XPath", "no XML is read"),
    "1.2.8": foreign("LaTeX", "none is used"),
    "1.2.9": foreign("signs of patterns in input", "no pattern is made of what people write"),
    "1.2.10": shown(
        "exported cells are no formulas",
        ("tests/store/test_contact_report.py", "test_an_id_that_a_spreadsheet_would_calculate_is_written_as_text"),
    ),
    "1.3.1": foreign("HTML that people write", "nobody can write any; a text is a text"),
    "1.3.2": shown(
        "nothing is run that came as text",
        (STATIC, "test_our_scripts_make_no_code_and_no_markup_from_text"),
        (ARCHITECTURE, "test_the_house_rules_hold"),
    ),
    "1.3.3": shown(
        "what comes from telephones is made fit to be shown",
        (INBOUND, "test_hostile_words_are_kept_as_something_that_can_be_shown_f47"),
    ),
    "1.3.4": foreign("pictures that hold scripts", "nobody can bring a picture"),
    "1.3.5": shown(
        "no markup language is read from people",
        ("tests/protocols/test_explain.py", "test_words_in_a_picture_cannot_become_markup"),
    ),
    "1.3.6": shown(
        "no address given by a user is asked",
        (PUSH, "test_nothing_goes_to_an_address_that_no_browser_maker_has"),
        (PUSH, "test_a_name_that_leads_inside_is_not_followed"),
        (PROVIDER, "test_doors_at_other_hosts_are_not_gone_through_pr_69"),
    ),
    "1.3.7": shown(
        "no template is made of what people write",
        ("tests/protocols/test_messages.py", "test_the_places_are_closed_and_the_same_in_each_language_pr_79"),
    ),
    "1.3.8": foreign("JNDI", "no Java"),
    "1.3.9": foreign("memcache", "none is used"),
    "1.3.10": shown("a format is a constant with named places", (CATALOGS, "test_a_translation_fills_the_same_places")),
    "1.3.11": shown(
        "nobody adds lines to an e-mail", ("tests/notify/test_smtp.py", "test_a_subject_cannot_bring_a_line_of_its_own")
    ),
    "1.4.1": foreign(
        "memory is handled safely", "Python alone; what is compiled is other people's, listed in decision 10"
    ),
    "1.4.2": shown("numbers beyond all sense break nothing", (FUZZ, "test_no_body_of_an_order_breaks_the_api")),
    "1.4.3": shown(
        "what was opened is given back",
        (ENGINE, "test_a_connection_in_use_while_the_store_closes_ends_when_it_is_given_back"),
    ),
    "1.5.1": foreign("XML that reaches outside", "no XML is read; it is written for calls alone"),
    "1.5.2": shown(
        "what is read becomes closed shapes alone",
        (CODEC, "test_a_name_that_was_never_written_is_an_error"),
        (LOADER, "test_what_cannot_be_a_protocol_is_refused_with_the_reason"),
    ),
    "2.1.1": shown("each input has its written shape", (API, "test_every_order_is_documented_with_its_own_fields")),
    "2.1.2": because(
        "what must fit together is written down",
        (
            "`docs/protocols.md` for the steps, `docs/lifecycle.md` for what may follow what, "
            "`docs/privacy.md` for the rest"
        ),
    ),
    "2.1.3": because("limits are written down", "`docs/security.md` (above), decision 43 and decision 52"),
    "2.2.1": shown(
        "only what was expected is taken",
        (FORMS, "test_a_field_that_the_form_does_not_ask_for_is_refused"),
        (FUZZ, "test_no_body_of_an_order_breaks_the_api"),
    ),
    "2.2.2": shown(
        "the server judges, whatever a page did before", (API, "test_wrong_input_is_named_without_repeating_it")
    ),
    "2.2.3": shown("what comes together must fit together", (API, "test_a_refusal_gives_every_reason_with_its_rule")),
    "2.3.1": shown(
        "steps in their order, none left out",
        ("tests/statemachine/test_random_orders.py", "test_no_random_orders_break_an_invariant"),
    ),
    "2.3.2": shown(
        "the limits hold",
        (GATHERING, "test_thirty_in_an_hour_then_one_a_minute_and_the_officer_is_told_once"),
        (MY_PAGING, "test_codes_cannot_be_guessed_nor_sent_without_end"),
    ),
    "2.3.3": shown(
        "all of a change or nothing", ("tests/crash/test_crash.py", "test_nothing_is_lost_wherever_the_server_dies")
    ),
    "2.3.4": shown(
        "nobody is booked twice at the same moment",
        ("tests/notify/test_races.py", "test_the_page_of_a_race_has_one_owner_and_every_loser_knows_n13"),
    ),
    "2.3.5": shown(
        "two people where it matters",
        ("tests/store/test_policy_packs.py", "test_nobody_approves_what_they_proposed_pr_64"),
    ),
    "2.4.1": shown(
        "nobody takes out records by the hundred",
        (GATHERING, "test_thirty_in_an_hour_then_one_a_minute_and_the_officer_is_told_once"),
        (ACCESS, "test_who_goes_through_records_is_slowed_and_a_student_of_an_open_incident_is_not"),
    ),
}
