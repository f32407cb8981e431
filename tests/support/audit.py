"""Judges the report of pip-audit (`--format json` on standard input): known vulnerabilities fail, and so does an audit of nothing."""

import json
import sys
from typing import Any


def judge(report: dict[str, Any]) -> tuple[int, str]:
    """Give the exit status and a sentence for each thing that is wrong, or one that says how much was audited."""
    dependencies = report.get("dependencies", [])
    skipped = [f"{d['name']} was not audited: {d['skip_reason']}" for d in dependencies if "skip_reason" in d]
    vulnerable = [
        f"{dependency['name']} {dependency['version']}: {hole['id']}, fixed in {', '.join(hole['fix_versions']) or 'no version'}"
        for dependency in dependencies
        for hole in dependency.get("vulns", [])
    ]
    audited = len(dependencies) - len(skipped)
    if vulnerable or skipped or not audited:
        return 1, "\n".join([*vulnerable, *skipped, f"{audited} of {len(dependencies)} dependencies were audited."])
    return 0, f"All {audited} dependencies were audited; no vulnerability is known."


if __name__ == "__main__":
    status, said = judge(json.load(sys.stdin))
    sys.stdout.write(f"{said}\n")
    sys.exit(status)
