# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading the catalog of AWS that is shipped beside this file; on the controller only."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.catalog import Catalog

CATALOG_FILE = Path(__file__).with_name("_catalog.json.gz")
"""Made by scripts/make_catalog.py: policies by path, actions by service, what some of
the policies grant, and the day of all."""


def read_catalog() -> Catalog:
    """Return the catalog."""
    content = json.loads(gzip.decompress(CATALOG_FILE.read_bytes()))
    return Catalog(
        policies={name: path for path, names in content["policies"].items() for name in names},
        services={service: tuple(names) for service, names in content["services"].items()},
        grants={name: tuple(grants) for name, grants in content["grants"].items()},
        day=content["day"],
    )
