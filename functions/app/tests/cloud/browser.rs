//! A browser in front of the gateway: it keeps cookies and sends forms.

use std::collections::BTreeMap;

use crate::http::{Answer, send};

/// Somebody's browser.
#[derive(Clone)]
pub(crate) struct Browser {
    gateway: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(gateway: String) -> Self {
        Self {
            gateway,
            cookies: BTreeMap::new(),
        }
    }

    /// The same gateway in a browser that was never used.
    pub(crate) fn another(&self) -> Self {
        Self::new(self.gateway.clone())
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], b"").await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form(fields);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[kind], body.as_bytes()).await
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let mut all = vec![
            ("cookie", cookies.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        all.extend_from_slice(headers);
        let answer = send(&self.gateway, method, path, &all, body).await.unwrap();
        for cookie in answer.all("set-cookie") {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
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
