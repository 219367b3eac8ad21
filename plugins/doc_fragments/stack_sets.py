# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  call_as:
    description:
      - With service-managed permissions, whether the credentials belong to the management account,
        V(SELF), or to a delegated administrator, V(DELEGATED_ADMIN).
    type: str
    default: SELF
    choices: [SELF, DELEGATED_ADMIN]
"""

    OPERATION = r"""
options:
  operation_preferences:
    description:
      - How AWS processes the accounts and regions of an operation.
      - By default, all accounts are processed at once and failures do not stop the operation, which
        suits IAM roles. Use lower values for stack sets with slow or risky resources.
    type: dict
    suboptions:
      failure_tolerance_count:
        description: Number of accounts per region that can fail before AWS stops the operation.
        type: int
      failure_tolerance_percentage:
        description:
          - Percentage of accounts per region that can fail before AWS stops the operation. The
            default is 100 if neither this nor O(operation_preferences.failure_tolerance_count) is
            given.
        type: int
      max_concurrent_count:
        description: Maximum number of accounts to process at once.
        type: int
      max_concurrent_percentage:
        description:
          - Maximum percentage of accounts to process at once. The default is 100 if neither this
            nor O(operation_preferences.max_concurrent_count) is given.
        type: int
      concurrency_mode:
        description:
          - With V(STRICT_FAILURE_TOLERANCE), AWS lowers the concurrency to the failure tolerance
            plus one. With V(SOFT_FAILURE_TOLERANCE), the default, it does not.
        type: str
        choices: [STRICT_FAILURE_TOLERANCE, SOFT_FAILURE_TOLERANCE]
      region_concurrency_type:
        description:
          - Whether regions are processed one after the other or, by default, in V(PARALLEL).
        type: str
        choices: [SEQUENTIAL, PARALLEL]
      region_order:
        description: The order of the regions.
        type: list
        elements: str
  execution_role_quick_create_url:
    description:
      - A link that creates the execution role, used in messages about accounts without one.
    type: str
  unprepared_accounts:
    description:
      - Accounts in which the run cannot create the execution role, because it has no credentials
        for them.
      - If such an account has no execution role, it is left to its owner. It is listed in
        RV(waiting) and is not a failure.
    type: list
    elements: str
    default: []
  progress_file:
    description:
      - A file to which the module appends a line of JSON every few seconds while an operation runs,
        with the numbers of completed, failed and total instances.
      - The task shows these lines by itself while it runs on the controller. Set this option to
        follow the progress from elsewhere.
    type: path
  wait_timeout:
    description:
      - Maximum time to wait for operations, both its own and earlier ones, in seconds.
      - After that, the module fails and names the operation, which continues in AWS. The next run
        waits for it again and does the rest.
    type: int
    default: 3600
"""
