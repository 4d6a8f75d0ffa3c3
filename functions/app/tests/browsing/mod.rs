//! What a browser does for whoever uses it: it keeps cookies and encodes forms. For people in the
//! journeys and before the emulated gateway alike.

use std::collections::BTreeMap;

/// Cookies by their names.
pub(crate) type Cookies = BTreeMap<String, String>;

/// The value of `Cookie`.
pub(crate) fn cookie_header(cookies: &Cookies) -> String {
    let pairs = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("; ")
}

/// Does what a `Set-Cookie` says.
pub(crate) fn keep(cookies: &mut Cookies, cookie: &str) {
    let (name, rest) = cookie.split_once('=').unwrap();
    let value = rest.split(';').next().unwrap();
    if cookie.contains("Max-Age=0") {
        cookies.remove(name);
    } else {
        cookies.insert(name.to_owned(), value.to_owned());
    }
}

/// A form's body.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let encoded = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        });
        encoded.collect::<String>()
    };
    let pairs = fields.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
