# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of botocore cost little in a process that makes many of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader, Loader


@contextmanager
def read_once() -> Iterator[None]:
    """Read the description of each service once, not for every client: it is most of the time."""
    load = JSONFileLoader().load_file
    load_once = cache(load)
    list_services = cache(Loader().list_available_services)

    def load_file(_self: JSONFileLoader, path: str) -> Any:
        # botocore changes what it loaded of S3 for each client: two must not share it.
        return (load if "/s3/" in path else load_once)(path)

    def list_available_services(_self: Loader, type_name: str) -> list[str]:
        return list(list_services(type_name))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", load_file)
        patch.setattr(Loader, "list_available_services", list_available_services)
        yield
