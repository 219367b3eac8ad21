# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""The marks that tell our objects from those of others.

IAM groups have no tags: their path marks them, as it does managed policies.
"""

from __future__ import annotations

OWNED_TAG = "jumpaccount:owned"
"""Marks users, switch roles and buckets that the product made or adopted."""
MADE_TAG = "jumpaccount:made"
"""Marks users that the product made: they get a console password once, adopted ones do not."""
UNLISTED_TAG = "jumpaccount:unlisted"
"""Marks users that left the roster, with the day on which a run saw that."""
OWN_TAGS = (OWNED_TAG, MADE_TAG, UNLISTED_TAG)
