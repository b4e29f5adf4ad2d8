"""V6 and V7: signing in, and staying so."""

from tests.asvs.places import (
    ACCOUNTS,
    ADDRESSES,
    API,
    ATTACKS,
    CLI,
    CLI_ACCOUNTS,
    FACTOR,
    FIRST,
    PROVIDERS,
    SESSIONS,
    SIGN_INS,
    STATIC,
    STORE_FACTOR,
    TOKENS,
)
from tests.asvs.row import Row, because, foreign, shown

ROWS: dict[str, Row] = {
    "6.1.1": because(
        "how guessing is slowed is written down",
        "`docs/security.md` (above), decision 52: what each limit is, and why it locks nobody out",
    ),
    "6.1.2": foreign(
        "words that no password may hold",
        "nobody chooses a password: the program makes each of syllables drawn at random",
    ),
    "6.1.3": because(
        "every way in is written down",
        (
            "decisions 43 and 52, and above: password, passkey, provider, screen's PIN, emergency "
            "account, token, link, telephone"
        ),
    ),
    "6.2.1": shown("passwords are long enough", (ACCOUNTS, "test_a_poor_password_is_refused_with_a_reason")),
    "6.2.2": shown(
        "people change their own password",
        (FACTOR, "test_i_make_a_new_password_for_myself_and_every_other_place_is_signed_out"),
    ),
    "6.2.3": shown(
        "whoever changes it has just given the old one, or another proof",
        (FACTOR, "test_everything_dangerous_is_asked_again_pr_61"),
        (FACTOR, "test_i_make_a_new_password_for_myself_and_every_other_place_is_signed_out"),
    ),
    "6.2.4": foreign("none of the usual ones", "nobody chooses a password; a page on which people do must ask a list"),
    "6.2.5": shown(
        "any letters, no rules of composition", (ACCOUNTS, "test_a_password_counts_whole_and_any_letters_will_do")
    ),
    "6.2.6": shown(
        "what is typed is masked",
        (STATIC, "test_what_is_secret_is_masked_and_may_be_pasted_and_filled_in_by_the_browser"),
    ),
    "6.2.7": shown(
        "pasting and password managers work",
        (STATIC, "test_what_is_secret_is_masked_and_may_be_pasted_and_filled_in_by_the_browser"),
    ),
    "6.2.8": shown(
        "a password counts as it was typed", (ACCOUNTS, "test_a_password_counts_whole_and_any_letters_will_do")
    ),
    "6.2.9": shown("long ones are welcome", (ACCOUNTS, "test_a_password_counts_whole_and_any_letters_will_do")),
    "6.2.10": because(
        "none runs out by itself",
        (
            "nothing in the program asks for a new one, but for one that somebody else made (6.4.1); an "
            "account on paper ends half a day after its first use"
        ),
    ),
    "6.2.11": foreign("the list of 6.1.2 is asked", "nobody chooses a password"),
    "6.2.12": foreign("leaked ones are refused", "nobody chooses a password"),
    "6.3.1": shown(
        "guessing is slowed, for a name and over many",
        (ACCOUNTS, "test_guesses_at_one_account_are_limited_to_ten_an_hour"),
        (ADDRESSES, "test_one_word_on_many_names_is_stopped_and_whoever_was_here_before_comes_in_and_raises"),
    ),
    "6.3.2": shown("no account is there from the beginning", (CLI, "test_init_makes_nobody_who_could_sign_in")),
    "6.3.3": shown(
        "a second factor, of everybody where nobody has decided otherwise",
        (CLI_ACCOUNTS, "test_what_an_operator_hands_over_is_over_in_days_and_a_new_district_asks_two_factors_of_all"),
        (STORE_FACTOR, "test_a_new_district_has_days_to_set_itself_up"),
        (FACTOR, "test_after_setting_up_an_app_the_passphrase_alone_opens_nothing"),
        (STORE_FACTOR, "test_where_the_district_asks_one_factor_opens_no_record_from_the_next_request_on"),
    ),
    "6.3.4": shown(
        "no way in that is not on the list",
        (API, "test_every_route_says_who_may_use_it"),
        (FACTOR, "test_only_these_pages_are_open_to_one_factor_where_two_are_asked"),
    ),
    "6.3.8": shown(
        "a name that is not there looks the same",
        (ACCOUNTS, "test_a_wrong_password_and_an_unknown_name_take_the_same_time"),
    ),
    "6.4.1": shown(
        "a first password is random, and is over soon",
        (FIRST, "test_nothing_opens_before_ones_own_and_then_the_first_one_is_over"),
        (ACCOUNTS, "test_a_first_passphrase_opens_nothing_but_its_own_exchange_and_is_over_after_its_days"),
        (ACCOUNTS, "test_a_made_passphrase_is_accepted_and_never_the_same"),
    ),
    "6.4.2": because("no hints, no secret questions", "there are none"),
    "6.4.3": shown(
        "a lost password is replaced and no factor left out",
        (CLI_ACCOUNTS, "test_a_lost_passphrase_is_replaced_by_a_made_one_and_the_app_is_asked_for_as_before"),
    ),
    "6.4.4": shown(
        "a lost factor is taken away by somebody who knows that it is them",
        (FACTOR, "test_the_lead_removes_a_lost_app_and_the_person_is_signed_out"),
    ),
    "6.5.1": shown(
        "a code is good once",
        (STORE_FACTOR, "test_a_code_is_good_once_and_none_before_it_any_more"),
        (FACTOR, "test_a_recovery_code_takes_the_place_of_the_app_once"),
    ),
    "6.5.2": shown(
        "recovery codes have 112 bits, or are hashed slowly: 138; 79 are those of before, until they are used",
        (STORE_FACTOR, "test_codes_are_long_enough_for_a_digest_and_those_of_before_still_count_once"),
        (STORE_FACTOR, "test_a_recovery_code_is_good_once_however_it_is_typed_and_for_its_owner_alone"),
    ),
    "6.5.3": shown(
        "codes and secrets are random",
        (STORE_FACTOR, "test_no_code_and_no_secret_follows_from_a_seed_that_somebody_knows"),
    ),
    "6.5.4": because("no code can be guessed in one go", "138 bits: `crisis/store/passwords.py`"),
    "6.5.5": shown(
        "codes have their time: 30 seconds, one step of drift",
        (STORE_FACTOR, "test_a_clock_may_be_half_a_minute_off"),
        (STORE_FACTOR, "test_the_passphrase_alone_gives_half_a_sign_in_which_is_over_after_five_minutes"),
    ),
    "6.6.1": foreign("codes by telephone", "there are none: a telephone signs nobody in"),
    "6.6.2": foreign("such codes belong to one try", "as before"),
    "6.6.3": foreign("such codes cannot be guessed", "as before"),
    "6.8.1": shown(
        "people of two providers are two", (PROVIDERS, "test_the_same_address_at_two_providers_is_two_people_pr_63")
    ),
    "6.8.2": shown(
        "what a provider says is signed, and that is checked", (TOKENS, "test_no_forged_token_is_opened_pr_63")
    ),
    "6.8.3": foreign("SAML", "not spoken"),
    "6.8.4": shown(
        "how somebody signed in elsewhere is known, or is one factor",
        (TOKENS, "test_two_factors_are_believed_only_as_it_was_agreed"),
    ),
    "7.1.1": because(
        "when sessions end is written down",
        (
            "`docs/operations.md` (settings) and decision 43: 15 minutes, 5 where shared, 12 hours; "
            "within what NIST SP 800-63B asks of two factors"
        ),
    ),
    "7.1.2": because("how many at once is written down", 'above, under "sessions, tokens": not limited in number'),
    "7.1.3": because(
        "what belongs together with providers is written down", "decision 52, `docs/how-to/sign-in-providers.md`"
    ),
    "7.2.1": shown(
        "the server looks each session up",
        (API, "test_a_revoked_or_made_up_token_opens_nothing"),
        (ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124"),
    ),
    "7.2.2": shown(
        "sessions are made anew, nothing fixed signs in", (ACCOUNTS, "test_signing_in_again_ends_the_session_before")
    ),
    "7.2.3": shown("sessions are random and kept as digests", (ACCOUNTS, "test_neither_password_nor_token_is_stored")),
    "7.2.4": shown(
        "a new one at each sign-in and each proof",
        (ACCOUNTS, "test_signing_in_again_ends_the_session_before"),
        (STORE_FACTOR, "test_showing_again_gives_the_session_a_new_secret"),
    ),
    "7.3.1": shown(
        "idle sessions end", (ACCOUNTS, "test_a_session_ends_after_fifteen_idle_minutes_and_lives_while_it_is_used")
    ),
    "7.3.2": shown("and so do old ones", (ACCOUNTS, "test_a_session_ends_after_twelve_hours_however_busy")),
    "7.4.1": shown("signing out ends it on the server", (ACCOUNTS, "test_signing_out_ends_this_session_only")),
    "7.4.2": shown("who is switched off is out", (ACCOUNTS, "test_who_is_switched_off_or_disabled_is_out_at_once")),
    "7.4.3": shown(
        "after a change of factors all others end",
        (FACTOR, "test_i_make_a_new_password_for_myself_and_every_other_place_is_signed_out"),
        (ACCOUNTS, "test_a_new_password_ends_all_sessions"),
        (SESSIONS, "test_all_others_of_mine_end_and_this_one_stays"),
    ),
    "7.4.4": shown("the way out is on every page", (STATIC, "test_every_page_of_the_console_has_the_way_out")),
    "7.4.5": shown(
        "somebody can end the sessions of others", (SIGN_INS, "test_the_lead_signs_somebody_out_everywhere")
    ),
    "7.5.1": shown(
        "whoever changes how they sign in shows again who they are",
        (FACTOR, "test_everything_dangerous_is_asked_again_pr_61"),
    ),
    "7.5.2": shown(
        "people see their sessions and end them, once they have shown again who they are",
        (FACTOR, "test_everything_dangerous_is_asked_again_pr_61"),
        (SIGN_INS, "test_i_see_where_i_am_signed_in_and_end_what_i_do_not_know"),
    ),
    "7.5.3": shown("what is dangerous is asked again", (FACTOR, "test_everything_dangerous_is_asked_again_pr_61")),
    "7.6.1": because(
        "sessions here and at a provider",
        "decision 52: a session here ends by its own limits, and when the provider says so (decision 57, 10.5.5)",
    ),
    "7.6.2": shown(
        "no session without somebody's press", (PROVIDERS, "test_nothing_begins_by_a_link_of_the_providers")
    ),
}
