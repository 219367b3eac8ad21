"""CloudTrail: a trail for which nobody chose records all management events; moto says none."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.core.exceptions import JsonRESTError

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.registry import operation

_DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


@operation("cloudtrail", "GetEventSelectors")
def get_event_selectors(call: Call) -> dict[str, Any]:
    backend = cloudtrail_backends[call.account_id][call.region]
    try:
        arn, basic, advanced = backend.get_event_selectors(call.params["TrailName"])
    except JsonRESTError as error:
        raise AwsError(error.error_type, str(error.message), 400) from None
    if advanced:
        return {"TrailARN": arn, "AdvancedEventSelectors": advanced}
    return {"TrailARN": arn, "EventSelectors": basic or [_DEFAULT]}
