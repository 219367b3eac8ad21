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
    return any(b"mfa_serial" in _read(os.environ.get(name, path)) for name, path in _FILES.items())


def _read(path: str) -> bytes:
    """Return a file; what cannot be read is none, and botocore says so when it needs it."""
    try:
        return Path(path).expanduser().read_bytes()
    except (OSError, RuntimeError):
        return b""
