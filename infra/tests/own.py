"""What no public tool looks at. Each check yields what is wrong, in words."""

import json
import re
import subprocess
import zoneinfo

from . import code
from .template import ROOT, as_list, flat, functions, of_type, refers_to

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
HTTP = {"Comments", "Signups", "Waitlist"}
WORKERS = {"Relay", "Jobs"}

METRICS = {
    "AWS/Lambda": {"Errors", "Throttles", "Invocations", "Duration", "IteratorAge", "ConcurrentExecutions"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
    "AWS/SES": {"Send", "Bounce", "Complaint", "Reputation.BounceRate", "Reputation.ComplaintRate"},
    code.metrics_namespace(): code.metrics(),
}
DIMENSIONS = {
    "AWS/Lambda": {"FunctionName": "AWS::Serverless::Function"},
    "AWS/SQS": {"QueueName": "AWS::SQS::Queue"},
    "AWS/SES": {},
    code.metrics_namespace(): {"Community": "AWS::StackName"},
}
# Variables without which a function starts, and is not what the operator wants.
OPTIONAL = {"SODIUM_KEYS_GENERATION", "SODIUM_KEYS_PARAMETER", "SODIUM_MODERATORS", "SODIUM_COMMUNITY", "SODIUM_READ_ONLY"}
# Why each kind of resource costs nothing while nobody comes. What is not here may have a standing price.
FREE_WHEN_IDLE = {
    "AWS::DynamoDB::Table": "on demand: requests, and what is stored",
    "AWS::S3::Bucket": "requests, and what is stored",
    "AWS::S3::BucketPolicy": "configuration",
    "AWS::Serverless::Function": "calls and their time, without provisioned concurrency",
    "AWS::Logs::LogGroup": "lines that are written, and kept for a while",
    "AWS::IAM::Role": "configuration",
    "AWS::SQS::Queue": "requests, of which a million a month are free",
    "AWS::ApiGatewayV2::Api": "requests; an HTTP API has no cache to pay for",
    "AWS::ApiGatewayV2::Stage": "configuration",
    "AWS::ApiGatewayV2::Integration": "configuration, without a VPC link",
    "AWS::ApiGatewayV2::Route": "configuration",
    "AWS::Lambda::Permission": "configuration",
    "AWS::CloudFront::Distribution": "requests and bytes; certificates by SNI are free",
    "AWS::CloudFront::OriginAccessControl": "configuration",
    "AWS::CloudFront::CachePolicy": "configuration",
    "AWS::CloudFront::OriginRequestPolicy": "configuration",
    "AWS::CloudFront::ResponseHeadersPolicy": "configuration",
    "AWS::CloudFront::Function": "runs",
    "AWS::SES::EmailIdentity": "configuration, without a dedicated address",
    "AWS::SES::ConfigurationSet": "configuration, without Virtual Deliverability Manager",
    "AWS::SES::ConfigurationSetEventDestination": "configuration",
    "AWS::SNS::Topic": "messages",
    "AWS::SNS::TopicPolicy": "configuration",
    "AWS::CloudWatch::Alarm": "ten metrics are free",
    "AWS::CloudWatch::Dashboard": "three are free",
    "AWS::Budgets::Budget": "budgets without actions are free",
}
# What makes something of these kinds cost by the hour.
STANDING = (
    "ProvisionedConcurrencyConfig", "ProvisionedThroughput", "VpcConfig", "KMSMasterKeyID", "KmsMasterKeyId",
    "DedicatedIpPool", "VdmOptions", "OriginShield", "DedicatedIpSsl",
)


def table(template):
    found = of_type(template, "AWS::DynamoDB::Table")
    if len(found) != 1:
        yield "there must be one table"
        return
    (properties,) = found.values()
    schema = json.loads((ROOT / "infra/table.json").read_text())
    for name, value in schema.items():
        if properties.get(name) != value:
            yield f"the table's {name} is not what infra/table.json says"
    wanted = {
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
    }
    for name, value in wanted.items():
        if properties.get(name) != value:
            yield f"the table's {name} must be {value}"


def code_and_environment(template):
    found = functions(template)
    if {name.lower() for name in found} != code.binaries():
        yield f"the functions are {sorted(found)}, the binaries {sorted(code.binaries())}"
        return
    for name, function in found.items():
        binary = name.lower()
        if function["CodeUri"] != f"../target/lambda/{binary}":
            yield f"{name} runs {function['CodeUri']}"
        given = {key for key in function["Environment"] if key.startswith("SODIUM_")}
        wanted = code.required_variables(name in WORKERS) | OPTIONAL | code.variables_of(binary)
        if name in WORKERS:
            wanted.add("SODIUM_SES_CONFIGURATION_SET")
        for missing in sorted(wanted - given):
            yield f"{name} lacks the environment variable {missing}"
        for unknown in sorted(given - code.known_variables()):
            yield f"{name} has the environment variable {unknown}, which no code reads"


def _statements(template, name):
    role = refers_to(functions(template)[name]["Role"])
    if role not in template["Resources"]:
        return []
    policies = template["Resources"][role]["Properties"]["Policies"]
    return [s for policy in policies for s in as_list(policy["PolicyDocument"]["Statement"])]


def roles(template):
    for name in functions(template):
        statements = _statements(template, name)
        if not statements:
            yield f"{name} has no role of its own"
        for statement in statements:
            actions, resources = as_list(statement["Action"]), as_list(statement["Resource"])
            if statement["Effect"] == "Allow":
                if any("*" in action for action in actions):
                    yield f"{name} may do {actions}"
                if "*" in resources:
                    yield f"{name} may do {actions} with everything"
        yield from _table_permissions(name, statements)
        yield from _file_permissions(name, statements)
        allowed = {a for s in statements for a in as_list(s["Action"])}
        wanted = {"ssm:GetParameter", "logs:PutLogEvents", "logs:CreateLogStream"}
        if name in WORKERS:
            wanted |= {"ses:SendEmail", "ses:SendRawEmail", "sqs:SendMessage"}
        rest = {a for a in allowed if a.split(":")[0] not in ("dynamodb", "s3")}
        if rest != wanted:
            yield f"{name} is allowed {sorted(rest)}, needs {sorted(wanted)}"


def _table_permissions(name, statements):
    if name == "Relay":
        stream = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
        given = [s for s in statements if any("GetRecords" in a for a in as_list(s["Action"]))]
        ok = len(given) == 1 and {a.split(":")[1] for a in as_list(given[0]["Action"])} == stream
        if not ok or not all("/stream/" in flat(r) for r in as_list(given[0]["Resource"])):
            yield "the relay may not read the table's stream, or more than that"
    allowed = set()
    for statement in statements:
        own = {a.split(":")[1] for a in as_list(statement["Action"]) if a.startswith("dynamodb:")}
        if not own or "GetRecords" in own:
            continue
        for resource in as_list(statement["Resource"]):
            index = re.search(r"/index/([\w-]+)", flat(resource))
            allowed |= {(index.group(1) if index else "table", action) for action in own}
            if not re.search(r"arn:\$\{AWS::Partition\}:dynamodb:\$\{AWS::Region\}:\$\{AWS::AccountId\}:table/", flat(resource)):
                yield f"{name}: {resource} is no table"
    # What the journeys were seen to ask for.
    needed = code.permissions(name)
    for place, action in sorted(needed - allowed):
        yield f"{name} may not do {action} on {place}, which it asks for"
    for place, action in sorted(allowed - needed):
        yield f"{name} may do {action} on {place}, which it never asks for"


def _file_permissions(name, statements):
    given = {
        (action, (re.search(r"/(public|shells|sources)/[^\"]*", flat(resource)) or [""])[0])
        for statement in statements
        for action in as_list(statement["Action"])
        if action.startswith("s3:")
        for resource in as_list(statement["Resource"])
    }
    if name == "Comments":
        wanted = {("s3:GetObject", "/sources/*"), ("s3:ListBucket", "")}
    elif name in HTTP:
        wanted = set()
    else:
        wanted = {(f"s3:{verb}Object", "/public/*") for verb in ("Get", "Put", "Delete")}
        wanted |= {("s3:GetObject", "/shells/*"), ("s3:ListBucket", "")}
    if given != wanted:
        yield f"{name} may do {sorted(given)} with files, needs {sorted(wanted)}"


def routes(template):
    integrations = {
        name: refers_to(properties["IntegrationUri"])
        for name, properties in of_type(template, "AWS::ApiGatewayV2::Integration").items()
    }
    given = set()
    for name, properties in of_type(template, "AWS::ApiGatewayV2::Route").items():
        method, path = properties["RouteKey"].split(" ")
        target = re.search(r"integrations/\$\{(\w+)\}", flat(properties["Target"]))
        function = integrations.get(target and target.group(1), "")
        given.add((method, path, function.lower()))
    for route in sorted(code.routes() - given):
        yield f"the code has a route that the template lacks: {route}"
    for route in sorted(given - code.routes()):
        yield f"the template has a route that the code lacks: {route}"
    for name in HTTP:
        permission = of_type(template, "AWS::Lambda::Permission").get(f"{name}Permission", {})
        if refers_to(permission.get("FunctionName")) != name or "SourceArn" not in permission:
            yield f"the API may not call {name}, or others may"
    for name, properties in of_type(template, "AWS::ApiGatewayV2::Integration").items():
        if functions(template)[integrations[name]]["Timeout"] * 1000 >= properties["TimeoutInMillis"]:
            yield f"{name} gives up before its function does"


def stream(template):
    event = functions(template)["Relay"].get("Events", {}).get("Outbox", {}).get("Properties", {})
    if "StreamArn" not in flat(event.get("Stream")):
        yield "the relay does not read the table's stream"
    wanted = {
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 1,
    }
    for name, value in wanted.items():
        if event.get(name) != value:
            yield f"the relay's {name} must be {value}"
    for name in WORKERS:
        function = functions(template)[name]
        place = event if name == "Relay" else function.get("EventInvokeConfig", {})
        failure = place.get("DestinationConfig", {}).get("OnFailure", {})
        if refers_to(failure.get("Destination")) not in of_type(template, "AWS::SQS::Queue"):
            yield f"what {name} cannot do goes nowhere"
    yield from _filter(event)


def _filter(event):
    try:
        (one,) = event["FilterCriteria"]["Filters"]
        pattern = json.loads(one["Pattern"])
    except (KeyError, ValueError) as error:
        yield f"the relay's filter cannot be read: {error}"
        return

    def record(name, pk):
        return {"eventName": name, "dynamodb": {"Keys": {"pk": {"S": pk}}}}

    def fits(pattern, value):
        if isinstance(pattern, dict):
            return isinstance(value, dict) and all(fits(p, value.get(k)) for k, p in pattern.items())
        return any(
            value.startswith(p["prefix"]) if isinstance(p, dict) else value == p for p in pattern
        ) if isinstance(value, str) else False

    for name, pk, wanted in [
        ("INSERT", "OUTBOX#0", True), ("INSERT", "OUTBOX#4", True), ("REMOVE", "OUTBOX#0", False),
        ("MODIFY", "OUTBOX#0", False), ("INSERT", "THREAD#a", False),
    ]:
        if fits(pattern, record(name, pk)) != wanted:
            yield f"the relay's filter is wrong about {name} of {pk}"


def schedule(template):
    sweeps = [
        event["Properties"] for event in functions(template)["Jobs"].get("Events", {}).values()
        if event["Type"] == "ScheduleV2"
    ]
    if len(sweeps) != 1:
        yield "jobs must have one schedule"
        return
    (sweep,) = sweeps
    expression = sweep.get("ScheduleExpression", "")
    rate = re.fullmatch(r"rate\((\d+) (minutes?|hours?|days?)\)", expression)
    if not rate or (rate.group(1) == "1") != (not rate.group(2).endswith("s")):
        yield f"‘{expression}’ is no schedule"
    if sweep.get("ScheduleExpressionTimezone") not in zoneinfo.available_timezones():
        yield f"{sweep.get('ScheduleExpressionTimezone')} is no time zone"
    try:
        job = json.loads(sweep.get("Input", ""))["job"]
    except (ValueError, KeyError):
        yield "the schedule's input cannot be read"
        return
    source = "".join(path.read_text() for path in (code.APP / "jobs").rglob("*.rs"))
    source += (code.APP / "bin/jobs.rs").read_text()
    if f'"{job}"' not in source and job.capitalize() not in source:
        yield f"jobs knows no job ‘{job}’"


def logs(template):
    groups = of_type(template, "AWS::Logs::LogGroup")
    for name, function in functions(template).items():
        group = refers_to(function["LoggingConfig"].get("LogGroup"))
        if group not in groups:
            yield f"{name} logs where nothing is ever removed"
        elif "RetentionInDays" not in groups[group]:
            yield f"the log group of {name} keeps lines for ever"


def alarms(template):
    found = of_type(template, "AWS::CloudWatch::Alarm")
    count = 0
    for name, alarm in found.items():
        if not alarm.get("AlarmActions"):
            yield f"the alarm {name} tells nobody"
        metrics = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m]
        for metric in metrics or [alarm]:
            count += 1
            dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions", [])}
            yield from _metric(template, name, metric.get("Namespace"), metric.get("MetricName"), dimensions)
    if count > 10:
        yield f"alarms watch {count} metrics; ten are free"
    watched = flat(found)
    for needed in ("Errors", "Throttles", "IteratorAge", "ApproximateNumberOfMessagesVisible",
                   "Reputation.BounceRate", "Reputation.ComplaintRate"):
        if needed not in watched:
            yield f"no alarm watches {needed}"


def _metric(template, where, namespace, metric, dimensions):
    if metric not in METRICS.get(namespace, set()):
        yield f"{where}: there is no metric {namespace} {metric}"
        return
    for name, value in dimensions.items():
        kind = DIMENSIONS[namespace].get(name)
        if kind is None:
            yield f"{where}: {namespace} has no dimension {name}"
        elif kind.startswith("AWS::Stack"):
            if refers_to(value) != kind:
                yield f"{where}: {value} is not {kind}"
        elif template["Resources"].get(refers_to(value), {}).get("Type") != kind:
            yield f"{where}: {value} is no {kind}"


def own_metrics(template):
    if len(code.metrics()) > 10:
        yield f"the functions make {len(code.metrics())} metrics; ten are free"
    shown = json.dumps(flat(of_type(template, "AWS::CloudWatch::Dashboard")))
    for name in sorted(code.metrics()):
        if name not in shown:
            yield f"no dashboard shows {name}, which the functions measure"


def dashboard(template):
    for name, properties in of_type(template, "AWS::CloudWatch::Dashboard").items():
        body = properties["DashboardBody"]["Fn::Sub"]
        known = {*template["Resources"], *template["Parameters"]}
        for word in re.findall(r"\$\{([^}]+)\}", body):
            if not word.startswith("AWS::") and word.split(".")[0] not in known:
                yield f"{name}: nothing is called {word}"
        try:
            widgets = json.loads(body)["widgets"]
        except (ValueError, KeyError) as error:
            yield f"{name} cannot be read: {error}"
            continue
        for widget in widgets:
            for metric in widget["properties"].get("metrics", []):
                namespace, title, *rest = metric
                pairs = dict(zip(rest[::2], rest[1::2]))
                values = {key: {"Ref": value.strip("${}")} for key, value in pairs.items()}
                yield from _metric(template, name, namespace, title, values)


# In what a behaviour for a path of pages may differ from the one for all of them.
AS_PAGES = {"PathPattern": None, "ResponseHeadersPolicyId": None}


def cdn(template):
    (config,) = [p["DistributionConfig"] for p in of_type(template, "AWS::CloudFront::Distribution").values()]
    origins = {origin["Id"]: origin for origin in config["Origins"]}
    pages, behaviours = config["DefaultCacheBehavior"], config.get("CacheBehaviors", [])
    for behaviour in [pages, *behaviours]:
        if behaviour["TargetOriginId"] not in origins:
            yield f"there is no origin {behaviour['TargetOriginId']}"
    behaviours_by_path = {behaviour["PathPattern"]: behaviour for behaviour in behaviours}
    api = behaviours_by_path.get("/api/*")
    if api is None or pages["TargetOriginId"] != "pages" or api["TargetOriginId"] != "functions":
        yield "pages come from the bucket, and /api/* from the functions"
        return
    if not {"GET", "POST"} <= set(api["AllowedMethods"]):
        yield "forms do not reach the functions"
    if api["CachePolicyId"] != CACHING_DISABLED:
        yield "the CDN keeps what functions answer"
    if set(pages["AllowedMethods"]) != {"GET", "HEAD"}:
        yield "pages are only read"
    if refers_to(origins["pages"].get("OriginAccessControlId")) not in of_type(
        template, "AWS::CloudFront::OriginAccessControl"
    ):
        yield "the CDN does not sign its requests to the bucket"
    if origins["pages"].get("OriginPath") != "/public":
        yield "readers must get what is public, and no shells"
    secret = {h["HeaderName"]: h["HeaderValue"] for h in origins["functions"].get("OriginCustomHeaders", [])}
    if secret != {code.origin_header(): {"Ref": "OriginSecret"}}:
        yield "the functions do not know the CDN"
    if not template["Parameters"].get("OriginSecret", {}).get("NoEcho"):
        yield "the secret of the CDN can be read in the console"
    # Only what a page may run differs there; see `headers`.
    searches = [f"{path}*" for path in code.search_paths()]
    for search in searches:
        if {**behaviours_by_path.get(search, {}), **AS_PAGES} != {**pages, **AS_PAGES}:
            yield f"{search} is not answered as other pages are"
    for path, behaviour in {**behaviours_by_path, "*": pages}.items():
        wanted = "SearchHeaders" if path in searches else "Headers"
        if refers_to(behaviour.get("ResponseHeadersPolicyId")) != wanted:
            yield f"answers at {path} go out without their security headers"
    yield from _caching(template, pages)
    yield from _requests(template, api)
    yield from _error_pages(config)


def edge(template):
    """The function at the edge is JavaScript. What it does is in test_template.py."""
    for name, properties in of_type(template, "AWS::CloudFront::Function").items():
        run = subprocess.run(["node", "--check", "-"], input=properties["FunctionCode"], capture_output=True, text=True)
        if run.returncode != 0:
            yield f"{name} is no JavaScript: {run.stderr.strip().splitlines()[-1:]}"


def _caching(template, pages):
    policy = of_type(template, "AWS::CloudFront::CachePolicy").get(refers_to(pages["CachePolicyId"]), {})
    key = policy.get("CachePolicyConfig", {}).get("ParametersInCacheKeyAndForwardedToOrigin", {})
    if flat(key).count('"none"') != 3:
        yield "a page must be the same whatever cookies, headers and query come with it"
    if not (key.get("EnableAcceptEncodingBrotli") and key.get("EnableAcceptEncodingGzip")):
        yield "pages are not compressed"


def _requests(template, api):
    policies = of_type(template, "AWS::CloudFront::OriginRequestPolicy")
    config = policies.get(refers_to(api.get("OriginRequestPolicyId")), {}).get("OriginRequestPolicyConfig")
    if not config:
        yield "requests reach the functions without their headers"
        return
    given = {header.lower() for header in config["HeadersConfig"].get("Headers", [])}
    if given != code.headers_read():
        yield f"the functions read the headers {sorted(code.headers_read())} and get {sorted(given)}"
    if config["CookiesConfig"] != {"CookieBehavior": "all"}:
        yield "cookies do not reach the functions"
    if config["QueryStringsConfig"] != {"QueryStringBehavior": "all"}:
        yield "queries do not reach the functions"


def _error_pages(config):
    given = {
        (page["ErrorCode"], page.get("ResponseCode"), page.get("ResponsePagePath"))
        for page in config.get("CustomErrorResponses", [])
    }
    wanted = {(403, 404, "/404.html")} | {(c, 503, "/unavailable/index.html") for c in (500, 502, 504)}
    if given != wanted:
        yield f"error pages are {sorted(given)}, must be {sorted(wanted)}"
    taken = {"FORBIDDEN", "INTERNAL_SERVER_ERROR", "BAD_GATEWAY", "GATEWAY_TIMEOUT"} & code.statuses()
    if taken:
        yield f"functions answer {sorted(taken)}, which the CDN replaces"
    if not (ROOT / "content/unavailable.md").exists() or not (ROOT / "site/templates/404.html").exists():
        yield "an error page is not in the site"


def headers(template):
    for name, properties in of_type(template, "AWS::CloudFront::ResponseHeadersPolicy").items():
        yield from _headers(name, properties["ResponseHeadersPolicyConfig"])


def _headers(name, policy):
    security = policy["SecurityHeadersConfig"]
    csp = security.get("ContentSecurityPolicy", {}).get("ContentSecurityPolicy")
    if csp != code.content_security_policies().get(name):
        yield f"the content security policy of {name} is not the one of functions/app/src/web/guard.rs"
    if security.get("StrictTransportSecurity", {}).get("AccessControlMaxAgeSec", 0) < 31536000:
        yield "browsers forget within a year that the site is encrypted"
    if "ContentTypeOptions" not in security or security.get("ReferrerPolicy", {}).get("ReferrerPolicy") != "same-origin":
        yield "a security header is missing"
    custom = {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}
    if custom != code.security_headers():
        yield f"the other headers are {custom}, the code sends {code.security_headers()}"


def bucket(template):
    (files,) = of_type(template, "AWS::S3::Bucket").values()
    if "VersioningConfiguration" in files:
        yield "deleted comments live on in old versions"
    block = files.get("PublicAccessBlockConfiguration", {})
    if [block.get(k) for k in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")] != [True] * 4:
        yield "the bucket may become public"
    (policy,) = of_type(template, "AWS::S3::BucketPolicy").values()
    for statement in policy["PolicyDocument"]["Statement"]:
        if statement["Effect"] == "Allow" and (
            statement["Principal"] != {"Service": "cloudfront.amazonaws.com"}
            or "AWS:SourceArn" not in flat(statement.get("Condition"))
            or "/public/*" not in flat(statement["Resource"])
            or statement["Action"] != "s3:GetObject"
        ):
            yield f"the bucket lets in whoever {statement}"


def mail(template):
    topics = of_type(template, "AWS::SNS::Topic")
    notices = topics.get("Notices", {})
    if notices.get("SignatureVersion") != "2":
        yield "notices are signed with SHA-1, which the function does not believe"
    (to,) = of_type(template, "AWS::SES::ConfigurationSetEventDestination").values()
    kinds = set(to["EventDestination"]["MatchingEventTypes"])
    if kinds != {"bounce", "complaint"}:
        yield f"the mail service reports {sorted(kinds)}"
    if refers_to(to["EventDestination"]["SnsDestination"]["TopicARN"]) != "Notices":
        yield "the mail service reports to nobody"
    for policy in of_type(template, "AWS::SNS::TopicPolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Principal"] != {"Service": "ses.amazonaws.com"} or "AWS:SourceAccount" not in flat(
                statement.get("Condition")
            ):
                yield f"the topic takes notices from {statement['Principal']}"
    events = functions(template)["Jobs"].get("Events", {}).values()
    if not any(e["Type"] == "SNS" and refers_to(e["Properties"]["Topic"]) == "Notices" for e in events):
        yield "nobody reads the notices"
    if functions(template)["Jobs"]["Environment"].get("SODIUM_NOTICES_TOPIC") != {"Ref": "Notices"}:
        yield "jobs believes another topic"


def money(template):
    budgets = [r for r in template["Resources"].values() if r["Type"] == "AWS::Budgets::Budget"]
    if len(budgets) != 1 or "Condition" in budgets[0]:
        yield "the budget must always be there"
    elif not budgets[0]["Properties"].get("NotificationsWithSubscribers"):
        yield "the budget tells nobody"
    for name, resource in template["Resources"].items():
        if resource["Type"] not in FREE_WHEN_IDLE:
            yield f"{name} may cost money when nobody is there: nothing is known of {resource['Type']}"
        properties = flat(resource.get("Properties", {}))
        for word in STANDING:
            if f'"{word}"' in properties:
                yield f"{name} costs money when nobody is there: {word}"
    for table_properties in of_type(template, "AWS::DynamoDB::Table").values():
        if table_properties.get("BillingMode") != "PAY_PER_REQUEST":
            yield "the table costs money when nobody is there"
    if len(of_type(template, "AWS::CloudWatch::Dashboard")) > 3:
        yield "three dashboards are free"


CHECKS = [
    table, code_and_environment, roles, routes, stream, schedule,
    logs, alarms, own_metrics, dashboard, cdn, edge, headers, bucket, mail, money,
]


def findings(template):
    """Everything that is wrong. A check that cannot read the template has found something too."""
    found = []
    for check in CHECKS:
        try:
            found += [f"{check.__name__}: {finding}" for finding in check(template)]
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError) as error:
            found.append(f"{check.__name__}: cannot be checked: {error!r}")
    return found
