# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every limit says what it counts, which page of AWS has it, and whether AWS raises it."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core import quotas

STATEMENTS = ast.parse(Path(quotas.__file__).read_text()).body
LIMITS = [
    (statement.targets[0].id, following)
    for statement, following in pairwise(STATEMENTS)
    if isinstance(statement, ast.Assign)
]


@pytest.mark.parametrize(("name", "following"), LIMITS, ids=[name for name, _text in LIMITS])
def test_a_limit_has_its_source(name, following):
    assert isinstance(getattr(quotas, name), int)
    text = following.value.value
    assert re.search(
        r"\. (IAM|CloudFormation|S3|Systems Manager|EventBridge), (fixed|adjustable)\.$", text
    )
