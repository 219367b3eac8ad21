# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of all unit tests."""

from __future__ import annotations

from hypothesis import settings

# A busy machine must not fail a test: what is tested is the result, not the time of one example.
settings.register_profile("jumpaccount", deadline=None)
settings.load_profile("jumpaccount")
