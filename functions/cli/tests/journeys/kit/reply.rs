//! What a browser gets back.

use axum::http::StatusCode;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    /// When to try again, in seconds.
    pub(crate) retry_after: Option<String>,
    pub(crate) body: String,
    /// The cookies that came along, as they were written.
    pub(crate) cookies: Vec<String>,
}

impl Reply {
    /// Where the browser was sent; the test fails if it was not.
    pub(crate) fn leads_to(&self) -> &str {
        self.location
            .as_deref()
            .unwrap_or_else(|| panic!("{}: {}", self.status, self.body))
    }

    /// The value of a hidden field in the page.
    pub(crate) fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = self
            .body
            .split_once(&mark)
            .unwrap_or_else(|| panic!("no field {name}"));
        rest.split('"').next().unwrap().replace("&#x2F;", "/")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Where the first form goes whose address ends so.
    pub(crate) fn action(&self, end: &str) -> String {
        let actions = self.body.split("action=\"").skip(1);
        actions
            .filter_map(|rest| rest.split('"').next())
            .find(|action| action.ends_with(end))
            .unwrap_or_else(|| panic!("no form to …{end}: {}", self.body))
            .to_owned()
    }
}
