# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and writing the account password policy."""

from __future__ import annotations

from .._core.change import Action, Change, Kind
from .._core.iam.password import PasswordPolicy
from .account import AwsAccount
from .errors import ClientError, doing, error_code
from .transformations import password_policy_from, password_policy_to
from .writing import Writers


def read_password_policy(aws: AwsAccount) -> PasswordPolicy | None:
    """Return the account password policy; an account that has none has IAM's weak default."""
    with doing(aws, "read the password policy"):
        try:
            answer = aws.client("iam").get_account_password_policy()
        except ClientError as error:
            if error_code(error) != "NoSuchEntity":
                raise
            return None
    return password_policy_from(answer["PasswordPolicy"])


def password_policy_writers(aws: AwsAccount) -> Writers:
    """Return the calls for each change of the password policy."""
    return {
        (Kind.PASSWORD_POLICY, Action.CREATE): lambda c: put_password_policy(aws, c),
        (Kind.PASSWORD_POLICY, Action.UPDATE): lambda c: put_password_policy(aws, c),
    }


def put_password_policy(aws: AwsAccount, change: Change) -> None:
    """Write the whole password policy; what is left out goes back to IAM's default."""
    with doing(aws, "write the password policy"):
        aws.client("iam").update_account_password_policy(**password_policy_to(change.after))
