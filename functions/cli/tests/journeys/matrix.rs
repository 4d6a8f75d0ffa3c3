//! Who may do what: every route, everybody, every state of what it is about, in one table,
//! `matrix.txt`. Each cell is tried, and after each the whole table is compared with what it was
//! before: what is refused has changed nothing, and neither has reading.
//!
//! A new route fails here until it has its rows. Add them to `matrix.txt`; if the route has a
//! parameter or fields that others lack, say in `matrix/place.rs` what stands for them.

pub(crate) mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use sodium_app::routes;
use sodium_cli::description::successes;

use crate::kit::table::Picture;
use crate::kit::{Person, Reply, form};
use place::{Place, ROLES};

const MATRIX: &str = include_str!("matrix.txt");

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) of: String,
    pub(crate) cells: Vec<String>,
}

/// The table.
pub(crate) fn rows() -> Vec<Row> {
    let lines = MATRIX.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter(|line| !line.trim().is_empty());
    let mut lines = lines.map(|line| line.split('|').map(|cell| cell.trim().to_owned()));
    let head: Vec<String> = lines.next().unwrap().skip(2).collect();
    assert_eq!(head, ROLES, "the columns of matrix.txt");
    let row = |mut cells: Box<dyn Iterator<Item = String>>| {
        let route = cells.next().unwrap();
        let (method, path) = route.split_once(' ').unwrap_or_else(|| panic!("{route}"));
        Row {
            method: method.to_owned(),
            path: path.trim().to_owned(),
            of: cells.next().unwrap(),
            cells: cells.collect(),
        }
    };
    lines.map(|cells| row(Box::new(cells))).collect()
}

/// What kind of answer it is.
fn class(reply: &Reply) -> &'static str {
    match reply.status {
        StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => "page",
        StatusCode::SEE_OTHER => "redirect",
        StatusCode::UNAUTHORIZED => "sign-in",
        StatusCode::NOT_FOUND => "nowhere",
        StatusCode::CONFLICT if reply.body.contains("Choose a name first") => "name",
        StatusCode::CONFLICT
        | StatusCode::GONE
        | StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::BAD_REQUEST
        | StatusCode::TOO_MANY_REQUESTS => "refused",
        other => panic!("an answer of no class: {other} {}", reply.body),
    }
}

async fn asks(person: &Person, row: &Row, place: &Place, headers: &[(&str, &str)]) -> Reply {
    let mut person = person.clone();
    let path = place.path(&row.path, &row.of);
    match row.method.as_str() {
        "GET" => {
            person
                .send(Method::GET, &path, String::new(), headers)
                .await
        }
        "POST" => {
            let body = form(&place.fields(&row.path));
            person.send(Method::POST, &path, body, headers).await
        }
        other => panic!("matrix.txt: {other} is no method of a form or a link"),
    }
}

#[test]
fn every_route_is_in_the_matrix() {
    let listed: BTreeSet<String> = routes::all()
        .listed()
        .iter()
        .map(ToString::to_string)
        .collect();
    let told: BTreeSet<String> = rows()
        .iter()
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    let missing: Vec<_> = listed.difference(&told).collect();
    let gone: Vec<_> = told.difference(&listed).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "functions/cli/tests/journeys/matrix.txt says who may ask for what.\n\
         It lacks rows for: {missing:#?}\nIt has rows for what is no route: {gone:#?}"
    );
    for row in rows() {
        assert_eq!(row.cells.len(), ROLES.len(), "{row:?}");
        for cell in &row.cells {
            let (answer, changes) = (cell.trim_end_matches('+'), cell.ends_with('+'));
            // Who writes before signing in finds the text again afterwards: that is kept.
            let may_change = matches!(answer, "page" | "redirect" | "sign-in" | "name");
            assert!(
                !changes || may_change,
                "a refusal that changes something: {row:?}"
            );
            assert!(
                !changes || row.method == "POST",
                "reading changes nothing: {row:?}"
            );
        }
    }
}

#[tokio::test]
async fn everybody_may_do_what_the_matrix_says_and_nothing_else() {
    let place = Place::new().await;
    let (mut wrong, mut lines) = (0, String::new());
    let mut seen: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
    for row in rows() {
        let mut found = Vec::new();
        for role in ROLES {
            let reply = asks(place.somebody(role), &row, &place, &[]).await;
            let mark = if place.takes_back().await.is_empty() {
                ""
            } else {
                "+"
            };
            found.push(format!("{}{mark}", class(&reply)));
            if !reply.status.is_client_error() {
                let route = format!("{} {}", row.method, row.path);
                seen.entry(route).or_default().insert(reply.status.as_u16());
            }
        }
        wrong += usize::from(found != row.cells);
        let differs = if found == row.cells { "  " } else { "! " };
        let route = format!("{} {}", row.method, row.path);
        writeln!(
            lines,
            "{differs}{route:<62} | {:<18} | {}",
            row.of,
            found.join(" | ")
        )
        .unwrap();
    }
    assert_eq!(
        wrong, 0,
        "matrix.txt and the application differ. This is how it is:\n{lines}"
    );
    compare_with_description(&seen);
}

/// What the description of the API says of answers is what was answered.
fn compare_with_description(seen: &BTreeMap<String, BTreeSet<u16>>) {
    // Nobody here has a company: what these answer is told in companies.rs.
    let needs_company = |route: &str| route.contains("/company/") || route.contains("/companies");
    for (route, told) in successes().unwrap() {
        if needs_company(&route) {
            continue;
        }
        let seen = seen.get(&route).cloned().unwrap_or_default();
        let usual: BTreeSet<u16> = told.usual.into_iter().collect();
        let other: BTreeSet<u16> = told.other.into_iter().collect();
        let all: BTreeSet<u16> = usual.union(&other).copied().collect();
        assert!(
            seen.is_superset(&usual) && seen.is_subset(&all),
            "operations.toml says that {route} answers {all:?}; in the matrix it answered {seen:?}"
        );
    }
}

#[tokio::test]
async fn no_route_but_one_takes_a_form_from_another_site() {
    let place = Place::new().await;
    // Mail programs send that one from nowhere (RFC 8058); its link says enough.
    let forms = rows().into_iter().filter(|row| row.method == "POST");
    for row in forms.filter(|row| row.path != "/api/mails/{token}") {
        for headers in [
            [("sec-fetch-site", "cross-site"), ("accept", "text/html")],
            [
                ("sec-fetch-site", "same-site"),
                ("accept", "application/json"),
            ],
            [("origin", "https://evil.example"), ("accept", "text/html")],
            [("origin", "null"), ("accept", "text/html")],
        ] {
            for role in ROLES {
                let reply = asks(place.somebody(role), &row, &place, &headers).await;
                assert_eq!(
                    reply.status,
                    StatusCode::BAD_REQUEST,
                    "{role}: {row:?} {headers:?}"
                );
            }
        }
        assert_eq!(place.takes_back().await, [], "{row:?}");
    }
}

#[tokio::test]
async fn other_methods_lead_nowhere() {
    let place = Place::new().await;
    let moderator = place.somebody("moderator");
    for row in rows() {
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            let path = place.path(&row.path, &row.of);
            let mut moderator = moderator.clone();
            let reply = moderator
                .send(method.clone(), &path, String::new(), &[])
                .await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
    assert_eq!(place.takes_back().await, []);
}

impl Place {
    /// Makes the table what it was at the start, and says what had changed.
    pub(crate) async fn takes_back(&self) -> Vec<(String, String)> {
        let changed = self.start.differs_from(&Picture::of(&self.engine));
        if !changed.is_empty() {
            self.start.comes_back(&self.engine).await;
        }
        changed
    }
}
