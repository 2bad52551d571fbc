"""What the hub says, as an AsyncAPI 3.0 document: made from the contracts and from the table of who is told what."""

from __future__ import annotations

import importlib
import json
import pkgutil
from dataclasses import fields
from typing import Any

import msgspec

import services.contracts
from services.kernel.contract import EVENTS, about
from services.partner.concerns import SHOWN, TELLS

PUBLISHERS = ("intake", "referral", "volunteer", "audit", "partner", "console")
VERSION = "1.0.0"
REF = "#/components/schemas/{name}"
CLOUDEVENT = "application/cloudevents+json"
Told = dict[str, Any]

ENVELOPE: Told = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "The event's own id, the same wherever it is told."},
        "source": {"type": "string", "pattern": "^/[a-z]+$", "description": "The service that said it."},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "The stream: what it is about, and its id."},
        "time": {"type": "string", "format": "date-time", "description": "When the hub learnt of it."},
        "datacontenttype": {"type": "string"},
        "position": {"type": "integer", "minimum": 1, "description": "Its place in its publisher's log, without gaps."},
        "streamversion": {"type": "integer", "minimum": 1, "description": "Its place in its stream, without gaps."},
        "schemaversion": {"type": "integer", "minimum": 1},
        "effectiveat": {"type": "string", "format": "date-time", "description": "When it happened in the world."},
        "effectiveprecision": {"enum": ["instant", "day", "month", "season", "unknown"]},
        "channel": {"type": "string"}, "actorid": {"type": "string"}, "actorrole": {"type": "string"},
        "actororg": {"type": "string"}, "correlationid": {"type": "string", "format": "uuid"},
        "causationid": {"type": "string", "format": "uuid"}, "corrects": {"type": "string", "format": "uuid"},
    },
}  # fmt: skip
DELIVERY: Told = {
    "allOf": [
        {"$ref": "#/components/schemas/CloudEvent"},
        {
            "type": "object", "required": ["sequence"],
            "properties": {
                "sequence": {"type": "string", "pattern": "^[0-9]{10,}$",
                             "description": "The number in the organization's own sequence: 1, 2, 3, without gaps."},
                "dataref": {"type": "string", "description": "Where more is to be had, with the organization's own token."},
            },
        },
    ],
}  # fmt: skip


def document() -> Told:
    """The whole document."""
    found = _events()
    schemas = _schemas(found)
    told = {name: event for name, event in found.items() if name in TELLS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Wushe 五社", "version": VERSION, "license": {"name": "Apache-2.0"},
            "description": "What the hub says. An organization hears what concerns it, once in effect, in order, under numbers "
            "of its own without gaps, by whichever way it takes part; a service that belongs to the hub hears everything. "
            "How each way is used stands in partners.md, what each event means in events.md.",
        },
        "defaultContentType": CLOUDEVENT,
        "servers": {
            "hub": {"host": "hub.example", "protocol": "https", "description": "The feed, and where commands are asked."},
            "partners": {"host": "hub.example", "protocol": "amqps", "pathname": "/partners",
                         "description": "Partners' own queues: each login reads one and may do nothing else."},
            "inside": {"host": "hub.example", "protocol": "amqps", "pathname": "/hub",
                       "description": "For services that belong to the hub."},
        },
        "channels": _channels(found, told),
        "operations": _operations(),
        "components": {"schemas": schemas, "messages": _messages(found, told)},
    }  # fmt: skip


def text() -> str:
    """The document as it is written: a line for each message and schema, so that a change is seen as one."""
    made = document()
    parts = made.pop("components")
    lines = [
        f'  "{kind}": {{\n' + ",\n".join(f'   "{name}": {_line(each)}' for name, each in found.items()) + "\n  }"
        for kind, found in parts.items()
    ]
    whole = json.dumps(made, ensure_ascii=False, indent=1)
    return whole.removesuffix("\n}") + ',\n "components": {\n' + ",\n".join(lines) + "\n }\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _events() -> dict[str, type]:
    for module in pkgutil.walk_packages(services.contracts.__path__, "services.contracts."):
        importlib.import_module(module.name)
    ours = {name: event for name, event in EVENTS.items() if event.__module__.startswith("services.contracts.")}
    return dict(sorted(ours.items()))


def publisher_of(event: type) -> str:
    """The service that says it."""
    return event.__module__.removeprefix("services.contracts.").partition(".")[0]


def _schemas(found: dict[str, type]) -> Told:
    _, parts = msgspec.json.schema_components(found.values(), ref_template=REF)
    return {"CloudEvent": ENVELOPE, "Delivery": DELIVERY, **{name: _plain(parts[name]) for name in sorted(parts)}}


def _plain(schema: Any) -> Any:
    """A schema in words of draft 07, which is what AsyncAPI understands by itself."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _plain(value) for name, value in schema.items() if name != "title" or not isinstance(value, str)}


def _messages(found: dict[str, type], told: dict[str, type]) -> Told:
    said = {f"said.{name}": _said(name, event) for name, event in found.items()}
    return said | {f"delivered.{name}": _delivered(name, event) for name, event in told.items()}


def _said(name: str, event: type) -> Told:
    data = {"$ref": REF.format(name=event.__name__)}
    return _message(name, event, {"$ref": "#/components/schemas/CloudEvent"}, data)


def _delivered(name: str, event: type) -> Told:
    """As an organization gets it: the fields that may be told, each of which may be missing."""
    _, parts = msgspec.json.schema_components([event], ref_template=REF)
    whole = _plain(parts[event.__name__]).get("properties", {})
    shown = {field.name: whole[field.name] for field in fields(event) if field.name in SHOWN and field.name in whole}
    return _message(name, event, {"$ref": "#/components/schemas/Delivery"}, {"type": "object", "properties": shown})


def _message(name: str, event: type, envelope: Told, data: Told) -> Told:
    about_it = about(event)
    properties = {"type": {"const": name}, "source": {"const": f"/{publisher_of(event)}"}, "data": data}
    return {
        "name": name, "title": about_it["zh"], "summary": " ".join((event.__doc__ or "").split()),
        "contentType": CLOUDEVENT,
        "payload": {"allOf": [envelope, {"type": "object", "properties": properties}]},
    }  # fmt: skip


def _refs(kind: str, names: Any) -> Told:
    return {name: {"$ref": f"#/components/messages/{kind}.{name}"} for name in names}


def _channels(found: dict[str, type], told: dict[str, type]) -> Told:
    deliveries = _refs("delivered", told)
    ways: Told = {
        "queue": {
            "address": "q.{organizationId}", "title": "A queue of one's own", "servers": [{"$ref": "#/servers/partners"}],
            "parameters": {"organizationId": {"description": "The organization's id."}}, "messages": deliveries,
            "bindings": {"amqp": {"is": "queue", "queue": {"durable": True, "exclusive": False, "autoDelete": False,
                                                           "vhost": "partners"}}},
        },
        "feed": {
            "address": "/partner/v1/events/stream", "title": "The feed, as server-sent events",
            "description": "The same, page by page or waiting, is `GET /partner/v1/events?after=N` in the OpenAPI document.",
            "servers": [{"$ref": "#/servers/hub"}], "messages": deliveries,
        },
        "webhook": {
            "address": None, "title": "An endpoint of the organization's own, after Standard Webhooks 1.0.0",
            "description": "Each call is signed: webhook-id, webhook-timestamp, webhook-signature (v1 and v1a). With every way "
            "comes the header Ledger-Head, the newest signed head of the ledger.",
            "messages": deliveries,
        },
    }  # fmt: skip
    for publisher in PUBLISHERS:
        mine = [name for name, event in found.items() if publisher_of(event) == publisher]
        if mine:
            ways[f"{publisher}Events"] = {
                "address": f"{publisher}.events", "title": f"All that {publisher} says; the routing key is the event's type",
                "servers": [{"$ref": "#/servers/inside"}], "messages": _refs("said", mine),
                "bindings": {"amqp": {"is": "routingKey", "exchange": {
                    "name": f"{publisher}.events", "type": "topic", "durable": True, "autoDelete": False, "vhost": "hub"}}},
            }  # fmt: skip
    return ways


def _operations() -> Told:
    found = {publisher_of(event) for event in _events().values()}
    says = {
        f"{publisher}Says": {"action": "send", "channel": {"$ref": f"#/channels/{publisher}Events"}, "title": f"{publisher} says it"}
        for publisher in PUBLISHERS if publisher in found
    }  # fmt: skip
    return {
        "fillQueue": {"action": "send", "channel": {"$ref": "#/channels/queue"}, "title": "The organization's queue is filled"},
        "streamFeed": {"action": "send", "channel": {"$ref": "#/channels/feed"}, "title": "The feed is streamed"},
        "callEndpoint": {"action": "send", "channel": {"$ref": "#/channels/webhook"}, "title": "The endpoint is called",
                         "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}}},
        **says,
    }  # fmt: skip
