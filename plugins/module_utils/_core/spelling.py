# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Names as IAM compares them: those that differ only in case are one."""

from __future__ import annotations

from collections.abc import Iterable


def spelled_otherwise(wanted: Iterable[str], there: Iterable[str]) -> dict[str, str]:
    """Return the wanted names that are taken in another spelling, each with that spelling."""
    taken = set(there)
    spelling = {name.lower(): name for name in sorted(taken)}
    return {
        name: spelling[name.lower()]
        for name in sorted(set(wanted) - taken)
        if name.lower() in spelling
    }
