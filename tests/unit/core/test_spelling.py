# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that differ only in case."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.spelling import (
    spelled_otherwise,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sets(st.sampled_from(["ana", "Ana", "ANA", "bo", "Bo", "cho"]))


@given(NAMES, NAMES)
def test_the_law(wanted, there):
    found = spelled_otherwise(wanted, there)
    lower = {name.lower() for name in there}
    assert set(found) == {n for n in wanted if n not in there and n.lower() in lower}
    assert all(o in there and o != n and o.lower() == n.lower() for n, o in found.items())
