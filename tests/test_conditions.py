import pytest

from crawler.fields import conditions

TITLE = "Kiln Keeper (US citizens only)"
BODY = "You keep kilns.\nWork is 24 hours per week, two days a week in the office.\nWe cannot sponsor visas."


def test_title_and_text_state_conditions_with_their_words_and_places():
    found = conditions.read(TITLE, BODY)
    meanings = {name: [one.meaning for one in stated] for name, stated in found.items()}
    assert meanings == {
        "eligibility_to_work": ["citizens only", "no visa sponsorship"],
        "work_hours": ["24 hours a week"],
        "office_days": ["2 days a week on site"],
    }
    text = f"{TITLE}\n{BODY}"
    for one in (one for stated in found.values() for one in stated):
        assert text[one.start : one.end] == one.raw


@pytest.mark.parametrize("text", ["", "You keep kilns.", "\0" * 9, "24 hours " * 20_000])
def test_what_states_nothing_has_no_conditions(text):
    assert not any(conditions.read("Kiln Keeper", text).values())
