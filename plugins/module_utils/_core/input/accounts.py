# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading accounts from what the inventory says about its hosts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..arns import is_account_id
from ..change import Json
from ..checking import (
    IN_QUOTES,
    Problems,
    check_list,
    check_text,
    known_list,
    shortened,
    suggest,
    type_name,
)
from ..model import Account
from ..nearness import near_word
from ..quotas import ARN_LONGEST
from ..shown import quoted

PROJECT_CHARACTERS = r"\w+,.@\-"
PROJECT_LONGEST = 64
NO_STAGE = "none"
"""What stands in place of a stage where an account has none on purpose."""
JUMP_GROUP, MEMBER_GROUP = "jump_accounts", "member_accounts"
_ROLE_ARN = r"arn:[\w-]+:iam::([0-9]{12}):role/([!-~]{1,510}/)?[\w+=,.@-]{1,64}"


def parse_accounts(
    problems: Problems, hosts: Sequence[Mapping[str, Json]]
) -> tuple[Account | None, tuple[Account, ...]]:
    """Return the Jump account and the member accounts; record what is wrong.

    hosts are mappings with host, is_jump, is_member and the host's variables account_id, project,
    stage, aws_profile, bootstrap_role_arn, where set; ini names those that an INI file sets.
    """
    parsed = [a for a in (_parse_account(problems, h) for h in hosts) if a is not None]
    _check_unique(problems, parsed)
    jumps = [a for a in parsed if a.is_jump]
    _check_one_jump(problems, [str(h["host"]) for h in hosts if h.get("is_jump")])
    members = sorted((a for a in parsed if not a.is_jump), key=lambda a: (a.account_id, a.host))
    return (jumps[0] if jumps else None), tuple(members)


def _check_one_jump(problems: Problems, jumps: Sequence[str]) -> None:
    if len(jumps) != 1:
        found = f"found {len(jumps)}: {', '.join(sorted(jumps))}" if jumps else "found none"
        problems.add("inventory group jump_accounts", f"must contain exactly one host, {found}")


def _parse_account(problems: Problems, host: Mapping[str, Json]) -> Account | None:
    place = f"host {host['host']}"
    if host.get("is_jump") and host.get("is_member"):
        problems.add(place, "is in both jump_accounts and member_accounts; it can be in only one")
    ok = _check_account_id(problems, place, host)
    for key, characters, longest in (
        ("project", PROJECT_CHARACTERS, PROJECT_LONGEST),
        ("stage", PROJECT_CHARACTERS, PROJECT_LONGEST),
        ("aws_profile", r"\w+,.@ :/\-", 255),
        ("bootstrap_role_arn", "!-~", ARN_LONGEST),
    ):
        if host.get(key) is not None:
            at, advice = f"{place}.{key}", _quoting(host, key)
            ok = check_text(problems, at, host[key], characters, longest, advice) and ok
    ok = _check_role_arn(problems, place, host) and ok
    if host.get("aws_profile") and host.get("bootstrap_role_arn"):
        problems.add(place, "has both aws_profile and bootstrap_role_arn; use only one of them")
    if not ok:
        return None
    texts = {
        key: None if host.get(key) is None else str(host[key])
        for key in ("project", "stage", "aws_profile", "bootstrap_role_arn")
    }
    if texts["stage"] == NO_STAGE:
        texts["stage"] = None
    if host.get("is_jump"):
        # Variables for all hosts may set them; a stage's policies would be the Jump account's then.
        texts["project"] = texts["stage"] = None
    return Account(
        account_id=str(host["account_id"]),
        host=str(host["host"]),
        is_jump=bool(host.get("is_jump")),
        **texts,
    )


def _quoting(host: Mapping[str, Json], key: str) -> str:
    """Return how a value is made a string where it is written."""
    if key not in host.get("ini", ()):
        return IN_QUOTES
    quoted = f'"{host[key]}"'
    return (
        f"Ansible removes the quotes around values in INI files, so write {key}='{quoted}' on the "
        f"host line or {key}={quoted} in a [GROUP:vars] section"
    )


def _check_account_id(problems: Problems, place: str, host: Mapping[str, Json]) -> bool:
    value = host.get("account_id")
    if is_account_id(value):
        return True
    place = f"{place}.account_id"
    if value is None:
        problems.add(place, "is missing; it must be a quoted string of 12 digits")
    elif isinstance(value, bool) or not isinstance(value, int | str):
        problems.add(place, f"must be a quoted string of 12 digits, found {type_name(value)}")
    elif "account_id" in host.get("ini", ()):
        advice = _quoting(host, "account_id")
        problems.add(place, f"is the number {value}, not a string of 12 digits: {advice}")
    elif isinstance(value, int):
        problems.add(
            place,
            f"is the number {value}: YAML reads unquoted digits as a number, and as an octal "
            "number if they start with 0; write the 12 digits in quotes",
        )
    else:
        problems.add(place, f"{quoted(value)} is not 12 digits")
    return False


def _check_role_arn(problems: Problems, place: str, host: Mapping[str, Json]) -> bool:
    arn = host.get("bootstrap_role_arn")
    if not isinstance(arn, str) or not is_account_id(host.get("account_id")):
        return True
    matched = re.fullmatch(_ROLE_ARN, arn, flags=re.ASCII)
    if matched and matched.group(1) == host["account_id"]:
        return True
    problems.add(
        f"{place}.bootstrap_role_arn",
        f"{quoted(arn)} must be the ARN of a role in account {host['account_id']}",
    )
    return False


def _check_unique(problems: Problems, accounts: Iterable[Account]) -> None:
    hosts_of: dict[str, list[str]] = {}
    for account in accounts:
        hosts_of.setdefault(account.account_id, []).append(account.host)
    for account_id, hosts in sorted(hosts_of.items()):
        if len(hosts) > 1:
            listed = ", ".join(sorted(hosts))
            problems.add(f"account {account_id}", f"several hosts have this account_id: {listed}")


def check_project(problems: Problems, place: str, value: Json, projects: Iterable[str]) -> bool:
    """Check that value names a project that has accounts."""
    if not isinstance(value, str):
        problems.add(place, f"expected a string, found {type_name(value)}; write it in quotes")
        return False
    known = set(projects)
    if value in known:
        return True
    others = f"{suggest(value, known)}; {known_list(known)}"
    if not known:
        others = f": no host in the inventory group {MEMBER_GROUP} has a project"
    problems.add(place, f"project {quoted(value)} has no accounts in the inventory{others}")
    return False


def check_strays(problems: Problems, strays: Sequence[Mapping[str, Json]]) -> None:
    """Record hosts with an account_id that are in neither of our groups.

    strays are mappings with host, and groups, those that the host is in.
    """
    hosts_in: dict[tuple[str, ...], list[str]] = {}
    for stray in strays:
        hosts_in.setdefault(tuple(sorted(stray["groups"])), []).append(str(stray["host"]))
    for groups, hosts in sorted(hosts_in.items()):
        meant = [(name, near_word(name, (JUMP_GROUP, MEMBER_GROUP))) for name in groups]
        hints = [f" (is the group '{name}' meant to be '{near}'?)" for name, near in meant if near]
        problems.add(
            f"host {shortened(sorted(hosts))}",
            f"account_id is set, but the host is in neither {JUMP_GROUP} nor {MEMBER_GROUP}"
            f"{''.join(hints)}; list hosts that do not belong to this Jump account in "
            "jump_ignore_hosts",
        )


ALL_MEMBERS = "all"


def parse_readers(
    problems: Problems, given: Json, hosts: Sequence[Mapping[str, Json]]
) -> frozenset[str]:
    """Return the hosts of the accounts that may read the shared template; record what is none.

    Accounts are listed by host name or account id; all member accounts are the default.
    """
    members = [host for host in hosts if not host.get("is_jump")]
    if given in (None, ALL_MEMBERS):
        return frozenset(str(host["host"]) for host in members)
    if not check_list(problems, "template_readers", given):
        return frozenset()
    named = {str(host["host"]) for host in members}
    by_id = {str(h.get("account_id")): str(h["host"]) for h in members}
    known = {**by_id, **{name: name for name in named}}
    good = set()
    for number, entry in enumerate(given):
        if isinstance(entry, str) and entry in known:
            good.add(known[entry])
        else:
            hint = suggest(entry, named) if isinstance(entry, str) else ""
            problems.add(
                f"template_readers[{number}]",
                f"{type_name(entry)} is neither a host name nor an account id of a member "
                f"account{hint}",
            )
    return frozenset(good)
