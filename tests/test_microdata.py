from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages import careers
from crawler.pages.microdata import objects

NOW = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
URL = "https://ropewalk.example/jobs/rope-maker"

MICRODATA = """<main itemscope itemtype="http://schema.org/JobPosting">
  <h1 itemprop="title">Rope Maker</h1>
  <meta itemprop="datePosted" content="2026-10-01">
  <div itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization">
    <span itemprop="name">Ropewalk &amp; Sons</span></div>
  <div itemprop="jobLocation" itemscope itemtype="https://schema.org/Place">
    <p itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
      <span itemprop="addressLocality">Kinsale</span>, <span itemprop="addressCountry">IE</span></p>
  </div>
  <div itemprop="baseSalary" itemscope itemtype="https://schema.org/MonetaryAmount">
    <meta itemprop="currency" content="EUR">
    <span itemprop="value" itemscope itemtype="https://schema.org/QuantitativeValue">
      <data itemprop="minValue" value="2900">2.900</data>
      <data itemprop="maxValue" value="3300">3.300</data>
      <meta itemprop="unitText" content="MONTH"></span></div>
  <div itemprop="description"><p>Twist hemp.</p><ul><li>Walk far</li></ul></div>
  <a itemprop="url" href="/jobs/rope-maker">Link</a>
</main>"""

RDFA = """<div vocab="https://schema.org/" typeof="JobPosting">
  <h1 property="title">Net Mender</h1>
  <span property="hiringOrganization" typeof="Organization"><b property="name">Ropewalk</b></span>
  <time property="datePosted" datetime="2026-10-05">last month</time>
  <div property="description">Mend nets.<br>Drink tea.</div></div>"""


def postings(html):
    return careers.postings(html, url=URL, now=NOW)


def test_a_posting_in_microdata_is_read_like_json_ld():
    (posting,) = postings(MICRODATA)
    assert (posting.title, posting.organization) == ("Rope Maker", "Ropewalk & Sons")
    assert [(place.locality, place.country) for place in posting.places] == [("Kinsale", "IE")]
    pay = posting.salary
    assert (pay.min, pay.max, pay.currency, pay.period) == (2900, 3300, "EUR", "month")
    assert (pay.provenance, posting.body) == ("structured", "Twist hemp.\n- Walk far")
    assert (posting.url, posting.id) == (URL, "/jobs/rope-maker")
    assert posting.date_posted_raw == "2026-10-01"


def test_a_posting_in_rdfa_attributes_is_read_too():
    (posting,) = postings(RDFA)
    assert (posting.title, posting.organization) == ("Net Mender", "Ropewalk")
    assert (posting.body, posting.date_posted_raw) == ("Mend nets.\nDrink tea.", "2026-10-05")


def test_an_inner_item_keeps_its_own_properties():
    (item,) = objects(MICRODATA)
    assert item["hiringOrganization"]["name"] == "Ropewalk & Sons"
    assert "name" not in item
    assert item["baseSalary"]["value"]["minValue"] == "2900"


def test_a_property_told_several_times_is_a_list():
    html = """<div itemscope itemtype="https://schema.org/JobPosting"><b itemprop="title">x</b>
        <i itemprop="employmentType">FULL_TIME</i><i itemprop="employmentType">INTERN</i>
        <i itemprop="employmentType skills">TEMPORARY</i></div>"""
    (item,) = objects(html)
    assert item["employmentType"] == ["FULL_TIME", "INTERN", "TEMPORARY"]
    assert item["skills"] == "TEMPORARY"


def test_several_items_are_several_postings():
    two = MICRODATA + MICRODATA.replace("Rope Maker", "Tar Boiler").replace("rope-maker", "tar")
    assert [posting.title for posting in postings(two)] == ["Rope Maker", "Tar Boiler"]


def test_json_ld_comes_before_microdata():
    script = """<script type="application/ld+json">
        {"@type": "JobPosting", "title": "Rope Maker (m/f/d)"}</script>"""
    assert [posting.title for posting in postings(script + MICRODATA)] == ["Rope Maker (m/f/d)"]


def test_other_things_and_mere_mentions_are_no_postings():
    product = MICRODATA.replace("JobPosting", "Product")
    assert postings(product) == ()
    assert postings(product + "<p>schema.org/JobPosting is a vocabulary.</p>") == ()
    assert postings('<div itemtype="https://schema.org/JobPosting"><b itemprop="title">x') == ()


def test_an_item_without_a_title_is_no_posting():
    assert postings(MICRODATA.replace('itemprop="title"', "")) == ()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(MICRODATA)), st.text("<>/ =\"'itemprop", max_size=15))
def test_markup_spoilt_anywhere_never_raises(place, noise):
    for posting in postings(MICRODATA[:place] + noise + MICRODATA[place:]):
        assert posting.title
