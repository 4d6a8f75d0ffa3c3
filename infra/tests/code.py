"""What the code says of itself: the facts that the template must repeat."""

import re
import tomllib

from .template import ROOT

APP = ROOT / "functions/app/src"


def _read(path):
    return (APP / path).read_text()


def _function(source, name):
    """The text of one Rust function."""
    start = source.index(f"fn {name}(")
    return source[start : source.index("\n}\n", start)]


def binaries():
    """The names of the Lambda functions."""
    return {path.stem for path in (APP / "bin").glob("*.rs")}


def required_variables(bakes):
    """Variables without which a function does not start: one that bakes pages, or another."""
    source = _read("lambda.rs")
    if not bakes:
        source = source.replace(_function(source, "files"), "")
    return set(re.findall(r'(?:text|parsed)(?:::<\w+>)?\("(SODIUM_\w+)"\)', source))


def known_variables():
    """Every variable that some function reads."""
    texts = [path.read_text() for path in (APP / "bin").glob("*.rs")]
    return set(re.findall(r'"(SODIUM_[A-Z_]+)"', "\n".join([_read("lambda.rs"), *texts])))


def variables_of(binary):
    """The variables that one binary names itself."""
    return set(re.findall(r'"(SODIUM_[A-Z_]+)"', _read(f"bin/{binary}.rs")))


def metrics_namespace():
    """The namespace of the metrics that the functions make."""
    return re.search(r'NAMESPACE: &str = "([^"]+)"', _read("meter.rs")).group(1)


def metrics():
    """The names of the metrics that the functions make."""
    return set(re.findall(r'\("(\w+)", "(?:Count|Milliseconds)"\)', _read("meter.rs")))


def permissions(name):
    """What a function asks of the table: place and action. The journeys hold this to the code."""
    functions = tomllib.loads((ROOT / "infra/permissions.toml").read_text())
    places = functions[name.lower()]
    return {(place, action) for place, actions in places.items() for action in actions}


def routes():
    """Every route with its method and the function that serves it."""
    source = _read("routes.rs")
    found = set()
    for group in ("comments", "signups", "waitlist"):
        body = _function(source, group)
        pattern = r"\.route\(\s*(\"[^\"]+\"|\w+::ROUTE),\s*((?:get|post)\([^)]*\)(?:\s*\.(?:get|post)\([^)]*\))*)"
        for place, handlers in re.findall(pattern, body):
            if place.endswith("::ROUTE"):
                module = _read(f"{group}/{place.split('::')[0]}.rs")
                place = re.search(r'ROUTE: &str = "([^"]+)"', module).group(1)
            for method in re.findall(r"\b(get|post)\(", handlers):
                found.add((method.upper(), place.strip('"'), group))
    return found


def content_security_policies():
    """The policies that the functions and `sodium serve` send: on the search page, and on all others."""
    source = _read("web/guard.rs")
    texts = re.findall(r'\b(SEARCH_|)CONTENT_SECURITY_POLICY: &str = "(.*?)";', source, re.S)
    return {("SearchHeaders" if name else "Headers"): re.sub(r"\\\n\s*", "", text) for name, text in texts}


def search_paths():
    """The addresses of the search page: one in each language of the site."""
    path = re.search(r'\bSEARCH: &str = "([^"]+)"', _read("web/guard.rs")).group(1)
    others = tomllib.loads((ROOT / "site/config.toml").read_text()).get("languages", {})
    return [path, *(f"/{tag}{path}" for tag in others)]


def security_headers():
    """The other security headers: name and value."""
    source = _read("web/guard.rs")
    named = re.findall(
        r'HeaderName::from_static\("([^"]+)"\),\s*HeaderValue::from_static\("([^"]+)"\)', source
    )
    return dict(named)


def origin_header():
    """The header by which functions know the CDN."""
    return re.search(r'ORIGIN_HEADER: &str = "([^"]+)"', _read("web/guard.rs")).group(1)


def headers_read():
    """Request headers that some handler looks at, beside what always arrives."""
    source = "\n".join(path.read_text() for path in (APP / "web").glob("*.rs"))
    source += _read("signups/sign_in.rs")
    names = {"ACCEPT": "accept", "USER_AGENT": "user-agent", "ORIGIN": "origin"}
    found = {header for name, header in names.items() if re.search(rf"\b{name}\b", source)}
    found |= set(re.findall(r'header\("([a-z-]+)"\)', source))
    found |= set(re.findall(r'ClientAddress::Header\("([a-z-]+)"', _read("lambda.rs")))
    return found


def statuses():
    """The names of the statuses that errors are told with."""
    source = _read("web/problem.rs")
    return set(re.findall(r"\bS::([A-Z_]+)", source))
