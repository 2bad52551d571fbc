"""The design system, documented by itself: each colour and each element, in the look that whoever reads has chosen."""

from __future__ import annotations

from services.console import design
from services.console.templating import render
from services.console.web import Visit, page_for
from services.kernel.entrypoints import Page, http


class Designing:
    """For whoever makes pages, and whoever wonders what a sign means."""

    @http("GET", "/design", roles=None, page=True)
    @page_for(anybody=True)
    def design_page(self, v: Visit) -> Page:
        """Everything that pages are made of; it shows nobody's data."""
        return v.page(render("design.html", v.frame("/design"), colours=design.palette(), pairs=design.pairs()))
