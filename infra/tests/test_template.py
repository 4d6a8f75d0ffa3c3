"""The template is right, as far as that can be known without an account."""

import json
import re
import shutil
import subprocess
import unittest
from concurrent.futures import ProcessPoolExecutor

import yaml

from . import layers, mistakes
from .template import ROOT, load, of_type

README = ROOT / "infra/README.md"
BEGIN, END = "<!-- mistakes:begin -->", "<!-- mistakes:end -->"
REGENERATE = "run `make infra-readme` if this is meant"
QUICK = {"cfn-guard", "own checks"}


class TheTemplate(unittest.TestCase):
    """Each layer by itself, so that a failure names it."""

    def holds(self, layer):
        self.assertEqual(layers.LAYERS[layer](load()), [])

    def test_as_it_is_written(self):
        self.holds("cfn-lint")

    def test_as_sam_translates_it(self):
        self.holds("cfn-lint, translated")

    def test_against_the_policy(self):
        self.holds("cfn-guard")

    def test_against_the_code(self):
        self.holds("own checks")


class TheRoleOfGitHub(unittest.TestCase):
    """The role that deploys from GitHub Actions believes one environment of one repository."""

    template = load((ROOT / "infra/github-role.yaml").read_text())

    def test_as_it_is_written(self):
        self.assertEqual(layers.lint_sam(self.template), [])

    def test_only_a_job_in_the_environment_takes_it_on(self):
        roles = of_type(self.template, "AWS::IAM::Role")
        environments = {"Role": "${Environment}", "DigestRole": "digests"}
        self.assertEqual(roles.keys(), environments.keys())
        for name, role in roles.items():
            (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
            self.assertEqual(statement["Action"], "sts:AssumeRoleWithWebIdentity")
            # No pattern: `StringLike` with a star would also believe forks and pull requests.
            self.assertEqual(statement["Condition"], {"StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": {
                    "Fn::Sub": f"repo:${{Repository}}:environment:{environments[name]}",
                },
            }})

    def test_the_draft_of_a_digest_is_made_by_reading(self):
        role = of_type(self.template, "AWS::IAM::Role")["DigestRole"]
        self.assertNotIn("ManagedPolicyArns", role)
        ((statement,),) = [policy["PolicyDocument"]["Statement"] for policy in role["Policies"]]
        self.assertEqual(statement["Action"], ["dynamodb:Query", "dynamodb:BatchGetItem"])
        self.assertEqual(statement["Condition"]["ForAllValues:StringLike"],
                         {"dynamodb:LeadingKeys": ["RECENT", "THREAD#*", "MEMBER#*"]})

    def test_no_pull_request_comes_near_it(self):
        workflows = [yaml.load(path.read_text(), yaml.BaseLoader) for path in (ROOT / ".github/workflows").glob("*.yml")]
        for workflow in workflows:
            # It would run a stranger's code with our secrets.
            self.assertNotIn("pull_request_target", workflow["on"])
        deploy = yaml.load((ROOT / ".github/workflows/deploy.yml").read_text(), yaml.BaseLoader)
        self.assertEqual(deploy["permissions"], {"contents": "read"})
        asking = {name for name, job in deploy["jobs"].items() if "id-token" in job.get("permissions", {})}
        self.assertEqual(asking, {"preview", "production"})
        self.assertIn("github.event_name != 'pull_request'", deploy["jobs"]["preview"]["if"])
        self.assertEqual(deploy["jobs"]["production"]["needs"], "preview")


class PagePaths(unittest.TestCase):
    """The function at the CDN's edge, run by Node.js."""

    def lead(self, paths):
        node = shutil.which("node")
        self.assertIsNotNone(node, "Node.js is needed, as for the site")
        (function,) = of_type(load(), "AWS::CloudFront::Function").values()
        script = function["FunctionCode"] + """
          const paths = JSON.parse(require('fs').readFileSync(0, 'utf8'));
          const one = (uri) => { const out = handler({ request: { uri, headers: {} } });
            return out.statusCode ? [out.statusCode, out.headers.location.value] : out.uri; };
          console.log(JSON.stringify(paths.map(one)));
        """
        run = subprocess.run([node, "-e", script], input=json.dumps(paths), capture_output=True, text=True, check=True)
        return json.loads(run.stdout)

    def test_a_folder_is_its_page_and_a_file_itself(self):
        cases = {
            "/": "/index.html",
            "/courses/a/": "/courses/a/index.html",
            "/styles/base.0123456789abcdef.css": "/styles/base.0123456789abcdef.css",
            "/courses/a/atom.xml": "/courses/a/atom.xml",
            "/courses/a": [301, "/courses/a/"],
        }
        self.assertEqual(self.lead(list(cases)), list(cases.values()))

    def test_a_redirect_stays_on_this_host(self):
        for path in ["//example", "/\\example", "///example/a"]:
            ((status, to),) = self.lead([path])
            self.assertEqual(status, 301)
            self.assertRegex(to, r"^/[^/\\]")


def caught_by(number, names=tuple(layers.LAYERS)):
    """The layers, of those named, that notice one mistake."""
    template = mistakes.made(mistakes.MISTAKES[number][1])
    return {name for name in names if layers.LAYERS[name](template)}


def table(rows):
    """What stands in README.md."""
    names = list(layers.LAYERS)
    lines = ["| mistake | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for (about, _), caught in zip(mistakes.MISTAKES, rows):
        marks = ["caught" if name in caught else "" for name in names]
        lines.append(f"| {about} | " + " | ".join(marks) + " |")
    sums = [str(sum(name in row for row in rows)) for name in names]
    lines.append(f"| **of {len(rows)}** | " + " | ".join(sums) + " |")
    return "\n".join(lines)


def documented():
    """The table in README.md: for each mistake the layers that it says notice it."""
    section = re.search(f"{BEGIN}\n(.*?)\n{END}", README.read_text(), re.S).group(1)
    names = list(layers.LAYERS)
    rows = [line.strip("| ").split("|") for line in section.splitlines()[2:-1]]
    rows = {cells[0].strip(): cells[1:] for cells in rows}
    return {
        about: {name for name, cell in zip(names, cells) if "caught" in cell}
        for about, cells in rows.items()
    }


class SeededMistakes(unittest.TestCase):
    """Every mistake is caught by some layer, and README.md says by which."""

    def test_each_is_caught_by_what_the_documentation_says(self):
        says = documented()
        self.assertEqual(list(says), [about for about, _ in mistakes.MISTAKES], REGENERATE)
        for number, (about, _) in enumerate(mistakes.MISTAKES):
            with self.subTest(about):
                # The linter takes seconds for each: it is asked where it is said to notice.
                names = QUICK | says[about]
                self.assertEqual(caught_by(number, names), says[about], REGENERATE)
                self.assertTrue(says[about])

    def test_the_numbers_are_sums(self):
        rows = list(documented().values())
        self.assertIn(table(rows), README.read_text(), REGENERATE)


def write_readme():
    """Asks every layer about every mistake and writes the table into README.md."""
    with ProcessPoolExecutor(2) as pool:
        rows = list(pool.map(caught_by, range(len(mistakes.MISTAKES)), chunksize=4))
    before, rest = README.read_text().split(BEGIN)
    _, after = rest.split(END)
    README.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}")


if __name__ == "__main__":
    write_readme()
