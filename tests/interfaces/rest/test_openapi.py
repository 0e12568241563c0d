"""What the description promises holds: schemathesis makes up calls, right and wrong, with all its checks."""

import pytest
import schemathesis
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from ipqa.interfaces.web import WebServer, create_app
from ipqa.settings import Settings

KEY = {"Authorization": "Bearer k-1"}
CONFIG = {
    "headers": KEY,
    "generation": {"max-examples": 8, "deterministic": True, "database": "none"},
    "checks": {  # with 422 the library refuses in words what the description cannot tell; see below
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "422"]},
    },
    "operations": [  # where a key is missing Dify has 403, the check 401
        {"include-path": "/retrieval", "checks": {"missing_required_header": {"enabled": False}}}
    ],
}


@pytest.fixture(scope="module")
def run(policy):
    """All calls with their replies, and what the checks found."""
    with WebServer(create_app(policy, Settings(api_key="k-1")), "127.0.0.1", 0) as server:
        config = schemathesis.Config.from_dict(CONFIG)
        schema = schemathesis.openapi.from_url(f"{server.url}api/openapi.json", config=config, headers=KEY)
        calls, found = [], []
        for event in from_schema(schema).execute():
            if isinstance(event, FatalError | NonFatalError):
                found.append(str(event.info) if hasattr(event, "info") else repr(event.exception))
            if isinstance(event, ScenarioFinished):
                recorder = event.recorder
                calls += [
                    (node.value, recorder.interactions[case_id].response)
                    for case_id, node in recorder.cases.items()
                    if case_id in recorder.interactions
                ]
                checks = [check for each in recorder.checks.values() for check in each]
                found += [
                    f"{recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                    for check in checks
                    if check.failure_info
                ]
        yield calls, found


def test_every_check_of_schemathesis_holds(run):
    calls, found = run

    assert len(calls) > 300
    assert {case.operation.label for case, _ in calls} == {
        "POST /api/search",
        "GET /api/search",
        "POST /api/ask",
        "GET /api/tasks",
        "GET /api/indicators",
        "GET /api/units",
        "GET /api/documents",
        "GET /api/topics",
        "GET /api/clauses/{clause_id}",
        "POST /retrieval",
    }
    assert found == []


def test_what_fits_the_description_is_refused_by_the_library_alone(run):
    """A section that does not exist, a question without a word: no value of the wrong type or size."""
    calls, _ = run
    right = [
        (case, reply)
        for case, reply in calls
        if case.meta and case.meta.generation.mode.is_positive and reply and reply.status_code == 422
    ]
    for case, reply in right:
        assert "errors" not in reply.json(), case.as_curl_command()
