"""The letters that forms of the page lead to: to confirm a subscription, or of those that are."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from monitor import offers, render, trail
from monitor.confinement import RenderError
from monitor.enrolments import LIFE
from monitor.leaving import CONFIRM, MANAGE

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import Config
    from monitor.enrolments import Notice
    from monitor.offers import Wish
    from monitor.store import Letter

_logger = logging.getLogger(__name__)


def composed(config: Config, notice: Notice, at: datetime) -> Letter:
    """Make the letter of a notice; whoever typed the address has no word of theirs in it.

    A reader shall not be turned away for templates of the operator's that fail.
    """
    try:
        return _composed(config, notice, at)
    except RenderError as error:
        _logger.warning("%s; the built-in templates were used", error)
        return _composed(config.model_copy(update={"templates": None}), notice, at)


def _composed(config: Config, notice: Notice, at: datetime) -> Letter:
    public = config.public_url or ""
    write = partial(
        render.notice,
        recipient=notice.recipient,
        sender=config.delivery.sender,
        public_url=public,
        at=at,
        number=notice.number,
        templates=config.templates_path(),
    )
    if notice.wish is not None:
        said = {
            "what": _what(config, notice.wish),
            "confirm": trail.below(public, CONFIRM + notice.key),
            "hours": int(LIFE.total_seconds() // 3600),
        }
        return write("confirm", said)
    links = [
        (offers.name_of(one.wish, config.terms()), trail.below(public, MANAGE + key))
        for key, one in notice.known
    ]
    return write("known", {"settled": notice.settled, "links": links})


def _what(config: Config, wish: Wish) -> str:
    """Name what is to be confirmed, "" for words of one's own: they could be anybody's message."""
    return "" if wish.offer == offers.OWN else offers.name_of(wish, config.terms())
