//! A browser in front of the gateway: it keeps cookies and sends forms.

use crate::browsing::{Cookies, cookie_header, form, keep};
use crate::http::{Answer, send};

/// Somebody's browser.
#[derive(Clone)]
pub(crate) struct Browser {
    gateway: String,
    pub(crate) cookies: Cookies,
}

impl Browser {
    pub(crate) fn new(gateway: String) -> Self {
        Self {
            gateway,
            cookies: Cookies::new(),
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
        let cookies = cookie_header(&self.cookies);
        let mut all = vec![
            ("cookie", cookies.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        all.extend_from_slice(headers);
        let answer = send(&self.gateway, method, path, &all, body).await.unwrap();
        for cookie in answer.all("set-cookie") {
            keep(&mut self.cookies, cookie);
        }
        answer
    }
}
