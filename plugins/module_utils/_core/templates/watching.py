# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Who is told what, and whose changes are no news: the options of watching the Jump account."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..change import Json
from ..checking import Problems, check_list, check_text, type_name
from ..naming import IAM_CHARACTERS
from ..quotas import USER_NAME_LONGEST
from ..shown import quoted

_EMAIL = re.compile(
    r"(?=.{6,254}$)[\w.!#$%&'*+/=?^{|}~-]{1,64}@([a-z0-9-]{1,63}\.)+[a-z]{2,63}",
    flags=re.ASCII | re.IGNORECASE,
)
_PRINCIPAL = r"(role|user)/([!-~]{1,510}/)?[\w+=,.@-]{1,64}"


@dataclass(frozen=True)
class Watching:
    """What was chosen; runners are the ARNs of those whose changes are not told.

    break_glass are users for emergencies, whose sign-ins are told.
    """

    is_wanted: bool = False
    emails: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    runners: tuple[str, ...] = ()


def parse_watching(problems: Problems, given: Mapping[str, Json], arn_start: str) -> Watching:
    """Return the options; record what is wrong. Values that are None stand for those not given.

    arn_start is what the ARNs of roles and users of the Jump account begin with.
    """
    is_wanted = given.get("is_wanted") or False
    if not isinstance(is_wanted, bool):
        problems.add("jump_watch", f"must be true or false, found {type_name(is_wanted)}")
    return Watching(
        is_wanted is True,
        _texts(problems, "jump_watch_emails", given.get("emails"), _check_email),
        _texts(problems, "jump_break_glass", given.get("break_glass"), _check_user),
        _texts(
            problems,
            "jump_watch_runners",
            given.get("runners"),
            lambda p, place, value: _check_runner(p, place, value, arn_start),
        ),
    )


def _texts(
    problems: Problems, place: str, given: Json, check: Callable[[Problems, str, Json], None]
) -> tuple[str, ...]:
    """Return a list of texts, sorted; record what is none, and what is there twice."""
    if given is None or not check_list(problems, place, given):
        return ()
    seen: dict[str, int] = {}
    for number, value in enumerate(given):
        check(problems, f"{place}[{number}]", value)
        first = seen.setdefault(str(value).lower(), number)
        if first != number:
            problems.add(
                f"{place}[{number}]", f"{quoted(str(value))} is already listed as {place}[{first}]"
            )
    return tuple(sorted(str(value) for value in given))


def _check_email(problems: Problems, place: str, value: Json) -> None:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value):
        problems.add(
            place,
            f"expected an email address such as security@example.com, found {type_name(value)}",
        )


def _check_user(problems: Problems, place: str, value: Json) -> None:
    check_text(problems, place, value, IAM_CHARACTERS, USER_NAME_LONGEST)


def _check_runner(problems: Problems, place: str, value: Json, arn_start: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(
        re.escape(arn_start) + _PRINCIPAL, value, flags=re.ASCII
    ):
        problems.add(
            place,
            "expected the ARN of a role or user of the Jump account, such as "
            f"{arn_start}role/NAME, found {type_name(value)}; for a session, use the ARN of its "
            "role",
        )
