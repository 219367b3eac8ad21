# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What one person may do more than others in a shared role, until a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from ..change import Json
from ..model import PersonalException
from ..quotas import PARAMETER_VALUE_LONGEST, ROLE_INLINE_SIZE
from .document import build_policy, policy_size, policy_text
from .leaver import session_pattern

PARAMETERS_PER_ROLE = 3
"""More would be of no use: a role holds 10,240 characters of inline policies."""


class TooLargeError(Exception):
    """Exceptions that do not fit their role; says the numbers and what to do."""

    def __init__(self, text: str, exceptions: Iterable[PersonalException]) -> None:
        super().__init__(text)
        self.places = tuple(exception.place for exception in exceptions)


def end_of(until: str) -> str:
    """Return the instant when a day is over, in UTC: the exception is valid through its day."""
    return f"{(date.fromisoformat(until) + timedelta(days=1)).isoformat()}T00:00:00Z"


def build_exception_statements(exception: PersonalException) -> tuple[dict[str, Json], ...]:
    """Return the statements of an exception, for sessions of this person and until its day."""
    return tuple(_bound(statement, exception) for statement in exception.statements)


def _bound(statement: Mapping[str, Json], exception: PersonalException) -> dict[str, Json]:
    conditions = {k: dict(v) for k, v in statement.get("Condition", {}).items()}
    conditions.setdefault("StringLike", {})["aws:userid"] = [session_pattern(exception.person)]
    conditions.setdefault("DateLessThan", {})["aws:CurrentTime"] = [end_of(exception.until)]
    plain = {k: v for k, v in statement.items() if k not in ("Sid", "Condition")}
    return {**plain, "Condition": dict(sorted(conditions.items()))}


def pack_exceptions(exceptions: Iterable[PersonalException]) -> tuple[str, ...]:
    """Return the policies of all exceptions in one role as few texts that fit parameters.

    Raises TooLargeError when a statement or all of them are too large.
    """
    ordered = sorted(exceptions, key=_order)
    packed: list[list[Json]] = []
    for exception in ordered:
        for statement in build_exception_statements(exception):
            if not _fits([statement]):
                raise TooLargeError(
                    f"a statement of {exception.person} has {_bytes([statement])} bytes, but AWS "
                    f"allows {PARAMETER_VALUE_LONGEST} per parameter; split it into smaller "
                    "statements",
                    [exception],
                )
            if packed and _fits([*packed[-1], statement]):
                packed[-1].append(statement)
            else:
                packed.append([statement])
    if len(packed) > PARAMETERS_PER_ROLE:
        raise TooLargeError(
            f"{len(ordered)} exceptions need {len(packed)} policies of "
            f"{PARAMETER_VALUE_LONGEST} bytes, but there is room for {PARAMETERS_PER_ROLE}; "
            "shorten them, or create a separate level for these people",
            ordered,
        )
    return tuple(policy_text(build_policy(*statements)) for statements in packed)


def check_room(
    exceptions: Iterable[PersonalException], texts: Iterable[str], inline_policies: Iterable[Json]
) -> None:
    """Raise TooLargeError when a role cannot hold the exceptions beside its own policies.

    texts are the policies of the exceptions.
    """
    listed = list(texts)
    total = sum(len("".join(text.split())) for text in listed)
    own = sum(policy_size(document) for document in inline_policies)
    if listed and total + own > ROLE_INLINE_SIZE:
        raise TooLargeError(
            f"the exceptions have {total} characters and the level's inline policies {own}, but "
            f"IAM allows {ROLE_INLINE_SIZE} per role; use managed policies for the level or fewer "
            "exceptions",
            exceptions,
        )


def _order(exception: PersonalException) -> tuple[str, str, str]:
    return (exception.person, exception.until, policy_text(list(exception.statements)))


def _bytes(statements: list[Json]) -> int:
    return len(policy_text(build_policy(*statements)).encode())


def _fits(statements: list[Json]) -> bool:
    return _bytes(statements) <= PARAMETER_VALUE_LONGEST
