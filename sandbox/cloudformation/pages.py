"""Pages as CloudFormation cuts them: NextToken, and MaxResults where it exists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sandbox.call import Call
from sandbox.errors import validation_error

T = TypeVar("T")
PAGE = 100


def page(
    call: Call, items: Sequence[T], key: str, view: Callable[[T], Any], default: int = PAGE
) -> dict[str, Any]:
    token = call.get("NextToken")
    if token is not None and not token.removeprefix("page-").isdigit():
        raise validation_error(f"Invalid NextToken: {token}")
    start = int(token.removeprefix("page-")) if token else 0
    end = start + call.get("MaxResults", default)
    following = f"page-{end}" if end < len(items) else None
    return {key: [view(item) for item in items[start:end]], "NextToken": following}
