# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The KMS key of initial passwords, as the input names it."""

from __future__ import annotations

import re

from .change import Json
from .checking import Problems, type_name
from .partitions import partition_of
from .shown import quoted

_KEY = r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_ALIAS = r"alias/[a-zA-Z0-9/_-]{1,250}"
_ARN = re.compile(
    rf"arn:([\w-]+):kms:([a-z0-9-]+):[0-9]{{12}}:(key/{_KEY}|{_ALIAS})", flags=re.ASCII
)


def check_kms_key(problems: Problems, value: Json, region: str) -> None:
    """Record what is no key that Parameter Store takes in this region; none is the key aws/ssm."""
    place = "jump_users_kms_key_id"
    if value in (None, ""):
        return
    arn = _ARN.fullmatch(value) if isinstance(value, str) else None
    if arn is None:
        if not isinstance(value, str) or not re.fullmatch(f"{_KEY}|{_ALIAS}", value, re.ASCII):
            problems.add(
                place,
                f"must be the id, an alias such as alias/passwords, or the ARN of a KMS key, found "
                f"{type_name(value)}",
            )
    elif (arn[1], arn[2]) != (partition_of(region), region):
        problems.add(
            place, f"{quoted(value)} is in region {arn[2]}, and the parameters are in {region}"
        )
