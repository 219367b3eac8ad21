# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading the options that make access stricter: MFA age, networks, boundaries."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..change import Json
from ..checking import Problems, check_list, check_mapping, check_switch, type_name
from ..iam.switch_role import managed_policy_arn
from ..policies.catalog import EMPTY, Catalog
from ..policies.conditions import network_problem
from ..policies.switch import TrustOptions
from ..quotas import TRUST_SIZE
from .levels import parse_boundary

MFA_AGE_LEAST = 60
"""Seconds; less would lock people out between typing the code and switching."""

_KEYS = {
    *("bind_session_name", "mfa_max_age", "source_networks", "switch_roles_permissions_boundary"),
    *("trust_policy_size", "users_permissions_boundary", "users_source_networks"),
}


@dataclass(frozen=True)
class SecurityOptions:
    """How strict access is; the ages in seconds, boundaries as names or ARNs of policies.

    trust_policy_size is what the accounts' quota lets the trust policy of a role hold.
    """

    bind_session_name: bool = True
    mfa_max_age: int | None = None
    source_networks: tuple[str, ...] = ()
    switch_roles_permissions_boundary: str | None = None
    users_permissions_boundary: str | None = None
    users_source_networks: tuple[str, ...] = ()
    trust_policy_size: int = TRUST_SIZE

    def trust(self, jump_account_id: str, partition: str) -> TrustOptions:
        """Return whom switch roles trust."""
        return TrustOptions(
            jump_account_id,
            partition,
            self.bind_session_name,
            self.mfa_max_age,
            self.source_networks,
        )

    def users_boundary_arn(self, jump_account_id: str, partition: str) -> str | None:
        """Return the ARN of the policy that limits users, if any."""
        if self.users_permissions_boundary is None:
            return None
        arn = managed_policy_arn(self.users_permissions_boundary, partition)
        return arn.replace("${AWS::Partition}", partition).replace(
            "${AWS::AccountId}", jump_account_id
        )


def parse_security(
    problems: Problems, given: Json, jump_account_id: str, catalog: Catalog = EMPTY
) -> SecurityOptions:
    """Return the options; record what is wrong. Empty values stand for options not given."""
    if not check_mapping(problems, "security", given, _KEYS, ()):
        return SecurityOptions()
    return SecurityOptions(
        bind_session_name=check_switch(
            problems, "bind_session_name", given.get("bind_session_name", True)
        ),
        mfa_max_age=_age(problems, given.get("mfa_max_age")),
        source_networks=parse_networks(problems, "source_networks", given.get("source_networks")),
        switch_roles_permissions_boundary=parse_boundary(
            catalog,
            problems,
            "switch_roles_permissions_boundary",
            given.get("switch_roles_permissions_boundary"),
        ),
        users_permissions_boundary=_users_boundary(
            problems, given.get("users_permissions_boundary"), jump_account_id, catalog
        ),
        users_source_networks=parse_networks(
            problems, "users_source_networks", given.get("users_source_networks")
        ),
        trust_policy_size=_trust_size(problems, given.get("trust_policy_size")),
    )


def parse_networks(problems: Problems, place: str, given: Json) -> tuple[str, ...]:
    """Return networks in CIDR form, sorted; record what is none."""
    if given is None or not check_list(problems, place, given):
        return ()
    good = set()
    for number, entry in enumerate(given):
        problem = network_problem(entry) if isinstance(entry, str) else "is not a string"
        if problem:
            problems.add(f"{place}[{number}]", f"{type_name(entry)} {problem}")
        else:
            good.add(str(entry))
    return tuple(sorted(good))


def read_networks(place: str, given: Json) -> tuple[str, ...]:
    """Return networks in CIDR form, sorted; raise InputError for what is none."""
    problems = Problems()
    networks = parse_networks(problems, place, given)
    problems.raise_if_any()
    return networks


def _age(problems: Problems, value: Json) -> int | None:
    if value in (None, 0) and not isinstance(value, bool):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= MFA_AGE_LEAST:
        return value
    problems.add(
        "mfa_max_age",
        f"must be a number of seconds, at least {MFA_AGE_LEAST}, or 0 for no limit, found "
        f"{type_name(value)}",
    )
    return None


def _trust_size(problems: Problems, value: Json) -> int:
    if value is None:
        return TRUST_SIZE
    if isinstance(value, int) and not isinstance(value, bool) and value >= TRUST_SIZE:
        return value
    problems.add(
        "trust_policy_size",
        f"must be a number of characters, at least {TRUST_SIZE} (the AWS default), found "
        f"{type_name(value)}",
    )
    return TRUST_SIZE


def _users_boundary(
    problems: Problems, value: Json, jump_account_id: str, catalog: Catalog
) -> str | None:
    """Return the boundary; users are in one account only, so its ARN can be given, too."""
    own = rf"arn:[\w-]+:iam::{jump_account_id}:policy/[\w+=,.@/-]+"
    if isinstance(value, str) and re.fullmatch(own, value, flags=re.ASCII):
        return value
    return parse_boundary(catalog, problems, "users_permissions_boundary", value)
