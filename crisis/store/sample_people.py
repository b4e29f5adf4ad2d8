"""The people of the sample district, made up for this project; their numbers are of the kind 555-01xx."""

from dataclasses import dataclass
from datetime import date

from crisis.vocabulary import Guardian, Relation, StaffRole

HIGH, MIDDLE, ELEMENTARY = "larkfield-high", "larkfield-middle", "larkfield-elementary"
YES, NO, UNKNOWN = Guardian.YES, Guardian.NO, Guardian.UNKNOWN
PARENT, OTHER = Relation.PARENT, Relation.OTHER


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff; `school` None is the whole district."""

    post: StaffRole
    given: str
    family: str
    school: str | None


@dataclass(frozen=True, slots=True)
class Adult:
    """`language` None: nobody asked. `phone` as somebody wrote it, not always well."""

    given: str
    family: str
    relation: Relation
    guardian: Guardian
    language: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Child:
    school: str
    given: str
    family: str
    grade: str
    born: date
    language: str | None = "en"
    goes_by: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """The adults in the order in which to call them."""

    adults: tuple[Adult, ...]
    children: tuple[Child, ...]


_TEAM = (
    StaffRole.PRINCIPAL,
    StaffRole.ASSISTANT_PRINCIPAL,
    StaffRole.COUNSELOR,
    StaffRole.COUNSELOR,
    StaffRole.PSYCHOLOGIST,
    StaffRole.SOCIAL_WORKER,
    StaffRole.NURSE,
    StaffRole.TEACHER,
    StaffRole.TEACHER,
)
_NAMES = {
    HIGH: "Ines Duarte, Walter Brandt, Maya Okafor, Daniel Reyes, Hannah Lindqvist, Teresa Amaral, Grace Mbeki, "
    "Oliver Stone, Priya Nair",
    MIDDLE: "Samuel Whitfield, Leila Haddad, Carmen Ortega, Peter Novak, Aisha Rahman, Jonas Keller, Ruth Adeyemi, "
    "Emily Chen, Marcus Boone",
    ELEMENTARY: "Dolores Fontaine, Andrew Kim, Nadia Petrova, Colin Murphy, Yuki Tanaka, Beatriz Lopes, Sarah Feldman, "
    "Tom Gallagher, Lucia Moreno",
}
_DISTRICT = (
    Member(StaffRole.DISTRICT_LEAD, "Joan", "Castellano", None),
    Member(StaffRole.DISTRICT_LEAD, "Victor", "Oyelaran", None),
    Member(StaffRole.PRIVACY_OFFICER, "Elaine", "Park", None),
    Member(StaffRole.OPERATOR, "Rafael", "Siqueira", None),
    Member(StaffRole.CLINICIAN, "Noor", "Abdi", None),
    Member(StaffRole.CLINICIAN, "Thomas", "Ferreira", None),
    Member(StaffRole.CLINICIAN, "Camille", "Joseph", None),
)


def _members(school: str) -> list[Member]:
    names = [name.strip().split(" ", 1) for name in _NAMES[school].split(",")]
    return [Member(post, given, family, school) for post, (given, family) in zip(_TEAM, names, strict=True)]


STAFF = (*_members(HIGH), *_members(MIDDLE), *_members(ELEMENTARY), *_DISTRICT)

FAMILIES = (
    Family(  # two homes, both parents decide
        (
            Adult("Renata", "Vieira", PARENT, YES, "pt", "508-555-0101"),
            Adult("Paulo", "Vieira", PARENT, YES, "pt", "(774) 555-0102"),
        ),
        (
            Child(HIGH, "Bruna", "Vieira", "10", date(2011, 3, 14), "pt"),
            Child(MIDDLE, "Caio", "Vieira", "07", date(2014, 1, 9), "pt"),
        ),
    ),
    Family(  # two homes; the second parent may not decide
        (
            Adult("Megan", "Doyle", PARENT, YES, "en", "508.555.0103"),
            Adult("Sean", "Doyle", PARENT, NO, "en", "508-555-0104"),
        ),
        (Child(HIGH, "Kieran", "Doyle", "11", date(2010, 2, 2)),),
    ),
    Family(  # foster care: the caseworker decides, the carer is with the child
        (
            Adult("Denise", "Harlow", Relation.CASEWORKER, YES, "en", "617-555-0150"),
            Adult("Gloria", "Bennett", Relation.FOSTER_PARENT, NO, "en", "774-555-0105"),
            Adult("Crystal", "Moss", PARENT, NO, None, None),
        ),
        (
            Child(MIDDLE, "Jayden", "Moss", "08", date(2012, 12, 5)),
            Child(ELEMENTARY, "Aria", "Moss", "02", date(2018, 10, 20)),
        ),
    ),
    Family(  # a grandmother with guardianship
        (Adult("Rosalinda", "Fuentes", Relation.GRANDPARENT, YES, "es", "+1 508 555 0106"),),
        (Child(HIGH, "Mateo", "Fuentes", "09", date(2012, 2, 27), "es"),),
    ),
    Family(  # kinship care that nobody has put on paper
        (
            Adult("Marie-Ange", "Pierre", Relation.RELATIVE, UNKNOWN, "ht", "774-555-0107"),
            Adult("Wilner", "Pierre", PARENT, UNKNOWN, "ht", None),
        ),
        (Child(HIGH, "Widline", "Pierre", "10", date(2011, 6, 30), "ht"),),
    ),
    Family(
        (
            Adult("Ana", "Guerrero", PARENT, YES, "es", "508-555-0108"),
            Adult("Luis", "Guerrero", PARENT, YES, "es", "508-555-0108"),  # one phone for both
        ),
        (
            Child(HIGH, "Sofia", "Guerrero", "12", date(2009, 1, 17), "es"),
            Child(MIDDLE, "Diego", "Guerrero", "06", date(2014, 11, 3), "es"),
            Child(ELEMENTARY, "Elena", "Guerrero", "03", date(2017, 12, 12), "es"),
        ),
    ),
    Family(
        (
            Adult("Maria", "Tavares", PARENT, YES, "kea", "508-555-0109"),
            Adult("Joao", "Tavares", PARENT, UNKNOWN, "kea", "508-555-0110"),
        ),
        (
            Child(HIGH, "Nelson", "Tavares", "11", date(2010, 4, 25), "kea"),
            Child(ELEMENTARY, "Ivone", "Tavares", "04", date(2017, 3, 8), "kea"),
        ),
    ),
    Family(
        (
            Adult("Hodan", "Warsame", PARENT, YES, "so", "617-555-0151"),
            Adult("Abdirahman", "Warsame", PARENT, YES, "so", "617-555-0152"),
        ),
        (
            Child(HIGH, "Amina", "Warsame", "09", date(2012, 5, 19), "so"),
            Child(MIDDLE, "Yusuf", "Warsame", "07", date(2014, 2, 14), "so"),
        ),
    ),
    Family(  # an adult student: the rights are his own
        (Adult("Brenda", "Kowalski", PARENT, NO, "en", "508-555-0111"),),
        (Child(HIGH, "Adam", "Kowalski", "12", date(2008, 4, 3)),),
    ),
    Family(  # nobody on record can be reached by phone
        (Adult("Tina", "Marsh", PARENT, YES, None, None),),
        (Child(MIDDLE, "Logan", "Marsh", "06", date(2015, 1, 28), None),),
    ),
    Family((), (Child(HIGH, "Farid", "Nazari", "10", date(2011, 8, 11), "fa"),)),  # unaccompanied: no adult on record
    Family(  # a number that was written down wrong
        (Adult("Kevin", "Brody", PARENT, YES, "en", "508-555-014"),),
        (
            Child(ELEMENTARY, "Lily", "Brody", "05", date(2016, 5, 6)),
            Child(ELEMENTARY, "Max", "Brody", "01", date(2020, 2, 1)),
        ),
    ),
    Family(
        (
            Adult("Laura", "Jensen", PARENT, YES, "en", "508-555-0113"),
            Adult("Christine", "Ward", PARENT, YES, "en", "508-555-0114"),
        ),
        (Child(MIDDLE, "Harper", "Jensen-Ward", "08", date(2013, 3, 22)),),
    ),
    Family(  # goes by another name
        (Adult("Deborah", "Ellis", PARENT, YES, "en", "774-555-0115"),),
        (Child(HIGH, "Jonathan", "Ellis", "11", date(2010, 7, 7), goes_by="Jay"),),
    ),
    Family(
        (
            Adult("Thuy", "Pham", PARENT, YES, "vi", "617-555-0153"),
            Adult("Minh", "Pham", PARENT, YES, "vi", "617-555-0154"),
        ),
        (
            Child(HIGH, "Linh", "Pham", "12", date(2009, 3, 30), "vi"),
            Child(MIDDLE, "Kim", "Pham", "08", date(2013, 6, 18), "vi"),
        ),
    ),
    Family(  # a stepfather who may fetch and not decide
        (
            Adult("Vanessa", "Cole", PARENT, YES, "en", "508-555-0116"),
            Adult("Derek", "Hughes", Relation.STEP_PARENT, NO, "en", "508-555-0117"),
        ),
        (
            Child(MIDDLE, "Tyler", "Cole", "07", date(2013, 12, 24)),
            Child(ELEMENTARY, "Brianna", "Cole", "05", date(2015, 12, 13)),
        ),
    ),
    Family(  # one parent away with the military, power of attorney with an aunt
        (
            Adult("Robert", "Hayes", PARENT, YES, "en", None),
            Adult("Linda", "Hayes", Relation.GUARDIAN, YES, "en", "774-555-0119"),
        ),
        (
            Child(HIGH, "Emma", "Hayes", "09", date(2012, 4, 9)),
            Child(ELEMENTARY, "Noah", "Hayes", "03", date(2018, 1, 5)),
        ),
    ),
    Family(  # the father is barred by a court order; the mother shares her telephone with an aunt
        (
            Adult("Marisol", "Castillo", PARENT, YES, "es", "617-555-0155"),
            Adult("Beatriz", "Luna", Relation.RELATIVE, NO, "es", "617-555-0155"),
            Adult("Hector", "Castillo", PARENT, YES, "es", "508-555-0145"),
        ),
        (Child(HIGH, "Valentina", "Castillo", "10", date(2011, 1, 31), "es", goes_by="Val"),),
    ),
    Family(
        (
            Adult("Joseph", "Antoine", PARENT, YES, "ht", "508-555-0120"),
            Adult("Guerda", "Antoine", PARENT, YES, "ht", "508-555-0121"),
        ),
        (
            Child(MIDDLE, "Stevenson", "Antoine", "06", date(2014, 9, 16), "ht"),
            Child(ELEMENTARY, "Naika", "Antoine", "02", date(2019, 2, 23), "ht"),
        ),
    ),
    Family(  # a neighbour for emergencies, not a guardian
        (
            Adult("Patricia", "Nolan", PARENT, YES, "en", "508-555-0122"),
            Adult("Ed", "Kaplan", OTHER, NO, "en", "508-555-0123"),
        ),
        (
            Child(ELEMENTARY, "Finn", "Nolan", "04", date(2016, 11, 11)),
            Child(ELEMENTARY, "Cara", "Nolan", "02", date(2018, 8, 26)),
        ),
    ),
    Family(
        (Adult("Oksana", "Bondar", PARENT, YES, "uk", "774-555-0124"),),
        (
            Child(HIGH, "Daryna", "Bondar", "11", date(2009, 12, 1), "uk"),
            Child(MIDDLE, "Taras", "Bondar", "07", date(2013, 10, 10), "uk"),
        ),
    ),
    Family(
        (
            Adult("Keisha", "Brooks", PARENT, YES, "en", "617-555-0156"),
            Adult("Lamar", "Brooks", PARENT, YES, "en", "617-555-0157"),
        ),
        (
            Child(HIGH, "Jordan", "Brooks", "12", date(2008, 12, 30)),
            Child(ELEMENTARY, "Zoe", "Brooks", "05", date(2016, 2, 17)),
        ),
    ),
    Family(  # sign language at home
        (Adult("Rachel", "Stein", PARENT, YES, "ase", "508-555-0125"),),
        (Child(MIDDLE, "Eli", "Stein", "08", date(2012, 11, 27), "en"),),
    ),
    Family(  # nobody has asked which language
        (Adult("Somchai", "Rattana", PARENT, UNKNOWN, None, "508-555-0126"),),
        (Child(ELEMENTARY, "Malee", "Rattana", "01", date(2019, 9, 9), None),),
    ),
    Family(
        (Adult("Greta", "Olsen", PARENT, YES, "en", "508-555-0127"),),
        (
            Child(HIGH, "Ingrid", "Olsen", "09", date(2012, 1, 21)),
            Child(MIDDLE, "Lars", "Olsen", "06", date(2015, 3, 2)),
        ),
    ),
)
