"""Pages as IAM cuts them: MaxItems, Marker, IsTruncated."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sandbox.call import Call
from sandbox.errors import validation_error

T = TypeVar("T")


def page(
    call: Call, items: Sequence[T], key: str, view: Callable[[T], Any], default: int = 100
) -> dict[str, Any]:
    """One page of the items under ``key``; only this page's items are rendered."""
    chosen, rest = cut(call, items, default)
    return {key: [view(item) for item in chosen], **rest}


def cut(call: Call, items: Sequence[T], default: int = 100) -> tuple[Sequence[T], dict[str, Any]]:
    start = _position(call.get("Marker"))
    end = start + call.get("MaxItems", default)
    if end >= len(items):
        return items[start:], {"IsTruncated": False}
    marker = base64.urlsafe_b64encode(f"page:{end}".encode()).decode()
    return items[start:end], {"IsTruncated": True, "Marker": marker}


def _position(marker: str | None) -> int:
    if marker is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(marker).decode().removeprefix("page:"))
    except (ValueError, binascii.Error):
        raise validation_error(f"Invalid Marker: {marker}") from None
