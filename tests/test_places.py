"""Where the work is: labels to places, and when two places are one."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fields import places, regions
from crawler.items import Place


def names(label):
    return [place.name for place in places.read(label)]


def parts(label):
    (place,) = places.read(label)
    return place.locality, place.region, place.country


@pytest.mark.parametrize(
    ("label", "stated"),
    [
        ("San Francisco, CA", ("San Francisco", "CA", None)),
        ("Toronto, Ontario, Canada", ("Toronto", "Ontario", "Canada")),
        ("São Paulo, SP, Brazil", ("São Paulo", "SP", "Brazil")),
        ("Munich, Bavaria, Germany", ("Munich", "Bavaria", "Germany")),
        ("Cape Town, Western Cape, South Africa", ("Cape Town", "Western Cape", "South Africa")),
        ("Newcastle upon Tyne, UK", ("Newcastle upon Tyne", None, "UK")),
        ("Winston-Salem, NC", ("Winston-Salem", "NC", None)),
        ("Washington, D.C.", ("Washington", "D.C.", None)),
        ("Washington DC", ("Washington", "DC", None)),
        ("Beaverton, Oregon US", ("Beaverton", "Oregon", "US")),
        ("12 Mill Lane, Irving, TX 75038", ("Irving", "TX", None)),
        ("Berlin, DE", ("Berlin", None, "DE")),
        ("Wilmington, DE", ("Wilmington", "DE", None)),
        ("Toronto, CA", ("Toronto", None, "CA")),
        ("Pune, MH, IN", ("Pune", "MH", "IN")),
        ("Tbilisi, Georgia", ("Tbilisi", None, "Georgia")),
        ("Atlanta, Georgia", ("Atlanta", "Georgia", None)),
        ("Jakarta, Jakarta, Indonesia", ("Jakarta", "Jakarta", "Indonesia")),
        ("Trinidad and Tobago", (None, None, "Trinidad and Tobago")),
        ("Baden-Württemberg", (None, "Baden-Württemberg", None)),
        ("Texas, USA", (None, "Texas", "USA")),
        ("London, EMEA", ("London", None, None)),
        ("Georgia", (None, None, None)),
        ("Frankfurt am Main", (None, None, None)),
        ("Stratford-upon-Avon", (None, None, None)),
        ("Greater London", (None, None, None)),
        ("Mitte, Nowhere", (None, None, None)),
    ],
)
def test_parts_are_filled_only_when_stated_or_certain(label, stated):
    assert names(label) == [label]
    assert parts(label) == stated


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("San Francisco, CA; New York, NY", ["San Francisco, CA", "New York, NY"]),
        ("Berlin / Munich", ["Berlin", "Munich"]),
        ("Zurich or Geneva", ["Zurich", "Geneva"]),
        ("London | Paris", ["London", "Paris"]),
        ("Turku & Lima", ["Turku", "Lima"]),
        ("Salt Lake City or Lehi, Utah", ["Salt Lake City", "Lehi, Utah"]),
        ("Portland, OR or Bend, OR", ["Portland, OR", "Bend, OR"]),
        ("Turku, FI\nLima", ["Turku, FI", "Lima"]),
        ("Austin, TX Chicago, IL", ["Austin, TX", "Chicago, IL"]),
        ("Cary, North Carolina Boise, Idaho", ["Cary, North Carolina", "Boise, Idaho"]),
        ("Norfolk, Virginia Beach, VA", ["Norfolk, Virginia Beach, VA"]),
        ("Peru, Chile, Spain", ["Peru", "Chile", "Spain"]),
        ("London, Paris, Berlin", ["London", "Paris", "Berlin"]),
        ("Remote (US or UK)", ["US", "UK"]),
        ("Lima; Turku; Lima", ["Lima", "Turku"]),
        ("NYC / New York City", ["NYC"]),
        ("Bosnia & Herzegovina", ["Bosnia & Herzegovina"]),
        ("Brighton and Hove", ["Brighton and Hove"]),
        ("Frankfurt/Oder", ["Frankfurt/Oder"]),
    ],
)
def test_a_label_of_several_places_is_split_and_one_name_is_not(label, found):
    assert names(label) == found


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("US-CA-Monrovia", ["Monrovia, CA, US"]),
        ("USA.VA.Reston", ["Reston, VA, USA"]),
        ("CA - San Diego", ["San Diego, CA"]),
        ("US, TX, Austin", ["Austin, TX, US"]),
        ("Germany - Berlin", ["Berlin, Germany"]),
        ("Canada (Vancouver)", ["Vancouver, Canada"]),
        ("Barcelona (Espanya)", ["Barcelona, Espanya"]),
        ("Turku - Harbour", ["Turku - Harbour"]),
    ],
)
def test_the_narrower_name_comes_first(label, found):
    assert names(label) == found


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("Remote - US", ["US"]),
        ("Remote (Germany)", ["Germany"]),
        ("Remote, Texas", ["Texas"]),
        ("Cary, NC Remote", ["Cary, NC"]),
        ("Anywhere in the US", ["US"]),
        ("Remote in The Hague", ["The Hague"]),
        ("Hybrid - London", ["London"]),
        ("London (Hybrid)", ["London"]),
        ("On-site, Lima", ["Lima"]),
        ("Lima or Remote", ["Lima"]),
        ("Lima Office", ["Lima"]),
        ("New York, NY, United States of America (HQ)", ["New York, NY, United States of America"]),
        ("Irving, TX (TX0326)", ["Irving, TX"]),
        ("Oakland, CA (+1 other)", ["Oakland, CA"]),
        ("Multiple Locations in Peru", ["Peru"]),
        ("Multiple US Locations", ["US"]),
        ("  Milwaukee,  WI ", ["Milwaukee, WI"]),
        ("Lima\u200b", ["Lima"]),
        ("Seoul, Korea, Republic of", ["Seoul, Korea"]),
    ],
)
def test_a_name_is_what_a_reader_sees_without_the_way_of_working(label, found):
    assert names(label) == found


@pytest.mark.parametrize(
    "label",
    ["", " ", "...", "-", "()", "Remote", "Anywhere", "Hybrid", "3 Locations", "Multiple Locations", "Various",
     "N/A", "None", "TBD", "Global", "Fully Remote", "Remote - Anywhere"],
)  # fmt: skip
def test_a_label_that_names_no_place_gives_none(label):
    assert places.read(label) == ()


def test_prose_names_no_places_but_a_long_list_does():
    prose = "We are happy with candidates from many time zones, as long as they like to bake early in the morning."
    assert places.read(prose + " " + prose) == ()
    assert len(places.read("; ".join(f"Town {letter}, TX" for letter in "ABCDEFGHIJKLMNOP"))) == 16


@pytest.mark.parametrize("unknown", ["Xyzzy", "東京都 品川区", "Kaldıraç", "Lake Wobegon Campus"])
def test_an_unknown_name_stays_a_place_as_it_stands(unknown):
    assert places.read(unknown) == (Place(unknown),)


SPELLINGS = [
    ["NYC", "New York City", "New York, NY, USA", "New York, New York", "new york city, ny"],
    ["SF", "San Francisco, California", "San Francisco, CA", "san francisco, ca, us"],
    ["Zürich", "Zurich", "ZÜRICH", "Zu\u0308rich"],
    ["München", "Munich"],
    ["Wien", "Vienna"],
    ["Köln", "Cologne"],
    ["Genève", "Geneva", "Genf"],
    ["Bengaluru", "Bangalore"],
    ["Praha", "Prague"],
    ["Warszawa", "Warsaw"],
    ["Kraków", "Krakow"],
    ["Lisboa", "Lisbon"],
    ["København", "Copenhagen"],
    ["Saint Louis, MO", "St. Louis, Missouri"],
    ["UK", "United Kingdom", "GB", "Great Britain", "U.K."],
    ["USA", "US", "United States", "United States of America", "U.S."],
    ["Deutschland", "Germany", "DEU"],
    ["London, UK", "London, United Kingdom", "London, GB"],
    ["Toronto, ON", "Toronto, Ontario, Canada", "Toronto, ON, CA"],
    ["Singapore", "Singapore, Singapore"],
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
def test_spellings_of_a_place_share_one_key(spellings):
    keys = {places.canonical(place) for label in spellings for place in places.read(label)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("San Francisco, CA", "San Francisco"),
        ("New York", "NYC"),
        ("Frankfurt", "Frankfurt am Main, Germany"),
        ("Cape Town", "Cape Town, Western Cape, South Africa"),
        ("Cape Town, WC, South Africa", "Cape Town, Western Cape, South Africa"),
        ("Perth, WA", "Perth, Western Australia, Australia"),
        ("Seattle, WA", "Seattle, Washington, United States"),
        ("London, England", "London, UK"),
    ],
)
def test_what_one_side_leaves_out_contradicts_nothing(one, other):
    (a,), (b,) = places.read(one), places.read(other)
    assert places.same(a, b)
    assert places.same(b, a)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Portland, OR", "Portland, ME"),
        ("Paris, TX", "Paris, France"),
        ("Germany", "Berlin, Germany"),
        ("Texas", "USA"),
        ("Texas", "Austin, Texas"),
        ("Lima", "Turku"),
        ("London", "Greater London"),
        ("Cambridge, UK", "Cambridge, MA"),
    ],
)
def test_a_contradiction_or_a_country_for_a_city_is_another_place(one, other):
    (a,), (b,) = places.read(one), places.read(other)
    assert not places.same(a, b)
    assert not places.same(b, a)


def test_places_that_others_built_are_compared_by_what_they_state():
    stated = Place("San Francisco, CA, US", "San Francisco", "CA", "US")
    assert places.same(Place("San Francisco, CA"), stated)
    assert places.same(
        Place("Sacramento, CA", "Sacramento, CA"), Place("", "Sacramento", "California")
    )
    assert places.same(Place("", country="DE"), Place("Deutschland"))
    assert not places.same(
        Place("Sacramento, CA", "Sacramento, CA"), Place("", "Sacramento", "Kentucky")
    )


WORDS = st.sampled_from(
    [
        "San Francisco",
        "CA",
        ",",
        " , ",
        "; ",
        " / ",
        "Remote",
        " (",
        ") ",
        "US",
        "New York",
        "NY",
        " - ",
        ": ",
        " or ",
        " and ",
        "Berlin",
        "Germany",
        "DE",
        "3 Locations",
        "Oregon",
        "D.C.",
        "[",
        "]",
        "12345",
        "é",
        ".",
        " & ",
        "Hybrid",
        " + ",
        "2 more",
        "London",
        "\n",
        "Georgia",
        "WA",
        "SA",
    ]
)
LABEL = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=10).map("".join))
PLACE = st.builds(Place, LABEL, *[st.one_of(st.none(), LABEL)] * 3)


@given(LABEL)
@settings(max_examples=300, deadline=None)
def test_every_place_read_has_a_clean_name_and_its_own_key(label):
    found = places.read(label)
    assert all(
        place.name == place.name.strip() and any(map(str.isalpha, place.name)) for place in found
    )
    assert len({places.canonical(place) for place in found}) == len(found)


@given(PLACE, PLACE)
@settings(max_examples=200, deadline=None)
def test_same_is_symmetric_and_reflexive(a, b):
    assert places.same(a, a)
    assert places.same(a, b) == places.same(b, a)


@pytest.mark.slow
@pytest.mark.parametrize("size", [4_000, 1_000_000])
@pytest.mark.parametrize("piece", ["Berlin; ", "(", "a, ", "remote ", "New York, NY ", "US ", "- "])
def test_a_long_label_costs_little_and_a_document_is_no_label(piece, size):
    text = piece * (size // len(piece))
    began = time.process_time()
    found = places.read(text)
    places.canonical(Place(text))
    assert time.process_time() - began < 10
    assert size == 4_000 or found == ()


def test_tables_know_names_and_refuse_words():
    assert regions.country("Brasil") == "BR"
    assert regions.country("in") is None
    assert regions.region("Québec") == ("QC", "CA")
    assert regions.region("BY") is None
    assert regions.region("BY", "DE") == ("BY", "DE")
    assert regions.city("Nuernberg") == ("nuernberg",)
    assert regions.abroad("Bengaluru", "IN")
    assert not regions.abroad("Gary", "IN")
