"""V11 to V13: keys, encrypted ways, settings."""

from tests.asvs.places import (
    ACCOUNTS,
    AUDIT,
    BACKUP,
    CLI_KEYS,
    DATABASE_ADDRESS,
    ENGINE,
    HEARTBEAT,
    INCIDENTS,
    KEYS,
    LEAKS,
    LISTED,
    PROXY,
    PUSH,
    SECURITY,
    SERVE,
    SMTP,
    STORE_FACTOR,
    WALLS,
)
from tests.asvs.row import Row, because, foreign, shown

ROWS: dict[str, Row] = {
    "11.1.1": because(
        "keys have a written life",
        '`docs/security.md`, "Keys and algorithms"; which standard a district follows is the district\'s',
    ),
    "11.1.2": because("keys and algorithms are listed", '`docs/security.md`, "Keys and algorithms"'),
    "11.2.1": because(
        "the work of well-kept libraries",
        ("decision 10: OpenSSL by `cryptography`, argon2-cffi, PyJWT, webauthn; `hashlib` and `hmac` of the language"),
    ),
    "11.2.2": shown(
        "algorithms and keys can be exchanged",
        (KEYS, "test_everything_is_sealed_anew_and_then_the_old_key_goes"),
        (KEYS, "test_killed_in_the_middle_it_goes_on_where_it_was"),
        (CLI_KEYS, "test_a_new_key_takes_over_the_old_one_goes_and_a_backup_of_before_still_opens"),
        (ACCOUNTS, "test_an_old_hash_is_renewed_at_the_next_sign_in"),
    ),
    "11.2.3": because(
        "nothing weaker than 128 bits",
        (
            "ours are of 256. Google and Microsoft sign with RSA keys of 2048 bits (112), which a district "
            "chooses with them; `least_rsa_bits` of a sign-in provider refuses those (`tests/identity/test_tokens.py` "
            "test_an_installation_may_ask_for_longer_keys). A forged signature would also have to come from the "
            "provider's own address by TLS, and be one factor of two"
        ),
    ),
    "11.3.1": because(
        "no ECB, no weak padding", "AES-GCM alone: `crisis/store/sealed.py`, `crisis/notify/push_crypto.py`"
    ),
    "11.3.2": shown(
        "AES-GCM alone",
        (PUSH, "test_the_words_are_sealed_as_the_standards_example_is_rfc_8291_a"),
        (INCIDENTS, "test_words_are_unreadable_without_their_key_and_gone_with_it"),
    ),
    "11.3.3": shown(
        "what was changed does not open",
        (BACKUP, "test_a_sealed_file_opens_to_what_it_was_and_not_when_anything_is_changed"),
        (AUDIT, "test_words_that_were_moved_or_changed_do_not_open"),
    ),
    "11.4.1": because(
        "no broken digests",
        "SHA-256; HMAC with SHA-1 where the first telephone provider and apps for codes know nothing else",
    ),
    "11.4.2": shown(
        "passwords by a slow function for them",
        (ACCOUNTS, "test_neither_password_nor_token_is_stored"),
        (ACCOUNTS, "test_an_old_hash_is_renewed_at_the_next_sign_in"),
    ),
    "11.4.3": shown("what proves is 256 bits long", (AUDIT, "test_every_single_edit_is_found_pr_59")),
    "11.4.4": foreign("keys made of passwords", "no key is"),
    "11.5.1": shown(
        "what must not be guessed is random, 128 bits",
        (STORE_FACTOR, "test_codes_are_long_enough_for_a_digest_and_those_of_before_still_count_once"),
        (ACCOUNTS, "test_neither_password_nor_token_is_stored"),
    ),
    "11.6.1": because(
        "keys that sign are made as they should be",
        "Ed25519 and P-256 by `cryptography`: `crisis/store/anchor_key.py`, `crisis/notify/push.py`",
    ),
    "12.1.1": because("new versions of TLS alone", PROXY),
    "12.1.2": because("good ciphers alone", PROXY),
    "12.1.3": foreign("certificates of clients", "none signs anybody in"),
    "12.2.1": shown(
        "https to people, nothing else",
        (SECURITY, "test_an_address_with_a_path_or_plain_http_elsewhere_is_no_public_url"),
        (SECURITY, "test_no_answer_is_kept_framed_sniffed_or_sent_on"),
    ),
    "12.2.2": because("a certificate that browsers know", PROXY),
    "12.3.1": shown(
        "encrypted to whatever is asked, beyond this machine",
        (DATABASE_ADDRESS, "test_a_way_that_others_could_read_or_answer_on_is_none"),
        (DATABASE_ADDRESS, "test_the_start_is_refused_in_words_that_help_and_with_no_password_in_them"),
        (SMTP, "test_a_server_without_tls_gets_nothing_unless_it_was_switched_off"),
        (HEARTBEAT, "test_a_heartbeat_leaves_this_machine_only_over_https"),
    ),
    "12.3.2": shown(
        "a certificate is looked at",
        (DATABASE_ADDRESS, "test_the_program_is_known_by_its_certificate_and_the_server_by_its_own"),
        (SMTP, "test_a_server_that_nobody_vouches_for_gets_nothing"),
        (PUSH, "test_a_server_that_is_gone_or_that_nobody_vouches_for_got_nothing"),
    ),
    "12.3.3": shown(
        "encrypted inside, too, beyond one machine",
        (SERVE, "test_beyond_this_machine_it_speaks_tls_or_somebody_has_said_that_the_network_does"),
        (SERVE, "test_with_a_certificate_it_speaks_https_and_nothing_else"),
    ),
    "12.3.4": because(
        "certificates of one's own are named",
        "`CRISIS_SMTP_CA`, and `sslrootcert` in the address of PostgreSQL: `docs/operations.md`",
    ),
    "13.1.1": because(
        "whom the program talks to is written down",
        '`docs/operations.md` setting by setting, and above, "whom the program asks"',
    ),
    "13.2.1": because(
        "parts of it know one another by what changes",
        (
            "whoever runs it lets PostgreSQL know the program by a certificate, or by its user on the same "
            'socket (`docs/operations.md`, "PostgreSQL", tried in `tests/store/test_database_address.py`); '
            "the password of `docker-compose.yml` is random, for these containers alone, and changed there "
            "as written down"
        ),
    ),
    "13.2.2": shown(
        "and may do no more than they need",
        (WALLS, "test_neither_the_program_nor_a_desk_owns_or_bypasses_anything_pr_51"),
    ),
    "13.2.3": because(
        "nothing signs in by what everybody knows",
        "the head of `docker-compose.yml` makes each password at random; there are none in the program",
    ),
    "13.2.4": shown(
        "a list of what may be asked", (LISTED, "test_an_incident_and_a_sign_in_ask_only_whom_the_settings_name_pr_69")
    ),
    "13.2.5": shown(
        "also for the server itself",
        (LISTED, "test_an_incident_and_a_sign_in_ask_only_whom_the_settings_name_pr_69"),
        (LISTED, "test_no_page_script_or_style_of_ours_names_another_site_pr_69"),
    ),
    "13.2.6": shown("limits of pools and times", (ENGINE, "test_postgresql_connections_have_limits")),
    "13.3.1": because(
        "secrets are kept as such",
        ("secret files (`/run/secrets`), or what a district's own vault puts there; never shown by settings"),
    ),
    "13.3.2": shown(
        "and read by nobody who need not",
        (ENGINE, "test_a_key_file_that_others_can_read_is_refused"),
        (ENGINE, "test_the_database_is_for_its_owner_alone"),
    ),
    "13.4.1": because("no history of the source is installed", "`.dockerignore` lets in the program alone"),
    "13.4.2": shown("no debugging in answers", (LEAKS, "test_what_breaks_says_nothing_of_anybody_pr_56_pr_60")),
    "13.4.3": shown("folders are not listed", (SECURITY, "test_a_folder_of_files_shows_no_list_of_them")),
    "13.4.4": shown("no TRACE", (SECURITY, "test_no_route_takes_methods_that_nobody_needs")),
    "13.4.5": because(
        "documentation is not open by accident", "the API's shapes are public on purpose; pages of them are off"
    ),
}
