"""What the partner service says and is asked: deliveries under their numbers, and the ways by which they go out."""

from services.contracts.partner.calendars import CalendarClosed, CalendarOpened, CloseCalendar, OpenCalendar
from services.contracts.partner.deliveries import AddDelivery, DeliveryAdded
from services.contracts.partner.tokens import IssueToken, RevokeToken, TokenIssued, TokenRevoked, TokenScope
from services.contracts.partner.ways import (
    AddEndpoint,
    CloseQueue,
    DisableEndpoint,
    EnableEndpoint,
    EndpointAdded,
    EndpointDisabled,
    EndpointEnabled,
    EndpointRemoved,
    EndpointSecretRotated,
    OpenQueue,
    QueueClosed,
    QueueOpened,
    RemoveEndpoint,
    RotateEndpointSecret,
)

__all__ = [
    "AddDelivery",
    "AddEndpoint",
    "CalendarClosed",
    "CalendarOpened",
    "CloseCalendar",
    "CloseQueue",
    "DeliveryAdded",
    "DisableEndpoint",
    "EnableEndpoint",
    "EndpointAdded",
    "EndpointDisabled",
    "EndpointEnabled",
    "EndpointRemoved",
    "EndpointSecretRotated",
    "IssueToken",
    "OpenCalendar",
    "OpenQueue",
    "QueueClosed",
    "QueueOpened",
    "RemoveEndpoint",
    "RevokeToken",
    "RotateEndpointSecret",
    "TokenIssued",
    "TokenRevoked",
    "TokenScope",
]
