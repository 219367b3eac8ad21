# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Names of everything the product makes; each is a documented variable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from .change import Json
from .checking import Problems, check_text, known_list, suggest, type_name
from .quotas import GROUP_NAME_LONGEST, PATH_LONGEST, SSM_NAME_LEVELS
from .shown import quoted

NAME_CHARACTERS = r"\w+,.@\-"
"""What IAM allows in names, less '=' which session policies could be tricked with."""
IAM_CHARACTERS = NAME_CHARACTERS + "="
SESSION_NAME_SHORTEST = 2
PARAMETER_PREFIX_LONGEST, PARAMETER_PREFIX_LEVELS = 750, SSM_NAME_LEVELS - 1
"""SSM takes 1,011 characters with the ARN before them; a user's name is the last level."""

_PLACEHOLDERS = {
    "group_name": {"level"},
    "project_group_name": {"level", "project"},
    "switch_role_name": {"level"},
    "template_bucket": {"account_id"},
}

_STACK_NAME = (
    r"[A-Za-z][A-Za-z0-9-]{0,127}",
    "stack name: use letters, digits and '-', starting with a letter",
)
_PATH = re.compile(r"/([\w+=,.@-]+/)*", flags=re.ASCII)
_FORMS = {
    "parameter_prefix": (
        rf"(?!/(?i:aws|ssm))(?=.{{1,{PARAMETER_PREFIX_LONGEST}}}$)"
        rf"(/[\w.-]+){{1,{PARAMETER_PREFIX_LEVELS}}}",
        "parameter prefix: start with '/', do not end with '/', and use at most "
        f"{PARAMETER_PREFIX_LEVELS} levels of letters, digits and '_.-' and at most "
        f"{PARAMETER_PREFIX_LONGEST} characters; prefixes that start with aws or ssm are reserved "
        "by AWS",
    ),
    "template_bucket": (
        r"(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$|.*\.\.)"
        r"(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)"
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "bucket name: use 3 to 63 lowercase letters, digits, '.' and '-'; start and end with a "
        "letter or digit; do not use consecutive dots, an IP address, or a prefix or suffix "
        "reserved by AWS",
    ),
    "administration_stack": _STACK_NAME,
    "execution_stack": _STACK_NAME,
    "stack_set": _STACK_NAME,
    "passwords_key_stack": _STACK_NAME,
    "passwords_key_alias": (
        r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}",
        "KMS key alias: use alias/ followed by letters, digits and '/_-', but not alias/aws/",
    ),
    "watch_stack": (
        r"[A-Za-z][A-Za-z0-9-]{0,49}",
        "stack name: use at most 50 letters, digits and '-', starting with a letter; rule names "
        "start with it",
    ),
}
"""Names that are not like those of groups: what they match, and what that is in words."""


@dataclass(frozen=True)
class Names:
    """Names and patterns of the objects; patterns have {level}, {project} or {account_id}."""

    group_name: str = "group-{level}"
    project_group_name: str = "group-{level}-{project}"
    switch_role_name: str = "role-{level}"
    mfa_policy: str = "policy-enforce-mfa"
    fence_policy: str = "policy-fence-jump-account"
    guard_policy: str = "policy-guard-member-account"
    path: str = "/jumpaccount/"
    template_bucket: str = "aws-iam-templates-{account_id}"
    administration_stack: str = "stackset-admin-role"
    administration_role: str = "role-stackset-administration"
    execution_stack: str = "stackset-execution-role"
    execution_role: str = "AWSCloudFormationStackSetExecutionRole"
    stack_set: str = "iam-roles"
    watch_stack: str = "jumpaccount-watch"
    parameter_prefix: str = "/jumpaccount/initial-password"
    passwords_key_stack: str = "jumpaccount-passwords-key"
    passwords_key_alias: str = "alias/jumpaccount-passwords"

    def group(self, level: str, project: str | None) -> str:
        """Return the name of the jump group of a level, global or of one project."""
        if project is None:
            return self.group_name.format(level=level)
        return self.project_group_name.format(level=level, project=project)

    def role(self, level: str) -> str:
        """Return the name of the switch role of a level."""
        return self.switch_role_name.format(level=level)

    @property
    def stacks(self) -> tuple[str, ...]:
        """Return the stacks that runs make in the Jump account without the stack set."""
        return (
            self.administration_stack,
            self.execution_stack,
            self.passwords_key_stack,
            self.watch_stack,
        )

    def bucket(self, jump_account_id: str) -> str:
        """Return the name of the template bucket."""
        return self.template_bucket.format(account_id=jump_account_id)


def parse_names(problems: Problems, given: Json) -> Names:
    """Return the names with what is given in place of the defaults; record what is wrong."""
    if not isinstance(given, Mapping):
        problems.add("names", f"expected a mapping, found {type_name(given)}")
        return Names()
    known = {f.name for f in fields(Names)}
    fit: dict[str, str] = {}
    for key, value in given.items():
        place = f"names.{key}"
        if key not in known:
            problems.add(place, f"unknown name{suggest(str(key), known)}; {known_list(known)}")
        elif not isinstance(value, str) or not value:
            problems.add(place, f"expected a string, found {type_name(value)}")
        elif _has_right_placeholders(problems, place, key, value) and _has_right_form(
            problems, place, key, value
        ):
            fit[key] = value
    return Names(**fit)


def _has_right_placeholders(problems: Problems, place: str, key: str, value: str) -> bool:
    wanted = _PLACEHOLDERS.get(key, set())
    found = set(re.findall(r"{(.*?)}", value))
    required = set() if key == "template_bucket" else wanted
    if not required <= found <= wanted or re.search(r"[{}]", re.sub(r"{\w+}", "", value)):
        braces = ", ".join(f"{{{w}}}" for w in sorted(wanted))
        rule = f"{'must' if required else 'can'} contain {braces} and no other placeholders"
        problems.add(
            place, f"{quoted(value)} {rule if wanted else 'must not contain placeholders'}"
        )
        return False
    return True


def _has_right_form(problems: Problems, place: str, key: str, value: str) -> bool:
    if key == "path":
        return check_path(problems, place, value)
    if key not in _FORMS:
        # A placeholder stands for one character at least.
        longest = GROUP_NAME_LONGEST + sum(len(p) + 1 for p in _PLACEHOLDERS.get(key, ()))
        return check_text(problems, place, value, IAM_CHARACTERS + "{}", longest)
    pattern, rule = _FORMS[key]
    if re.fullmatch(pattern, value.format(account_id="0" * 12), flags=re.ASCII):
        return True
    problems.add(place, f"{quoted(value)} is not a valid {rule}")
    return False


def check_path(problems: Problems, place: str, value: Json) -> bool:
    """Check an IAM path; users and roles could have others, which policies read as wildcards."""
    if not isinstance(value, str) or not _PATH.fullmatch(value):
        shown = f"{quoted(value)}" if isinstance(value, str) else type_name(value)
        problems.add(
            place,
            f"{shown} is not a valid IAM path: start and end with '/', and use letters, digits "
            "and '_+=,.@-' between slashes",
        )
        return False
    if len(value) > PATH_LONGEST:
        problems.add(place, f"has {len(value)} characters; IAM allows at most {PATH_LONGEST}")
        return False
    return True


def parameter_name(prefix: str, user_name: str) -> str:
    """Return the SSM parameter name of a user's initial password.

    SSM allows letters, digits, '_.-' and '/'; every other character of the user name and '_'
    itself become '_' and two hexadecimal digits, so that no two users share a name.
    """
    encoded = re.sub(
        r"[^A-Za-z0-9.\-]",
        lambda m: "".join(f"_{byte:02x}" for byte in m.group().encode()),
        user_name,
    )
    return f"{prefix}/{encoded}"
