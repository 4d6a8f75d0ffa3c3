//! Requests that no page of ours makes: every form gets every one of them, from somebody who could
//! send it rightly. Each is refused in plain words, and changes nothing.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use axum::http::{Method, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::kit::{Person, Reply, form};
use crate::matrix::place::{Place, ROLES};
use crate::matrix::{Row, rows};

const FORM: &str = "application/x-www-form-urlencoded";

/// A request that is wrong in one way.
struct Mischief {
    what: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
    status: StatusCode,
    /// Whether it is wrong only for somebody who reads the fields.
    in_the_fields: bool,
}

/// What is wrong with the form of a route whose right fields are these.
fn mischiefs(fields: &[(&str, &str)]) -> Vec<Mischief> {
    let wrong = |what, headers: &[_], body, status, in_the_fields| Mischief {
        what,
        headers: headers.to_vec(),
        body,
        status,
        in_the_fields,
    };
    let right = form(fields).into_bytes();
    let twice = [right.as_slice(), b"&", right.as_slice()].concat();
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let kind = |kind| [("content-type", kind)];
    let refused = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let unread = StatusCode::BAD_REQUEST;
    vec![
        wrong(
            "JSON",
            &kind("application/json"),
            b"{\"body\":\"x\"}".to_vec(),
            refused,
            false,
        ),
        wrong("deep JSON", &kind("application/json"), deep, refused, false),
        wrong(
            "plain text",
            &kind("text/plain"),
            right.clone(),
            refused,
            false,
        ),
        wrong(
            "XML",
            &kind("application/xml"),
            b"<!DOCTYPE a><a/>".to_vec(),
            refused,
            false,
        ),
        wrong(
            "a type that is none",
            &kind(";;;"),
            right.clone(),
            refused,
            false,
        ),
        wrong(
            "a bomb",
            &[("content-type", FORM), ("content-encoding", "gzip")],
            bomb(),
            refused,
            false,
        ),
        wrong(
            "brotli",
            &[("content-encoding", "br")],
            right.clone(),
            refused,
            false,
        ),
        wrong(
            "bytes",
            &kind(FORM),
            b"body=\xFF\xFE&email=\xC0".to_vec(),
            unread,
            true,
        ),
        wrong(
            "escaped bytes",
            &kind(FORM),
            b"body=%FF%FE&email=%C0%AF".to_vec(),
            unread,
            true,
        ),
        wrong(
            "surrogates",
            &kind(FORM),
            b"body=%ED%A0%80".to_vec(),
            unread,
            true,
        ),
        wrong("fields twice", &kind(FORM), twice, unread, true),
        wrong(
            "two megabytes",
            &kind(FORM),
            [b"body=".to_vec(), vec![b'a'; 2 << 20]].concat(),
            StatusCode::PAYLOAD_TOO_LARGE,
            true,
        ),
    ]
}

/// Ten megabytes of nothing in ten kilobytes.
fn bomb() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b'a'; 10 << 20]).unwrap();
    packed.finish().unwrap()
}

/// Each form once, with somebody who may send it.
fn forms() -> Vec<(Row, &'static str)> {
    let mut forms: Vec<(Row, &str)> = Vec::new();
    for row in rows().into_iter().filter(|row| row.method == "POST") {
        let who = row.cells.iter().rposition(|cell| cell.ends_with('+'));
        if let Some(who) = who.filter(|_| forms.iter().all(|(other, _)| other.path != row.path)) {
            forms.push((row, ROLES[who]));
        }
    }
    forms
}

fn is_told(reply: &Reply) -> bool {
    reply.body.contains("class=\"notice") || reply.body.contains("id=\"main\"")
}

#[tokio::test]
async fn what_is_no_form_is_refused_everywhere() {
    let place = Place::new().await;
    for (row, who) in forms() {
        let fields = place.fields(&row.path);
        let path = place.path(&row.path, &row.of);
        for mischief in mischiefs(&fields) {
            // A button without fields does not read what else is sent.
            if fields.is_empty() && mischief.in_the_fields {
                continue;
            }
            let what = format!("{}: {path} by {who}", mischief.what);
            let mut person: Person = place.somebody(who).clone();
            let sent = person.send(Method::POST, &path, mischief.body, &mischief.headers);
            let reply = sent.await;
            assert_eq!(reply.status, mischief.status, "{what}: {}", reply.body);
            assert!(is_told(&reply), "{what}: {}", reply.body);
        }
        assert_eq!(place.takes_back().await, [], "{}", row.path);
    }
}

#[tokio::test]
async fn a_path_or_query_that_is_nonsense_leads_nowhere() {
    let place = Place::new().await;
    let mut moderator = place.somebody("moderator").clone();
    let long = "a".repeat(6_000);
    let nonsense = [
        "-1",
        "-",
        "99999999999999999999",
        "%00",
        "%FF",
        "..%2F..%2Fetc",
        "%3Cscript%3E",
        "{}",
        "a%0Ab",
        "0x7f",
        "NaN",
        "1e309",
        "%F0%9F%92%A9",
        long.as_str(),
    ];
    let mut tried = BTreeSet::new();
    for row in rows() {
        if !tried.insert((row.method.clone(), row.path.clone())) {
            continue;
        }
        let parts: Vec<&str> = row.path.split('/').collect();
        for at in (0..parts.len()).filter(|at| parts[*at].starts_with('{')) {
            for nonsense in nonsense {
                let right = place.path(&row.path, &row.of);
                let mut path: Vec<&str> = right.split('/').collect();
                path[at] = nonsense;
                let path = path.join("/");
                let method = row.method.parse().unwrap();
                let body = form(&place.fields(&row.path));
                let reply = moderator.send(method, &path, body, &[]).await;
                // What a form needs is the same in every thread, and no table is asked.
                let is_same =
                    row.path == "/api/threads/{thread}/form" && reply.status == StatusCode::OK;
                assert!(
                    is_same || matches!(reply.status, StatusCode::NOT_FOUND | StatusCode::GONE),
                    "{} {path}: {} {}",
                    row.method,
                    reply.status,
                    reply.body
                );
            }
        }
        if row.method == "GET" {
            let path = place.path(&row.path, &row.of);
            for query in [
                "?draft=1&draft=2",
                "?draft=%FF",
                "?seen=%00",
                "?a[b]=c",
                "?&&&=",
                "?return_to=//evil",
            ] {
                let reply = moderator.gets(&format!("{path}{query}")).await;
                assert!(
                    !reply.status.is_server_error(),
                    "{path}{query}: {}",
                    reply.body
                );
            }
        }
    }
    assert_eq!(place.takes_back().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_without_end_are_refused_before_anybody_reads_them() {
    let place = Place::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = place.somebody("member").app.router();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let many = "X-A: b\r\n".repeat(2_000);
    let cookie = format!("Cookie: sodium={}\r\n", "a".repeat(1 << 20));
    for headers in [many, cookie] {
        let answer = tokio::task::spawn_blocking(move || {
            let mut connection = std::net::TcpStream::connect(address).unwrap();
            let request = format!("GET /api/account HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
            // It may hang up before it has read all of that.
            let _ = connection.write_all(request.as_bytes());
            let mut answer = [0; 64];
            let read = connection.read(&mut answer).unwrap_or(0);
            String::from_utf8_lossy(&answer[..read]).into_owned()
        });
        let answer = answer.await.unwrap();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
            "{answer}"
        );
    }
    serving.abort();
}
