# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Waiting until AWS sees what was just written."""

from __future__ import annotations

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

when_visible = AWSRetry.jittered_backoff(
    retries=6,
    delay=0.5,
    max_delay=4,
    catch_extra_error_codes=[
        "NoSuchEntity",
        "ParameterNotFound",
        "EntityTemporarilyUnmodifiable",
        "ConcurrentModification",
        "ConcurrentModificationException",
    ],
)
"""AWS is eventually consistent: what was created a moment ago may not be visible yet."""
