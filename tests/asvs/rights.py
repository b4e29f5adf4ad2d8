"""V8 to V10: who may do what, and tokens of others."""

from tests.asvs.places import (
    ACCOUNTS,
    ATTACKS,
    DOCUMENTS,
    LOGOUT,
    LOGOUT_TOKENS,
    MATRIX,
    PROVIDER,
    PROVIDERS,
    PUSH,
    TOKENS,
    VIEWS,
    WALLS,
)
from tests.asvs.row import Row, because, foreign, shown

ROWS: dict[str, Row] = {
    "8.1.1": shown("who may do what is written down", (MATRIX, "test_the_page_of_access_is_current")),
    "8.1.2": shown("who sees which field is written down", (DOCUMENTS, "test_the_inventory_of_data_is_current_pr_49")),
    "8.2.1": shown(
        "each operation knows who may",
        (MATRIX, "test_every_kind_and_every_operation_is_asked_in_cells_drawn_anew_each_time_pr_47_pr_52"),
    ),
    "8.2.2": shown(
        "and for which record", (ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124")
    ),
    "8.2.3": shown(
        "and which fields are shown",
        (VIEWS, "test_page_and_api_show_each_what_their_view_lists_and_no_more_pr_41_pr_48"),
    ),
    "8.3.1": shown(
        "the server decides, not the page", (ATTACKS, "test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124")
    ),
    "8.3.2": shown(
        "a change of rights acts at once", (ACCOUNTS, "test_who_is_switched_off_or_disabled_is_out_at_once")
    ),
    "8.4.1": shown(
        "districts are apart",
        (WALLS, "test_a_query_that_forgot_to_ask_shows_and_changes_nothing_of_another_district_pr_51"),
    ),
    "9.1.1": shown("signatures of tokens are checked", (TOKENS, "test_no_forged_token_is_opened_pr_63")),
    "9.1.2": shown("by algorithms on a list", (TOKENS, "test_no_forged_token_is_opened_pr_63")),
    "9.1.3": shown(
        "and by keys that we know, never by one brought along",
        (TOKENS, "test_no_forged_token_is_opened_pr_63"),
        (TOKENS, "test_only_keys_that_may_sign_are_kept"),
    ),
    "9.2.1": shown("tokens have their time", (TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63")),
    "9.2.2": shown(
        "they are of the kind that signs in",
        (TOKENS, "test_no_forged_token_is_opened_pr_63"),
        (TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63"),
    ),
    "9.2.3": shown("and are for us", (TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63")),
    "9.2.4": shown(
        "what we sign names whom it is for", (PUSH, "test_a_browser_reads_it_and_its_maker_knows_who_sent_it")
    ),
    "10.1.1": because(
        "tokens of a provider go nowhere",
        (
            "they are in the console's memory for one request; browser and database get none "
            "(`crisis/identity/provider.py`)"
        ),
    ),
    "10.1.2": shown(
        "codes of a provider belong to one sign-in",
        (PROVIDERS, "test_what_comes_back_counts_once_in_the_browser_that_began_it"),
    ),
    "10.2.1": shown(
        "nobody brings another's code in", (PROVIDERS, "test_a_code_of_another_browsers_sign_in_is_not_traded")
    ),
    "10.2.2": shown(
        "one provider is not taken for another", (PROVIDERS, "test_one_providers_answer_is_not_taken_for_anothers")
    ),
    "10.3.1": foreign(
        "tokens of others at our API, for whom", "our API takes none, only tokens of its own, which are no OAuth"
    ),
    "10.3.2": foreign("what such tokens allow", "as before"),
    "10.3.3": foreign("whose they are", "as before"),
    "10.3.4": foreign("how their owner signed in", "as before"),
    "10.4.1": foreign("where an authorization server sends people", "we are none"),
    "10.4.2": foreign("its codes count once", "we are none"),
    "10.4.3": foreign("its codes have their time", "we are none"),
    "10.4.4": foreign("its ways to a token", "we are none"),
    "10.4.5": foreign("its refresh tokens used twice", "we are none"),
    "10.4.6": foreign("its codes need their proof", "we are none"),
    "10.4.7": foreign("its clients that register themselves", "we are none"),
    "10.4.8": foreign("its refresh tokens end", "we are none"),
    "10.4.9": foreign("its tokens can be taken back", "we are none"),
    "10.4.10": foreign("its clients show who they are", "we are none"),
    "10.4.11": foreign("its clients get no more than they need", "we are none"),
    "10.5.1": shown(
        "a token is of this sign-in, by its nonce", (TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63")
    ),
    "10.5.2": shown(
        "people are known by what is never given to another",
        (TOKENS, "test_staff_of_each_provider_are_taken_by_issuer_and_subject"),
    ),
    "10.5.3": shown(
        "a provider's document names the provider that was set",
        (PROVIDER, "test_doors_at_other_hosts_are_not_gone_through_pr_69"),
    ),
    "10.5.4": shown("a token is for this client", (TOKENS, "test_what_does_not_fit_is_refused_with_its_fault_pr_63")),
    "10.5.5": shown(
        "signing out by the provider's word: no forged token, none of another purpose, each once",
        (LOGOUT_TOKENS, "test_no_forged_token_is_opened"),
        (LOGOUT_TOKENS, "test_what_does_not_fit_is_refused"),
        (LOGOUT, "test_who_signs_out_there_is_signed_out_here_and_no_forged_or_old_token_does_it"),
    ),
    "10.6.1": foreign("what an OpenID provider answers", "we are none"),
    "10.6.2": foreign("how it signs out", "we are none"),
    "10.7.1": foreign("consent to a client", "we are no authorization server"),
    "10.7.2": foreign("what it is told by", "as before"),
    "10.7.3": foreign("taking it back", "as before"),
}
