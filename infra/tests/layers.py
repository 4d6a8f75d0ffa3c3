"""The four layers that look at a template, each as a function from a template to what it finds."""

import json
from pathlib import Path

from . import own
from .template import dump, translate

RULES = Path(__file__).resolve().parents[1] / "rules"
REGIONS = ["eu-central-1"]
# The pattern cannot know that the parameter is empty only where it is not used.
IGNORED = ["W1030"]


def _lint(text):
    from cfnlint import ManualArgs
    from cfnlint.api import lint

    config = ManualArgs(regions=REGIONS, ignore_checks=IGNORED)
    return [f"{match.rule.id} {match.message}" for match in lint(text, config=config)]


def lint_sam(template):
    """cfn-lint on the file as it is written."""
    return _lint(dump(template))


def lint_translated(template):
    """cfn-lint on what SAM makes of it. That SAM refuses it is a finding too."""
    try:
        translated = translate(template)
    except Exception as error:  # noqa: BLE001 - SAM raises many kinds, all of which are findings
        return [f"SAM: {error}"]
    return _lint(dump(translated))


def guard(template):
    """The policy rules of infra/rules."""
    from cfn_guard_rs import run_checks

    found = []
    for file in sorted(RULES.glob("*.guard")):
        report = run_checks(json.loads(dump(template)), file.read_text())
        found += [str(clause.Rule.name) for clause in report.not_compliant if clause.Rule]
    return found


LAYERS = {
    "cfn-lint": lint_sam,
    "cfn-lint, translated": lint_translated,
    "cfn-guard": guard,
    "own checks": own.findings,
}
