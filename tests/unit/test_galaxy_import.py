# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as trouble in the log of an import: the importer's own exit code tells little."""

from __future__ import annotations

import pytest

from scripts.galaxy_import import SUCCESS, troubles

GOOD = f"Loading role jump\n...ansible-lint run complete\n{SUCCESS}\n"
MISSING = f"The log lacks: {SUCCESS}"


@pytest.mark.parametrize(
    ("log", "found"),
    [
        (GOOD, []),
        (f"WARNING: no tests\n{GOOD}", ["WARNING: no tests"]),
        (f"ERROR: The import failed\n{GOOD}", ["ERROR: The import failed"]),
        (f"{GOOD}ERROR: exit 1\n", ["ERROR: exit 1"]),
        ("Loading role jump\n", [MISSING]),
        ("Traceback (most recent call last):\n", ["Traceback (most recent call last):", MISSING]),
    ],
)
def test_anything_but_a_clean_run_is_trouble(log, found):
    assert troubles(log) == found
