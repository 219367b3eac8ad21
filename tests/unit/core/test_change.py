# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vocabulary of plans."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)


def test_an_object_reads_as_its_kind_and_names() -> None:
    assert str(ObjectId(Kind.MEMBERSHIP, ("ana", "group-admin"))) == "membership ana/group-admin"


def test_the_subject_is_the_owner() -> None:
    change = Change(ObjectId(Kind.GROUP_POLICY, ("group-admin", "switch-roles")), Action.DELETE)
    assert change.subject == "group-admin"


def test_a_change_as_people_see_it() -> None:
    change = Change(ObjectId(Kind.GROUP, ("g",)), Action.UPDATE, {"path": "/"}, {"path": "/j/"})
    assert change.as_dict() == {
        "action": "update",
        "target": "group g",
        "before": {"path": "/"},
        "after": {"path": "/j/"},
    }
