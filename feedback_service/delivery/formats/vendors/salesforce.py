"""salesforce: a Case.

Sources: "REST API Developer Guide" (developer.salesforce.com), "Create a Record": POST
/services/data/vXX.0/sobjects/Case, 201. "Insert or Update (Upsert) a Record Using an External ID"
and "Composite": POST /services/data/vXX.0/composite with {"allOrNone", "compositeRequest":
[{"method", "url", "referenceId", "body"}]} answers 200 and gives each part its httpStatusCode.
"Object Reference", Case: Subject (255), Description (32 kB), Priority, Status, Origin,
SuppliedEmail, SuppliedName; a relationship is set by an external id as {"Contact": {"Field__c":
value}}. Authorization: Bearer of an access token, which ends with its session.

With a URL that ends in /composite the Case is upserted by `external_id_field`, so a repeated
delivery changes the same Case; with /sobjects/Case it makes a second one.
"""

import re
from typing import Any, Final
from urllib.parse import quote, urlsplit

from feedback_service.delivery.formats.shape import (
    Document,
    Event,
    Format,
    Need,
    Unfit,
    cut,
    cut_bytes,
    without_nothing,
)

_FAILED_PART: Final = re.compile(r'"httpStatusCode"\s*:\s*[3-5]\d\d')
_FIELD: Final = re.compile(r"[A-Za-z]\w{0,79}")


def _request(words: Document, _event: Event, url: str) -> dict[str, Any]:
    case = _case(words)
    path = urlsplit(url).path.rstrip("/")
    if not path.endswith("/composite"):
        return case
    field, value = words["external_id_field"], words["external_id"]
    if not (isinstance(field, str) and _FIELD.fullmatch(field)):
        raise Unfit(
            "/template/external_id_field",
            "name the Case's external id field, such as Feedback_Response__c: "
            "a composite request upserts by it",
        )
    if not value:
        raise Unfit("/template/external_id", "an upsert needs a value: this gives nothing")
    record = f"{path.removesuffix('/composite')}/sobjects/Case/{field}/{quote(str(value), safe='')}"
    part = {"method": "PATCH", "url": record, "referenceId": "feedbackCase", "body": case}
    return {"allOrNone": True, "compositeRequest": [part]}


def _case(words: Document) -> dict[str, Any]:
    case: dict[str, Any] = without_nothing(
        {
            "Subject": cut(words["subject"], 255),
            "Description": cut_bytes(words["text"], 32_000),
            "Priority": words["priority"],
            "Status": words["status"],
            "Origin": words["origin"],
            "SuppliedEmail": words["email"],
            "SuppliedName": cut(words["name"], 80),
            "Contact": words["contact"],
            **words["fields"],
        }
    )
    return case


def _refused(reply: str) -> bool:
    return _FAILED_PART.search(reply) is not None


FORMAT: Final = Format(
    name="salesforce",
    title="a Case in Salesforce",
    example="https://YOURS.my.salesforce.com/services/data/v66.0/composite",
    path=r"/services/data/v\d+\.\d+/(sobjects/Case|composite)/?",
    needs=(Need("Authorization", "Bearer ACCESS_TOKEN"),),
    build=_request,
    words="salesforce.json",
    refused=_refused,
)
