# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Characters and lengths that we test against are those of botocore's service model.

Each row asks the parser that reads a value, character by character and at both ends of its length:
nothing that AWS takes is refused without a reason, nothing is accepted that AWS would refuse.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Any

import botocore.session
import pytest
import regex
from ansible_collections.jumpaccount.aws.plugins.module_utils._core import naming
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.arns import is_account_id
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import Problems
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.people import (
    check_names,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password import (
    PasswordPolicy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password_policy import (
    check_password_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role import (
    SwitchRole,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role_plan import (
    check_roles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.accounts import (
    parse_accounts,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.exceptions import Known
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.levels import parse_levels
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.roster import parse_roster
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import (
    Account,
    Inventory,
    Level,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import parse_names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.quotas import (
    TAGS_MOST,
    USER_NAME_LONGEST,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.account_stack import (
    Stack,
    check_stack,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.tags import is_tag_character

Accepts = Callable[[str], bool]
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
}
ROLE = SwitchRole("role", trust_policy={}, description="")
JUMP = Account("111111111111", "jump", is_jump=True)
NOTHING_SAID = "who has none leaves it out; an empty one is a slip"
PRINTABLE = {chr(code) for code in range(0x21, 0x7F)}
NAME = {c for c in PRINTABLE if c.isalnum() or c in "_+=,.@-"}
NO_EQUALS = ({"="}, "it separates a name from its value in INI inventories and in -e")
NO_WILDCARDS = (
    PRINTABLE - NAME - {"/"},
    "policies name objects by their path, and read * ? $ in it",
)


def no_problems(check: Callable[[Problems], Any]) -> bool:
    problems = Problems()
    check(problems)
    return len(problems) == 0


def person(**said: Any) -> bool:
    entry = {"name": "ana", "access": [], **said}
    return no_problems(lambda problems: parse_roster(problems, [entry], Known((), {})))


def level(**said: Any) -> bool:
    entry = {"managed_policies": ["A"], **said}
    return no_problems(lambda problems: parse_levels(problems, {"x": entry}))


def name(key: str, text: str) -> bool:
    """Return whether a name can be given; of a pattern for levels, as the level x has it."""

    def check(problems: Problems) -> None:
        is_pattern = key in ("group_name", "switch_role_name")
        pattern = f"{text[:-1]}{{level}}" if is_pattern and text else text
        names = parse_names(problems, {key: pattern})
        check_names(problems, Inventory(JUMP, (), (Level("x"),)), names)

    return no_problems(check)


def role(**changes: Any) -> bool:
    return no_problems(lambda problems: check_roles(problems, [replace(ROLE, **changes)], ()))


def member(**said: Any) -> bool:
    hosts = [
        {"host": "jump", "is_jump": True, "account_id": "111111111111"},
        {"host": "a", "is_member": True, "account_id": "222222222222", **said},
    ]
    return no_problems(lambda problems: parse_accounts(problems, hosts))


@cache
def metadata(service: str, shape: str) -> dict[str, Any]:
    return botocore.session.get_session().get_service_model(service).shape_for(shape).metadata


def shape(service: str, shape_name: str) -> Accepts:
    """Return what AWS accepts, as its service model states it."""
    limits = metadata(service, shape_name)
    # Java's \\w is ASCII; its \\p{..} are not.
    flags = 0 if r"\p" in limits["pattern"] else regex.ASCII
    pattern = regex.compile(limits["pattern"], flags)
    return lambda text: (
        limits.get("min", 0) <= len(text) <= limits.get("max", len(text))
        and bool(pattern.fullmatch(text))
    )


def iam(shape_name: str) -> Accepts:
    return shape("iam", shape_name)


def documented(shape_name: str, longest: int) -> Accepts:
    """Return what CloudFormation accepts: the model has no length, the documentation has."""
    accepts = shape("cloudformation", shape_name)
    return lambda text: len(text) <= longest and accepts(text)


def with_path(text: str) -> bool:
    """Return whether IAM takes a policy given as path and name."""
    path, _slash, last = text.rpartition("/")
    return iam("policyNameType")(last) and iam("policyPathType")(f"/{path}/" if path else "/")


@dataclass(frozen=True)
class Row:
    """One value: what we accept, what AWS accepts, and a good text around a character."""

    ours: Accepts
    aws: Accepts
    form: str = "a{}x"
    narrower: tuple[set[str], str] = (set(), "")
    longest: int | None = None
    not_empty: str = ""

    def text(self, inside: str) -> str:
        return self.form.replace("{}", inside)


TEXTS = {
    "roster name": Row(
        lambda t: person(name=t),
        iam("userNameType"),
        narrower=({"="}, "session policies could be tricked with it"),
        longest=64,
    ),
    "tag key": Row(lambda t: person(tags={t: "v"}), iam("tagKeyType"), longest=128),
    "tag value": Row(lambda t: person(tags={"k": t}), iam("tagValueType"), "{}", longest=256),
    "company": Row(
        lambda t: person(company=t), iam("tagValueType"), longest=256, not_empty=NOTHING_SAID
    ),
    "email": Row(
        lambda t: person(email=t), iam("tagValueType"), longest=256, not_empty=NOTHING_SAID
    ),
    "group name": Row(lambda t: name("group_name", t), iam("groupNameType"), longest=128),
    "switch role name": Row(lambda t: name("switch_role_name", t), iam("roleNameType"), longest=64),
    "administration role": Row(
        lambda t: name("administration_role", t), iam("roleNameType"), longest=64
    ),
    "execution role": Row(
        lambda t: name("execution_role", t),
        shape("cloudformation", "ExecutionRoleName"),
        longest=64,
    ),
    "MFA policy": Row(lambda t: name("mfa_policy", t), iam("policyNameType"), longest=128),
    "fence policy": Row(lambda t: name("fence_policy", t), iam("policyNameType"), longest=128),
    "guard policy": Row(lambda t: name("guard_policy", t), iam("policyNameType"), longest=128),
    "path of groups and policies": Row(
        lambda t: name("path", t), iam("policyPathType"), "/a{}x/", longest=512
    ),
    "path of users": Row(
        lambda t: no_problems(lambda p: naming.check_path(p, "p", t)),
        iam("pathType"),
        "/a{}x/",
        narrower=NO_WILDCARDS,
        longest=512,
    ),
    "path of roles": Row(
        lambda t: role(path=t, name="r"), iam("pathType"), "/a{}x/", narrower=NO_WILDCARDS
    ),
    "role": Row(lambda t: role(name=t), iam("roleNameType"), longest=64),
    "role description": Row(
        lambda t: role(description=t), iam("roleDescriptionType"), "{}", longest=1000
    ),
    "tag value of a role": Row(
        lambda t: role(tags=(("k", t),)), iam("tagValueType"), "{}", longest=256
    ),
    "inline policy of a role": Row(
        lambda t: role(inline_policies=((t, DOCUMENT),)), iam("policyNameType"), longest=128
    ),
    "inline policy of a level": Row(
        lambda t: level(inline_policies={t: DOCUMENT}), iam("policyNameType"), longest=128
    ),
    "policy of every account": Row(
        lambda t: level(managed_policies=[{"customer": t}]), with_path, longest=128
    ),
    "path of a policy of every account": Row(
        lambda t: level(managed_policies=[{"customer": t}]),
        with_path,
        f"a{{}}x/{128 * 'n'}",
        longest=510 + 1 + 128,
    ),
    "level": Row(
        lambda t: no_problems(lambda p: parse_levels(p, {t: {"managed_policies": ["A"]}})),
        iam("roleNameType"),
        narrower=NO_EQUALS,
        longest=64,
    ),
    "project": Row(lambda t: member(project=t), iam("groupNameType"), narrower=NO_EQUALS),
    "stage": Row(lambda t: member(stage=t), iam("groupNameType"), narrower=NO_EQUALS),
    "bootstrap role": Row(
        lambda t: member(bootstrap_role_arn=f"arn:aws:iam::222222222222:role/{t}"),
        lambda t: (
            iam("roleNameType")(t.rpartition("/")[2])
            and iam("pathType")(f"/{t.rpartition('/')[0]}/".replace("//", "/"))
        ),
        longest=64,
    ),
    "path of a bootstrap role": Row(
        lambda t: member(bootstrap_role_arn=f"arn:aws:iam::222222222222:role/{t}/r"),
        lambda t: iam("pathType")(f"/{t}/"),
        longest=510,
    ),
    "administration stack": Row(
        lambda t: name("administration_stack", t), documented("StackNameOrId", 128), longest=128
    ),
    "execution stack": Row(
        lambda t: name("execution_stack", t), documented("StackNameOrId", 128), longest=128
    ),
    "stack": Row(
        lambda t: no_problems(lambda p: check_stack(p, Stack(t, {}, ()), "")),
        documented("StackNameOrId", 128),
        longest=128,
    ),
    "stack set": Row(
        lambda t: name("stack_set", t), documented("StackSetNameOrId", 128), longest=128
    ),
}
"""Projects and stages are names of ours; 64 characters leave room for a level in group names."""

CHARACTERS = [
    chr(code)
    for code in chain(range(0x530), range(0x1FE0, 0x2100), range(0x3000, 0x110000, 0x1F3))
    if unicodedata.category(chr(code)) not in ("Cn", "Cs")
]
"""Characters that this Python knows; Unicode grows, and unknown ones are refused in tags."""


@pytest.mark.parametrize("row", TEXTS.values(), ids=TEXTS.keys())
def test_characters(row: Row) -> None:
    left_out, reason = row.narrower
    texts = {character: row.text(character) for character in CHARACTERS}
    taken = {c for c, text in texts.items() if row.aws(text)}
    assert len(taken) >= 2 * 26 + 10 + 1
    assert {c for c, text in texts.items() if row.ours(text)} == taken - left_out, reason


@pytest.mark.parametrize("row", TEXTS.values(), ids=TEXTS.keys())
def test_empty_texts(row: Row) -> None:
    assert row.ours("") == (row.aws("") and not row.not_empty), row.not_empty


LONGEST = {name: row for name, row in TEXTS.items() if row.longest}


@pytest.mark.parametrize("row", LONGEST.values(), ids=LONGEST.keys())
def test_longest_texts(row: Row) -> None:
    inside = (row.longest or 0) - len(row.text(""))
    fits, is_longer = row.text("b" * inside), row.text("b" * (inside + 1))
    assert (row.ours(fits), row.aws(fits)) == (True, True)
    assert (row.ours(is_longer), row.aws(is_longer)) == (False, False)


NUMBERS = {
    "max_session_duration of a level": (
        lambda n: level(max_session_duration=n),
        "roleMaxSessionDurationType",
    ),
    "max_session_duration of a role": (
        lambda n: role(max_session_duration=n),
        "roleMaxSessionDurationType",
    ),
    "minimum_length": (lambda n: password(minimum_length=n), "minimumPasswordLengthType"),
    "max_age": (lambda n: password(max_age=n), "maxPasswordAgeType"),
    "reuse_prevention": (lambda n: password(reuse_prevention=n), "passwordReusePreventionType"),
}
NONE = {"max_age", "reuse_prevention"}
"""Settings whose 0 means that the setting is left out."""


def password(**changes: int) -> bool:
    policy = replace(PasswordPolicy(), **changes)
    return no_problems(lambda problems: check_password_policy(problems, policy))


@pytest.mark.parametrize("key", NUMBERS)
def test_numbers(key: str) -> None:
    ours, shape_name = NUMBERS[key]
    limits = metadata("iam", shape_name)
    ends = [limits["min"] - 1, limits["min"], limits["max"], limits["max"] + 1]
    assert [ours(n) for n in ends] == [key in NONE, True, True, False]


def test_every_character_of_tags() -> None:
    accepts = regex.compile(metadata("iam", "tagKeyType")["pattern"]).fullmatch
    known = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) != "Cn"]
    assert [c for c in known if is_tag_character(c) != bool(accepts(c))] == []
    assert metadata("iam", "tagListType")["max"] == TAGS_MOST


def test_sessions_can_be_named_after_users() -> None:
    limits = metadata("sts", "roleSessionNameType")
    assert limits["min"] == naming.SESSION_NAME_SHORTEST
    assert limits["max"] == USER_NAME_LONGEST
    accepts = shape("sts", "roleSessionNameType")
    users = [c for c in CHARACTERS if person(name=f"a{c}")]
    assert [c for c in users if not accepts(f"a{c}")] == []


def test_account_ids() -> None:
    accepts = shape("cloudformation", "Account")
    texts = ["1" * 11, "1" * 12, "1" * 13, "1" * 11 + "a", "1" * 11 + "\u0661", "1" * 12 + "\n"]
    assert [is_account_id(t) for t in texts] == [accepts(t) for t in texts]


def test_the_longest_parameter_has_room() -> None:
    prefix = "/a" * 13 + "/" + "b" * (naming.PARAMETER_PREFIX_LONGEST - 27)
    assert len(prefix) == naming.PARAMETER_PREFIX_LONGEST
    assert name("parameter_prefix", prefix)
    made = naming.parameter_name(prefix, "_" * USER_NAME_LONGEST)
    arn = f"arn:aws-us-gov:ssm:us-gov-west-1:111111111111:parameter{made}"
    assert len(arn) <= 1011
    assert made.count("/") == 15
    assert len(made) <= metadata("ssm", "PSParameterName")["max"]
