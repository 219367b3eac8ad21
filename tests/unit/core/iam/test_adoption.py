# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users that something else made: MFA is asked for, or what somebody may know goes."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind, ObjectId
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.adoption import (
    AdoptCredentials,
    Credentials,
    passwordless,
    refused_adoptions,
    withdrawn_credentials,
)

ASK, WITHDRAW = AdoptCredentials.REQUIRE_MFA, AdoptCredentials.WITHDRAW
KNOWN = Credentials(console_password=True, access_keys=2)
OBJECT = ObjectId(Kind.CREDENTIALS, ("ana",))


@pytest.mark.parametrize(
    ("found", "is_refused"),
    [
        (KNOWN, True),
        (Credentials(access_keys=1), True),
        (Credentials(service_specific_credentials=1), True),
        (Credentials(console_password=True, mfa_devices=1), False),
        (Credentials(), False),
    ],
)
def test_what_somebody_may_know_needs_a_device_or_goes(found, is_refused):
    refused = refused_adoptions({"ana": found}, ASK)
    assert list(refused) == (["ana"] if is_refused else [])
    assert refused_adoptions({"ana": found}, WITHDRAW) == {}
    assert withdrawn_credentials({"ana": found}, ASK) == {}
    gone = withdrawn_credentials({"ana": found}, WITHDRAW)
    assert list(gone) == ([OBJECT] if found.withdrawn() else [])


def test_the_refusal_names_what_there_is_and_both_ways_on():
    assert refused_adoptions({"ana": KNOWN}, ASK)["ana"] == (
        "User ana has console password, access keys (2) and no MFA device, so anyone who knows "
        "them would have the new access; the user was not changed. Have the person enroll an "
        "MFA device and run again, or run again with adopt_credentials "
        "(jump_users_adopt_credentials in the roles of this collection) set to withdraw, which "
        "removes them and issues a new password."
    )


def test_who_has_no_password_any_more_gets_one():
    found = {"ana": KNOWN, "bo": Credentials(access_keys=1, mfa_devices=1)}
    assert passwordless(found, ()) == {"bo"}
    assert passwordless(found, withdrawn_credentials(found, WITHDRAW)) == {"ana", "bo"}
