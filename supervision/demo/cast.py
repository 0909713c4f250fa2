"""Who is in the demo. Everybody here is made up."""

from __future__ import annotations

from dataclasses import dataclass

AGENCY = "Riverbend Peer Alliance"
ZONE = "America/New_York"
MAPLE, WARM = "Maple Street Drop-in", "Riverbend Warm Line"
PASSWORD = "a quiet hour together"  # noqa: S105  known to everybody: a demo is served on this machine only


@dataclass(frozen=True)
class Person:
    """`key` is how the rest of the demo calls them, `started` how many days ago they began (none: before it all)."""

    key: str
    name: str
    called: str
    pronouns: str
    title: str
    peer: bool = True
    program: str = ""
    started: int | None = None
    external: bool = False
    invited_only: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


ADMINISTRATOR = Person("ade", "Adébáyò Fashola", "Adé", "he/him", "Operations coordinator", peer=False)
STAFF = (
    Person("dana", "Dana Whitfield", "", "she/her", "Peer supervisor", program=MAPLE),
    Person("ben", "Benjamín Castillo Reyes", "Ben", "he/him", "Lead peer supervisor", program=WARM),
    Person("thandi", "Thandiwe Mokoena", "Thandi", "she/her", "Peer supervisor", program=MAPLE),
    Person("eleni", "Eleni Papadaki", "", "she/they", "Independent supervisor", peer=False, external=True),
    Person("wen", "Wen-Li Achterberg", "Wen", "they/them", "Program manager", peer=False),
    Person("priya", "Priya Raman", "", "she/her", "Program manager", peer=False),
)
# Who manages which program. One of them supervises too, in the other program.
MANAGERS = {MAPLE: "priya", WARM: "wen"}

# In this order a smaller demo takes the first ones.
WORKERS = (
    Person("marisol", "Marisol Vega", "", "she/her", "Peer support worker", program=MAPLE),
    Person("kit", "Kit Nakamura", "", "they/them", "Peer support worker", program=MAPLE),
    Person("amina", "Amina Yusuf", "", "she/her", "Peer support worker", program=MAPLE, started=27),
    Person("lukasz", "Łukasz Wójcik", "", "he/him", "Peer navigator", program=MAPLE),
    Person("zoe", "Zoë Lindqvist", "", "she/her", "Recovery coach", program=MAPLE),
    Person("kwame", "Kwame Asante-Boateng", "", "he/him", "Warm line peer worker", program=WARM),
    Person("siobhan", "Siobhán Ní Bhriain", "", "she/her", "Warm line peer worker", program=WARM),
    Person("nour", "نور الهاشمي", "Nour", "she/her", "Peer support worker", program=MAPLE, started=47),
    Person("hana", "Hana Kobayashi", "", "she/her", "Peer support worker", program=MAPLE, started=24),
    Person("jiwoo", "Park Ji-woo", "Ji-woo", "they/them", "Warm line peer worker", program=WARM),
    Person("tobias", "Tobias Grünwald", "Tobi", "he/him", "Warm line peer worker", program=WARM),
    Person("farida", "Farida Rahmani", "", "she/her", "Peer support worker", program=MAPLE, started=11),
    Person(
        "mateus", "Mateus Figueiredo", "", "he/they", "Forensic peer specialist", program=MAPLE, started=54
    ),
    Person("olena", "Olena Kovalchuk", "", "she/her", "Warm line peer worker", program=WARM),
    Person("joe", "Joe Lafferty", "", "he/him", "Peer bridger", program=MAPLE),
    Person("maite", "María Teresa Ibáñez Quiroga", "Maite", "she/her", "Peer navigator", program=MAPLE),
    Person("mai", "Nguyễn Thị Mai", "Mai", "she/her", "Peer support worker", program=MAPLE),
    Person("emre", "Emre Yıldız", "", "he/him", "Recovery coach", program=MAPLE),
    Person("yael", "יעל בן־דוד", "Yael", "she/her", "Warm line peer worker", program=WARM, started=13),
    Person("aroha", "Aroha Ngata", "", "she/her", "Warm line peer worker", program=WARM),
    Person("tyrell", "Tyrell Jackson-Moore", "Ty", "he/him", "Warm line peer worker", program=WARM),
    Person("anahit", "Anahit Sargsyan", "", "she/they", "Warm line peer worker", program=WARM),
    Person("ingrid", "Ingrid Sørensen", "", "she/her", "Warm line peer worker", program=WARM, started=80),
    Person(
        "delphine",
        "Delphine Rousseau-Okafor",
        "Delphine",
        "she/her",
        "Peer support worker",
        program=MAPLE,
        started=3,
        invited_only=True,
    ),
)

NEW_DAYS = 60
NEWCOMERS = frozenset(
    person.key for person in WORKERS if person.started is not None and person.started <= NEW_DAYS
)

# Whom the sign-ins printed for a demo are for, and what each shows.
SIGN_INS = (
    ("dana", "Supervisor, supervised herself"),
    ("marisol", "Peer worker"),
    ("priya", "Program manager"),
    ("ade", "Administrator"),
    ("wen", "Program manager of one program, supervisor in the other"),
    ("eleni", "Supervisor from outside the agency"),
    ("farida", "Peer worker who waits for a supervisor"),
)

# key, credential, number, issuer, issued (days ago), expires (days from now; None when it does not)
CREDENTIALS: tuple[tuple[str, str, str, str, int, int | None], ...] = (
    ("dana", "Certified peer supervisor", "PS-2207", "State Peer Certification Board", 610, 485),
    ("ben", "Certified peer supervisor", "PS-1884", "State Peer Certification Board", 1040, 55),
    ("ben", "Group facilitation certificate", "", "Riverbend Community College", 900, None),
    ("thandi", "Certified peer specialist", "CPS-5120", "State Peer Certification Board", 700, 395),
    ("eleni", "Clinical supervision diploma", "D-0931", "Harbor Institute", 2400, None),
    ("marisol", "Certified peer specialist", "CPS-7714", "State Peer Certification Board", 340, 25),
    ("kit", "Certified peer specialist", "CPS-7420", "State Peer Certification Board", 420, 675),
    ("lukasz", "Certified recovery coach", "RC-3318", "Recovery Coach Academy", 500, -12),
    ("zoe", "Certified recovery coach", "RC-3607", "Recovery Coach Academy", 250, 480),
    ("kwame", "Certified peer specialist", "CPS-6902", "State Peer Certification Board", 660, 435),
    ("siobhan", "Warm line operator training", "", "Riverbend Peer Alliance", 400, None),
    ("mateus", "Forensic peer specialist endorsement", "FPS-118", "State Peer Certification Board", 150, 580),
    ("maite", "Certified peer specialist", "CPS-7051", "State Peer Certification Board", 520, 210),
    ("olena", "Certified peer specialist", "CPS-7333", "State Peer Certification Board", 300, 430),
    ("tyrell", "Certified peer specialist", "CPS-6880", "State Peer Certification Board", 690, 60),
)

# key, first day and last day away, in days from today
AWAYS = (
    ("emre", -4, 8),
    ("kit", -66, -60),
    ("dana", -94, -90),
    ("thandi", 12, 20),
    ("zoe", -45, -39),
    ("kwame", 17, 23),
    ("marisol", -129, -120),
    ("eleni", -52, -46),
    ("aroha", -34, -27),
    ("lukasz", 25, 29),
)
