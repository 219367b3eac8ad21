# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creating what a lost answer may have created already."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.writing import create_once
from botocore.exceptions import ClientError


def raising(code: str) -> Callable[[], bool]:
    def call() -> bool:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, "CreateUser")

    return call


@pytest.mark.parametrize(
    ("create", "is_ours", "raised"),
    [
        (lambda: True, raising("AccessDenied"), None),
        (raising("EntityAlreadyExists"), lambda: True, None),
        (raising("EntityAlreadyExists"), lambda: False, "EntityAlreadyExists"),
        (raising("EntityAlreadyExists"), raising("NoSuchEntity"), "EntityAlreadyExists"),
        (raising("EntityAlreadyExists"), raising("AccessDenied"), "AccessDenied"),
        (raising("LimitExceeded"), lambda: True, "LimitExceeded"),
    ],
    ids=["made", "ours", "of others", "elsewhere", "unreadable", "refused"],
)
def test_what_counts_as_created(
    create: Callable[[], bool], is_ours: Callable[[], bool], raised: str | None
) -> None:
    if raised is None:
        create_once(create, is_ours)
    else:
        with pytest.raises(ClientError, match=raised):
            create_once(create, is_ours)
