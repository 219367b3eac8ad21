# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Files of profiles, looked at without botocore, whose import takes longer than a whole look."""

from __future__ import annotations

import os
from pathlib import Path

_FILES = {
    "AWS_CONFIG_FILE": "~/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
}


def has_mfa_devices() -> bool:
    """Return whether any profile names an MFA device; most people have none and pay nothing."""
    paths = (Path(os.environ.get(name, path)).expanduser() for name, path in _FILES.items())
    return any(path.is_file() and b"mfa_serial" in path.read_bytes() for path in paths)
