# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Under which KMS key an initial password lies, and its way to another one."""

from __future__ import annotations

from dataclasses import dataclass

from ..change import Json, Kind, ObjectId
from ..naming import parameter_name
from .initial_password import copy_name
from .kms_key import OF_AWS_ALIAS

Objects = dict[ObjectId, Json]


@dataclass(frozen=True)
class Lying:
    """The password of a user in the store: under which key, None where there is only a copy.

    is_needed is whether the user still has to sign in with it; has_copy is whether a move to
    another key left one.
    """

    key: str | None = OF_AWS_ALIAS
    has_copy: bool = False
    is_needed: bool = True


def key_objects(user: str, lying: Lying, prefix: str, key: str) -> tuple[Objects, Objects]:
    """Return the desired and the observed object of the key of a password.

    What is under another key is copied and leaves, then it is stored anew and the copy goes: so
    no earlier version stays under the old key, and a run that ends in between is continued.
    """
    if not lying.is_needed:
        copy = copy_name(prefix, user)
        leftover = {ObjectId(Kind.INITIAL_PASSWORD, (copy,)): {"parameter": copy}}
        return {}, leftover if lying.has_copy else {}
    parameter = parameter_name(prefix, user)
    under_key: Objects = {
        ObjectId(Kind.PASSWORD_UNDER_KEY, (user,)): {"parameter": parameter, "key": key}
    }
    if lying.key not in (None, key):
        elsewhere = ObjectId(Kind.PASSWORD_ELSEWHERE, (user,))
        return under_key, {elsewhere: {"parameter": parameter, "key": lying.key}}
    return under_key, {} if lying.has_copy else under_key
