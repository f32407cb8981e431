from typing import Any

import pytest

from tests.support.audit import judge

SOUND = {"name": "httpx", "version": "0.28.1", "vulns": []}
HOLED = {
    "name": "holed",
    "version": "1.0",
    "vulns": [{"id": "CVE-2026-1", "fix_versions": ["1.1"]}, {"id": "CVE-2026-2", "fix_versions": []}],
}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("dependencies", "status", "said"),
    [
        ([SOUND], 0, "All 1 dependencies were audited"),
        ([SOUND, HOLED], 1, "holed 1.0: CVE-2026-1, fixed in 1.1\nholed 1.0: CVE-2026-2, fixed in no version"),
        ([SOUND, UNKNOWN], 1, "unknown was not audited: Dependency not found\n1 of 2 dependencies were audited."),
        ([UNKNOWN], 1, "0 of 1 dependencies were audited."),
        ([], 1, "0 of 0 dependencies were audited."),
    ],
)
def test_an_audit_fails_for_what_is_known_and_for_what_was_not_looked_at(
    dependencies: list[dict[str, Any]], status: int, said: str
) -> None:
    assert judge({"dependencies": dependencies})[0] == status
    assert said in judge({"dependencies": dependencies})[1]
