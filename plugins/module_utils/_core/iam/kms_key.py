# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The KMS key of initial passwords, as the input names it, and who may read them with our own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..arns import iam_arn
from ..change import Json
from ..checking import Problems, type_name
from ..partitions import partition_of
from ..quotas import ROLE_NAME_LONGEST
from ..shown import quoted

OWN = "own"
OF_AWS = "aws/ssm"
OF_AWS_ALIAS = f"alias/{OF_AWS}"
"""As Parameter Store tells of it."""
PLACE = "jump_users_kms_key"
READERS = "jump_password_readers"
READERS_MOST = 100
"""A key policy has 32 KiB: about twice as many fit."""

_KEY = r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_ALIAS = r"alias/[a-zA-Z0-9/_-]{1,250}"
_ARN = re.compile(
    rf"arn:([\w-]+):kms:([a-z0-9-]+):[0-9]{{12}}:(key/{_KEY}|{_ALIAS})", flags=re.ASCII
)
_PRINCIPAL = r"[\w+=,.@-]"
_OF_ACCOUNT = re.compile(r"arn:[\w-]+:kms:[a-z0-9-]+:[0-9]{12}:", flags=re.ASCII)


def check_kms_key(problems: Problems, value: Json, region: str) -> None:
    """Record what is no key that Parameter Store takes in this region."""
    if value in (OWN, OF_AWS):
        return
    arn = _ARN.fullmatch(value) if isinstance(value, str) else None
    if arn is None:
        if not isinstance(value, str) or not re.fullmatch(f"{_KEY}|{_ALIAS}", value, re.ASCII):
            problems.add(
                PLACE,
                f"must be {OWN}, {OF_AWS}, or the id, an alias such as alias/passwords, or the ARN "
                f"of a KMS key, found {type_name(value)}",
            )
    elif (arn[1], arn[2]) != (partition_of(region), region):
        problems.add(
            PLACE, f"{quoted(value)} is in region {arn[2]}, and the parameters are in {region}"
        )


def parse_password_readers(
    problems: Problems, value: Json, kms_key: Json, account_id: str, partition: str
) -> tuple[str, ...]:
    """Return the patterns of ARNs of who else reads passwords; record what is no principal."""
    if not isinstance(value, list | tuple):
        problems.add(READERS, f"expected a list, found {type_name(value)}")
        return ()
    if value and kms_key != OWN:
        problems.add(READERS, f"applies only with {PLACE}: {OWN}; remove it, or use that key")
    if len(value) > READERS_MOST:
        problems.add(
            READERS, f"has {len(value)} entries, but a key policy can have at most {READERS_MOST}"
        )
    found: list[str] = []
    for number, item in enumerate(value):
        patterns = _patterns_of(item, iam_arn(partition, account_id, ""))
        if not patterns:
            problems.add(
                f"{READERS}[{number}]",
                "must be the name of a role, or the ARN of a role or user, of the Jump account "
                f"{account_id}, found {quoted(item) if isinstance(item, str) else type_name(item)}",
            )
        found += patterns
    return tuple(dict.fromkeys(found))


def _patterns_of(item: Json, root: str) -> list[str]:
    if not isinstance(item, str):
        return []
    if re.fullmatch(rf"{_PRINCIPAL}{{1,{ROLE_NAME_LONGEST}}}", item, re.ASCII):
        # A name is of one role of the account, whatever its path.
        return [f"{root}role/{item}", f"{root}role/*/{item}"]
    is_arn = re.fullmatch(rf"{re.escape(root)}(role|user)(/{_PRINCIPAL}+)+", item, re.ASCII)
    return [item] if is_arn else []


def names_same_key(one: str, other: str) -> bool:
    """Return whether two texts, ids, aliases or ARNs, are one key of the account for sure."""
    if _OF_ACCOUNT.match(one) and _OF_ACCOUNT.match(other):
        return one == other
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return _OF_ACCOUNT.sub("", text).removeprefix("key/")


def listed_readers(patterns: Sequence[str]) -> list[str]:
    """Return readers without the patterns that stand for paths of the same role."""
    return [pattern for pattern in patterns if "*" not in pattern]
