"""The labels of columns about staff, agencies, schedules and the program itself."""

from collections.abc import Mapping

from crisis.store.labels import DIGEST, SECRET, Readers, Table, table

R = Readers

OF_PEOPLE: Mapping[str, Table] = {
    "district": table(R.STAFF, normal="id name"),
    "school": table(
        R.STAFF, technical="id source_id", normal="district name zone opens closes weekdays hours_checked missing_since"
    ),
    # Staff and family alike; who is family says `relationship`, and who sees them there.
    "person": table(
        R.STAFF,
        technical="id source_id",
        normal="district given family staff language active switched_off_at missing_since",
    ),
    "post": table(R.STAFF, technical="id", normal="district person post school imported"),
    "phone": table(
        R.CALL_TREE, technical="id", normal="district kind position imported valid", restricted="person raw number"
    ),
    "skill": table(R.PLANNERS, normal="district", restricted="person skill"),
    "trained": table(R.PLANNERS, normal="district training since until", restricted="person entered_by entered_at"),
    "method": table(
        R.PLANNERS,
        technical="bad_code",
        normal="district channel proved_at proved_by bad_since opted_out_since",
        restricted="person number",
    ),
    "email_address": table(
        R.PLANNERS,
        technical="code_until tries codes_sent hour_at",
        normal="district verified_at",
        restricted="person address",
        code=DIGEST,
    ),
    "push_subscription": table(
        R.NOBODY, technical="id endpoint key auth", normal="district language added_at", restricted="person"
    ),
    "errand": table(
        R.PLANNERS,
        technical="id code turn amount attempts claimed_until",
        normal="district kind channel subject asked_by made_at due_at expires_at done_at outcome answered_at wrong",
        restricted="person number",
    ),
    "asked_turn": table(
        R.PLANNERS, technical="id", normal="district person starts_at asked_at confirmed_at declined_at told_at"
    ),
    "absence": table(R.STAFF, technical="id source_id", normal="district person starts_at ends_at told_by told_at"),
}

OF_ACCESS: Mapping[str, Table] = {
    "account": table(
        R.ACCOUNTS, normal="person district username created_at disabled_at given_until", password_hash=DIGEST
    ),
    "code_app": table(R.NOBODY, technical="last_step", normal="person district made_at confirmed_at", sealed=SECRET),
    "recovery_code": table(R.NOBODY, technical="short", normal="district person", digest=DIGEST),
    "passkey": table(
        R.ACCOUNTS, technical="id public_key uses", normal="district person browser system made_at used_at"
    ),
    "passkey_challenge": table(R.NOBODY, technical="challenge ends_at", normal="district person"),
    "half_sign_in": table(
        R.NOBODY,
        technical="ends_at",
        normal="district person shared provider",
        digest=DIGEST,
        provider_session=DIGEST,
    ),
    "session": table(
        R.ACCOUNTS,
        technical="id idle_seconds factors wrong_pins",
        normal="person district created_at seen_at ends_at browser system shared proved_at provider",
        digest=DIGEST,
        provider_session=DIGEST,
    ),
    "identity": table(R.ACCOUNTS, technical="issuer subject", normal="district person provider connected_at used_at"),
    "identity_code": table(R.NOBODY, technical="ends_at", normal="district person provider made_by", digest=DIGEST),
    "provider_sign_in": table(
        R.NOBODY,
        technical="issuer subject strong ends_at provider_session",
        normal="district provider person shared",
        digest=DIGEST,
    ),
    "provider_logout": table(R.NOBODY, technical="ends_at", normal="district provider", digest=DIGEST),
    "unlock_pin": table(R.NOBODY, normal="district person set_at", digest=DIGEST),
    "emergency_account": table(R.ACCOUNTS, normal="district person number made_at sealed_at sealed_by opened_at"),
    "token": table(
        R.ACCOUNTS, technical="id", normal="district person label created_at used_at revoked_at", digest=DIGEST
    ),
    "feed": table(R.ACCOUNTS, technical="id", normal="district person created_at revoked_at", digest=DIGEST),
    "pin": table(R.NOBODY, technical="wrong locked_until", normal="person district set_at", digest=DIGEST),
    "sign_in_budget": table(R.NOBODY, technical="remaining at", key=DIGEST),
    "sign_in_rule": table(R.ACCOUNTS, normal="district second_factor decided_by decided_at counts_from"),
    "press": table(R.NOBODY, technical="at", restricted="location", digest=DIGEST),
    "allowance": table(R.NOBODY, technical="kind since used", restricted="subject"),
}

OF_AGENCIES: Mapping[str, Table] = {
    "agency": table(
        R.STAFF,
        technical="id",
        normal="district name kind phone number address how hours languages interpreters youngest oldest care insurance"
        " capacity capacity_days capacity_at capacity_by changed_by changed_at ended_by ended_at",
    ),
    "agency_member": table(R.OFFICERS, normal="person agency district recorded_by recorded_at"),
    "agreement": table(
        R.OFFICERS,
        technical="id sha256",
        normal="district agency data_points uses direct_control redisclosure_ban first_day last_day counts_from"
        " counts_until signed_for_district signed_for_agency paper recorded_by recorded_at ended_by ended_at",
    ),
    "instrument_permission": table(
        R.OFFICERS,
        technical="id",
        normal="district instrument basis given_by paper notice last_day counts_until recorded_by recorded_at"
        " ended_by ended_at",
    ),
    "instrument_use": table(
        R.STAFF,
        technical="id sha256",
        normal="district instrument language version body recorded_by recorded_at ended_by ended_at",
    ),
    "interpreter_line": table(R.STAFF, normal="district number recorded_by recorded_at"),
    "school_line": table(R.STAFF, normal="school district callback place recorded_by recorded_at"),
    "message_signature": table(
        R.OFFICERS, technical="id source text", normal="district message language stage who signed_by signed_at"
    ),
    "policy_pack": table(
        R.OFFICERS,
        technical="id sha256",
        normal="district pack version body effective_from expires_on proposed_by proposed_at approved_by approved_at"
        " counsel counsel_reviewed_on ended_by ended_at",
    ),
    "protocol": table(R.STAFF, technical="hash", normal="id version jurisdiction body published_at"),
    "protocol_check": table(
        R.OFFICERS,
        technical="id hash rules attempts claimed_by claimed_until states",
        normal="district body asked_by asked_at findings done_at",
    ),
    "protocol_draft": table(
        R.OFFICERS, technical="id came_from", normal="district begun_by begun_at ended_by ended_at"
    ),
    "protocol_edition": table(R.OFFICERS, technical="id draft hash", normal="district number text saved_by saved_at"),
    "protocol_publication": table(
        R.STAFF,
        technical="id hash draft",
        normal="district protocol first_day counts_from published_by published_at ended_by ended_at",
    ),
    "protocol_signature": table(
        R.OFFICERS,
        technical="id draft hash",
        normal="district kind name qualification signed_on holds_until paper signed_by recorded_by recorded_at",
    ),
    "protocol_in_force": table(R.STAFF, normal="district crisis_type hash"),
}

OF_SCHEDULES: Mapping[str, Table] = {
    "ladder": table(R.PLANNERS, normal="district role urgency level answer_within repeat_alarm asks cadence"),
    "rotation": table(
        R.STAFF,
        technical="id",
        normal="district school role level zone covers starts_on ends_on cycle_days",
    ),
    "rotation_handover": table(R.STAFF, technical="rotation", normal="day at district"),
    "rotation_member": table(R.STAFF, technical="rotation position", normal="district person"),
    "shift": table(R.STAFF, technical="id", normal="district school role level person starts_at ends_at"),
    "on_call_override": table(
        R.STAFF,
        technical="id swap",
        normal="district school role level kind incoming outgoing starts_at ends_at made_by made_at",
    ),
    "swap": table(
        R.STAFF,
        technical="id",
        normal="district school role level giver taker starts_at ends_at back_starts_at back_ends_at state offered_at"
        " answered_at",
    ),
    "plan_watch": table(R.NOBODY, technical="told told_at news_since", normal="district"),
    "district_holiday": table(R.STAFF, normal="district day"),
    "school_closure": table(R.STAFF, normal="school day district closes"),
    "school_day_off": table(R.STAFF, normal="school day district"),
    "school_early_close": table(R.STAFF, normal="school day district closes"),
    "school_make_up_day": table(R.STAFF, normal="school day district"),
    "school_term": table(R.STAFF, normal="school starts_on ends_on district title imported"),
}

OF_THE_PROGRAM: Mapping[str, Table] = {
    "lease": table(R.NOBODY, technical="name holder fence until"),
    "sign_of_life": table(R.NOBODY, technical="name at good_at detail"),
    "canary": table(R.NOBODY, technical="id provider slot_at period sent_at accepted_at delivered_at back_at fault"),
    "provider_alarm": table(R.STAFF, technical="id provider channel fault since last_at told_at ended_at"),
}

ALL: Mapping[str, Table] = {**OF_PEOPLE, **OF_ACCESS, **OF_AGENCIES, **OF_SCHEDULES, **OF_THE_PROGRAM}
