# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What AWS has that inputs name: its managed policies, and the actions of its services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from ..arns import aws_policy_arn
from ..change import Json
from ..checking import Problems, check_list, suggest, type_name
from ..shown import quoted

ALL = "*"
_NOT_FOR_ROLES = {
    "/aws-service-role/": "is for service-linked roles and cannot be attached to other roles",
    "/root-task/": "is for root user sessions and cannot be attached to roles",
}
"""Paths of policies that are not for switch roles, and why not."""
_KNOWN_ACTION = re.compile(r"([a-z0-9-]+):(\*|[a-z0-9-]+)", flags=re.ASCII | re.IGNORECASE)
_AWS_ARN = re.compile(r"arn:([\w-]+):iam::aws:policy/([\w+=,.@/-]+)", flags=re.ASCII)


@dataclass(frozen=True)
class Catalog:
    """What AWS had on a day: the path of each of its policies, the actions of each service.

    Services are in lower case, actions as AWS writes them. A catalog without policies or services
    knows nothing of them, and so refuses none. grants are what some policies allow on everything,
    whatever the request, as Action or NotAction. partition is where they are to be used, if known.
    """

    policies: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grants: Mapping[str, tuple[Mapping[str, Json], ...]] = field(default_factory=dict)
    day: str = ""
    partition: str = ""


EMPTY = Catalog()


def parse_catalog(
    problems: Problems, known_actions: Json, catalog: Catalog, partition: str
) -> Catalog:
    """Return the catalog for a partition, with actions that AWS has and it has not.

    Records what is no action.
    """
    catalog = replace(catalog, partition=partition)
    if known_actions is None or not check_list(problems, "known_actions", known_actions):
        return catalog
    services = dict(catalog.services)
    for number, entry in enumerate(known_actions):
        match = _KNOWN_ACTION.fullmatch(entry) if isinstance(entry, str) else None
        if match is None:
            problems.add(
                f"known_actions[{number}]",
                "must be service:Action, or service:* for a whole service, found "
                f"{type_name(entry)}",
            )
        elif catalog.services:
            service = match[1].lower()
            services[service] = (*services.get(service, ()), match[2])
    return replace(catalog, services=services)


def find_policy(problems: Problems, place: str, text: str, catalog: Catalog) -> str:
    """Return a policy of AWS as its path and name; an ARN that the catalog has not stays as it is.

    text is a name, with or without its path, or an ARN. Records what cannot be attached.
    """
    arn = _AWS_ARN.fullmatch(text)
    given = arn[2] if arn else text
    name = given.rpartition("/")[2]
    path = catalog.policies.get(name)
    if arn and arn[1] != (catalog.partition or arn[1]):
        problems.add(
            place,
            f"{quoted(text)} belongs to partition {arn[1]}, but the region belongs to "
            f"{catalog.partition}; write {quoted(name)}",
        )
    elif path is None and not arn and catalog.policies:
        problems.add(place, _unknown_policy(text, name, catalog))
    if path is None:
        return text
    right = f"{path}{name}".lstrip("/")
    if path in _NOT_FOR_ROLES:
        problems.add(place, f"{quoted(name)} {_NOT_FOR_ROLES[path]}")
    elif text != name and given != right:
        problems.add(
            place, f"{quoted(text)} is not the path of this AWS policy; write {quoted(name)}"
        )
    return right


def _unknown_policy(text: str, name: str, catalog: Catalog) -> str:
    arn = aws_policy_arn(catalog.partition or "aws", text)
    return (
        f"AWS has no managed policy {quoted(text)}{suggest(name, catalog.policies)}. For an AWS "
        f"policy newer than {catalog.day}, use its ARN, such as {arn}; for a customer managed "
        "policy, use {customer: NAME}"
    )


def check_actions(problems: Problems, place: str, document: Json, catalog: Catalog) -> None:
    """Record the actions of a policy that no service has, and patterns that match none.

    What has not the form of an action is left to check_policy.
    """
    if not isinstance(document, Mapping) or not catalog.services:
        return
    for at, text in _actions(f"{place}.Statement", document.get("Statement")):
        problem = _action_problem(text, catalog)
        if problem:
            problems.add(
                at,
                f"{problem}. If AWS added it after {catalog.day}, list it in known_actions "
                "(jump_known_actions in the roles of this collection)",
            )


def _actions(place: str, statements: Json) -> Iterator[tuple[str, str]]:
    """Yield the actions of statements, each with its place."""
    if isinstance(statements, Mapping):
        for name in ("Action", "NotAction"):
            listed = statements.get(name)
            for text in listed if isinstance(listed, list | tuple) else (listed,):
                if isinstance(text, str) and ":" in text:
                    yield f"{place}.{name}", text
    elif isinstance(statements, list | tuple):
        for number, statement in enumerate(statements):
            if isinstance(statement, Mapping):
                yield from _actions(f"{place}[{number}]", statement)


def _action_problem(text: str, catalog: Catalog) -> str | None:
    """Return what is wrong with an action; IAM ignores case in them."""
    prefix, _colon, name = text.partition(":")
    service = prefix.lower()
    actions = catalog.services.get(service)
    if actions is None:
        hint = suggest(service, catalog.services)
        return f"{quoted(text)}: AWS has no service {quoted(prefix)}{hint}"
    if ALL in actions or any(fnmatchcase(a.lower(), name.lower()) for a in actions):
        return None
    hint = suggest(text, {f"{service}:{near}" for near in _comparable(name, actions)})
    if "*" in name or "?" in name:
        return f"{quoted(text)} matches no action of {service}{hint}"
    return f"{service} has no action {quoted(name)}{hint}"


def _comparable(name: str, actions: Iterable[str]) -> Iterable[str]:
    """Return what a misspelt action may have meant: actions, or their beginnings for Begin*."""
    stem = name.rstrip("*")
    return actions if stem == name else (f"{action[: len(stem)]}*" for action in actions)


def resolve_roles(problems: Problems, roles: Json, catalog: Catalog) -> Json:
    """Return roles for switch_role with AWS's policies by their paths; record what AWS has not.

    What is no list of roles is left to the module.
    """
    listed = roles if isinstance(roles, list) else []
    for number, role in enumerate(listed):
        for name, document in _members(role, "inline_policies"):
            check_actions(problems, f"roles[{number}].inline_policies.{name}", document, catalog)
    return [_resolved(problems, f"roles[{n}]", r, catalog) for n, r in enumerate(listed)] or roles


def _members(role: Json, key: str) -> list[tuple[Json, Json]]:
    found = role.get(key) if isinstance(role, Mapping) else None
    return list(found.items()) if isinstance(found, Mapping) else []


def _resolved(problems: Problems, place: str, role: Json, catalog: Catalog) -> Json:
    policies = role.get("managed_policies") if isinstance(role, Mapping) else None
    if not isinstance(policies, list):
        return role
    found = [
        find_policy(problems, f"{place}.managed_policies[{number}]", policy, catalog)
        if isinstance(policy, str) and (_AWS_ARN.fullmatch(policy) or not policy.startswith("arn:"))
        else policy
        for number, policy in enumerate(policies)
    ]
    return {**role, "managed_policies": found}
