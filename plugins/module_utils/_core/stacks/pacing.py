# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""How long to pause between two looks at what AWS does in its own time."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST, _GROWTH = 0.2, 1.5


def pauses(longest: float) -> Iterator[float]:
    """Return the seconds to wait before each next look: fast at first, then slower."""
    pause = _FIRST
    while True:
        yield pause
        pause = min(pause * _GROWTH, longest)
