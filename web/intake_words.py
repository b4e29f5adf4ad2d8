"""The twelve questions of the family's sheet, in plain words, and where each answer goes in the record."""

from crisis.privacy_words import InstructionKind
from crisis.record_words import IntakeQuestion
from web.words import N_

QUESTIONS: dict[IntakeQuestion, str] = {
    IntakeQuestion.NAME: N_("What name should we use for your child? When and where?"),
    IntakeQuestion.LANGUAGE: N_("What language do you speak? What language do you read?"),
    IntakeQuestion.ORDER: N_("Who in your family should we call first? Who next?"),
    IntakeQuestion.NOT_TO_CALL: N_("Is there someone we must not call? Are there court papers?"),
    IntakeQuestion.AT_WORK: N_("How can we reach you when you are at work?"),
    IntakeQuestion.WAY: N_("Should we text you, call you, or talk in person?"),
    IntakeQuestion.CALMS: N_("What helps your child calm down? What makes it worse?"),
    IntakeQuestion.TELLS: N_("How does your child tell us things? By words, signs, pictures or a device?"),
    IntakeQuestion.CUSTOMS: N_("What should we know about touch, clothes, prayer or food?"),
    IntakeQuestion.HELPER: N_("Who do you want with you? A relative, an elder, a faith leader?"),
    IntakeQuestion.SHARING: N_("Who may we share this with?"),
    IntakeQuestion.AGENCIES: N_("Do you worry when the police come? Or a hospital or an agency?"),
}
INTRO = (
    N_("You do not have to fill this in. You can skip any question."),
    N_("School staff will read it. It helps us to help your child."),
    N_("Do not tell us about immigration status. We do not ask, and we do not keep it."),
)
PICKS: dict[IntakeQuestion, tuple[str, ...]] = {
    IntakeQuestion.LANGUAGE: (N_("I want someone who speaks my language"),),
    IntakeQuestion.WAY: (N_("Text me"), N_("Call me"), N_("In person")),
}
TAKEN_AS: dict[IntakeQuestion, tuple[InstructionKind, ...]] = {
    IntakeQuestion.CALMS: (InstructionKind.HELPS, InstructionKind.MAKES_WORSE),
    IntakeQuestion.TELLS: (InstructionKind.COMMUNICATION,),
    IntakeQuestion.CUSTOMS: (InstructionKind.PRACTICE, InstructionKind.TOUCH),
    IntakeQuestion.HELPER: (InstructionKind.HELPER,),
}
# The page of the record where the rest is entered in its own fields.
ENTERED_AT: dict[IntakeQuestion, str] = {
    IntakeQuestion.NAME: "names",
    IntakeQuestion.LANGUAGE: "contacts",
    IntakeQuestion.ORDER: "call-order",
    IntakeQuestion.NOT_TO_CALL: "contacts",
    IntakeQuestion.AT_WORK: "times",
    IntakeQuestion.WAY: "times",
    IntakeQuestion.SHARING: "sharing",
    IntakeQuestion.AGENCIES: "wishes",
}
