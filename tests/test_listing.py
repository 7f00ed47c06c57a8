import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.listing import leads_to_posting, links, next_page

SITE = "https://www.millstone.example"
HERE = f"{SITE}/careers"


def anchors(*hrefs):
    return "<body>" + "".join(f'<p><a href="{href}">Read</a></p>' for href in hrefs) + "</body>"


def found(*hrefs, url=HERE):
    return [link.removeprefix(SITE) for link in links(anchors(*hrefs), url=url)]


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/miller",
        "/jobs/1187",
        "/en/careers/job/8841/stone-dresser",
        "/careers/positions/baker-nights/",
        "/karriere/stellenangebote/muellerin-mwd",
        "/stellen/2231-backwaren-technologin",
        "/offres-d-emploi/meunier-h-f-lyon",
        "/empleo/ofertas-de-empleo/molinero-sevilla",
        "/vacatures/molenaar-breda",
        "/vagas/moleiro-porto",
        "/lavoro/mugnaio-parma",
        "/oferty-pracy/mlynarz-krakow",
        "/ledige-stillinger/moeller-i-aarhus",
        "/o-nas/kariera/praca/mlynarz",
        "/openings/flour-analyst-ii",
        "/job-flour-analyst.html",
        "/stellenanzeige-mueller-in-2231",
        "/company/careers?gh_jid=4400123",
        "/search?ashby_jid=7cf0a3f2-1111-4222-8333-444455556666",
        "/karriere/detail.php?stelle_id=9912",
        "/jobs/application-engineer-milling",
        "/jobs/register-office-clerk",
        "/apply/position/miller-nights",
        "/jobs/new-product-developer",
    ],
)
def test_a_posting_s_own_address_is_followed(path):
    assert leads_to_posting(SITE + path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/careers",
        "/careers/",
        "/jobs/search",
        "/jobs/departments/milling",
        "/jobs/locations/lyon",
        "/careers/benefits",
        "/careers/life-at-millstone",
        "/careers/our-values/",
        "/jobs/new",
        "/jobs/alerts",
        "/jobs/1187/apply",
        "/jobs/1187/applicants/new",
        "/jobs/email-job?jobId=1187",
        "/jobs/apply?job_id=1187",
        "/jobs/brochure.pdf",
        "/jobs/feed.xml",
        "/jobs/remote-jobs",
        "/career-advice/starting-new-job/what-to-wear-at-a-mill",
        "/blog/jobs/how-we-hire",
        "/news/2026/careers/award",
        "/products/flour-4711",
        "/people/123456",
        "/datenschutz",
    ],
)
def test_the_sites_other_pages_are_not_followed(path):
    assert not leads_to_posting(SITE + path)


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://careers.millstone.example/en/20871-miller", True),
        ("https://jobs.millstone.example/9d3f0f2e-aaaa-4bbb-8ccc-0123456789ab", True),
        ("https://jobs.millstone.example/view.aspx?id=20871", True),
        ("https://jobs.millstone.example/boards/millstone-20871", False),
        ("https://jobs.millstone.example/login?id=20871", False),
        ("https://shop.millstone.example/en/20871-flour", False),
        ("https://shop.millstone.example/view.aspx?id=20871", False),
    ],
)
def test_on_a_host_for_careers_a_number_names_a_posting(url, leads):
    assert leads_to_posting(url) is leads


def test_links_come_once_in_page_order_absolute_and_without_tracking():
    assert found(
        "/jobs/sifter?utm_source=home",
        "jobs/miller",
        "/jobs/sifter#apply",
        f"{SITE}/jobs/sifter?gh_src=abc",
    ) == ["/jobs/sifter", "/jobs/miller"]


def test_other_sites_mail_and_scripts_are_left_alone_and_sister_hosts_are_not():
    hrefs = [
        "https://www.other.example/jobs/miller",
        "mailto:jobs@millstone.example",
        "javascript:open('/jobs/miller')",
        "http://[broken/jobs/x",
        "",
        "#jobs/miller",
        "https://careers.millstone.example/jobs/miller",
    ]
    assert links(anchors(*hrefs), url=HERE) == ("https://careers.millstone.example/jobs/miller",)


@pytest.mark.parametrize("again", ["?page=2", "?sort=date&dir=asc", "#list", "?location=lyon", ""])
def test_the_listing_itself_sorted_or_filtered_is_no_posting(again):
    assert found(f"/jobs/milling{again}", url=f"{SITE}/jobs/milling/") == []


def test_a_posting_named_by_a_parameter_of_the_listing_is_one():
    assert found("/careers?job=4471&lang=en", "/careers?lang=de") == ["/careers?job=4471&lang=en"]


def test_links_start_at_the_base_the_page_names():
    page = '<base href="/roles/"><a href="jobs/miller">Miller</a>'
    assert links(page, url=f"{SITE}/a/b/c") == (f"{SITE}/roles/jobs/miller",)
    broken = '<base href="http://[no"><a href="jobs/miller">Miller</a>'
    assert links(broken, url=f"{SITE}/a/") == (f"{SITE}/a/jobs/miller",)


def test_a_stated_list_is_taken_whatever_its_addresses_look_like():
    page = """<script type="application/ld+json">{"@type": "ItemList", "itemListElement": [
        {"@type": "ListItem", "position": 1, "url": "/w/miller"},
        {"@type": "ListItem", "position": 2, "item": {"@id": "https://www.millstone.example/w/x1"}},
        {"@type": "ListItem", "position": 3, "item": "/w/baker"},
        "/w/sifter", {"position": 5}, 7, {"url": "https://elsewhere.example/w/1"}, {"url": "/"}
    ]}</script><a href="/w/unlisted">no</a>"""
    names = [link.removeprefix(f"{SITE}/w/") for link in links(page, url=HERE)]
    assert names == ["miller", "x1", "baker", "sifter"]


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="next" href="?p=2">',
        '<a rel="next nofollow" href="?p=2">2</a>',
        '<a href="?p=2">Next</a>',
        '<a href="?p=2">Next page »</a>',
        '<a href="?p=2">Nächste Seite</a>',
        '<a href="?p=2">Weiter ›</a>',
        '<a href="?p=2">Page suivante</a>',
        '<a href="?p=2">Siguiente</a>',
        '<a href="?p=2">Volgende</a>',
        '<a href="?p=2">Próxima</a>',
        '<a href="?p=2">Następna</a>',
        '<a href="?p=2">Další</a>',
        '<a href="?p=2">次へ</a>',
        '<a href="?p=2" aria-label="Next"><svg></svg></a>',
        '<a href="?p=2" class="pager-next">2</a>',
        '<ul><li class="next"><a href="?p=2">»</a></li></ul>',
        '<nav class="pagination"><a href="?p=2">›</a></nav>',
        '<a href="?p=2">Load more</a>',
    ],
)
def test_the_next_page_is_found_in_many_ways_of_saying_so(markup):
    assert next_page(f"<body>{markup}</body>", url=f"{HERE}?p=1") == f"{HERE}?p=2"


@pytest.mark.parametrize(
    "markup",
    [
        "",
        '<a href="?p=1">Next</a>',
        '<a href="/CAREERS?p=2#x">Previous</a>',
        '<a class="next disabled" href="?p=2">Next</a>',
        '<a rel="next" href="https://other.example/?p=2">Next</a>',
        '<a href="javascript:more()">Next</a>',
        '<a href="#">Next</a>',
        '<a rel="next">Next</a>',
        '<a href="/stories/next-steps">Next steps for our mill</a>',
        '<div class="slider"><a href="/gallery/2">›</a></div>',
    ],
)
def test_the_last_page_has_no_next_one(markup):
    assert next_page(f"<body>{markup}</body>", url=f"{HERE}?p=1") is None


@pytest.mark.slow
def test_a_page_full_of_links_is_read_in_no_time():
    page = anchors(*(f"/jobs/{n}-miller?x={'y' * 80}" for n in range(2000)))
    begun = time.process_time()
    assert len(links(page, url=HERE)) == 2000
    assert time.process_time() - begun < 10


MARKUP = st.lists(
    st.sampled_from(
        ["<a href='", "'>", "</a>", "/jobs/", "x", "<base href=", "[", "?id=", "%", "é"]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(MARKUP, st.sampled_from([HERE, "http://[", "", "mailto:x", "https://a.example:99999/jobs"]))
def test_no_markup_and_no_address_raises(markup, url):
    assert all(link.startswith("http") for link in links(markup, url=url))
    next_page(markup, url=url)
    leads_to_posting(markup)
