# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What writers have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._core.change import Action, Change, Kind
from .errors import ClientError, error_code

Writer = Callable[[Change], None]
Writers = Mapping[tuple[Kind, Action], Writer]

ALREADY_THERE = {
    "AlreadyExistsException",
    "EntityAlreadyExists",
    "EntityAlreadyExistsException",
    "NameAlreadyExistsException",
}
NOT_THERE = {"NoSuchEntity", "NoSuchEntityException"}


def create_once(create: Callable[[], object], is_ours: Callable[[], bool]) -> None:
    """Create something that a lost answer may have made us create already.

    When AWS says that it exists, is_ours reads it and decides whether it is what we wanted.
    """
    try:
        create()
    except ClientError as error:
        if error_code(error) not in ALREADY_THERE or not _is_found(is_ours):
            raise


def _is_found(is_ours: Callable[[], bool]) -> bool:
    """Return whether it is ours; what lies elsewhere under its name is not found and not ours."""
    try:
        return is_ours()
    except ClientError as error:
        if error_code(error) not in NOT_THERE:
            raise
        return False
