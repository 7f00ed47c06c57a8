import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import eligibility


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("We are unable to sponsor work visas for this role.", ["no visa sponsorship"]),
        ("No Sponsorship", ["no visa sponsorship"]),
        ("Data Intern (No Sponsorship)", ["no visa sponsorship"]),
        ("Sponsorship: Does Not Offer Sponsorship", ["no visa sponsorship"]),
        ("Sponsorship: Offers Sponsorship", ["visa sponsorship"]),
        ("Sponsorship: U.S. Citizenship is Required", ["citizens only"]),
        ("Sponsorship: Other", []),
        ("Visa sponsorship is not available for this position.", ["no visa sponsorship"]),
        ("Visa sponsorship available", ["visa sponsorship"]),
        ("We sponsor visas.", ["visa sponsorship"]),
        ("We're happy to provide visa sponsorship and relocation.", ["visa sponsorship"]),
        ("We offer H-1B sponsorship for exceptional candidates.", ["visa sponsorship"]),
        (
            "Candidates must be authorized to work in the US without the need for current or future sponsorship.",
            ["no visa sponsorship", "right to work required"],
        ),
        (
            "Applicants must not now or in the future require employment visa sponsorship.",
            ["no visa sponsorship"],
        ),
        ("Will you now or in the future require visa sponsorship?", []),
        ("Please note that we can't sponsor visas at this time.", ["no visa sponsorship"]),
        ("This role is not eligible for visa sponsorship.", ["no visa sponsorship"]),
        ("The company will not sponsor applicants for work visas.", ["no visa sponsorship"]),
        ("Not only do we sponsor visas, we pay for your move.", ["visa sponsorship"]),
        ("You will manage sponsorship deals with football clubs.", []),
        ("Executive sponsor of the visa programme", []),
        ("Experience with Visa and Mastercard rules", []),
        ("Work with Visa Inc. and other schemes", []),
        ("Liaise with clinical trial sponsors; no sponsors visit the site.", []),
        ("Only F1 Sponsorship Available", ["visa sponsorship"]),
        ("Must be a U.S. citizen.", ["citizens only"]),
        ("U.S. citizenship required due to federal contract.", ["citizens only"]),
        ("Software Intern (US Citizens Only)", ["citizens only"]),
        ("Cyber Intern (US Citizen)", ["citizens only"]),
        (
            "Applicants must be U.S. citizens or lawful permanent residents.",
            ["citizens or permanent residents only"],
        ),
        (
            "To comply with ITAR you must be a U.S. Person.",
            ["citizens or permanent residents only"],
        ),
        ("We hire without regard to race, citizenship, religion; all must be treated equally.", []),
        (
            "We are an equal opportunity employer; citizenship status is protected and must not matter.",
            [],
        ),
        ("You must care about senior citizens.", []),
        ("Only good corporate citizens survive.", []),
        ("Active Secret clearance required", ["security clearance"]),
        ("Ability to obtain and maintain a security clearance", ["security clearance"]),
        ("TS/SCI clearance preferred", []),
        ("No security clearance required", []),
        ("Must hold SC clearance", ["security clearance"]),
        ("Handles customs clearance; must be precise", []),
        ("Clearance sale manager, must like sales", []),
        ("You must have the legal right to work in the UK.", ["right to work required"]),
        ("Applicants must be eligible to work in Australia", ["right to work required"]),
        ("Valid work permit for Switzerland", ["right to work required"]),
        ("Work authorization in Canada is required.", ["right to work required"]),
        ("Employees are permitted to work from home", []),
        ("You will be the authorized representative of the firm to work with regulators.", []),
        ("We participate in E-Verify to confirm that you are authorized to work.", []),
        ("Eligible to work flexible hours", []),
        ("Wir bieten kein Visa-Sponsoring.", ["no visa sponsorship"]),
        ("Gültige Arbeitserlaubnis für Deutschland", ["right to work required"]),
        ("Permis de travail valide en France", ["right to work required"]),
        ("Permiso de trabajo en vigor", ["right to work required"]),
        ("US based applicants only", []),
        ("Relocation and visa support provided", ["visa sponsorship"]),
        ("We are not able to offer visa support.", ["no visa sponsorship"]),
        (
            "This position does not offer immigration sponsorship (e.g., H-1B, TN).",
            ["no visa sponsorship"],
        ),
        (
            "Sponsorship for employment visa status (e.g. H1-B) is not available for this position",
            ["no visa sponsorship"],
        ),
        ("Brought to you by our sponsors, no strings attached.", []),
        ("We are unable to sponsor at this time.", ["no visa sponsorship"]),
        ("Please do not apply if you need sponsorship.", ["no visa sponsorship"]),
        ("Our teams check the right to work of every new hire.", []),
        ("U.S. citizenship may be required for certain assignments.", []),
        ("If the role requires a Secret clearance, you must hold one.", []),
        ("Voraussetzung ist die Schweizer Staatsbürgerschaft.", ["citizens only"]),
        ("We are supportive of immigration sponsorship for this role.", ["visa sponsorship"]),
    ],
)
def test_who_may_work_is_read_and_nothing_else_is(text, meanings):
    assert sorted(one.meaning for one in eligibility.read(text)) == meanings


def test_a_statement_keeps_its_words_and_their_place():
    text = "Deckhand\nYou tie knots. Visa sponsorship is not available. You sing."
    (found,) = eligibility.read(text)
    assert found.raw == "Visa sponsorship is not available."
    assert text[found.start : found.end] == found.raw


def test_a_text_that_offers_and_refuses_sponsorship_says_nothing_of_it():
    assert eligibility.read("We sponsor visas.\nWe do not sponsor visas.") == ()


def test_of_citizens_and_of_residents_the_wider_circle_counts():
    text = "U.S. citizens only.\nApplicants must be citizens or permanent residents."
    assert [one.meaning for one in eligibility.read(text)] == [eligibility.RESIDENTS]


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(
            [*"aos.?\n ", "citizens ", " must ", " to work ", "no ", "visa ", "sponsor"]
        )
    )
)
def test_nothing_raises_and_every_statement_stands_in_the_text(pieces):
    text = "".join(pieces)
    for one in eligibility.read(text):
        assert text[one.start : one.end] == one.raw
