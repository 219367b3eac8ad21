# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways to the credentials of profiles."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.mfa_chain import (
    MfaChain,
    RoleStep,
    read_mfa_chain,
)

MFA = {"mfa_serial": "device"}
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "s"}


def role(name: str, source: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a profile that assumes a role."""
    return {"role_arn": name, **({"source_profile": source} if source else {}), **more}


@pytest.mark.parametrize(
    ("profiles", "chain"),
    [
        ({"p": role("r", "u", **MFA), "u": KEYS}, ("u", "device", ["r"])),
        ({"p": role("r", "p", **MFA, **KEYS)}, ("p", "device", ["r"])),
        (
            {"p": role("r2", "q"), "q": role("r1", "u", **MFA), "u": KEYS},
            ("u", "device", ["r1", "r2"]),
        ),
        (
            {"p": role("r2", "q", **MFA), "q": role("r1", "u", mfa_serial="first"), "u": KEYS},
            ("u", "first", ["r1", "r2"]),
        ),
        ({"p": role("r", "u", **MFA), "u": {"credential_process": "c"}}, ("u", "device", ["r"])),
        ({"p": role("r", "u"), "u": KEYS}, None),
        ({"p": {**KEYS, **MFA}}, None),
        ({"q": role("r", "u", **MFA)}, None),
        ({"p": role("r", "u", **MFA)}, None),
        ({"p": role("r", credential_source="Environment", **MFA)}, None),
        ({"p": role("r", "p", **MFA)}, None),
        ({"p": role("r2", "q", **MFA), "q": role("r1", "p", **MFA)}, None),
        (
            {"p": role("r2", "q", **MFA), "q": role("r1", "q", **KEYS)},
            ("q", "device", ["r1", "r2"]),
        ),
    ],
    ids=[
        *("role", "keys in the profile itself", "role of a role", "two devices", "process"),
        *("no device", "no role", "unknown profile", "unknown source", "no profile as source"),
        *("loop of one", "loop of two", "keys in the second"),
    ],
)
def test_ways(profiles: dict[str, Any], chain: tuple[str, str, list[str]] | None) -> None:
    found = read_mfa_chain(profiles, "p")
    if chain is None:
        assert found is None
    else:
        assert found is not None
        assert (found.source, found.serial, [s.role_arn for s in found.steps]) == chain


def test_settings_of_a_role() -> None:
    settings = {"role_session_name": "ana", "external_id": "x", "duration_seconds": "900"}
    found = read_mfa_chain({"p": role("r", "u", **MFA, **settings), "u": KEYS}, "p")
    assert found == MfaChain("u", "device", (RoleStep("r", "ana", "x", 900),))
    assert found.key == "u device"


def test_a_duration_that_is_none_is_left_to_aws() -> None:
    found = read_mfa_chain({"p": role("r", "u", **MFA, duration_seconds="1h"), "u": KEYS}, "p")
    assert found is not None
    assert found.steps == (RoleStep("r"),)
