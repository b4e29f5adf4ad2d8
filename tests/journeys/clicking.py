"""The steps of the high-risk story, each as one person does it on its page."""

import re

from tests.journeys.browsing import STUDENT, Desk
from tests.journeys.town import Town

CLINICIANS = ("Noor Abdi", "Thomas Ferreira", "Camille Joseph")
GUARDIAN = "Rosalinda Fuentes"


def opened(desk: Desk) -> str:
    desk.goes_to("/incidents/new")
    desk.picks("kind", "suicide_ideation")
    desk.writes("place", "Room 112")
    desk.picks("beside", "me")
    desk.presses("Open and page the team")
    return desk.page.url.rpartition("/")[2]


def named(desk: Desk, incident: str) -> None:
    desk.goes_to(f"/incidents/{incident}/student")
    desk.writes("q", STUDENT[1])
    desk.tries("Look")
    desk.page.locator("label:has(input[name=student])", has_text=STUDENT[0]).click()
    desk.presses("This is the student")


def on_step(desk: Desk, incident: str, step: str) -> Desk:
    desk.goes_to(f"/incidents/{incident}/steps/{step}")
    return desk


def first_things(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "clear_means").picks("evidence.means", "removed")
    desk.presses("Record as done")
    on_step(desk, incident, "tell_admin").presses("Record as done")


def screened(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "screen")
    for question, answer in enumerate(("yes", "no", "yes", "no", "no"), start=1):
        desk.picks(f"answers.q{question}", answer)
    desk.presses("Record the screening")


def interviewed(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "assess")
    desk.picks("right_now", "no")
    desk.picks("disposition", "further_evaluation")
    desk.writes("rationale", "Has thought about how, and not about when")
    desk.presses("Record the interview")


def decided_high(desk: Desk) -> None:
    """On the page to which the interview leads."""
    desk.picks("tier", "high")
    desk.page.fill("#tier-rationale", "A plan, and nobody at home before six")
    desk.presses("Record level of risk")


def signed(desk: Desk, incident: str) -> None:
    desk.goes_to(f"/incidents/{incident}")
    desk.page.get_by_role("link", name="Read and sign").click()
    desk.page.wait_for_url("**/steps/assess")
    desk.presses("Sign this level")


def answered_by_text(town: Town, desk: Desk) -> str:
    """On the page of everybody's telephones: who was asked last writes back that they come in twelve minutes."""
    page = desk.page.context.new_page()
    page.goto(str(town.settings.provider_url))
    name = next(each for each in reversed(CLINICIANS) if town.texts(each))
    phone = page.locator(f"section#p{town.phone(name)[1:]}")
    found = re.findall(r"page (\d+),", phone.inner_text())
    phone.locator("input[name=body]").fill(f"{found[-1]}A 12")
    phone.get_by_role("button", name="Send text").click()
    page.wait_for_load_state()
    page.close()
    return name


def answered_by_key(town: Town, desk: Desk) -> None:
    page = desk.page.context.new_page()
    page.goto(str(town.settings.provider_url))
    page.get_by_role("button", name=re.compile(r"^(Press )?1\b.*accept.*: press on this call$")).last.click()
    page.wait_for_load_state()
    page.close()


def family_reached(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "guardian_contact").chooses("who", GUARDIAN)
    desk.picks("method", "phone")
    desk.picks("outcome", "reached")
    desk.chooses("language", "Spanish")
    desk.picks("language_help", "interpreter")
    desk.chooses("interpreted_by", "An interpreter service")
    desk.writes("interpreter", "Line 4471")
    desk.picks("understood", "yes")
    desk.writes("note", "She comes at eleven")
    desk.presses("Record this attempt")


def planned(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "safety_plan").writes("plan.coping", "Drawing, and walking with his cousin")
    desk.writes("plan.people", "His grandmother, and 988")
    desk.writes("plan.safer_place", "His mother has locked the pills away")
    desk.picks("stays_safe", "yes")
    desk.presses("Save the plan")
    desk.picks("given", "yes")
    desk.presses("Record it")
    on_step(desk, incident, "means_counseling").picks("evidence.talked_with", "guardian")
    desk.picks("evidence.home", "today")
    desk.presses("Record as done")


def handed_over(desk: Desk, incident: str) -> None:
    on_step(desk, incident, "referral").picks("receiver", "mobile_crisis")
    desk.writes("organisation", "Bayside Mobile Crisis Team")
    desk.picks("basis", "ferpa_99_36_emergency")
    for item in desk.page.locator("select[name^='items.']").evaluate_all("all => all.map(each => each.name)"):
        desk.page.locator(f'select[name="{item}"]').select_option("not_known" if item == "items.medical" else "given")
    assert "I-16" in desk.is_refused("Offer handoff")  # an emergency must say what the danger is; nothing typed is lost
    assert desk.page.input_value("#organisation") == "Bayside Mobile Crisis Team"
    desk.writes("threat", "Said he would end his life today")
    desk.presses("Offer handoff")
    desk.goes_to(f"/incidents/{incident}/handoffs")
    desk.writes("recipient", "Dr. Rivera, Bayside Mobile Crisis")
    desk.presses("Record that they accepted")


def released(desk: Desk, incident: str) -> None:
    desk.goes_to(f"/incidents/{incident}/custody")
    desk.picks("release_to", "guardian")
    desk.chooses("contact", GUARDIAN)
    desk.picks("identity_checked", "yes")
    desk.presses("Release the student")
