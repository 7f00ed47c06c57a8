"""A page becomes HTML: the frame that every page shares. No server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.language import speaking
from monitor.render import page as rendered
from monitor.web.addresses import NAVIGATION
from monitor.wording import moment

if TYPE_CHECKING:
    from monitor.web.site import Page, Site, To


@speaking
def draw(site: Site, page: Page, to: To, *, assets: str, name: str = "", leave: str = "") -> str:
    """Make the HTML of a page.

    ``assets`` is the path below which style and icon lie, ``name`` the page's place in the
    navigation, ``leave`` where a login ends ("" without one).
    """
    frame: dict[str, Any] = {
        "title": page.title,
        "assets": assets,
        "navigation": [(label, to(one), one == name) for one, label in NAVIGATION],
        "leave": leave,
        "home": to("latest"),
        "zone": site.zone,
        "made": moment(site.local(site.now())),
    }
    return rendered(page.template, frame | dict(page.shown), templates=site.templates)
