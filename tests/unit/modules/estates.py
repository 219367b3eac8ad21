# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random companies: what the inventory asks for, and what somebody did to the account meanwhile."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.unit.modules.conftest import JUMP, REGION, LocalAws

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
MFA_POLICY = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-enforce-mfa"
FENCE = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-fence-jump-account"
PEOPLE = ["yamada.taro", "suzuki.ichiro", "kim.minjun", "sato.yuki", "lee.sora", "mori.ken"]
HOSTS = {
    "a-prod": ("222222222222", "project-a"),
    "a-test": ("333333333333", "project-a"),
    "b-prod": ("444444444444", "project-b"),
    "shared": ("555555555555", None),
}
LEVELS = {
    "admin": {"managed_policies": ["AdministratorAccess"]},
    "operator": {"managed_policies": ["ReadOnlyAccess"]},
}


class HostVariables(dict[str, Any]):
    """The variables of each host, read as Ansible offers them to an action."""

    def raw_get(self, host: str) -> Any:
        """Return the variables of a host as they were written."""
        return self[host]


@dataclass
class Company:
    """What is asked for: the accounts by host, levels, people, and further variables."""

    hosts: list[str]
    levels: dict[str, Any]
    roster: list[dict[str, Any]]
    without_credentials: set[str] = field(default_factory=set)
    options: dict[str, Any] = field(default_factory=dict)

    def variables(self) -> dict[str, Any]:
        """Return what Ansible would know of this company."""
        hosts = {"jump": {"account_id": JUMP}, **{name: self._host(name) for name in self.hosts}}
        return {
            "aws_region": REGION,
            "levels": self.levels,
            "roster": self.roster,
            "groups": {
                "all": list(hosts),
                "ungrouped": [],
                "jump_accounts": ["jump"],
                "member_accounts": list(self.hosts),
            },
            "inventory_hostname": "jump",
            "playbook_dir": "/nonexistent",
            "hostvars": HostVariables(hosts),
            "ansible_play_hosts_all": list(hosts),
            "jump_users_rest_of_names": 0,
            **self.options,
        }

    def _host(self, name: str) -> dict[str, Any]:
        account_id, project = HOSTS[name]
        role = f"arn:aws:iam::{account_id}:role/sandbox-bootstrap"
        return {
            "account_id": account_id,
            **({"project": project} if project else {}),
            **({} if name in self.without_credentials else {"bootstrap_role_arn": role}),
        }

    @property
    def projects(self) -> list[str]:
        """Return the projects of the accounts."""
        return sorted({HOSTS[name][1] or "" for name in self.hosts} - {""})


def first_company() -> Company:
    """Return the company whose bootstrap all cases begin with."""
    return Company(
        hosts=["a-prod", "b-prod"],
        levels=dict(LEVELS),
        roster=[
            {"name": "yamada.taro", "access": [{"level": "admin"}]},
            {"name": "suzuki.ichiro", "access": [{"level": "operator"}]},
            {"name": "kim.minjun", "access": [{"level": "operator", "project": "project-a"}]},
            {"name": "sato.yuki", "access": [{"level": "admin", "project": "project-b"}]},
        ],
    )


def random_company(dice: random.Random, *, with_accounts: bool) -> Company:
    """Return the first company after a few edits of its files."""
    company = first_company()
    edits = [_join, _leave, _change_access, _tag, _options, _new_level]
    if with_accounts:
        edits += [_new_account, _new_account, _leaving_account, _change_level]
    for edit in dice.choices(edits, k=dice.randint(0, 3)):
        edit(company, dice)
    return company


def _access(company: Company, dice: random.Random) -> list[dict[str, str]]:
    entries = [
        {"level": level, **({"project": project} if project else {})}
        for level in company.levels
        for project in [None, *company.projects]
    ]
    return dice.sample(entries, k=dice.randint(1, 3))


def _join(company: Company, dice: random.Random) -> None:
    there = {person["name"] for person in company.roster}
    name = dice.choice(sorted(set(PEOPLE) - there) or ["late.comer"])
    if name not in there:
        company.roster.append({"name": name, "access": _access(company, dice)})


def _leave(company: Company, dice: random.Random) -> None:
    if len(company.roster) > 1:
        company.roster.remove(dice.choice(company.roster))


def _change_access(company: Company, dice: random.Random) -> None:
    dice.choice(company.roster)["access"] = _access(company, dice)


def _tag(company: Company, dice: random.Random) -> None:
    dice.choice(company.roster)["company"] = dice.choice(["partner-x", "partner-y"])


def _new_level(company: Company, dice: random.Random) -> None:
    if len(company.levels) < 3:
        company.levels["auditor"] = {"managed_policies": ["ReadOnlyAccess"]}
        dice.choice(company.roster)["access"] = _access(company, dice)


def _options(company: Company, dice: random.Random) -> None:
    name, value = dice.choice(
        [
            ("jump_account_adopt_groups", True),
            ("jump_account_prune_groups", True),
            ("jump_project_groups", "used"),
            ("jump_users_adopt", True),
            ("jump_users_purge_tags", True),
            ("jump_max_removal_ratio", 0.0),
            ("jump_max_removal_ratio", 1.0),
            ("jump_mfa_policy_name", "policy-enforce-mfa-new"),
            ("jump_users_source_networks", ["203.0.113.0/24"]),
        ]
    )
    company.options[name] = value


def _new_account(company: Company, dice: random.Random) -> None:
    name = dice.choice(["a-test", "shared"])
    if name not in company.hosts:
        company.hosts.append(name)
        if dice.random() < 0.5:
            company.without_credentials.add(name)


def _leaving_account(company: Company, dice: random.Random) -> None:
    projects = {entry.get("project") for p in company.roster for entry in p["access"]}
    free = [name for name in company.hosts if HOSTS[name][1] not in projects]
    if free and len(company.hosts) > 1:
        company.hosts.remove(dice.choice(free))


def _change_level(company: Company, dice: random.Random) -> None:
    level = dice.choice(["admin", "operator"])
    company.levels[level] = {**company.levels[level], "max_session_duration": 7200}


Deed = Callable[[Any, random.Random], str]


def random_deeds(aws: LocalAws, dice: random.Random) -> list[str]:
    """Do to the Jump account what people do by hand, and return what was done."""
    iam = aws.client("iam")
    return [deed(iam, dice) for deed in dice.choices(DEEDS, k=dice.randint(0, 3))]


def _groups(iam: Any) -> list[str]:
    return [group["GroupName"] for group in iam.list_groups()["Groups"]]


def _users(iam: Any) -> list[str]:
    return [user["UserName"] for user in iam.list_users()["Users"]]


def _detach_mfa(iam: Any, dice: random.Random) -> str:
    group = dice.choice(_groups(iam))
    held = iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"]
    for policy in held:
        iam.detach_group_policy(GroupName=group, PolicyArn=policy["PolicyArn"])
    return f"detached all policies of {group}"


def _attach_foreign(iam: Any, dice: random.Random) -> str:
    group = dice.choice(_groups(iam))
    iam.attach_group_policy(GroupName=group, PolicyArn=ADMINISTRATOR)
    return f"attached AdministratorAccess to {group}"


def _fill_group(iam: Any, dice: random.Random) -> str:
    group = dice.choice(_groups(iam))
    for policy in iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"]:
        iam.detach_group_policy(GroupName=group, PolicyArn=policy["PolicyArn"])
    for number in range(10):
        arn = _policy(iam, f"foreign-{number}")
        iam.attach_group_policy(GroupName=group, PolicyArn=arn)
    return f"filled {group} with other policies"


def _policy(iam: Any, name: str) -> str:
    arn = f"arn:aws:iam::{JUMP}:policy/{name}"
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    try:
        iam.create_policy(PolicyName=name, PolicyDocument=document)
    except iam.exceptions.EntityAlreadyExistsException:
        return arn
    return arn


def _group_by_hand(iam: Any, dice: random.Random) -> str:
    name = dice.choice(["group-auditor", "Group-Auditor", "group-admin-project-a", "group-other"])
    path = dice.choice(["/", "/jumpaccount/"])
    try:
        iam.create_group(GroupName=name, Path=path)
    except iam.exceptions.EntityAlreadyExistsException:
        return f"found {name}"
    return f"made {path}{name}"


def _move_group(iam: Any, dice: random.Random) -> str:
    group = dice.choice(_groups(iam))
    iam.update_group(GroupName=group, NewPath="/")
    return f"moved {group}"


def _user_by_hand(iam: Any, dice: random.Random) -> str:
    name = dice.choice(["lee.sora", "Lee.Sora", "mori.ken", "stranger"])
    try:
        iam.create_user(UserName=name)
    except iam.exceptions.EntityAlreadyExistsException:
        return f"found {name}"
    return f"made {name}"


def _join_by_hand(iam: Any, dice: random.Random) -> str:
    user, group = dice.choice(_users(iam)), dice.choice(_groups(iam))
    iam.add_user_to_group(UserName=user, GroupName=group)
    return f"put {user} into {group}"


def _fill_user(iam: Any, dice: random.Random) -> str:
    user = dice.choice(_users(iam))
    there = len(iam.list_groups_for_user(UserName=user)["Groups"])
    for number in range(10 - there):
        name = f"club-{user}-{number}"
        if name not in _groups(iam):
            iam.create_group(GroupName=name)
            iam.add_user_to_group(UserName=user, GroupName=name)
    return f"put {user} into many groups"


def _untag_user(iam: Any, dice: random.Random) -> str:
    user = dice.choice(_users(iam))
    iam.untag_user(UserName=user, TagKeys=["jumpaccount:owned"])
    return f"untagged {user}"


def _drop_profile(iam: Any, dice: random.Random) -> str:
    user = dice.choice(_users(iam))
    try:
        iam.delete_login_profile(UserName=user)
    except iam.exceptions.NoSuchEntityException:
        return f"no password of {user}"
    return f"deleted the password of {user}"


def _user_policy(iam: Any, dice: random.Random) -> str:
    user = dice.choice(_users(iam))
    iam.attach_user_policy(UserName=user, PolicyArn=ADMINISTRATOR)
    return f"attached AdministratorAccess to {user}"


def _change_mfa_policy(iam: Any, _dice: random.Random) -> str:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    versions = iam.list_policy_versions(PolicyArn=MFA_POLICY)["Versions"]
    if len(versions) == 5:
        return "no room for another MFA policy"
    iam.create_policy_version(PolicyArn=MFA_POLICY, PolicyDocument=document, SetAsDefault=True)
    return "changed the MFA policy"


DEEDS: list[Deed] = [
    _detach_mfa,
    _attach_foreign,
    _fill_group,
    _group_by_hand,
    _move_group,
    _user_by_hand,
    _join_by_hand,
    _fill_user,
    _untag_user,
    _drop_profile,
    _user_policy,
    _change_mfa_policy,
]
