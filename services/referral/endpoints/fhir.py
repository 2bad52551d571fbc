"""Referrals by FHIR R4 under /fhir: to be found, read in every version, and answered by updating a Task."""

from __future__ import annotations

from functools import partial
from typing import Any

from services.contracts.fhir import BUNDLE, MEDIA, OPERATION_OUTCOME, RESOURCE, searchset, words
from services.kernel.entrypoints import Hand, Reply, Request, http
from services.kernel.errors import NotFound
from services.referral.endpoints.hsds import base_of
from services.referral.endpoints.roles import ANSWERING, ORGANIZATIONS, READING, SEEING
from services.referral.fhir import capability, directory, resources, searching
from services.referral.fhir.finding import Finder, Found, known
from services.referral.fhir.openapi import TASK
from services.referral.fhir.updating import Update
from services.referral.hsds.directory import gathered
from services.referral.lookup import taken_by_offering
from services.referral.views import tables as t

fhir = partial(http, rooted=True, words=words, media=MEDIA, problem_media=MEDIA, problem=OPERATION_OUTCOME)
DIRECTORY = (*READING, *ORGANIZATIONS)


class Fhir:
    """ServiceRequest and Task of the guide SDOH Clinical Care 3.0.0, with the organizations and services they name."""

    log: Hand

    @fhir("GET", "/fhir/metadata", roles=None, says="what this server can do", answer=RESOURCE)
    def fhir_metadata(self, request: Request) -> Reply:
        """The CapabilityStatement."""
        return _shown(capability.statement(f"{base_of(request)}/fhir"))

    @fhir("GET", "/fhir/Task", roles=SEEING, says="Tasks, the one that changed last at the end", answer=BUNDLE,
          query=searching.QUERY)  # fmt: skip
    def fhir_tasks(self, request: Request) -> Reply:
        """The Tasks of the caller's own, or of its station's referrals, in the order in which they changed."""
        search = searching.read(str(request.environ.get("QUERY_STRING", "")))
        finder, base = Finder(self.log, request.actor), f"{base_of(request)}/fhir"
        found, after = finder.search(search)
        links = {"self": f"{base}/Task{_query(request)}"}
        if after is not None:
            links["next"] = f"{base}/Task{_query(request, after)}"
        asking = {one.row["referral_id"]: _asking(one) for one in found} if search.includes else {}
        return _shown(searchset(base, [one.resource() for one in found], list(asking.values()), links))

    @fhir("GET", "/fhir/Task/{key}", roles=SEEING, says="a Task", answer=TASK)
    def fhir_task(self, request: Request) -> Reply:
        """A Task as it is now."""
        return _versioned(Finder(self.log, request.actor).task(request.path["key"]).resource())

    @fhir("GET", "/fhir/Task/{key}/_history", roles=SEEING, says="all versions of a Task", answer=BUNDLE)
    def fhir_task_history(self, request: Request) -> Reply:
        """A Task in every version, the newest first."""
        found = Finder(self.log, request.actor).task(request.path["key"])
        base = f"{base_of(request)}/fhir"
        return _shown(resources.history(base, "Task", (found.resource(one) for one in found.versions)))

    @fhir("GET", "/fhir/Task/{key}/_history/{version}", roles=SEEING, says="a Task in one version", answer=TASK)
    def fhir_task_version(self, request: Request) -> Reply:
        """A Task as it was; whose need it is stands in it as it may be known now."""
        found = Finder(self.log, request.actor).task(request.path["key"])
        return _versioned(_of_version(request, [found.resource(one) for one in found.versions]))

    @fhir("PUT", "/fhir/Task/{key}", roles=ANSWERING, says="the Task as it is then", answer=TASK, takes=TASK)
    def fhir_update_task(self, request: Request) -> Reply:
        """Set a Task's status: the target takes, refuses, works and reports; the requester cancels (`If-Match` is needed)."""
        return _versioned(Update(self.log, request).done())

    @fhir("GET", "/fhir/ServiceRequest/{key}", roles=SEEING, says="a referral", answer=RESOURCE)
    def fhir_request(self, request: Request) -> Reply:
        """What is asked for."""
        return _versioned(self._asking(request)[-1])

    @fhir("GET", "/fhir/ServiceRequest/{key}/_history", roles=SEEING, says="all versions of a referral", answer=BUNDLE)
    def fhir_request_history(self, request: Request) -> Reply:
        """What was asked for, in every version, the newest first."""
        return _shown(resources.history(f"{base_of(request)}/fhir", "ServiceRequest", self._asking(request)))

    @fhir(
        "GET",
        "/fhir/ServiceRequest/{key}/_history/{version}",
        roles=SEEING,
        says="a referral in one version",
        answer=RESOURCE,
    )
    def fhir_request_version(self, request: Request) -> Reply:
        """What was asked for, as it was."""
        return _versioned(_of_version(request, self._asking(request)))

    def _asking(self, request: Request) -> list[dict[str, Any]]:
        return Finder(self.log, request.actor).asking(request.path["key"])

    @fhir("GET", "/fhir/Organization/{key}", roles=DIRECTORY, says="an organization of the directory", answer=RESOURCE)
    def fhir_organization(self, request: Request) -> Reply:
        """Who is asked, or asks."""
        listed = gathered(self.log).organizations.get(known(request.path["key"]))
        if listed is None:
            raise NotFound("no such Organization")
        return _shown(directory.organization(listed))

    @fhir("GET", "/fhir/HealthcareService", roles=DIRECTORY, says="what organizations offer", answer=BUNDLE,
          query={"organization": {"description": "Organization/<id>"}})  # fmt: skip
    def fhir_services(self, request: Request) -> Reply:
        """Services with whether they have capacity now: what is to be asked before anybody is, and of nobody in particular."""
        of = directory.asked_for(request.query)
        whole = gathered(self.log)
        offered = whole.services if of is None else whole.offered_by(of)
        taken = taken_by_offering(self.log.look, *([t.offers.c.organization_id == of] if of else []))
        found = [directory.service(each, taken.get(each.offering_id, 0)) for each in offered]
        base = f"{base_of(request)}/fhir"
        links = {"self": f"{base}/HealthcareService{_query(request)}"}
        return _shown(searchset(base, found, [], links))

    @fhir("GET", "/fhir/HealthcareService/{key}", roles=DIRECTORY, says="what an organization offers", answer=RESOURCE)
    def fhir_service(self, request: Request) -> Reply:
        """One service, with whether it has capacity now."""
        offering_id = known(request.path["key"])
        offered = gathered(self.log).by_id.get(offering_id)
        if offered is None:
            raise NotFound("no such HealthcareService")
        taken = taken_by_offering(self.log.look, t.offers.c.offering_id == offering_id)
        return _shown(directory.service(offered, taken.get(offering_id, 0)))


def _asking(found: Found) -> dict[str, Any]:
    return resources.service_request(found.course.asking[-1], found.row)


def _query(request: Request, after: searching.Place | None = None) -> str:
    asked = str(request.environ.get("QUERY_STRING", ""))
    if after is not None:
        kept = [part for part in asked.split("&") if part and not part.startswith("_cursor=")]
        asked = "&".join([*kept, f"_cursor={searching.cursor(after)}"])
    return f"?{asked}" if asked else ""


def _of_version(request: Request, versions: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = request.path["version"]
    found = [one for one in versions if one["meta"]["versionId"] == wanted]
    if not found:
        raise NotFound("no such version")
    return found[-1]


def _versioned(resource: dict[str, Any]) -> Reply:
    return Reply(resource, headers=(("ETag", resources.etag(resource)),), content_type=MEDIA)


def _shown(resource: dict[str, Any]) -> Reply:
    return Reply(resource, content_type=MEDIA)
