"""S13: hostile words in every variable of every template; neither can be forgotten.

The templates are found in their folder, and what they print is found in their own syntax trees:
every expression must have been printed with somebody else's words before the test is content.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import lxml.html
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jinja2 import nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables
from jinja2.utils import LRUCache

from monitor.render import environment_of

FOLDER = Path(__file__).parents[2] / "templates"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*"))
DRAWN = [name for name in FILES if name.endswith((".html", ".txt"))]
EVIL = "\"'><x-evil x-evil=1 onload=1>&lt;x-evil&gt;]]>--></title></style>{{7*7}}{% x %}{#"
LINK = "https://x-evil.example/"
CONSTANT = {"tag": "ins"}
"""Parameters of macros that only the templates themselves fill, with words of their own."""
COUNTED = {"loop", "chart_id", "tag"}
OWN_LINKS = {
    *(
        "action",
        "all",
        "assets",
        "closed",
        "compare",
        "crawls",
        "home",
        "href",
        "kept",
        "leave",
        "manage",
    ),
    *("letter.href", "newest", "older", "other", "posting", "postings", "preview", "sources"),
    *("statistics", "where", "whole"),
}
"""What stands in links as it is: addresses of our own pages, which ``addresses.to`` writes."""


class Hostile:
    """A value that is whatever a template takes it for, and prints somebody else's words."""

    def __init__(self, words, coins):
        self._words, self._coins = words, coins

    def __str__(self):
        return self._words

    def __format__(self, _):
        return self._words

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Hostile(self._words, self._coins)

    def __getitem__(self, _):
        return Hostile(self._words, self._coins)

    def __setitem__(self, *_):
        """Keep nothing: what is drawn once is looked at by itself."""

    def __call__(self, *_, **__):
        return Hostile(self._words, self._coins)

    def __iter__(self):
        return iter([Hostile(self._words, self._coins)] * 2)

    def __len__(self):
        return self._coins.choice((1, 2))

    def __bool__(self):
        return self._coins.random() < 0.7

    def __eq__(self, _):
        return self._coins.random() < 0.5

    def __lt__(self, _):
        return self._coins.random() < 0.5

    def __add__(self, _):
        return Hostile(self._words, self._coins)

    __sub__ = __mul__ = __truediv__ = __radd__ = __rsub__ = __rmul__ = __add__
    __gt__ = __le__ = __ge__ = __lt__
    __hash__ = None


class Watched:
    """Our environment, with every printed expression and every unpacked row under watch."""

    def __init__(self):
        self.environment = environment_of().overlay()
        self.environment.cache = LRUCache(400)
        self.environment.filters |= {"printed": self.printed, "rows": rows}
        self.trees, self.hostile, self.every, self.links = {}, set(), {}, []
        parse = type(self.environment)._parse

        def watched(source, name, filename):
            tree = parse(self.environment, source, name, filename)
            self._watch(tree, name or "")
            self.trees[name] = tree
            return tree

        self.environment._parse = watched

    def printed(self, value, key):
        if "x-evil" in str(value).lower():
            self.hostile.add(key)
        return value

    def _watch(self, tree, template):
        before = ""
        for number, output in enumerate(tree.find_all(nodes.Output)):
            for place, one in enumerate(output.nodes):
                if isinstance(one, nodes.TemplateData):
                    before += one.data
                else:
                    key = f"{template}:{one.lineno}:{number}:{place}"
                    self.every[key] = one
                    if template.endswith(".html"):
                        self._stands(before, one, key)
                    before += "PRINTED"
                    arguments = [nodes.Const(key)]
                    output.nodes[place] = nodes.Filter(one, "printed", arguments, [], None, None)
        for loop in tree.find_all(nodes.For):
            size = len(loop.target.items) if isinstance(loop.target, nodes.Tuple) else 0
            loop.iter = nodes.Filter(loop.iter, "rows", [nodes.Const(size)], [], None, None)
        nodes.Node.set_environment(tree, self.environment)
        for node in tree.find_all(nodes.Filter):
            node.lineno = node.lineno or 1

    def _stands(self, before, expression, key):
        """See where in the page an expression is printed, branches taken for one after another."""
        inside = re.search(r"<(script|style)\b(?:(?!</\1).)*\Z", before, re.DOTALL)
        assert not inside, f"{key} stands in a {inside[1]}"
        tag = re.search(r"<[^<>]*\Z", before)
        if tag is None or own(expression):
            return
        place = re.search(r"([^\s\"'=]*)\s*=\s*(\"[^\"]*|'[^']*|[^\s\"'>]*)\Z", tag[0])
        assert place, f"{key} stands in a tag"
        name, value = place.groups()
        assert value[:1] in ("'", '"'), f"{key} stands in an attribute without quotes"
        if re.fullmatch(r"href|src|action|formaction|srcset|data|style|on\w+", name):
            self.links.append((key, expression))

    def render(self, name, words, seed):
        coins = random.Random(seed)
        template = self.environment.get_template(name)
        names = set()
        for one in self._closure(name):
            names |= find_undeclared_variables(self.trees[one]) - self.environment.globals.keys()
        context = {variable: Hostile(words, coins) for variable in names}
        text = template.render(context)
        for macro in vars(template.make_module(context)).values():
            if type(macro).__name__ == "Macro":
                given = [CONSTANT.get(one) or Hostile(words, coins) for one in macro.arguments]
                text += str(macro(*given))
        return text

    def _closure(self, name, seen=None):
        seen = set() if seen is None else seen
        if name not in seen:
            seen.add(name)
            self.environment.get_template(name)
            for other in find_referenced_templates(self.trees[name]):
                self._closure(other, seen)
        return seen


def rows(value, size):
    """Give what a loop runs over: two rows of so many values where it unpacks them, or none."""
    if isinstance(value, Hostile) and value._coins.random() < 0.1:
        return []
    found = list(value)
    return [[one] * size if size and isinstance(one, Hostile) else one for one in found]


@pytest.fixture(scope="module")
def watched():
    return Watched()


def judge(name, text):
    assert not re.search(r"\b49\b", text), "a template in somebody's words was run"
    if name.endswith(".html"):
        for one in lxml.html.fragments_fromstring(f"<div>{text}</div>"):
            for element in one.iter():
                assert element.tag != "x-evil"
                assert not {"x-evil", "onload"} & set(element.attrib)


@pytest.mark.slow
def test_s13_every_expression_of_every_template_is_printed_as_text(watched):
    left = set(DRAWN)
    for seed in range(60):
        for name in left:
            judge(name, watched.render(name, (LINK if seed % 2 else "") + EVIL, seed))
        unprinted = {
            key for key, one in watched.every.items() if key not in watched.hostile and not own(one)
        }
        left = {key.partition(":")[0] for key in unprinted}
        if not left:
            break
    assert unprinted == set()


def own(expression):
    """Say whether an expression prints words of the template only, or a number of a loop."""
    if isinstance(expression, nodes.CondExpr):
        return all(own(one) for one in (expression.expr1, expression.expr2) if one is not None)
    if isinstance(expression, nodes.Call) and isinstance(expression.node, nodes.Name):
        return True  # a macro, whose own expressions are watched
    names = [expression, *expression.find_all(nodes.Name)]
    return not any(isinstance(one, nodes.Name) and one.name not in COUNTED for one in names)


@pytest.mark.slow
@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(st.text(st.characters(exclude_categories=["Nd"])), st.integers())
def test_s13_no_words_at_all_become_markup(watched, words, seed):
    for name in DRAWN:
        judge(name, watched.render(name, words + EVIL, seed))


def test_s14_what_stands_in_a_link_was_judged_or_is_our_own(watched):
    for name in DRAWN:
        watched.environment.get_template(name)
    unjudged = {
        key: one
        for key, one in watched.links
        if not (isinstance(one, nodes.Filter) and one.name == "safe_url")
    }
    assert {spelt(one) for one in unjudged.values()} == OWN_LINKS


def test_s13_the_name_of_an_element_is_never_somebody_elses(watched):
    for name in DRAWN:
        watched.environment.get_template(name)
    calls = [one for tree in watched.trees.values() for one in tree.find_all(nodes.Call)]
    tags = [one.args[1] for one in calls if getattr(one.node, "name", "") == "spans"]
    assert {one.value for one in tags} == {"ins", "del"}


def spelt(one):
    return f"{spelt(one.node)}.{one.attr}" if isinstance(one, nodes.Getattr) else one.name


def test_s16_what_is_no_template_prints_nothing():
    for name in set(FILES) - set(DRAWN):
        assert "{{" not in (FOLDER / name).read_text(encoding="utf-8")
        assert "{%" not in (FOLDER / name).read_text(encoding="utf-8")
