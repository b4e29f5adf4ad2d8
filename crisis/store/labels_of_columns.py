"""The label of each column of each table, by name. What is new here has no label until somebody gives it one."""

from collections.abc import Mapping

from crisis.access_words import Category
from crisis.store import labels_of_staff
from crisis.store.labels import DIGEST, SECRET, Kept, Readers, Table, restricted, table, very

R, C, WORDS = Readers, Category, Kept.WORDS
EVERYTHING = tuple(Category)  # a whole incident may touch any of them: its fields decide, one by one
NARRATIVE = (C.MH_DETAIL, C.SUD, C.SEXUAL_HARM, C.CHILD_PROTECTION, C.OTHER_STUDENT)

OF_INCIDENTS: Mapping[str, Table] = {
    "incident": table(
        R.VIEW,
        technical="id seq",
        normal="district school mode",
        restricted="crisis_type phase custody emergency tier adult opened_at closed_at student protocol version"
        " protocol_hash",
        state=very(*EVERYTHING),
    ),
    "event": table(
        R.VIEW,
        technical="position seq",
        normal="district school mode",
        restricted="incident at",
        name=restricted(*NARRATIVE),
        body=very(*EVERYTHING),
    ),
    "incident_person": table(R.NOBODY, restricted="incident person until", how=restricted(C.REPORTER_ID)),
    "conflict_of_interest": table(
        R.VIEW,
        technical="id",
        normal="district",
        restricted="person student incident entered_by entered_at ended_by ended_at",
        kind=restricted(C.CUSTODY),
    ),
    "compartment": table(
        R.VIEW,
        technical="id matter",
        normal="district",
        restricted="incident coordinator entered_by entered_at ended_by ended_at",
        side=very(C.SEXUAL_HARM, C.OTHER_STUDENT),
    ),
    "compartment_admission": table(
        R.OFFICERS,
        technical="id matter",
        normal="district",
        restricted="person entered_by entered_at ended_by ended_at",
        side=very(C.SEXUAL_HARM, C.OTHER_STUDENT),
    ),
    "break_glass": table(
        R.OFFICERS,
        technical="id",
        normal="district",
        restricted="incident person reason began_at ends_at over_at review_due_at reviewed_by reviewed_at justified",
        words=restricted(*NARRATIVE, kept=WORDS),
    ),
    "incident_mark": table(
        R.VIEW,
        technical="id",
        normal="district",
        restricted="incident kind made_by made_at ended_by ended_at",
        words=restricted(*NARRATIVE, kept=WORDS),
    ),
    "after_action_review": table(
        R.REVIEWERS,
        technical="id",
        normal="district school",
        restricted="incident lead state causes due_at begun_by begun_at written_by written_at signed_by signed_at"
        " closed_by closed_at",
    ),
    "review_entry": table(
        R.REVIEWERS,
        technical="id review",
        normal="district",
        restricted="kind objective written_by written_at",
        words=restricted(*NARRATIVE, kept=WORDS),
        cause=restricted(*NARRATIVE, kept=WORDS),
    ),
    "improvement_item": table(
        R.REVIEWERS,
        technical="id review entry",
        normal="district school capability element owner starts_on due_on state made_by made_at ended_by ended_at"
        " verified_by verified_at",
        restricted="incident",
        words=restricted(*NARRATIVE, kept=WORDS),
        evidence=restricted(*NARRATIVE, kept=WORDS),
    ),
    "incident_figure": table(
        R.LEADERS,
        technical="seq",
        normal="district school mode month",
        restricted="incident over offered paged sent_home wishes_met wishes_unmet gap due kept follow_due follow_kept"
        " to_supervised to_asked to_arrived to_tier to_guardian to_released to_handed_off to_settled to_closed",
        police=restricted(C.LAW_ENF),
    ),
    "page_figure": table(
        R.LEADERS,
        technical="page",
        normal="district school mode month urgency state levels tries failed to_sent to_accepted to_arrived",
        restricted="incident",
    ),
    "referral_figure": table(
        R.NOBODY,
        technical="referral",
        normal="district school mode month",
        restricted="incident care days reason",
    ),
    "published_report": table(R.LEADERS, normal="district kind since until made_at body"),
    "review_rating": table(R.REVIEWERS, technical="review", restricted="objective rating rated_by rated_at"),
    "words": table(R.VIEW, technical="id", restricted="subject", sealed=very(*EVERYTHING, kept=Kept.SEALED)),
    "seal": table(R.NOBODY, technical="destroyed_at", restricted="subject", wrapped=SECRET),
    "audit": table(R.OFFICERS, technical="number digest", restricted="at actor action subject detail"),
    "head": table(R.NOBODY, technical="id position log_digest audit_number audit_digest"),
    "idempotency": table(R.NOBODY, technical="key position", restricted="actor incident", digest=DIGEST),
    "outbox": table(
        R.NOBODY,
        technical="id seq turn attempts fence claimed_by claimed_until done_at",
        normal="district mode urgency kind due_at",
        restricted="incident body",
    ),
    "page_code": table(
        R.NOBODY, technical="code", normal="site mode drill", restricted="phone incident page person given_at"
    ),
    "page_link": table(R.NOBODY, restricted="incident page person given_at", digest=DIGEST, sealed=SECRET),
    "drill_phone": table(R.NOBODY, technical="incident", normal="phone"),
    "drill": table(
        R.DRILLS,
        technical="id ahead half_after",
        normal="district school type state starts_at crisis_type asked reached announced parents_told_on support"
        " planned_by planned_at started_by started_at protective_at accounted_at ended_at",
        scenario=restricted(kept=WORDS),
        accommodations=restricted(C.DISABILITY, kept=WORDS),
    ),
    "drill_objective": table(R.DRILLS, technical="id drill position item", normal="district text capability"),
    "drill_member": table(R.DRILLS, technical="drill", normal="district person duty", restricted="opted_out_at"),
    "drill_run": table(
        R.DRILLS, technical="incident drill first", normal="district mode began_at", restricted="ended_as"
    ),
    "drill_inject": table(
        R.DRILLS,
        technical="id drill minute",
        normal="district speaker done_at done_by",
        words=restricted(kept=WORDS),
    ),
    "drill_text": table(
        R.DRILLS,
        technical="id drill inject came_as sent_at outcome",
        normal="district incident mode person phone at",
        words=restricted(kept=WORDS),
    ),
    "drill_record": table(
        R.DRILLS,
        technical="drill",
        normal="district situation alert hot_wash_at posted_on students staff problems recorded_by recorded_at",
        restricted="distressed looked_after",
        conditions=restricted(kept=WORDS),
        notes=restricted(C.MH_DETAIL, kept=WORDS),
    ),
    "drill_feedback": table(
        R.NOBODY,
        technical="drill",
        normal="district knew_what_to_do",
        restricted="person felt_safe",
        words=restricted(C.MH_DETAIL, kept=WORDS),
    ),
    "outgoing": table(
        R.NOBODY,
        technical="reference asked look_at tries",
        normal="purpose channel mode urgency state state_at at",
        restricted="incident page person phone",
    ),
    "call_out": table(
        R.NOBODY, technical="account sid attempt", normal="mode state made_at", restricted="incident page person"
    ),
    "inbox": table(
        R.NOBODY, technical="source external_id received_at done_at kept_by", body=very(*NARRATIVE, kept=Kept.SEALED)
    ),
    "kept_form": table(
        R.NOBODY,
        technical="shown ends_at",
        normal="district person",
        digest=DIGEST,
        sealed=very(*NARRATIVE, kept=Kept.SEALED),
    ),
}

OF_STUDENTS: Mapping[str, Table] = {
    "student": table(
        R.RECORD,
        technical="id source_id search",
        normal="district school given family grade language active missing_since",
        restricted="birth_date",
        preferred_given=very(C.SOGI),
        preferred_family=very(C.SOGI),
    ),
    "student_name": table(
        R.NAMES,
        technical="id",
        normal="district pack",
        restricted="student source recorded_by recorded_at confirmed_by confirmed_at ended_by ended_at",
        words=very(C.SOGI, kept=WORDS),
    ),
    "name_place": table(R.NAMES, technical="name turn", context=very(C.SOGI), guardian=very(C.SOGI)),
    "name_caution": table(
        R.NAMES, normal="district pack", restricted="student recorded_by recorded_at", caution=very(C.SOGI)
    ),
    "relationship": table(
        R.RECORD,
        normal="district imported missing_since",
        restricted="student person relation guardian priority",
        checked=restricted(C.CUSTODY),
    ),
    "contact_wish": table(
        R.RECORD,
        technical="email_id",
        normal="district reads interpreter voice_only short_text",
        restricted="student person email email_over safe_to_leave_message recorded_by recorded_at",
        household=restricted(C.HOUSING),
    ),
    "contact_turn": table(
        R.RECORD, technical="turn", normal="district", restricted="student person source recorded_by recorded_at"
    ),
    "contact_condition": table(
        R.RECORD,
        technical="id",
        normal="district",
        restricted="student person beside source recorded_by recorded_at confirmed_by confirmed_at ended_by ended_at",
        condition=restricted(C.CUSTODY),
    ),
    "family_status": table(
        R.RECORD,
        normal="district",
        restricted="student recorded_by recorded_at",
        status=very(C.HOUSING, C.CUSTODY),
        first=restricted(C.CUSTODY),
    ),
    "tribal_wish": table(
        R.RECORD, normal="district", restricted="student source recorded_by recorded_at", wish=very(C.TRIBAL)
    ),
    "own_care": table(R.RECORD, normal="district", restricted="recorded_by recorded_at", student=very(C.MH_DETAIL)),
    "info_directive": table(
        R.RECORD,
        technical="id",
        normal="district",
        restricted="student source recorded_by recorded_at confirmed_by confirmed_at ended_by ended_at audience",
        category=restricted(C.MH_DETAIL),
        action=restricted(C.MH_DETAIL),
    ),
    "authority": table(
        R.RECORD,
        technical="id",
        normal="district",
        restricted="student person until entered_by entered_at checked_by checked_at ended_by ended_at",
        authority=restricted(C.CUSTODY),
        paper=restricted(C.CUSTODY),
    ),
    "avoided_time": table(
        R.RECORD,
        technical="id",
        normal="district",
        restricted="student person recorded_by recorded_at confirmed_by confirmed_at ended_by ended_at source",
        **dict.fromkeys(("starts", "ends", "days", "first_day", "last_day"), restricted(C.RELIGION)),
    ),
    "contact_ways": table(R.RECORD, normal="district", restricted="student person ways recorded_by recorded_at"),
    "interpreter_wish": table(
        R.RECORD,
        normal="district",
        restricted="student person woman man not_own_community recorded_by recorded_at",
        need=restricted(C.DISABILITY),
        words=restricted(C.OTHER_STUDENT, kept=WORDS),
    ),
    "restriction": table(
        R.RECORD,
        technical="id",
        normal="district",
        restricted="student until entered_by entered_at checked_by checked_at lift_asked_by"
        " lift_asked_at lifted_by lifted_at",
        person=very(C.CHILD_PROTECTION, C.CUSTODY),
        kind=very(C.CHILD_PROTECTION, C.CUSTODY),
        household=very(C.CHILD_PROTECTION, C.HOUSING),
    ),
    "restriction_number": table(R.NOBODY, technical="restriction", number=very(C.CHILD_PROTECTION, C.CUSTODY)),
    "instruction": table(
        R.RECORD,
        technical="id",
        normal="district",
        restricted="student source recorded_by recorded_at confirmed_by confirmed_at ended_by ended_at",
        kind=restricted(C.DISABILITY, C.MEDICAL),
        words=restricted(C.DISABILITY, C.MEDICAL, C.RELIGION, C.TRIBAL, kept=WORDS),
    ),
    "preference": table(
        R.RECORD,
        technical="id",
        normal="district",
        restricted="student person source recorded_by recorded_at confirmed_by confirmed_at ended_by ended_at",
        preference=very(C.LAW_ENF, C.IMMIGRATION_CONCERN, C.DISABILITY),
    ),
    "intake_sheet": table(
        R.RECORD,
        technical="id",
        normal="district language",
        restricted="student made_by made_at sent_at",
        digest=DIGEST,
    ),
    "intake_answer": table(
        R.RECORD,
        technical="sheet question",
        restricted="settled settled_by settled_at",
        words=very(C.RELIGION, C.TRIBAL, C.DISABILITY, C.MEDICAL, C.CUSTODY, kept=WORDS),
    ),
    "consent": table(
        R.RECORD,
        technical="id",
        normal="district language method read",
        restricted="student records purpose signer document signed_on expires_on recorded_by"
        " recorded_at ended_by ended_on ended_at",
        words=restricted(C.MH_DETAIL, kept=WORDS),
        part2=very(C.SUD),
    ),
    "disclosure": table(
        R.LEDGER,
        technical="id",
        normal="district pack",
        restricted="student incident at way effect went_out basis purpose kinds persons fields rules consent"
        " released_by released_as decided_by officer notice ferpa_log state_log",
        words=very(*NARRATIVE, kept=WORDS),
    ),
    "legal_hold": table(
        R.OFFICERS,
        technical="id",
        normal="district",
        restricted="student incident placed_by placed_at release_asked_by release_asked_at released_by released_at",
        words=restricted(C.LAW_ENF, C.CUSTODY, kept=WORDS),
    ),
    "student_left": table(R.OFFICERS, normal="district", restricted="student left_on recorded_by recorded_at"),
    "destruction": table(
        R.OFFICERS,
        technical="id keys",
        normal="district pack method",
        restricted="student incident incidents records classes due_on told_on asked_by asked_at confirmed_by done_at"
        " withdrawn_by withdrawn_at",
    ),
    "district_end": table(
        R.OFFICERS,
        technical="id keys content file",
        normal="district",
        restricted="given_by given_at asked_by asked_at confirmed_by done_at students incidents records",
    ),
    "records_request": table(
        R.OFFICERS,
        technical="id",
        normal="district pack",
        restricted="student person asked_on due_on recorded_by recorded_at prepared_by checked_by"
        " ended_as ended_by ended_at",
    ),
    "records_choice": table(R.OFFICERS, technical="request part", restricted="basis quiet"),
    "record_statement": table(
        R.OFFICERS,
        technical="id",
        normal="district",
        restricted="student person recorded_by recorded_at",
        words=very(*NARRATIVE, kept=WORDS),
    ),
}

TABLES: Mapping[str, Table] = {**OF_INCIDENTS, **OF_STUDENTS, **labels_of_staff.ALL}
