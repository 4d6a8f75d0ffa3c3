"""Reads every calendar file of a built site with another parser than the one that wrote it.

    python validate_calendars.py SITE CONTENT

Checks the form (CRLF, folding at 75 octets, no errors found by the parser), what every event must have, and the
instants: they are computed here once more from the front matter in CONTENT, with Python's own time zone database.
Needs the package `icalendar`.
"""

import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar

LONGEST_LINE = 75
STATUS = {"planned": "CONFIRMED", "held": "CONFIRMED", "cancelled": "CANCELLED"}


def expected_sessions(content: Path) -> dict[str, dict]:
    """The sessions by UID, as their authors wrote them, with their titles in every language."""
    sessions = {}
    titles = {}
    for file in sorted((content / "sessions").rglob("*.md")):
        front_matter = tomllib.loads(file.read_text(encoding="utf-8").split("+++")[1])
        extra = front_matter.get("extra", {})
        if "session" not in extra or front_matter.get("draft"):
            continue
        uid = f"{extra['session']}@sodium-learn"
        titles.setdefault(uid, []).append(front_matter["title"])
        start = datetime.fromisoformat(extra["starts"]).replace(tzinfo=ZoneInfo(extra["zone"])).astimezone(UTC)
        sessions[uid] = {
            "titles": titles[uid],
            "start": start,
            "end": start + timedelta(minutes=extra["minutes"]),
            "status": STATUS[extra["status"]],
            "sequence": extra["sequence"],
            "course": extra.get("course"),
        }
    return sessions


def form_problems(data: bytes):
    lines = data.split(b"\r\n")
    if lines.pop() != b"" or any(b"\n" in line or b"\r" in line for line in lines):
        yield "not every line ends with CRLF"
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            yield f"line {number} has {len(line)} octets"


def event_problems(event: icalendar.Event, sessions: dict[str, dict]):
    uid = str(event.get("UID"))
    for error in event.errors:
        yield f"{uid}: {error}"
    session = sessions.get(uid)
    if session is None:
        yield f"{uid}: no session has this UID"
        return
    found = {
        "start": event.decoded("DTSTART"),
        "end": event.decoded("DTEND"),
        "status": str(event.get("STATUS")),
        "sequence": event.get("SEQUENCE"),
    }
    for key, value in found.items():
        if value != session[key]:
            yield f"{uid}: {key} is {value}, not {session[key]}"
    if str(event.get("SUMMARY")) not in session["titles"]:
        yield f"{uid}: no page has the title {event.get('SUMMARY')}"
    if event.decoded("DTSTAMP").utcoffset() != timedelta(0):
        yield f"{uid}: DTSTAMP is not in UTC"
    if not str(event.get("URL")).startswith(("http://", "https://")):
        yield f"{uid}: no URL"


def file_problems(file: Path, site: Path, sessions: dict[str, dict]):
    data = file.read_bytes()
    yield from form_problems(data)
    calendar = icalendar.Calendar.from_ical(data)
    for error in calendar.errors:
        yield str(error)
    if calendar.get("VERSION") != "2.0" or "PRODID" not in calendar:
        yield "VERSION or PRODID is missing"
    if "METHOD" in calendar and str(calendar["METHOD"]) != "PUBLISH":
        yield "a file that is subscribed to must not have this METHOD"
    uids = [str(event.get("UID")) for event in calendar.walk("VEVENT")]
    if len(uids) != len(set(uids)):
        yield "a UID comes twice"
    if sorted(uids) != sorted(expected_uids(file.relative_to(site), sessions, uids)):
        yield f"holds {uids}"
    for event in calendar.walk("VEVENT"):
        yield from event_problems(event, sessions)


def expected_uids(file: Path, sessions: dict[str, dict], uids: list[str]) -> list[str]:
    """All sessions, those of a course, or any one."""
    if file.name == "session.ics":
        return uids[:1]
    if "courses" in file.parts:
        # Another language has its tag in front.
        course = "/".join(file.parent.parts[-2:])
        return [uid for uid, session in sessions.items() if session["course"] == course]
    return list(sessions)


def main(site: Path, content: Path) -> int:
    sessions = expected_sessions(content)
    files = sorted(site.rglob("*.ics"))
    problems = [f"{file}: {problem}" for file in files for problem in file_problems(file, site, sessions)]
    alone = sum(file.name == "session.ics" for file in files)
    pages = sum(len(session["titles"]) for session in sessions.values())
    if alone != pages:
        problems.append(f"{pages} pages of sessions, but {alone} files of one session")
    print("\n".join(problems) or f"{len(files)} calendar files with {len(sessions)} sessions are right")
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
