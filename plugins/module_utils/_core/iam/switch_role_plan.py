# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""State of switch roles that are written directly in one account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ..arns import ADMINISTRATOR, is_account_id
from ..change import Json, Kind, ObjectId, State
from ..checking import Problems, check_text
from ..naming import IAM_CHARACTERS, check_path
from ..ownership import OWNED_TAG
from ..planning import keep
from ..policies.check import check_policy
from ..policies.conditions import network_problem
from ..policies.document import canonical_policy, policy_size
from ..policies.fence import Fence, build_fence_policy
from ..policies.guard import build_guard_policy
from ..policies.switch import TrustOptions, build_switch_trust, trust_problem
from ..quotas import (
    POLICY_NAME_LONGEST,
    ROLE_DESCRIPTION_LONGEST,
    ROLE_INLINE_SIZE,
    ROLE_NAME_LONGEST,
    SESSION_LONGEST,
    SESSION_SHORTEST,
    TRUST_SIZE,
)
from ..shown import quoted
from ..tags import check_keys, parse_tags
from .switch_role import SwitchRole

_DESCRIPTION = re.compile(rf"[\t\n\r\u0020-\u007e\u00a1-\u00ff]{{0,{ROLE_DESCRIPTION_LONGEST}}}")
_AWS_TAG = "aws:"
"""Tags that only AWS writes and removes."""


def check_trust(problems: Problems, trust: TrustOptions) -> None:
    """Record trust options that would let nobody in, or that AWS reads in another way."""
    if not is_account_id(trust.jump_account_id):
        problems.add("jump_account_id", f"{quoted(trust.jump_account_id)} is not 12 digits")
    if trust.mfa_max_age is not None and trust.mfa_max_age < 1:
        problems.add("mfa_max_age", f"{trust.mfa_max_age} seconds would let nobody switch")
    for number, network in enumerate(trust.source_networks):
        problem = network_problem(network)
        if problem:
            problems.add(f"source_networks[{number}]", f"{quoted(network)} {problem}")


def check_roles(problems: Problems, roles: Iterable[SwitchRole], absent: Iterable[str]) -> None:
    """Record what IAM or the console would refuse."""
    listed = list(roles)
    for role in listed:
        _check_role(problems, f"role {role.name}", role)
    first: dict[str, str] = {}
    for name in [*(role.name for role in listed), *absent]:
        if name.lower() in first:
            other = first[name.lower()]
            problems.add(f"role {name}", f"is already listed as {quoted(other)}; IAM ignores case")
        first.setdefault(name.lower(), name)


def _check_role(problems: Problems, place: str, role: SwitchRole) -> None:
    check_text(problems, place, role.name, IAM_CHARACTERS, ROLE_NAME_LONGEST)
    ok = check_path(problems, f"{place}.path", role.path)
    if ok and role.path != "/" and len(role.path.lstrip("/") + role.name) > ROLE_NAME_LONGEST:
        problems.add(
            place,
            f"path and name together have more than {ROLE_NAME_LONGEST} characters, so the "
            "console cannot switch to it",
        )
    if not SESSION_SHORTEST <= role.max_session_duration <= SESSION_LONGEST:
        problems.add(
            place,
            f"max_session_duration is {role.max_session_duration}; it must be from "
            f"{SESSION_SHORTEST} to {SESSION_LONGEST} seconds",
        )
    _check_words(problems, place, role)
    for name, document in role.inline_policies:
        check_text(
            problems,
            f"{place}.inline_policies.{name}",
            name,
            IAM_CHARACTERS,
            POLICY_NAME_LONGEST,
        )
        check_policy(problems, f"{place}.inline_policies.{name}", document)


def _check_words(problems: Problems, place: str, role: SwitchRole) -> None:
    """Record descriptions and tags that IAM would refuse."""
    if not _DESCRIPTION.fullmatch(role.description):
        problems.add(
            f"{place}.description",
            (
                "must be at most 1,000 characters: letters, digits and signs of Western European "
                "languages"
            ),
        )
    parse_tags(problems, f"{place}.tags", dict(role.tags))
    check_keys(problems, f"{place}.tags", [key for key, _value in role.tags])


def needs_raised_quota(trust: TrustOptions) -> bool:
    """Return whether the trust policy is larger than every account takes."""
    return policy_size(build_switch_trust(trust)) > TRUST_SIZE


def check_sizes(
    problems: Problems, roles: Iterable[SwitchRole], trust: TrustOptions, trust_size: int
) -> None:
    """Record what IAM cannot hold; trust_size is the quota of the account for trust policies."""
    problem = trust_problem(trust, trust_size)
    if problem:
        problems.add("source_networks", problem)
    for role in roles:
        size = sum(policy_size(document) for _name, document in role.inline_policies)
        if size > ROLE_INLINE_SIZE:
            names = ", ".join(name for name, _document in role.inline_policies)
            problems.add(
                f"role {role.name}",
                f"the inline policies {names} have {size} characters, but a role can have at "
                f"most {ROLE_INLINE_SIZE}; use managed policies",
            )


def is_fenced(said: bool | None, policy_arns: Iterable[str]) -> bool:
    """Return whether a role is fenced in the Jump account; administrators are not by default."""
    if said is not None:
        return said
    return not any(arn.endswith(f":iam::aws:policy/{ADMINISTRATOR}") for arn in policy_arns)


def limited_roles(roles: Iterable[SwitchRole], fence: Fence, account_id: str) -> list[SwitchRole]:
    """Return the roles as they are in an account: fenced ones with fence or guard inline."""
    names = fence.names
    own = (
        (names.fence_policy, build_fence_policy(fence))
        if account_id == fence.jump_account_id
        else (names.guard_policy, build_guard_policy(names, fence.partition))
    )
    return [
        replace(role, inline_policies=(*role.inline_policies, own)) if role.is_fenced else role
        for role in roles
    ]


def build_role_state(roles: Iterable[SwitchRole]) -> State:
    """Return the objects of the roles, marked as ours."""
    state: dict[ObjectId, Json] = {}
    for role in roles:
        state[role_id(role.name)] = {
            "path": role.path,
            "description": role.description,
            "max_session_duration": role.max_session_duration,
            "permissions_boundary": role.permissions_boundary,
            "trust_policy": canonical_policy(role.trust_policy),
            "tags": {**dict(role.tags), OWNED_TAG: "true"},
        }
        for arn in role.managed_policy_arns:
            state[ObjectId(Kind.ROLE_ATTACHMENT, (role.name, arn))] = {}
        for name, document in role.inline_policies:
            state[ObjectId(Kind.ROLE_POLICY, (role.name, name))] = canonical_policy(document)
    return state


def role_id(name: str) -> ObjectId:
    """Return the id of a role."""
    return ObjectId(Kind.ROLE, (name,))


def keep_unlisted_parts(
    desired: State, observed: State, *, purge_policies: bool, purge_tags: bool
) -> State:
    """Return desired plus what must stay of the wanted roles: policies and tags not listed."""
    wanted = {i.key[0] for i in desired if i.kind is Kind.ROLE}

    def is_kept(obj: ObjectId) -> bool:
        return obj.kind is not Kind.ROLE and obj.key[0] in wanted and not purge_policies

    kept = dict(keep(desired, observed, is_kept))
    for name in wanted:
        found = observed.get(role_id(name), {"tags": {}})["tags"]
        staying = {k: v for k, v in found.items() if not purge_tags or k.startswith(_AWS_TAG)}
        role = kept[role_id(name)]
        kept[role_id(name)] = {**role, "tags": {**staying, **role["tags"]}}
    return kept


def refused_roles(desired: State, observed: State, *, adopt: bool) -> dict[str, str]:
    """Return the roles that are there and must not be touched, with what to do about each."""
    refused = {}
    for obj, found in observed.items():
        if obj.kind is not Kind.ROLE:
            continue
        (name,) = obj.key
        wanted = desired.get(obj)
        if not adopt and found["tags"].get(OWNED_TAG) != "true":
            refused[name] = (
                f"Role {name} already exists and was not created by this collection; it was not "
                "changed. Choose another name, or take it over with the option adopt of "
                "jumpaccount.aws.switch_role."
            )
        elif wanted is not None and wanted["path"] != found["path"]:
            refused[name] = (
                f"Role {name} has the path {found['path']}, not {wanted['path']}, and IAM "
                "cannot move roles; it was not changed. Correct the path, or remove the role "
                "first."
            )
    return refused
