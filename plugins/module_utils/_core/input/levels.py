# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading levels: what the switch role of each level may do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from ..arns import ADMINISTRATOR, THIS_ACCOUNT, THIS_PARTITION, iam_arn
from ..change import Json
from ..checking import Problems, check_list, check_mapping, check_switch, check_text, type_name
from ..model import Level
from ..naming import IAM_CHARACTERS
from ..policies.catalog import EMPTY, Catalog, check_actions, find_policy
from ..policies.check import check_policy
from ..policies.document import policy_size
from ..quotas import (
    ARN_LONGEST,
    PATH_LONGEST,
    POLICIES_PER_ROLE,
    POLICY_NAME_LONGEST,
    ROLE_INLINE_SIZE,
    SESSION_LONGEST,
    SESSION_SHORTEST,
)
from ..shown import quoted
from .accounts import NO_STAGE, PROJECT_CHARACTERS, PROJECT_LONGEST

LEVEL_CHARACTERS = r"\w+,.@\-"

_SETTINGS = {"managed_policies", "inline_policies", "max_session_duration", "permissions_boundary"}
_KEYS = {*_SETTINGS, "fenced", "global_group", "stages"}
_WITH_PATH = IAM_CHARACTERS + "/"
_AWS_POLICY_ARN = r"arn:[\w-]+:iam::aws:policy/[\w+=,.@/-]+"


def customer_policy_arn(name: str) -> str:
    """Return the ARN, for Fn::Sub, of the policy that each account has under this name."""
    return iam_arn(THIS_PARTITION, THIS_ACCOUNT, f"policy/{name}")


def parse_levels(problems: Problems, given: Json, catalog: Catalog = EMPTY) -> tuple[Level, ...]:
    """Return the levels sorted by name; record what is wrong."""
    if not isinstance(given, Mapping) or not given:
        problems.add("levels", f"expected a mapping of levels, found {type_name(given)}")
        return ()
    levels = (_parse_level(problems, name, entry, catalog) for name, entry in given.items())
    return tuple(sorted(levels, key=_name_of))


def _name_of(level: Level) -> str:
    return level.name


def _parse_level(problems: Problems, name: Json, given: Json, catalog: Catalog) -> Level:
    place = f"levels.{name}"
    check_text(problems, f"{place} (the name)", name, LEVEL_CHARACTERS, 64)
    level = Level(str(name))
    if not check_mapping(problems, place, given, _KEYS, ()):
        return level
    level = _with_settings(problems, place, given, level, catalog)
    level = replace(
        level,
        is_fenced=check_switch(
            problems, f"{place}.fenced", given.get("fenced", _is_below_administrator(level))
        ),
        has_global_group=check_switch(
            problems, f"{place}.global_group", given.get("global_group", True)
        ),
    )
    level = replace(level, stages=_stages(problems, f"{place}.stages", given, level, catalog))
    for there in (level, *(variant for _stage, variant in level.stages)):
        if not there.managed_policies and not there.inline_policies:
            problems.add(place, "grants no permissions; add managed_policies or inline_policies")
            break
        if level.is_fenced and len(there.managed_policies) == POLICIES_PER_ROLE:
            problems.add(
                f"{place}.managed_policies",
                f"has {POLICIES_PER_ROLE} policies, and the fence (Jump account) or the guard "
                f"(member accounts) adds one more; the AWS limit per role is {POLICIES_PER_ROLE}",
            )
            break
    return level


def _with_settings(
    problems: Problems, place: str, given: Mapping[str, Json], level: Level, catalog: Catalog
) -> Level:
    """Return the level with the settings that are given in place of its own."""
    readers: Mapping[str, Callable[[Problems, str, Json], Json]] = {
        "managed_policies": partial(_managed_policies, catalog),
        "inline_policies": partial(_inline_policies, catalog),
        "max_session_duration": _duration,
        "permissions_boundary": partial(parse_boundary, catalog),
    }
    read = {
        key: reader(problems, f"{place}.{key}", given[key])
        for key, reader in readers.items()
        if key in given
    }
    return replace(level, **read)


def _stages(
    problems: Problems, place: str, given: Mapping[str, Json], level: Level, catalog: Catalog
) -> tuple[tuple[str, Level], ...]:
    stages = given.get("stages", {})
    if not isinstance(stages, Mapping):
        problems.add(place, f"expected a mapping of stages to settings, found {type_name(stages)}")
        return ()
    found = {}
    for stage, settings in stages.items():
        at = f"{place}.{stage}"
        ok = check_text(problems, f"{at} (the stage)", stage, PROJECT_CHARACTERS, PROJECT_LONGEST)
        if stage == NO_STAGE:
            problems.add(
                at, "is not a stage; accounts without a stage use the settings of the level itself"
            )
        if check_mapping(problems, at, settings, _SETTINGS, ()) and ok:
            found[str(stage)] = _with_settings(problems, at, settings, level, catalog)
    return tuple(sorted(found.items()))


def _is_below_administrator(level: Level) -> bool:
    return ADMINISTRATOR not in map(_bare_name, level.managed_policies)


def _bare_name(policy: str) -> str:
    return policy.removeprefix("arn:").partition(":iam::aws:policy/")[2] or policy


def _managed_policies(
    catalog: Catalog, problems: Problems, place: str, value: Json
) -> tuple[str, ...]:
    if not check_list(problems, place, value):
        return ()
    read = [
        _managed_policy(problems, f"{place}[{number}]", entry, catalog)
        for number, entry in enumerate(value)
    ]
    good = {policy for policy in read if policy is not None}
    if len(good) > POLICIES_PER_ROLE:
        problems.add(
            place, f"has {len(good)} policies; the AWS limit per role is {POLICIES_PER_ROLE}"
        )
    return tuple(sorted(good))


def _managed_policy(problems: Problems, place: str, value: Json, catalog: Catalog) -> str | None:
    """Return a policy of AWS by path and name, or one that every account has under a name."""
    if isinstance(value, Mapping):
        check_mapping(problems, place, value, {"customer"}, {"customer"})
        return _customer_policy(problems, f"{place}.customer", value.get("customer", ""))
    if not check_text(problems, place, value, _WITH_PATH + ":", ARN_LONGEST):
        return None
    if value.startswith("arn:") and not re.fullmatch(_AWS_POLICY_ARN, value, flags=re.ASCII):
        problems.add(
            place,
            f"{quoted(value)} exists in one account only; use {{customer: NAME}} for a policy "
            "that every account has under this name",
        )
        return None
    return find_policy(problems, place, str(value), catalog)


def _customer_policy(problems: Problems, place: str, value: Json) -> str | None:
    """Return the policy that every account has under a name, which may have its path before it."""
    if not check_text(problems, place, value, _WITH_PATH, PATH_LONGEST + POLICY_NAME_LONGEST - 1):
        return None
    path, _slash, name = str(value).strip("/").rpartition("/")
    ok = check_text(problems, f"{place} (the name)", name, _WITH_PATH, POLICY_NAME_LONGEST)
    if len(path) + 2 > PATH_LONGEST:
        problems.add(f"{place} (the path)", f"has more than {PATH_LONGEST} characters")
        ok = False
    return customer_policy_arn(f"{path}/{name}".lstrip("/")) if ok else None


def parse_boundary(catalog: Catalog, problems: Problems, place: str, value: Json) -> str | None:
    """Return the policy that limits a role, given as one of its managed policies; or none."""
    return None if value in (None, "") else _managed_policy(problems, place, value, catalog)


def _inline_policies(
    catalog: Catalog, problems: Problems, place: str, value: Json
) -> tuple[tuple[str, Json], ...]:
    if not isinstance(value, Mapping):
        problems.add(place, f"expected a mapping of names to policies, found {type_name(value)}")
        return ()
    good = {}
    for name, document in value.items():
        check_policy(problems, f"{place}.{name}", document)
        check_actions(problems, f"{place}.{name}", document, catalog)
        ok = check_text(
            problems,
            f"{place}.{name} (the name)",
            name,
            IAM_CHARACTERS,
            POLICY_NAME_LONGEST,
        )
        if ok and isinstance(document, Mapping):
            good[str(name)] = document
    size = sum(policy_size(document) for document in good.values())
    if size > ROLE_INLINE_SIZE:
        problems.add(
            place,
            f"have {size} characters without whitespace, but IAM allows only {ROLE_INLINE_SIZE} "
            "per role; use managed policies",
        )
    return tuple(sorted(good.items(), key=lambda item: item[0]))


def _duration(problems: Problems, place: str, value: Json) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not SESSION_SHORTEST <= value <= SESSION_LONGEST:
        problems.add(
            place,
            f"must be a number of seconds from {SESSION_SHORTEST} to {SESSION_LONGEST}, found "
            f"{type_name(value)}",
        )
        return SESSION_SHORTEST
    return int(value)
