# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How what people write in YAML reaches the core."""

from __future__ import annotations

from datetime import date
from typing import Any

from ansible_collections.jumpaccount.aws.plugins.plugin_utils._inventory import plain
from hypothesis import given

from tests.unit.inputs import ANYTHING


@given(ANYTHING)
def test_what_is_plain_stays_as_it_is(value: Any) -> None:
    assert repr(plain(value)) == repr(value)


def test_dates_become_text_and_keys_keep_their_type() -> None:
    said = {"Version": date(2012, 10, 17), 2: (True,), date(2027, 1, 1): 3}
    assert plain(said) == {"Version": "2012-10-17", 2: [True], "2027-01-01": 3}
    mixed = plain({1: 0, "1": 0, None: 0, False: 0})
    assert [type(key) for key in mixed] == [int, str, type(None), bool]
