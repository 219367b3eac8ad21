# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from itertools import islice

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.pacing import pauses


@pytest.mark.parametrize("longest", [5.0, 10.0])
def test_looks_are_frequent_at_first_and_rare_in_the_end(longest):
    seconds = list(islice(pauses(longest), 20))
    assert seconds[0] == 0.2
    assert seconds == sorted(seconds)
    assert seconds[-1] == longest
