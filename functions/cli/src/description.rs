//! The description of the API, in OpenAPI 3.1. What a route takes and from whom is read off its handler
//! (`sodium_app::web::signature`); what it is for and what it answers stands in `operations.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sodium_app::routes::{self, Route};
use sodium_app::web::signature::{Field, Signature, Value as Taken, Who};

/// Where the description lies in the project; readers find it at `/api-description/openapi.json`.
pub const FILE: &str = "site/static/api-description/openapi.json";

const OPERATIONS: &str = include_str!("description/operations.toml");

/// What a route is for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Operation {
    summary: String,
    answers: Vec<Answer>,
    /// The names in an answer that is JSON.
    #[serde(default)]
    json: Vec<String>,
}

/// How a request that succeeds is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    /// A page.
    Page,
    /// A page on which to look at it first.
    Preview,
    /// Another address to go to.
    Redirect,
    /// JSON.
    Json,
    /// JSON about what was made.
    Created,
    /// Nothing more than that it is done.
    Empty,
}

/// The description is not whole. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// The table of operations cannot be read.
    #[error("functions/cli/src/description/operations.toml: {0}")]
    Table(#[from] toml::de::Error),
    /// A route is not described, or what is described is no route.
    #[error(
        "functions/cli/src/description/operations.toml says what each route is for.\n\
         It lacks {missing:?}.\nIt describes what is no route: {gone:?}."
    )]
    Routes {
        /// Routes without a description.
        missing: Vec<String>,
        /// Descriptions without a route.
        gone: Vec<String>,
    },
}

/// The statuses with which a route answers when it does what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successes {
    /// To a browser that does the thing.
    pub usual: Vec<u16>,
    /// To programs, which accept JSON or come from a mail, and to whoever looks first.
    pub other: Vec<u16>,
}

/// What is said of the answers of each route, by `METHOD /path`.
///
/// # Errors
/// When the table of operations cannot be read.
pub fn successes() -> Result<BTreeMap<String, Successes>, DescriptionError> {
    let operations: BTreeMap<String, Operation> = toml::from_str(OPERATIONS)?;
    let statuses = |operation: &Operation, told: fn(Answer) -> Option<u16>| {
        let answers = operation.answers.iter();
        answers.filter_map(|answer| told(*answer)).collect()
    };
    let usual = |answer| match answer {
        Answer::Page => Some(200),
        Answer::Redirect => Some(303),
        _ => None,
    };
    let other = |answer| match answer {
        Answer::Preview => Some(200),
        Answer::Json => Some(200),
        Answer::Created => Some(201),
        Answer::Empty => Some(204),
        _ => None,
    };
    let told = operations.into_iter().map(|(route, operation)| {
        let usual = statuses(&operation, usual);
        let other = statuses(&operation, other);
        (route, Successes { usual, other })
    });
    Ok(told.collect())
}

/// The whole description, as the file has it.
///
/// # Errors
/// When a route is not described.
pub fn openapi() -> Result<String, DescriptionError> {
    let operations: BTreeMap<String, Operation> = toml::from_str(OPERATIONS)?;
    let routes = routes::all();
    let listed: Vec<String> = routes.listed().iter().map(Route::to_string).collect();
    let missing = listed
        .iter()
        .filter(|route| !operations.contains_key(*route));
    let missing: Vec<String> = missing.cloned().collect();
    let gone = operations.keys().filter(|route| !listed.contains(route));
    let gone: Vec<String> = gone.cloned().collect();
    if !(missing.is_empty() && gone.is_empty()) {
        return Err(DescriptionError::Routes { missing, gone });
    }
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes.listed() {
        let described = describe(route, &operations[&route.to_string()]);
        let path = paths.entry(route.path).or_default();
        path.insert(route.method.to_lowercase(), described);
    }
    let whole = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sodium Learn",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the pages of the community send, and what they get. Reading needs none of \
                it: pages, feeds and calendars are files. Forms must come from the community's own pages \
                (Sec-Fetch-Site or Origin say so).",
        },
        "servers": [{ "url": "/" }],
        "tags": [
            { "name": "comments", "description": "Writing, and deciding about what was written." },
            { "name": "signups", "description": "Accounts, own data, mails and seats." },
            { "name": "waitlist", "description": "The waitlist of the beta." },
        ],
        "paths": paths,
        "components": components(),
    });
    Ok(format!("{whole:#}\n"))
}

fn describe(route: &Route, operation: &Operation) -> Value {
    let signature = (route.signature)();
    let mut described = json!({
        "operationId": id_of(route),
        "tags": [route.function],
        "summary": operation.summary,
        "description": who(&signature),
        "parameters": parameters(route, &signature),
        "responses": responses(route, operation, &signature),
        "security": security(signature.who),
    });
    if let Some(fields) = &signature.form {
        described["requestBody"] = json!({
            "required": fields.iter().any(|field| field.required),
            "content": { "application/x-www-form-urlencoded": { "schema": form(fields) } },
        });
    }
    described
}

/// `POST /api/threads/{thread}/comments` is `post_threads_thread_comments`.
fn id_of(route: &Route) -> String {
    let parts = route.path.trim_start_matches("/api/").split('/');
    let parts = parts.map(|part| part.trim_matches(['{', '}']).replace('-', "_"));
    let parts: Vec<String> = parts.collect();
    format!("{}_{}", route.method.to_lowercase(), parts.join("_"))
}

fn who(signature: &Signature) -> String {
    let who = match signature.who {
        Who::Anybody => "For anybody.",
        Who::BetterSignedIn => "For anybody; who is signed in may get more.",
        Who::SignedIn => "For whoever is signed in.",
        Who::Named => "For members with a name.",
        Who::Moderator => "For moderators.",
    };
    let limited = if signature.limited {
        " There is a limit for each network."
    } else {
        ""
    };
    format!("{who}{limited}")
}

fn security(who: Who) -> Value {
    match who {
        Who::Anybody => json!([]),
        Who::BetterSignedIn => json!([{}, { "device": [] }]),
        Who::SignedIn | Who::Named | Who::Moderator => json!([{ "device": [] }]),
    }
}

fn parameters(route: &Route, signature: &Signature) -> Value {
    let names = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{'));
    let path = names.map(|name| {
        let name = name.trim_end_matches('}');
        let mut parameter = json!({
            "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 },
        });
        // There are such pages in this community; whoever tries the API meets more than “nothing here”.
        match name {
            "thread" => parameter["example"] = "community-purpose".into(),
            "session" => parameter["example"] = "first-posts-2027-09".into(),
            _ => {}
        }
        parameter
    });
    let query = signature.query.iter().map(|field| {
        json!({ "name": field.name, "in": "query", "required": field.required, "schema": schema(field) })
    });
    path.chain(query).collect()
}

fn form(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.to_owned(), schema(field)))
        .collect();
    let required = fields.iter().filter(|field| field.required);
    let required: Vec<_> = required.map(|field| field.name).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schema(field: &Field) -> Value {
    match &field.value {
        Taken::Text | Taken::Formed => json!({ "type": "string" }),
        Taken::Uuid => json!({ "type": "string", "format": "uuid" }),
        Taken::Number => json!({ "type": "integer" }),
        Taken::Boolean => json!({ "type": "boolean" }),
        Taken::Choice(choices) => json!({ "type": "string", "enum": choices }),
    }
}

fn responses(route: &Route, operation: &Operation, signature: &Signature) -> Value {
    let mut responses = Map::new();
    let page = json!({ "text/html; charset=utf-8": { "schema": { "type": "string" } } });
    let data = json!({ "application/json": { "schema": data(&operation.json) } });
    let has = |answer| operation.answers.contains(&answer);
    let shown = (has(Answer::Page) || has(Answer::Preview)).then_some(&page);
    let told = has(Answer::Json).then_some(&data);
    let content: Map<String, Value> = [shown, told]
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(Clone::clone)
        .collect();
    if !content.is_empty() {
        responses.insert(
            "200".into(),
            json!({ "description": "Done, or shown.", "content": content }),
        );
    }
    if has(Answer::Created) {
        responses.insert(
            "201".into(),
            json!({ "description": "It is made.", "content": data }),
        );
    }
    if has(Answer::Empty) {
        responses.insert("204".into(), json!({ "description": "Done." }));
    }
    if has(Answer::Redirect) {
        let location = json!({ "schema": { "type": "string" }, "description": "Where to go on." });
        let answer =
            json!({ "description": "Done; go on there.", "headers": { "Location": location } });
        responses.insert("303".into(), answer);
    }
    let mut problems = vec![];
    if signature.who >= Who::SignedIn {
        problems.push(("401", "Sign in first."));
    }
    if signature.who >= Who::Named {
        problems.push(("409", "Choose a name first, or it changed meanwhile."));
    }
    if route.path.contains('{') || signature.who == Who::Moderator {
        problems.push(("404", "There is nothing here, or not for you."));
    }
    if signature.form.is_some() {
        problems.push(("413", "The form is too long."));
    }
    if route.method == "POST" {
        problems.push(("400", "It cannot be read, or another site sent it."));
        problems.push(("415", "It was not sent as a form."));
    }
    problems.push(("default", "A problem, in plain words."));
    for (status, description) in problems {
        let problem = json!({ "$ref": "#/components/schemas/Problem" });
        let content = json!({
            "text/html; charset=utf-8": { "schema": { "type": "string" } },
            "application/problem+json": { "schema": problem },
        });
        responses.insert(
            status.into(),
            json!({ "description": description, "content": content }),
        );
    }
    Value::Object(responses)
}

fn data(names: &[String]) -> Value {
    let properties: Map<String, Value> =
        names.iter().map(|name| (name.clone(), json!({}))).collect();
    json!({ "type": "object", "properties": properties })
}

fn components() -> Value {
    json!({
        "securitySchemes": {
            "device": {
                "type": "apiKey", "in": "cookie", "name": "__Host-sodium",
                "description": "The cookie that the button behind a sign-in link sets; `sodium` where there is no HTTPS.",
            },
        },
        "schemas": {
            "Problem": {
                "type": "object",
                "description": "RFC 9457, for whoever accepts application/json; a page for everybody else.",
                "required": ["status", "code", "title", "detail"],
                "properties": {
                    "status": { "type": "integer" },
                    "code": { "type": "string" },
                    "title": { "type": "string" },
                    "detail": { "type": "string" },
                },
            },
        },
    })
}
