"""The bases of kinds whose boards answer in JSON: all at once, or with an answer a posting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from crawler.items import Total
from crawler.pages import answers, board
from crawler.spiders.base import SweepSpider, rows
from crawler.spiders.listed import ListedSpider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scrapy.http import Response

    from crawler.items import Gone, Posting, Source


class ApiSpider(SweepSpider):
    """Reads a board that answers with its postings, texts and all; ``greenhouse.py`` is the model.

    For a kind of this sort decide:

    1. ``begins``: the link of the answer.
    2. ``listed``: the keys that lead to the list of rows; none where the answer is the list.
    3. ``stated``: the keys that lead to the total, where the system states one. Where none is
       looked for, an empty list says that nothing is open.
    4. ``read``: the function of ``crawler/pages/<kind>.py`` that makes a posting of a row.

    Where a system is odd, override ``answer`` (it is no JSON), ``entries`` (not every row counts,
    or several make one posting), ``context`` (a row does not say all that its posting needs) or
    ``after`` (the board has pages).
    """

    listed: ClassVar[tuple[str | int, ...]] = ()
    """Keys of the list of rows in an answer."""
    stated: ClassVar[tuple[str | int, ...]] = ()
    """Keys of the total in an answer."""
    after: ClassVar[Callable[..., Iterable[Any]]] = staticmethod(answers.last)

    def parse_rows(self, response: Response, **_: Any) -> Iterator[Any]:
        """Read an answer."""
        yield from self.postings(self.answer(response), response)

    def postings(self, answer: Any, response: Response) -> Iterator[Any]:
        """Give the total of an answer, its postings, and the request for the answer after it."""
        source, now = response.meta["source"], response.meta["now"]
        entries, context = self.entries(answer), self.context(answer, response.url)
        yield from self.total(answer, entries)
        yield from rows(entries, lambda row: self.read(row, source, now, **context))
        yield from self.follow(self.after(answer, response))

    def answer(self, response: Response) -> Any:
        """Parse an answer; raises ``ValueError`` in words for a page in its place."""
        return answers.read(response)

    def entries(self, answer: Any) -> Any:
        """Give the rows of an answer; anything but a list makes the listing short."""
        return board.dig(answer, *self.listed)

    def total(self, answer: Any, entries: Any) -> Iterator[Total]:
        """Give the total that an answer states; where none is looked for, an empty list is none."""
        stated = board.dig(answer, *self.stated)
        if self.stated and isinstance(stated, int) and not isinstance(stated, bool):
            yield Total(stated)
        elif entries == [] and not self.stated:
            yield Total(0)


class DetailedApiSpider(ApiSpider, ListedSpider):
    """Reads the rows of a board, then the answer of each posting that is new or whose row changed.

    Besides what an ``ApiSpider`` wants, decide:

    1. ``details``: the link of a posting's answer.
    2. ``own``: the function of ``crawler/pages/<kind>.py`` that reads such an answer.
    """

    details: ClassVar[str]
    """Link of a posting's answer: ``{board}`` and ``{id}`` stand for the two."""
    own: ClassVar[Callable[..., Posting | Gone | None]]
    """Makes a posting of a response and the row that led to it, which is empty where none did."""

    def page(self, posting: Posting, source: Source) -> str:
        """Give the address of a posting's answer; the page people see is drawn by script."""
        return self.details.format(board=source.board, id=posting.id)

    def parse_posting(
        self, response: Response, *, listed: Mapping[str, Any] | None = None, **known: Any
    ) -> Iterator[Posting | Gone]:
        """Read a posting's own answer; raises ``ValueError`` when it is none."""
        found = self.own(response, listed or {}, **known)
        if found is None:
            raise ValueError("the answer is no posting")
        yield found
