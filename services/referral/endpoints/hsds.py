"""The directory as an API of HSDS 3.0 under /hsds: read alone, and only what organizations publish about themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from services.kernel.entrypoints import Hand, Reply, Request, http
from services.kernel.errors import NotFound
from services.referral.endpoints.roles import ORGANIZATIONS, READING
from services.referral.hsds import asking, shapes, terms
from services.referral.hsds.addresses import PROFILE
from services.referral.hsds.asking import BOOLEAN, COMMON, SERVICES, Asked
from services.referral.hsds.directory import Gathered, gathered
from services.referral.hsds.facts import Offered, Seat
from services.referral.hsds.openapi import PAGE, SCHEMAS

VERSION, LINES = "3.0", "application/x-ndjson"
READERS = (*READING, *ORGANIZATIONS)
At = tuple[Offered, Seat]
Shape = Callable[[Any], dict[str, Any]]


class Hsds:
    """What HSDS asks an API to answer, and its paging, filters and envelopes."""

    log: Hand

    @http("GET", "/hsds", rooted=True, roles=None, says="what this API is", answer={"type": "object"})
    def hsds(self, request: Request) -> object:
        """The version of HSDS, the profile for Chinese addresses, and where this API is described."""
        base = base_of(request)
        return {"version": VERSION, "profile": f"{base}/hsds/profile", "openapi_url": f"{base}/referral/openapi.json"}

    @http("GET", "/hsds/profile", rooted=True, roles=None, says="the profile", answer={"type": "object"})
    def hsds_profile(self, request: Request) -> object:
        """How Chinese addresses stand in the fields of HSDS."""
        return PROFILE

    @http("GET", "/hsds/organizations", rooted=True, roles=READERS, says="a page of organizations", answer=PAGE, also=(LINES,),
          query=COMMON | {"full": BOOLEAN, "full_service": BOOLEAN})  # fmt: skip
    def hsds_organizations(self, request: Request) -> object:
        """Organizations of the five societies: their own fields, or with `full` all that belongs to them."""
        asked = Asked(request.query, COMMON | {"full": BOOLEAN, "full_service": BOOLEAN})
        directory = gathered(self.log)
        shape: Shape = shapes.organization if asked.flag("full") else shapes.organization_basic
        if asked.flag("full_service"):
            shape = _with_services(directory)
        return _listed(asked, asking.organizations(asked, directory.organizations.values()), shape)

    @http("GET", "/hsds/organizations/{id}", rooted=True, roles=READERS, says="an organization",
          answer=SCHEMAS["organization"], query={"full_service": BOOLEAN})  # fmt: skip
    def hsds_organization(self, request: Request) -> object:
        """An organization with where it is found; with `full_service` also what it offers, which is not in its schema."""
        asked, directory = Asked(request.query, {"full_service": BOOLEAN}), gathered(self.log)
        listed = directory.organizations.get(request.path["id"])
        if listed is None:
            raise NotFound("nothing under this id")
        return _with_services(directory)(listed) if asked.flag("full_service") else shapes.organization(listed)

    @http("GET", "/hsds/services", rooted=True, roles=READERS, says="a page of services", answer=PAGE, also=(LINES,),
          query=SERVICES | {"minimal": BOOLEAN})  # fmt: skip
    def hsds_services(self, request: Request) -> object:
        """What organizations offer: own fields, with `full` everything, with `minimal` ids and the time of the last change."""
        asked = Asked(request.query, SERVICES | {"minimal": BOOLEAN})
        shape = shapes.service if asked.flag("full") else shapes.service_basic
        found = asking.services(asked, gathered(self.log).services)
        return _listed(asked, found, _minimal if asked.flag("minimal") else shape)

    @http("GET", "/hsds/services/{id}", rooted=True, roles=READERS, says="a service", answer=SCHEMAS["service"])
    def hsds_service(self, request: Request) -> object:
        """A service with its organization, its areas and where it is to be had."""
        offered = gathered(self.log).by_id.get(request.path["id"])
        if offered is None:
            raise NotFound("nothing under this id")
        return shapes.service(offered)

    @http("GET", "/hsds/service_at_locations", rooted=True, roles=READERS, says="a page of services at locations",
          answer=PAGE, also=(LINES,), query=SERVICES)  # fmt: skip
    def hsds_at_locations(self, request: Request) -> object:
        """Each service at each place where its organization is found."""
        asked = Asked(request.query, SERVICES)
        found = _at_locations(asking.services(asked, gathered(self.log).services))
        shape = shapes.at_location if asked.flag("full") else shapes.at_location_basic
        return _listed(asked, found, lambda at: shape(*at))

    @http("GET", "/hsds/service_at_locations/{id}", rooted=True, roles=READERS, says="a service at a location",
          answer=SCHEMAS["service_at_location"])  # fmt: skip
    def hsds_at_location(self, request: Request) -> object:
        """One service at one place."""
        at = gathered(self.log).places.get(str(request.path["id"]))
        if at is None:
            raise NotFound("nothing under this id")
        return shapes.at_location(*at)

    @http(
        "GET",
        "/hsds/taxonomies",
        rooted=True,
        roles=READERS,
        says="a page of taxonomies",
        answer=PAGE,
        also=(LINES,),
        query=COMMON,
    )
    def hsds_taxonomies(self, request: Request) -> object:
        """The code tables that say what a service is, and what an organization."""
        return _terms(Asked(request.query, COMMON), [terms.taxonomy(table) for table in terms.TAXONOMIES])

    @http("GET", "/hsds/taxonomy_terms", rooted=True, roles=READERS, says="a page of terms", answer=PAGE, also=(LINES,),
          query=COMMON | {"taxonomy_id": {"format": "uuid"}})  # fmt: skip
    def hsds_taxonomy_terms(self, request: Request) -> object:
        """The codes of these tables."""
        asked = Asked(request.query, COMMON | {"taxonomy_id": {"format": "uuid"}})
        of = asked.id("taxonomy_id")
        return _terms(asked, [term for term in terms.terms() if of in (None, term["taxonomy_id"])])


def base_of(request: Request) -> str:
    """Where the hub was asked, as whoever asked sees it."""
    scheme = request.header("x-forwarded-proto") or "http"
    return f"{'https' if scheme == 'https' else 'http'}://{request.header('host')}"


def _at_locations(services: Iterable[Offered]) -> list[At]:
    return [(offered, seat) for offered in services for seat in offered.by.seats]


def _minimal(offered: Offered) -> dict[str, Any]:
    return {"id": str(offered.offering_id), "modified_date": shapes.modified(offered)}


def _with_services(directory: Gathered) -> Shape:
    def shape(listed: Any) -> dict[str, Any]:
        offered = directory.offered_by(listed.organization_id)
        return shapes.organization(listed) | {"services": [shapes.service(each) for each in offered]}

    return shape


def _terms(asked: Asked, found: list[dict[str, Any]]) -> object:
    text = asked.text("search")
    fitting = [each for each in found if asking.says(text, (each["name"], each["description"], each.get("code")))]
    return _listed(asked, fitting, dict)


def _listed(asked: Asked, found: Sequence[Any], shape: Callable[[Any], Any]) -> object:
    """A page; or, where lines are wanted, everything."""
    if not asked.lines:
        return asked.page(found, shape)
    raw = b"".join(msgspec.json.encode(shape(each)) + b"\n" for each in found)
    return Reply(raw=raw, content_type=LINES)
