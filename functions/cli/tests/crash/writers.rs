//! People who write, and remember what they were told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::browser::{Browser, link_in_mail_to};
use crate::project::{SESSION, pages};

/// Somebody who comments without a pause. `None` means that the server went away; what was under
/// way is sent again, with the same form key, at the next call.
pub(crate) struct Commenter {
    browser: Browser,
    thread: String,
    sent: usize,
    /// Form key to the comment that it led to.
    pub(crate) acknowledged: BTreeMap<String, String>,
}

impl Commenter {
    pub(crate) fn new(browser: Browser, thread: &str) -> Self {
        Self {
            browser,
            thread: thread.to_owned(),
            sent: 0,
            acknowledged: BTreeMap::new(),
        }
    }

    /// Sends one comment; returns its own page.
    pub(crate) fn write(&mut self) -> Option<String> {
        let key = format!("{}-form-{:05}", self.thread, self.sent);
        let form = self
            .browser
            .get(&format!("/api/threads/{}/form", self.thread))
            .ok()?;
        let marks: serde_json::Value = serde_json::from_str(&form.body).unwrap();
        let fields = [
            ("body", format!("Words of {key}.")),
            ("form_key", key.clone()),
            ("form_token", marks["token"].as_str().unwrap().to_owned()),
            ("intent", "post".to_owned()),
        ];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let path = format!("/api/threads/{}/comments", self.thread);
        let reply = self.browser.post(&path, &fields).ok()?;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let comment = reply.leads_to().to_owned();
        self.acknowledged.insert(key, comment.clone());
        self.sent += 1;
        Some(comment)
    }

    /// Everything that was acknowledged is among the member's own data, and nothing else: what was
    /// sent twice is there once.
    pub(crate) fn assert_in_own_export(&mut self) {
        let export = self.browser.get("/api/account/export").unwrap();
        let export: serde_json::Value = serde_json::from_str(&export.body).unwrap();
        let mut bodies: Vec<&str> = export["comments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|comment| comment["body"].as_str().unwrap())
            .collect();
        bodies.sort_unstable();
        let mut wanted: Vec<String> = self
            .acknowledged
            .keys()
            .map(|key| format!("Words of {key}."))
            .collect();
        wanted.sort_unstable();
        assert_eq!(bodies, wanted);
    }

    /// Whether each is on exactly one page of its thread.
    pub(crate) fn are_on_pages(&self, public: &Path) -> bool {
        let thread = pages(&public.join("discussions").join(&self.thread));
        let html: Vec<&String> = thread
            .iter()
            .filter(|(path, _)| path.extension().is_some_and(|ending| ending == "html"))
            .map(|(_, page)| page)
            .collect();
        self.acknowledged.values().all(|comment| {
            let id = comment.rsplit('/').next().unwrap();
            let mark = format!("id=\"c-{id}\"");
            let times: usize = html.iter().map(|page| page.matches(&mark).count()).sum();
            assert!(times <= 1, "{comment} is on the pages {times} times");
            times == 1
        })
    }
}

/// Somebody who takes a seat, gives it back, and so on.
pub(crate) struct Seated {
    browser: Browser,
    has_seat: bool,
}

impl Seated {
    pub(crate) fn new(browser: Browser) -> Self {
        Self {
            browser,
            has_seat: false,
        }
    }

    pub(crate) fn change_mind(&mut self) -> Option<()> {
        let action = if self.has_seat { "seat/cancel" } else { "seat" };
        let path = format!("/api/sessions/{SESSION}/{action}");
        let reply = self.browser.post(&path, &[]).ok()?;
        assert_eq!(reply.status, 303, "{}", reply.body);
        self.has_seat = !self.has_seat;
        Some(())
    }

    pub(crate) fn assert_as_acknowledged(&mut self) {
        let page = self
            .browser
            .get(&format!("/api/sessions/{SESSION}"))
            .unwrap();
        let offers = format!("action=\"/api/sessions/{SESSION}/seat\"");
        let takes_back = format!("action=\"/api/sessions/{SESSION}/seat/cancel\"");
        assert_eq!(
            page.body.contains(&takes_back),
            self.has_seat,
            "{}",
            page.body
        );
        assert_eq!(page.body.contains(&offers), !self.has_seat, "{}", page.body);
    }
}

/// The most places that are asked for and not confirmed.
const UNDER_WAY: usize = 4;

/// Somebody who puts many addresses on the waitlist.
pub(crate) struct Joiner {
    browser: Browser,
    mailbox: PathBuf,
    /// Addresses for which a mail was promised.
    pub(crate) asked: Vec<String>,
    confirmed: usize,
    places: Vec<String>,
}

impl Joiner {
    pub(crate) fn new(browser: Browser, mailbox: PathBuf) -> Self {
        Self {
            browser,
            mailbox,
            asked: Vec::new(),
            confirmed: 0,
            places: Vec::new(),
        }
    }

    /// Asks for a place, unless some mails have not come yet, and confirms the oldest one that has.
    pub(crate) fn join(&mut self) -> Option<()> {
        if self.asked.len() - self.confirmed < UNDER_WAY {
            let address = format!("waiting{}@example.org", self.asked.len());
            let fields = [("email", address.as_str()), ("interest", "learn")];
            let reply = self.browser.post("/api/waitlist", &fields).ok()?;
            assert_eq!(reply.leads_to(), "/api/waitlist/sent");
            self.asked.push(address);
        } else {
            self.browser.get("/api/waitlist/sent").ok()?;
        }
        self.confirm_next()
    }

    pub(crate) fn confirm_all(&mut self) {
        while self.confirmed < self.asked.len() {
            self.confirm_next().unwrap();
        }
    }

    fn confirm_next(&mut self) -> Option<()> {
        let Some(address) = self.asked.get(self.confirmed) else {
            return Some(());
        };
        let Some(link) = link_in_mail_to(&self.mailbox, address, "/api/waitlist/confirm/") else {
            return Some(());
        };
        let reply = self.browser.post(&link, &[]).ok()?;
        assert_eq!(reply.status, 303, "{}", reply.body);
        self.places.push(reply.leads_to().to_owned());
        self.confirmed += 1;
        Some(())
    }

    /// Each place is there, and they are in the order in which they were given.
    pub(crate) fn assert_places(&mut self) {
        for (place, address) in self.places.iter().zip(&self.asked) {
            let page = self.browser.get(place).unwrap();
            assert_eq!(page.status, 200, "{address}: {}", page.body);
            assert!(page.body.contains(address), "{address}: {}", page.body);
        }
    }
}
