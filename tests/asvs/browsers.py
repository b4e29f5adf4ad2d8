"""V3 to V5: browsers, interfaces, files."""

from tests.asvs.places import (
    ADDRESSES,
    API,
    ATTACKS,
    COOKIES,
    DECODED,
    LANDING,
    LEAKS,
    LOADER,
    ONCALL,
    ONEROSTER,
    PAGES,
    PROVIDER,
    SECURITY,
    SOCKETS,
    STATIC,
    WEBHOOKS,
)
from tests.asvs.row import Row, because, foreign, shown

OURS = (
    DECODED,
    "test_a_file_that_came_in_is_text_that_goes_back_under_a_name_of_ours_and_nothing_runs_it",
)
ROWS: dict[str, Row] = {
    "3.2.1": shown(
        "an answer is taken for what it is, whoever opens it",
        (SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on"),
        (SECURITY, "test_the_content_policy_is_the_strict_one"),
    ),
    "3.2.2": shown("scripts show text as text", (STATIC, "test_our_scripts_make_no_code_and_no_markup_from_text")),
    "3.3.1": shown(
        "cookies go over https alone and have their prefix",
        (COOKIES, "test_a_cookie_is_this_hosts_alone_and_no_script_reads_it"),
        (COOKIES, "test_no_cookie_is_set_in_any_other_way"),
    ),
    "3.3.2": shown(
        "cookies say which sites they go along from",
        (COOKIES, "test_a_cookie_is_this_hosts_alone_and_no_script_reads_it"),
    ),
    "3.3.3": shown(
        "cookies are this host's alone", (COOKIES, "test_a_cookie_is_this_hosts_alone_and_no_script_reads_it")
    ),
    "3.3.4": shown(
        "no script reads the session",
        (COOKIES, "test_a_cookie_is_this_hosts_alone_and_no_script_reads_it"),
        (LEAKS, "test_after_signing_out_a_browser_keeps_no_mark_pr_70"),
    ),
    "3.4.1": shown(
        "https is remembered by browsers, for two years", (SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on")
    ),
    "3.4.2": shown("no other site may read our answers", (SECURITY, "test_no_other_site_is_allowed_to_read_an_answer")),
    "3.4.3": shown("a strict content policy on each answer", (SECURITY, "test_the_content_policy_is_the_strict_one")),
    "3.4.4": shown("nothing is sniffed", (SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on")),
    "3.4.5": shown("no address is passed on", (SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on")),
    "3.4.6": shown("nobody frames our pages", (SECURITY, "test_the_content_policy_is_the_strict_one")),
    "3.5.1": shown(
        "no other site sends orders", (ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124")
    ),
    "3.5.2": shown(
        "no simple request of another site reaches the API", (API, "test_a_session_cookie_does_not_open_the_api")
    ),
    "3.5.3": shown(
        "looking changes nothing",
        (LANDING, "test_a_preview_accepts_nothing_f52"),
        (ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124"),
    ),
    "3.5.4": because("a host name of its own", '`docs/operations.md`, "The proxy in front"'),
    "3.5.5": foreign("messages between windows", "no script of ours listens for any"),
    "3.7.1": shown("no plug-ins", (SECURITY, "test_the_content_policy_is_the_strict_one")),
    "3.7.2": shown(
        "nobody is sent to a site that is not on a list",
        (PAGES, "test_the_language_button_leads_to_our_own_pages_only"),
        (PROVIDER, "test_doors_at_other_hosts_are_not_gone_through_pr_69"),
    ),
    "4.1.1": shown(
        "each answer says what it is, and in which letters",
        (WEBHOOKS, "test_the_words_of_a_call_say_in_which_letters_they_are"),
        (SECURITY, "test_people_get_a_page_and_programs_get_a_problem"),
        (SECURITY, "test_a_folder_of_files_shows_no_list_of_them"),
        (ONCALL, "test_a_feed_shows_ones_turns_and_nothing_else"),
    ),
    "4.1.2": because(
        "only pages lead from http to https",
        '`docs/operations.md`, "The proxy in front"; the console itself leads nobody',
    ),
    "4.1.3": shown(
        "what a proxy says cannot be said by anybody else",
        (ADDRESSES, "test_the_network_is_what_the_server_says_and_no_header"),
        (WEBHOOKS, "test_the_host_a_request_claims_does_not_count_f36"),
    ),
    "4.2.1": shown(
        "where a request ends is not a matter of opinion",
        (SECURITY, "test_where_a_request_ends_is_never_a_matter_of_opinion"),
    ),
    "4.3.1": foreign("GraphQL, its costs", "none is spoken"),
    "4.3.2": foreign("GraphQL, its description", "none is spoken"),
    "4.4.1": shown("sockets are encrypted", (SECURITY, "test_the_content_policy_is_the_strict_one")),
    "4.4.2": shown("no other site opens a socket", (ATTACKS, "test_no_other_site_opens_a_socket_f117")),
    "4.4.3": shown(
        "a socket has the session or token of whoever opens it", (SOCKETS, "test_a_made_up_token_opens_no_socket")
    ),
    "4.4.4": shown(
        "it begins with the session of the page, and ends with it",
        (SOCKETS, "test_only_our_own_pages_open_a_socket_with_a_session"),
        (SOCKETS, "test_a_revoked_person_is_cut_off_within_five_seconds"),
    ),
    "5.1.1": because(
        "which files are taken, and how large",
        (
            '`docs/operations.md`, "Files that are brought in": by the command line, and a calendar by '
            "the API; the console takes none"
        ),
    ),
    "5.2.1": shown(
        "nothing too large is taken",
        (SECURITY, "test_a_body_at_the_limit_passes_and_one_byte_more_does_not"),
        (ONEROSTER, "test_an_archive_that_is_too_large_is_not_opened"),
    ),
    "5.2.2": shown(
        "a file is what it says",
        (ONEROSTER, "test_what_is_no_archive_is_stopped"),
        (LOADER, "test_what_cannot_be_a_protocol_is_refused_with_the_reason"),
    ),
    "5.2.3": shown(
        "what is packed is measured while it is unpacked",
        (ONEROSTER, "test_a_zip_bomb_is_stopped_whatever_size_it_declares"),
    ),
    "5.3.1": shown(
        "no file of others is run; the text of a protocol is kept as words",
        OURS,
    ),
    "5.3.2": shown(
        "no path is made of input", (LOADER, "test_a_name_that_is_not_built_in_is_refused_and_never_a_path")
    ),
    "5.4.1": shown(
        "files are handed out under names of ours",
        OURS,
    ),
    "5.4.2": shown(
        "so that no name brings a header field along",
        OURS,
    ),
    "5.4.3": foreign("files of others are looked at for viruses", "no file of anybody is handed on"),
}
