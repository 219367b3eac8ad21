#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: template_bucket
short_description: Manage the S3 bucket that holds the CloudFormation templates
version_added: 0.1.0
description:
  - Manages a bucket that blocks public access, has versioning enabled, and requires TLS. The Jump
    account can read everything in it; listed member accounts can read one object.
  - Uploads objects and returns the URL of the exact version of each, so that a template cannot
    change between review and use.
  - Compares objects by the SHA-256 checksum stored in S3, without downloading them. A run without
    changes takes four calls plus one for each object.
  - Marks the bucket as managed with the tag C(jumpaccount:owned). Other tags stay. Nothing is ever
    deleted, neither unlisted objects nor old versions.
options:
  name:
    description: Name of the bucket.
    type: str
    required: true
  jump_account_id:
    description:
      - The account that owns the bucket, as a string of 12 digits. It is also the default of
        O(account_id), so the credentials must belong to it.
    type: str
    required: true
  partition:
    description: Partition of the account.
    type: str
    default: aws
    choices: [aws, aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-us-gov]
  objects:
    description: The objects.
    type: list
    elements: dict
    default: []
    suboptions:
      key:
        description: Key of the object.
        type: str
        required: true
      content:
        description: The content, as text.
        type: str
        required: true
      content_type:
        description: The media type of the content.
        type: str
        default: text/yaml
  shared_key:
    description: Key of the only object that O(reader_account_ids) can read.
    type: str
    default: ""
  reader_account_ids:
    description: Accounts that can read O(shared_key), for example to launch a stack from it.
    type: list
    elements: str
    default: []
  adopt:
    description:
      - What to do with a bucket that exists with its own policy and without the tag of this
        collection.
      - With V(false), the bucket is rejected. With V(true), it is marked as managed and its policy
        is replaced.
    type: bool
    default: false
seealso:
  - module: jumpaccount.aws.stackset
  - module: amazon.aws.s3_bucket
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.common.account
  - jumpaccount.aws.common.writing
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Create the template bucket and share the execution role's template with two member accounts
  jumpaccount.aws.template_bucket:
    region: ap-northeast-1
    name: aws-iam-templates-111111111111
    jump_account_id: "111111111111"
    objects:
      - key: stackset-execution-role.yaml
        content: "{{ lookup('ansible.builtin.file', 'stackset-execution-role.yaml') }}"
      - key: iam-roles.yaml
        content: "{{ lookup('ansible.builtin.file', 'iam-roles.yaml') }}"
    shared_key: stackset-execution-role.yaml
    reader_account_ids: ["222222222222", "333333333333"]
"""

RETURN = r"""
changes:
  description: The changes made, in order. In check mode, the changes that would be made.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: versioning of bucket aws-iam-templates-111111111111
      before: null
      after: {status: Enabled}
failures:
  description: Failures, reported by AWS or by earlier checks.
  returned: always
  type: list
  elements: dict
  sample: []
applied:
  description: The changes that were made.
  returned: when something failed
  type: list
  elements: dict
  sample: []
pending:
  description: The changes that were not made.
  returned: when something failed
  type: list
  elements: dict
  sample: []
objects:
  description:
    - The objects in the order of O(objects).
    - In check mode, an object that does not exist yet, or would be written, has no version.
  returned: always
  type: list
  elements: dict
  sample:
    - key: iam-roles.yaml
      version_id: 3HL4kqtJlcpXroDTDmJ
      url: >-
        https://aws-iam-templates-111111111111.s3.ap-northeast-1.amazonaws.com/iam-roles.yaml?versionId=3HL4kqtJlcpXroDTDmJ
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.buckets import (
    bucket_writers,
    read_bucket,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import Problems
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.partitions import PARTITIONS
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.bucket import (
    BucketObject,
    TemplateBucket,
    build_bucket_state,
    check_bucket,
    describe_objects,
    foreign_bucket,
    known_versions,
    misplaced_bucket,
    observed_bucket_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan

SPEC = {
    **WRITING_SPEC,
    "name": {"type": "str", "required": True},
    "jump_account_id": {"type": "str", "required": True},
    "partition": {
        "type": "str",
        "default": "aws",
        "choices": list(PARTITIONS),
    },
    "objects": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "key": {"type": "str", "required": True, "no_log": False},
            "content": {"type": "str", "required": True},
            "content_type": {"type": "str", "default": "text/yaml"},
        },
    },
    "shared_key": {"type": "str", "default": "", "no_log": False},
    "reader_account_ids": {"type": "list", "elements": "str", "default": []},
    "adopt": {"type": "bool", "default": False},
}


def read_request(module: AnsibleAWSModule) -> TemplateBucket:
    params = module.params
    bucket = TemplateBucket(
        name=params["name"],
        region=module.region or "",
        partition=params["partition"],
        jump_account_id=params["jump_account_id"],
        reader_ids=tuple(sorted(set(params["reader_account_ids"]))),
        shared_key=params["shared_key"],
        objects=tuple(BucketObject(**item) for item in params["objects"]),
    )
    problems = Problems()
    check_bucket(problems, bucket)
    problems.raise_if_any()
    return bucket


def main() -> None:
    module = build_module(SPEC)
    with sentences(module):
        bucket = read_request(module)
        aws = build_account(module, bucket.jump_account_id)
        found = read_bucket(aws, bucket)
        plan = plan_changes(build_bucket_state(bucket, found), observed_bucket_state(bucket, found))
        written = [change.id.key for change in plan if change.id.kind is Kind.OBJECT]
        versions = known_versions(bucket, found, written)
        run_plan(
            module,
            aws,
            plan,
            lambda: bucket_writers(aws, bucket, versions),
            refused={
                **({} if module.params["adopt"] else foreign_bucket(bucket, found)),
                **misplaced_bucket(bucket, found),
            },
            describe=lambda _outcome: {"objects": describe_objects(bucket, versions)},
        )


if __name__ == "__main__":
    main()
