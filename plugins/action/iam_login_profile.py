# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials of iam_login_profile that ask for an MFA code."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.plugin_utils._aws_module import ActionModule

__all__ = ["ActionModule"]
