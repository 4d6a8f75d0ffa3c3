"""Tries the API by its description: makes requests of it, right ones and wrong ones, and looks whether each
answer is one that the description tells of. Nobody wrote these requests, so they find what nobody thought of.

    python try_api.py target/debug/sodium
"""

import html
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[3]
DESCRIPTION = ROOT / "site/static/api-description/openapi.json"
HEADERS = {"Sec-Fetch-Site": "same-origin"}

# The same requests in every run. More examples find more, and take longer than all other tests.
SEED = "20270302"
EXAMPLES = "3"
PATIENCE = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def policy(folder):
    """The site's own policy with limits that no run reaches."""
    text = (ROOT / "site/policy.toml").read_text()
    head, limits = text.split("[limits]")
    limits = re.sub(r"^(\w+) = \d+$", r"\1 = 1000000", limits, flags=re.M)
    limits = limits.replace("form_seconds = 1000000", "form_seconds = 0")
    path = folder / "policy.toml"
    path.write_text(f"{head}[limits]{limits}")
    return path


def wait(what, look):
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            found = look()
        except requests.ConnectionError:
            found = None
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"waited in vain for {what}")


def sign_in(base, address, name):
    """The cookie of a member."""
    browser = requests.Session()
    browser.headers.update(HEADERS)
    browser.post(f"{base}/api/sign-in", data={"email": address}).raise_for_status()

    def link():
        rows = browser.get(f"{base}/_mailbox/").text.split('<li class="row">')
        row = next((row for row in rows if f"To <bdi>{address}</bdi>" in row), "")
        mail = re.search(r'href="([^"]+)"', row)
        text = html.unescape(browser.get(base + html.unescape(mail.group(1))).text) if mail else ""
        return re.search(r"/api/sign-in/[\w-]{20,}", text)

    path = wait("the mail with the link", link).group(0)
    browser.post(base + path).raise_for_status()
    browser.post(f"{base}/api/account/name", data={"name": name}).raise_for_status()
    return f"sodium={browser.cookies['sodium']}"


def tries(base, folder, who, *arguments):
    print(f"The API, tried by {who}:", flush=True)
    command = [
        Path(sys.executable).with_name("schemathesis"), "run", DESCRIPTION, "--url", base, "--seed", SEED,
        "--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing", "--generation-database", "none",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--suppress-health-check", "all", "--no-color",
        *(part for name, value in HEADERS.items() for part in ("--header", f"{name}: {value}")), *arguments,
    ]
    return subprocess.run(command, cwd=folder, check=False).returncode


def main(program):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        base = f"http://localhost:{port}"
        server = subprocess.Popen(
            [program, "--root", ROOT, "serve", "--no-reload", "--port", str(port), "--data", folder / "data",
             "--policy", policy(folder)],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait("the community", lambda: requests.get(f"{base}/discussions/").ok)
            member = sign_in(base, "member@example.org", "Rosa Lindqvist")
            failed = tries(base, folder, "anybody")
            # What would end the sign-in is tried by the other one.
            failed |= tries(base, folder, "a member", "--header", f"Cookie: {member}",
                            "--header", "Accept: application/json",
                            "--exclude-path-regex", "^/api/(account/delete|sign-out)$")
        finally:
            server.terminate()
            server.wait()
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
