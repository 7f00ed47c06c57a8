import pytest

from crawler.fields import hours


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("40 hours per week", ["40"]),
        ("Full time (40 hours/week)", ["40"]),
        ("20 h/week", ["20"]),
        ("15–20 hours a week", ["15-20"]),
        ("38,5 Stunden pro Woche", ["38.5"]),
        ("Wochenarbeitszeit: 39 Stunden", ["39"]),
        ("35 heures par semaine", ["35"]),
        ("35h/semaine", ["35"]),
        ("40-hour work week", ["40"]),
        ("37.5-hour week", ["37.5"]),
        ("Hours per week: 30", ["30"]),
        ("24 hours a day, 7 days a week", []),
        ("open 60 hours a week", []),
        ("$20 an hour, 40 hours a week", ["40"]),
        ("saves customers 10 hours per week", []),
        ("up to 5 hours of overtime per week", []),
        ("Working hours: 9-17", []),
        ("Working hours: 9:00 to 17:00", []),
        ("20 hours a week during term and 40 hours a week in summer", ["20", "40"]),
        ("32-40 uur per week", ["32-40"]),
        ("40 godzin tygodniowo", ["40"]),
        ("40 horas semanales", ["40"]),
        ("168 hours per week", []),
        ("2 hours per week", []),
        ("20-30 hrs/wk", ["20-30"]),
        ("20+ hours per week", ["20"]),
        ("at least 20 hours weekly", ["20"]),
        ("Arbeitszeit: 20 Std./Woche", ["20"]),
        ("12 weeks, 40 hrs a week", ["40"]),
        ("40h per week", ["40"]),
        ("80 hours biweekly", []),
        ("Hours of operation: 8-17", []),
        ("we spend 10 hours a week on hobby projects", []),
        ("20 to 25 hours per week", ["20-25"]),
        ("30-40h / Woche", ["30-40"]),
        ("80-100 %, 42 Stunden/Woche", ["42"]),
        ("hours per week: 9am-5pm", []),
    ],
)
def test_the_hours_of_a_week_are_read_and_no_other_hours_are(text, stated):
    assert [one.meaning for one in hours.read(text)] == [f"{one} hours a week" for one in stated]


def test_a_statement_of_hours_keeps_its_words_and_their_place():
    text = "Full time (38,5\u00a0Std./Woche)"
    (found,) = hours.read(text)
    assert found.raw == "38,5\u00a0Std./Woche"
    assert text[found.start : found.end] == found.raw
