# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One action shows the progress of both modules of stack sets."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.action.stackset import ActionModule

__all__ = ["ActionModule"]
