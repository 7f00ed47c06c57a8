"""Where the work is done, how many hours, which degrees, what seniority."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import terms, workplace

LABELS = {
    "remote": "remote|REMOTE|Fully remote|fully|100% Remote|ORA_REMOTE|TELECOMMUTE|Remote - US|Remote (Peru)"
    "|Gdynia (Remote)|Remote Ontario|Home Office|Télétravail|Teletrabajo|On-site or remote|Turku, Remote",
    "hybrid": "Hybrid|hybrid|ORA_HYBRID|Hybrid - Turku|Turku (Hybrid)|híbrido|Remote / Hybrid|Hybrid or on-site",
    "onsite": "On-site|OnSite|on_site|ORA_ON_SITE|In office|none|Not remote|No remote|vor Ort|presencial",
    None: "|unspecified|None|Turku|Officer|Remote Sensing Scientist|Hybrid Cloud Architect|Homer",
}


@pytest.mark.parametrize(
    ("label", "said"), [(label, said) for said, text in LABELS.items() for label in text.split("|")]
)
def test_a_short_label_says_where_the_work_is_done(label, said):
    assert terms.remote(label) == said


def test_several_labels_of_one_posting_are_read_together():
    assert terms.remote("Turku ; Remote") == "remote"
    assert terms.remote("Remote ; Hybrid - Gdynia") == "hybrid"
    assert terms.remote("Turku ; Gdynia") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "This is a remote position.",
        "You can work remotely from anywhere in Peru.",
        "The role is fully remote, with two trips to Turku a year.",
        "We offer a five-month traineeship remotely or in our Turku, Gdynia or Lima offices.",
        "The job can be remote or in our Turku office.",
        "Location: Lima or remote",
        "#LI-REMOTE",
        "Die Stelle ist 100 % remote.",
        "Poste en télétravail",
        "Modalidad: 100% remoto",
        "Remote candidates are welcome.",
    ],
)
def test_a_body_that_offers_this_position_from_afar_is_remote(sentence):
    assert terms.remote(f"Bake bread.\n{sentence}\nGood ovens.") == "remote"


@pytest.mark.parametrize(
    "sentence",
    [
        "We follow a hybrid working model.",
        "This is a hybrid role.",
        "You are in the office 3 days per week.",
        "Three days a week from our Lima bakery office.",
        "Expect to be on-site 2-3 days each week.",
        "Trainees are located either remote or hybrid in our Turku or Lima offices.",
        "At least half of your time in the office",
        "2 Tage Homeoffice pro Woche",
        "2 jours de télétravail par semaine",
        "Modalidad de trabajo híbrida",
        "A mix of office days and working from home",
        "#LI-Hybrid",
    ],
)
def test_a_body_that_wants_some_days_in_the_office_is_hybrid(sentence):
    assert terms.remote(f"Bake bread.\n{sentence}\nGood ovens.") == "hybrid"


@pytest.mark.parametrize(
    "sentence",
    [
        "This is an on-site position in Turku.",
        "This is not a remote position.",
        "Remote work is not possible for this role.",
        "We cannot offer remote work.",
        "You will be in the office five days a week.",
        "Arbeit vor Ort in Bonn",
    ],
)
def test_a_body_that_wants_everyone_there_is_onsite(sentence):
    assert terms.remote(f"Bake bread.\n{sentence}\nGood ovens.") == "onsite"


@pytest.mark.parametrize(
    "sentence",
    [
        "You work with remote teams in Lima.",
        "Experience with remote sensing, remote control and remote monitoring",
        "You run our hybrid cloud and design hybrid vehicles.",
        "An on-site gym, a home office stipend and 25 days off",
        "Interviews are held remotely.",
        "If you work remotely, we send you a chair.",
        "Work remotely up to four weeks a year.",
        "Our colleagues work remotely when needed.",
        "This is a hybrid role between baking and sales.",
        "Customer visits vor Ort in Bonn",
        "Apply via the hybrid workflow.",
        "",
    ],
)
def test_what_is_said_of_something_else_says_nothing_of_this_position(sentence):
    assert terms.remote(f"Bake bread.\n{sentence}\nGood ovens.") is None


def test_hybrid_wins_over_remote_and_a_contradiction_says_nothing():
    assert terms.remote("This is a remote job.\nWe expect a hybrid schedule.") == "hybrid"
    assert terms.remote("This role is fully remote.\nThis is an on-site role.") is None


def test_a_remote_first_employer_counts_only_if_nothing_else_is_said():
    assert terms.remote("We are a remote-first bakery.\nBake bread.") == "remote"
    assert terms.remote("We are a remote-first bakery.\nThis is an on-site role.") == "onsite"


HOURS = {
    "FULL_TIME": "Full-time|FullTime|full time|Full Time (40h)|Vollzeit|Temps plein|Jornada completa|fulltime"
    "|Permanent full-time|https://schema.org/FULL_TIME|práce na plný úvazek",
    "PART_TIME": "Part-time|Teilzeit|Werkstudent|Working Student (m/w/d)|Baker (m/w/d) Teilzeit|temps partiel",
    "FULL_TIME PART_TIME": "FULL_TIME,PART_TIME|Full or part time|Vollzeit/Teilzeit|Voll- oder Teilzeit",
    "INTERN": "Internship|INTERN|Praktikum|Stage|Summer Intern|Intern, Bread Science|Bakery Co-op",
    "CONTRACTOR": "Contract|CONTRACTOR|Freelance|Contract (6 months)|Baker (Contract)|Baker - 6 month contract",
    "TEMPORARY": "Temporary|Fixed term|Fixed-Term Contract|Temp|befristet|CDD|Baker (12 month FTC)",
    "VOLUNTEER": "Volunteer|VOLUNTEER",
    "PER_DIEM": "PER_DIEM|Per diem",
    "OTHER": "OTHER|Apprenticeship|Ausbildung",
    "FULL_TIME INTERN": "Full-time intern",
    "": "|Permanent|Regular|CDI|Permanent contract|unbefristet|Baker",
}


@pytest.mark.parametrize(
    ("label", "said"), [(label, said) for said, text in HOURS.items() for label in text.split("|")]
)
def test_a_label_or_a_title_gives_schema_org_s_words(label, said):
    assert terms.employment(label) == tuple(said.split())


@pytest.mark.parametrize(
    "title",
    [
        "Internal Audit Manager",
        "International Sales",
        "Contract Manager",
        "Contracts Administrator",
        "Smart Contract Engineer",
        "Volunteer Coordinator",
        "Stage Manager",
        "Early Stage Investor",
        "Internship Program Manager",
        "Temporary Works Engineer",
        "Full-Stack Engineer",
        "Account Executive, B2B",
        "Co-op Store Manager",
    ],
)
def test_a_word_that_names_the_work_is_no_employment_type(title):
    assert terms.employment(title) == ()


def test_several_labels_give_each_word_once_and_in_order():
    assert terms.employment(["Intern", "Full-time", "INTERN"]) == ("INTERN", "FULL_TIME")


@pytest.mark.parametrize("nothing", [None, 40, [], [None, 3, ["Full-time"]], {"id": 1}])
def test_what_is_no_text_is_no_employment_type(nothing):
    assert terms.employment(nothing) == ()


def test_prose_is_no_label():
    assert terms.employment("We bake full-time. " * 30) == ()


DEGREES = {
    "BS": "Bachelor's degree in Food Science|BSc in Chemistry|B.S. or equivalent|BA/BS in Design|Undergraduate degree",
    "MS": "Master’s degree|MSc in Botany|MS in Botany|MBA from anywhere|M.Eng|Master (M.Sc.) in Physik",
    "PhD": "Working toward a PhD degree in Botany|Ph.D. in Law|Doctorate in Law|Promovierte Botaniker",
    "BS MS": "Bachelor- oder Masterabschluss|B.Sc. or M.Sc. in Law|BS or MS in Law|Bachelors or Masters degree",
    "MS PhD": "Working towards a PhD or Master's degree|Currently an MSc or PhD student|Master’s or PhD preferred",
    "BS MS PhD": "BS/MS/PhD in Law|B.S., M.S. or Ph.D. in Law|enrolled in a bachelor's, master's, or PhD programme"
    "|Three years with a Bachelor's degree, one with a Master's degree, none with a PhD",
}


@pytest.mark.parametrize(
    ("words", "said"),
    [(words, said) for said, text in DEGREES.items() for words in text.split("|")],
)
def test_stated_degrees_are_read_lowest_first(words, said):
    assert terms.degrees(f"Bake bread.\n- {words}\nGood ovens.") == tuple(said.split())


@pytest.mark.parametrize(
    "words",
    [
        "abgeschlossenes Studium",
        "You keep our master data clean and master the art of sourdough.",
        "Certified Scrum Master with a mastery of rye",
        "Ask the webmaster. No BS. Masters of their craft.",
        "MS Office, MS Excel and MS SQL; a shop in Jackson, MS",
        "You plan bachelor party cakes.",
        "You meet PhD students on our team.",
        "Our founders hold PhDs and lead with a Master's degree.",
        "You mentor PhD students.",
        "Tuition reimbursement for a master's degree",
        "A PhD is not required.",
        "Ada Example, PhD",
    ],
)
def test_words_that_only_look_like_a_degree_and_degrees_of_others_do_not_qualify(words):
    assert terms.degrees(f"Bake bread.\n{words}\nGood ovens.") == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Bachelor's degree or equivalent; Master's preferred", ("BS",)),
        ("Bachelor's degree required, ideally a Master's", ("BS",)),
        ("Bachelor's degree in Law. A PhD is a plus.", ("BS",)),
        ("Minimum Qualifications\nBachelor's degree\nPreferred Qualifications\nMBA", ("BS",)),
        ("Preferred Qualifications: PhD in Optics Responsibilities: bake", ("PhD",)),
        ("Master's degree preferred", ("MS",)),
    ],
)
def test_a_preferred_degree_counts_only_if_no_other_is_stated(body, said):
    assert terms.degrees(body) == said


LEVELS = {
    "intern": "Summer Intern|Product Manager Intern|Working Student",
    "entry": "Entry-level Baker|New Grad Engineer|Graduate Trainee",
    "junior": "Junior Baker|Jr. Baker",
    "mid": "Mid-level Developer",
    "senior": "Senior Baker|Sr. Chemist",
    "staff": "Staff Engineer|Senior Staff Engineer",
    "principal": "Principal Scientist",
    "lead": "Tech Lead|Lead Baker",
    "manager": "Engineering Manager|Senior Manager",
    "director": "Director of Bread|Head of Bread",
    "vp": "VP Sales|Senior Vice President",
    "executive": "CTO|Chief Bread Officer|President",
    None: "Baker|Chief of Staff|Kitchen Staff|Staff Nurse|Lead Generation Associate|Internal Audit"
    "|Account Executive|Executive Assistant to the CFO|Leadership Coach|",
}


@pytest.mark.parametrize(
    ("title", "level"),
    [(title, level) for level, text in LEVELS.items() for title in text.split("|")],
)
def test_the_strongest_word_of_a_title_is_its_seniority(title, level):
    assert terms.seniority(title) == level


PIECES = st.sampled_from(
    [
        "remote",
        "hybrid",
        "on-site",
        "office",
        "not",
        "is",
        "3",
        "days",
        "week",
        "PhD",
        "master's",
        "BS",
        "/",
        ",",
        ".",
        "\n",
        "(",
        "full-time",
        "contract",
        "Preferred",
    ]
)


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map(" ".join)))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_only_known_words(text):
    assert terms.remote(text) in {None, "remote", "hybrid", "onsite"}
    assert set(terms.degrees(text)) <= {"BS", "MS", "PhD"}
    assert set(terms.employment(text)) <= {*HOURS, "FULL_TIME", "PART_TIME"}
    assert terms.seniority(text) in LEVELS


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["remote ", "office 3 days ", "PhD ", "Jane Roe, ", "(", "contract "]
)
def test_a_megabyte_costs_only_its_length(piece):
    def cost(size):
        text = piece * (size // len(piece))
        began = time.perf_counter()
        for read in (terms.remote, terms.degrees, terms.employment, terms.seniority):
            read(text)
        return time.perf_counter() - began

    cost(10_000)
    assert cost(1_000_000) < 60 * max(cost(100_000), 0.01)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Hybrid: 3 days a week in the office.", ["3 days a week on site"]),
        ("You work in our Basel office 2-3 days per week", ["2-3 days a week on site"]),
        ("two days per week from home", ["2 days a week from afar"]),
        ("3 Tage pro Woche im Büro", ["3 days a week on site"]),
        ("The interview takes 1 day in our office", []),
        ("3 days a month in the office", []),
        ("Some roles require 4 days a week in the office", []),
        ("in-office five days a week", ["5 days a week on site"]),
        ("one day a week on-site", ["1 day a week on site"]),
        ("2 jours de télétravail par semaine", ["2 days a week from afar"]),
        ("4 weeks of vacation, 5 days of training in the office", []),
        ("Onsite (Tue-Thu)", []),
        ("hybrid (3 days in office)", ["3 days a week on site"]),
    ],
)
def test_the_days_of_a_week_on_site_or_from_afar_are_counted(text, stated):
    assert [one.meaning for one in workplace.days(text)] == stated
