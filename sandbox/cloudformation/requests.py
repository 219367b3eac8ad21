"""What CreateStack, UpdateStack and CreateChangeSet have in common: their parameters."""

from __future__ import annotations

from sandbox import s3
from sandbox.call import Call
from sandbox.cloudformation import parameters, template
from sandbox.cloudformation.model import Spec, Stack, Stacks
from sandbox.cloudformation.template import MAXIMUM_BODY, Template
from sandbox.errors import AwsError, validation_error


def stack_of(call: Call, name: str, message: str = "Stack [{}] does not exist") -> Stack:
    stack = call.regional(Stacks).find(name)
    if stack is None:
        raise validation_error(message.format(name))
    return stack


def template_of(call: Call, previous: Template | None = None) -> Template:
    """The template that a call gives by body, URL or reference to the previous one."""
    body, url = call.get("TemplateBody"), call.get("TemplateURL")
    if previous and call.get("UsePreviousTemplate"):
        return previous
    if body is None and url is None:
        raise validation_error("Either Template URL or Template Body must be specified.")
    if body is not None and url is not None:
        raise validation_error("You cannot specify both TemplateBody and TemplateURL.")
    if url is not None:
        return template.parse(_fetched(call, url))
    if len(body) > MAXIMUM_BODY:
        raise validation_error(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAXIMUM_BODY}"
        )
    return template.parse(body)


def _fetched(call: Call, url: str) -> str:
    try:
        text = s3.read_text(call, url)
    except AwsError as error:
        raise validation_error(f"S3 error: {error.message}") from None
    if len(text) > template.MAXIMUM_URL:
        raise validation_error("Template may not exceed 1000000 bytes in size.")
    return text


def spec_of(call: Call, found: Template, previous: Spec | None = None) -> Spec:
    given = call.get("Parameters", [])
    before = previous.parameters if previous else {}
    tags = {tag["Key"]: tag["Value"] for tag in call.get("Tags", [])}
    if previous and "Tags" not in call.params:
        tags = previous.tags
    capabilities = call.get("Capabilities", [])
    template.check_capabilities(found, capabilities)
    return Spec(
        found,
        parameters.resolve(found.section("Parameters"), given, before),
        capabilities,
        tags,
        call.get("RoleARN", previous.role_arn if previous else None),
        call.get("ClientRequestToken"),
    )
