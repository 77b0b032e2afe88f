"""Invalid IDs, numbers and parameters in URLs: the documented error, and nothing is written."""

import pytest

from tests.api.calls import (
    BAD_DATA,
    DOCUMENT,
    INVALID_NUMBER,
    OPERATIONS,
    TOO_LARGE_ID,
    VALID_CALLS,
    ApiCall,
    TeamIds,
    assert_refused,
)
from tests.api.conftest import ApiClient

# Each test sends hundreds of requests.
pytestmark = pytest.mark.usefixtures("_unlimited")

INVALID_IDS = (
    "0",
    "-1",
    str(TOO_LARGE_ID),
    "9" * 100,
    "abc",
    "1.5",
    "1e3",
    "%00",
    "%FF",
    " 1",
    "1_0",
    "+1",
    "0x1",
    "١",
)
ODD_QUERIES = {
    "update_contact": ["overwrite=", "overwrite=maybe"], "create_contacts": ["overwrite=2"],
    "list_optouts": ["since=-1", "since=", "since=abc", "since=1_0", f"since={TOO_LARGE_ID}",
        "limit=0", "limit=501", "limit=1.5", "since=%FF"],
    "explain_number": ["inbox_id=0", "inbox_id=abc", "inbox_id=", f"inbox_id={TOO_LARGE_ID}"],
}  # fmt: skip


def test_an_invalid_id_in_the_url_is_refused(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for operation in VALID_CALLS:
        kind, _, noun = operation.partition("_")
        if kind in ("get", "update", "delete") and noun in ("contact", "template", "schedule", "tag"):
            for invalid in INVALID_IDS:
                call = VALID_CALLS[operation](team_ids)._replace(path=f"{noun}/{invalid}")
                assert_refused(crm, operation, call, BAD_DATA)


def test_an_invalid_number_in_the_url_is_refused(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for invalid in ("abc", "12", "%00", "%FF", "14155550101%0A", "999155550101", "1" * 300):
        assert_refused(crm, "explain_number", ApiCall("GET", f"contact/{invalid}/why"), INVALID_NUMBER)
        assert_refused(
            crm,
            "list_messages",
            ApiCall("GET", f"messages?phoneNumber={invalid}&inboxID={team_ids.inbox}"),
            INVALID_NUMBER,
        )


def test_an_unknown_or_repeated_parameter_is_refused(
    crm: ApiClient, team_ids: TeamIds, unchanged: None
) -> None:
    for operation in VALID_CALLS:
        valid = VALID_CALLS[operation](team_ids)
        path, _, query = valid.path.partition("?")
        queries = [
            *ODD_QUERIES.get(operation, []),
            "bogus=1",
            "=",
            "%FF=1",
            "&".join(f"a{i}=1" for i in range(1100)),
        ]
        if query:
            queries += [f"{query}&{query}", f"{query}&bogus=1"]
        for invalid in queries:
            if operation == "list_messages" and invalid in queries[:4]:
                invalid = f"{query}&{invalid}"
            assert_refused(crm, operation, valid._replace(path=f"{path}?{invalid}"), BAD_DATA)


BAD_MESSAGE_QUERIES = [
    "phoneNumber=14155550101", "inboxID={inbox}", "phoneNumber=14155550101&inboxID=0", "phoneNumber=&inboxID={inbox}",
    *(
        f"phoneNumber=14155550101&inboxID={{inbox}}&timestamp={time}"
        for time in ("", "nan", "inf", "-1", "1e300", "now")
    ),
]  # fmt: skip


def test_messages_need_a_valid_number_inbox_and_time(
    crm: ApiClient, team_ids: TeamIds, unchanged: None
) -> None:
    for invalid in BAD_MESSAGE_QUERIES:
        status, code = crm.refused("GET", f"messages?{invalid.format(inbox=team_ids.inbox)}")
        assert (status, code) in (BAD_DATA, INVALID_NUMBER)


def test_a_dry_run_header_must_be_true_or_false(crm: ApiClient, team_ids: TeamIds) -> None:
    for operation in VALID_CALLS:
        if any(parameter["in"] == "header" for parameter in OPERATIONS[operation]["parameters"]):
            answer = crm.call(*VALID_CALLS[operation](team_ids), **{"X-Heymarket-Dry-Run": "yes"})
            assert (answer.status_code, answer.json()["field"]) == (400, "X-Heymarket-Dry-Run")


def test_an_unknown_path_is_refused(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for path in (
        "",
        "nothing",
        "contact/1/2",
        "contact/",
        "Contact",
        "contact/1/why/",
        "%00",
        "../admin",
        "\N{SNOWMAN}",
    ):
        assert crm.refused("GET", path) in (
            (404, "not_found"),
            (405, "method_not_allowed"),
            INVALID_NUMBER,
            BAD_DATA,
        ), path


def test_an_unknown_path_names_the_nearest_call(crm: ApiClient) -> None:
    for path, nearest in {
        "/v1/mesage/send": "/v1/message/send", "/v2/contacts/lists": "/v2/contacts/list",
        "/n8n/v1/message/sent": "/v1/message/send",
        "/v1/contact/15105553344/wy": "/v1/contact/{phone}/why", "/zapier/conversation": "/v1/conversations",
        "/v1/xyzzy": None, "/v2": None, "/n8n": None, "/v1/": None,
    }.items():  # fmt: skip
        answer = crm.client.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "not_found"), path
        expected = (
            f"Do you mean {nearest}?"
            if nearest
            else "There is no such call. All calls are listed at /v1/docs."
        )
        assert expected in answer.json()["message"], (path, answer.json())
    assert "application/json" not in crm.client.get("/v1x")["Content-Type"]


def test_an_unknown_method_is_refused(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for operation, call in OPERATIONS.items():
        declared = {method.upper() for method in DOCUMENT["paths"][call["path"]]}
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"} - declared:
            answer = crm.call(method, VALID_CALLS[operation](team_ids).path)
            assert (answer.status_code, answer.json()["error_code"]) == (405, "method_not_allowed")
            assert set(answer["Allow"].split(", ")) == declared
