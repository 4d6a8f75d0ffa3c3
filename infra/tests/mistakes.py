"""Mistakes that people make in templates like this one, to see which layer notices."""

import copy

from .template import load

MISTAKES = []


def mistake(about):
    """A change to the template that somebody could make without meaning harm."""

    def keep(change):
        MISTAKES.append((about, change))
        return change

    return keep


def made(change):
    """The template with this mistake in it."""
    template = copy.deepcopy(load())
    change(template["Resources"], template)
    return template


def _properties(resources, name):
    return resources[name]["Properties"]


def _statement(resources, role, sid):
    (policy,) = _properties(resources, role)["Policies"]
    (found,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Sid"] == sid]
    return found


def _config(resources):
    return _properties(resources, "Cdn")["DistributionConfig"]


@mistake("a permission on the table is missing")
def _(resources, _):
    _statement(resources, "CommentsRole", "UseTable")["Action"].remove("dynamodb:ConditionCheckItem")


@mistake("a role may scan the table, which nothing does")
def _(resources, _):
    _statement(resources, "SignupsRole", "UseTable")["Action"].append("dynamodb:Scan")


@mistake("a role may do everything with the table")
def _(resources, _):
    _statement(resources, "WaitlistRole", "UseTable")["Action"] = ["dynamodb:*"]


@mistake("a role may read the keys of every community")
def _(resources, _):
    _statement(resources, "RelayRole", "ReadKeys")["Resource"] = "*"


@mistake("the index has no permission of its own")
def _(resources, _):
    _statement(resources, "SignupsRole", "FindOwnThings")["Resource"] = _statement(
        resources, "SignupsRole", "UseTable"
    )["Resource"]


@mistake("a wrong ARN: the service's name is mistyped")
def _(resources, _):
    resource = _statement(resources, "RelayRole", "UseTable")["Resource"][0]
    resource["Fn::Sub"][0] = resource["Fn::Sub"][0].replace(":dynamodb:", ":dynamo:")


@mistake("the relay may not see that a page is missing")
def _(resources, _):
    (policy,) = _properties(resources, "RelayRole")["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    statements.remove(_statement(resources, "RelayRole", "SeeWhatIsMissing"))


@mistake("the stream is off")
def _(resources, _):
    del _properties(resources, "Table")["StreamSpecification"]


@mistake("the stream carries keys only")
def _(resources, _):
    _properties(resources, "Table")["StreamSpecification"]["StreamViewType"] = "KEYS_ONLY"


@mistake("the relay retries whole batches")
def _(resources, _):
    del _properties(resources, "Relay")["Events"]["Outbox"]["Properties"]["FunctionResponseTypes"]


@mistake("what the relay cannot do goes nowhere")
def _(resources, _):
    del _properties(resources, "Relay")["Events"]["Outbox"]["Properties"]["DestinationConfig"]


@mistake("the stream's filter is not JSON")
def _(resources, _):
    event = _properties(resources, "Relay")["Events"]["Outbox"]["Properties"]
    event["FilterCriteria"]["Filters"][0]["Pattern"] = '{"eventName":["INSERT"],}'


@mistake("the stream's filter has the wrong prefix")
def _(resources, _):
    (one,) = _properties(resources, "Relay")["Events"]["Outbox"]["Properties"]["FilterCriteria"]["Filters"]
    one["Pattern"] = one["Pattern"].replace("OUTBOX#", "OUTBOX:")


@mistake("expiry looks at another attribute")
def _(resources, _):
    _properties(resources, "Table")["TimeToLiveSpecification"]["AttributeName"] = "expires"


@mistake("no point-in-time recovery")
def _(resources, _):
    del _properties(resources, "Table")["PointInTimeRecoverySpecification"]


@mistake("an index of the table is projected in part")
def _(resources, _):
    _properties(resources, "Table")["GlobalSecondaryIndexes"][0]["Projection"] = {"ProjectionType": "KEYS_ONLY"}


@mistake("the bucket may become public")
def _(resources, _):
    _properties(resources, "Files")["PublicAccessBlockConfiguration"]["RestrictPublicBuckets"] = False


@mistake("the bucket keeps old versions")
def _(resources, _):
    _properties(resources, "Files")["VersioningConfiguration"] = {"Status": "Enabled"}


@mistake("every distribution of every account may read the bucket")
def _(resources, _):
    del _properties(resources, "FilesPolicy")["PolicyDocument"]["Statement"][0]["Condition"]


@mistake("readers may get the shells")
def _(resources, _):
    del _config(resources)["Origins"][0]["OriginPath"]


@mistake("the CDN does not sign its requests to the bucket")
def _(resources, _):
    del _config(resources)["Origins"][0]["OriginAccessControlId"]


@mistake("a behaviour names an origin that is not there")
def _(resources, _):
    _config(resources)["CacheBehaviors"][0]["TargetOriginId"] = "function"


@mistake("forms cannot be sent")
def _(resources, _):
    _config(resources)["CacheBehaviors"][0]["AllowedMethods"] = ["GET", "HEAD", "OPTIONS"]


@mistake("the CDN keeps what functions answer")
def _(resources, _):
    _config(resources)["CacheBehaviors"][0]["CachePolicyId"] = {"Ref": "PagesCaching"}


@mistake("cookies make a page of their own for each reader")
def _(resources, _):
    policy = _properties(resources, "PagesCaching")["CachePolicyConfig"]
    policy["ParametersInCacheKeyAndForwardedToOrigin"]["CookiesConfig"]["CookieBehavior"] = "all"


@mistake("the viewer's Host goes to the API, which does not know it")
def _(resources, _):
    config = _properties(resources, "RequestsToFunctions")["OriginRequestPolicyConfig"]["HeadersConfig"]
    config["Headers"].append("Host")


@mistake("the reader's network does not reach the functions")
def _(resources, _):
    config = _properties(resources, "RequestsToFunctions")["OriginRequestPolicyConfig"]["HeadersConfig"]
    config["Headers"].remove("CloudFront-Viewer-Address")


@mistake("an error page replaces the API's own 404")
def _(resources, _):
    _config(resources)["CustomErrorResponses"].append(
        {"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": "/404.html"}
    )


@mistake("the functions answer whoever finds the API")
def _(resources, _):
    del _config(resources)["Origins"][1]["OriginCustomHeaders"]


@mistake("the CDN's secret stands in the console")
def _(_, template):
    del template["Parameters"]["OriginSecret"]["NoEcho"]


@mistake("inline scripts are allowed")
def _(resources, _):
    security = _properties(resources, "Headers")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]
    policy["ContentSecurityPolicy"] = policy["ContentSecurityPolicy"].replace(
        "script-src 'self'", "script-src 'self' 'unsafe-inline'"
    )


@mistake("every page may compile programs")
def _(resources, _):
    behaviour = _config(resources)["DefaultCacheBehavior"]
    behaviour["ResponseHeadersPolicyId"] = {"Ref": "SearchHeaders"}


@mistake("the search page may not compile its program")
def _(resources, _):
    _config(resources)["CacheBehaviors"][1]["ResponseHeadersPolicyId"] = {"Ref": "Headers"}


@mistake("the search page may run scripts from strings")
def _(resources, _):
    security = _properties(resources, "SearchHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]
    policy["ContentSecurityPolicy"] = policy["ContentSecurityPolicy"].replace("wasm-unsafe-eval", "unsafe-eval")


@mistake("the search page is not found in its folder")
def _(resources, _):
    del _config(resources)["CacheBehaviors"][1]["FunctionAssociations"]


@mistake("the edge function has a syntax error")
def _(resources, _):
    function = _properties(resources, "PagePaths")
    function["FunctionCode"] = function["FunctionCode"].replace("{ statusCode", "( statusCode")


@mistake("the schedule is mistyped")
def _(resources, _):
    _properties(resources, "Jobs")["Events"]["Sweep"]["Properties"]["ScheduleExpression"] = "rate(15 minute)"


@mistake("the time zone is mistyped")
def _(resources, _):
    _properties(resources, "Jobs")["Events"]["Sweep"]["Properties"]["ScheduleExpressionTimezone"] = "Europe/Munich"


@mistake("the schedule asks for a job that does not exist")
def _(resources, _):
    _properties(resources, "Jobs")["Events"]["Sweep"]["Properties"]["Input"] = '{"job":"clean"}'


@mistake("an environment variable is missing")
def _(_, template):
    del template["Globals"]["Function"]["Environment"]["Variables"]["SODIUM_MAIL_FROM"]


@mistake("an environment variable is mistyped")
def _(resources, _):
    variables = _properties(resources, "Jobs")["Environment"]["Variables"]
    variables["SODIUM_NOTICE_TOPIC"] = variables.pop("SODIUM_NOTICES_TOPIC")


@mistake("a function runs another function's code")
def _(resources, _):
    _properties(resources, "Waitlist")["CodeUri"] = "../target/lambda/signups"


@mistake("a route is missing")
def _(resources, _):
    del resources["PostSessionsSessionSeatRoute"]


@mistake("a route leads to another function")
def _(resources, _):
    _properties(resources, "GetAccountRoute")["Target"] = {"Fn::Sub": "integrations/${CommentsIntegration}"}


@mistake("anybody's API may call a function")
def _(resources, _):
    permission = _properties(resources, "SignupsPermission")
    del permission["SourceArn"], permission["SourceAccount"]


@mistake("log lines are kept for ever")
def _(resources, _):
    del _properties(resources, "SignupsLog")["RetentionInDays"]


@mistake("an alarm watches a metric that does not exist")
def _(resources, _):
    _properties(resources, "RelayLate")["MetricName"] = "IteratorAgeMs"


@mistake("an alarm's dimension is mistyped")
def _(resources, _):
    _properties(resources, "WorkUndone")["Dimensions"][0]["Name"] = "Queue"


@mistake("an alarm watches the wrong thing")
def _(resources, _):
    _properties(resources, "RelayLate")["Dimensions"][0]["Value"] = {"Ref": "Undone"}


@mistake("an alarm tells nobody")
def _(resources, _):
    _properties(resources, "WorkUndone")["AlarmActions"] = []


@mistake("the dashboard is not JSON")
def _(resources, _):
    body = _properties(resources, "Dashboard")["DashboardBody"]
    body["Fn::Sub"] = body["Fn::Sub"].replace('"${Relay}"]] } }', '"${Relay}"] } }', 1)


@mistake("the dashboard names a function that is not there")
def _(resources, _):
    body = _properties(resources, "Dashboard")["DashboardBody"]
    body["Fn::Sub"] = body["Fn::Sub"].replace("${Jobs}", "${Job}")


@mistake("notices are signed with SHA-1")
def _(resources, _):
    del _properties(resources, "Notices")["SignatureVersion"]


@mistake("another service may write notices")
def _(resources, _):
    _properties(resources, "NoticesPolicy")["PolicyDocument"]["Statement"][0]["Principal"] = {
        "Service": "email.amazonaws.com"
    }


@mistake("complaints are not reported")
def _(resources, _):
    _properties(resources, "MailEventsToNotices")["EventDestination"]["MatchingEventTypes"] = ["bounce"]


@mistake("there is no budget")
def _(resources, _):
    del resources["Budget"]


@mistake("a key of our own, which has a monthly price")
def _(resources, _):
    owner = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    statement = {"Effect": "Allow", "Principal": owner, "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    resources["Key"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy, "EnableKeyRotation": True}}


@mistake("a function is kept warm, which is billed by the hour")
def _(resources, _):
    _properties(resources, "Comments")["AutoPublishAlias"] = "live"
    _properties(resources, "Comments")["ProvisionedConcurrencyConfig"] = {"ProvisionedConcurrentExecutions": 1}


@mistake("the functions and the CDN wait for each other")
def _(resources, _):
    _properties(resources, "Api")["Description"] = {"Fn::Sub": "for ${Comments}"}


@mistake("a reference to a resource that is not there")
def _(resources, _):
    _properties(resources, "FilesPolicy")["Bucket"] = {"Ref": "Pages"}
