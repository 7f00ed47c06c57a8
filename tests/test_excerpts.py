from monitor.excerpts import shown


def marked(spans):
    return [span.text for span in spans if span.marked]


def test_a_comma_that_came_or_went_is_never_marked_as_a_difference():
    passage = {
        "kind": "reworded",
        "before": "You dive in Leith, Oban, or Hull on two days.",
        "after": "You dive in Leith, Oban or Hull on three days",
        "significant": True,
    }
    ((excerpt,), left) = shown([passage])
    assert (marked(excerpt.before), marked(excerpt.after), left) == (["two"], ["three"], "")
