//! A passkey (WebAuthn): the name by which its owner knows it, and when one may be added or removed.

use serde::{Deserialize, Serialize};

use crate::characters;

/// The most passkeys of one member: a few devices, and keys in a drawer.
pub const MOST_PASSKEYS: u32 = 10;

/// The most characters of a passkey's name.
pub const MAX_NAME: usize = 40;

/// What a member calls a passkey: "Phone", "Blue key in the drawer".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// One line of at most forty visible characters; nothing for a text that has none.
    pub fn parse(raw: &str) -> Option<Self> {
        let visible = |c: char| !characters::is_stripped(c);
        let line: String = raw
            .chars()
            .map(|c| if c == '\n' { ' ' } else { c })
            .filter(|c| visible(*c))
            .collect();
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let name: String = line.chars().take(MAX_NAME).collect();
        let has_ink = name.chars().any(|c| !characters::is_invisible(c));
        has_ink.then_some(Self(name))
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a member came in on the device from which they change their passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameIn {
    /// With one of the passkeys that they have now.
    ByPasskey,
    /// With something weaker: a link in a mail.
    Otherwise,
}

/// Which passkey may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addition {
    /// Only if it is the first.
    First,
    /// One more.
    Further,
    /// None from this device.
    Refused,
}

/// Whether a passkey may be added. Whoever decides what others wrote starts with a mail link once;
/// after that a mailbox that somebody else can read must not be enough for another passkey.
pub fn addition(decides: bool, came_in: CameIn, have: u32) -> Addition {
    match (decides, came_in, have) {
        (_, _, 0) => Addition::First,
        (true, CameIn::Otherwise, _) => Addition::Refused,
        _ => Addition::Further,
    }
}

/// Whether a passkey may be removed: otherwise the first one could be added by mail again.
pub fn may_remove(decides: bool, came_in: CameIn) -> bool {
    !decides || came_in == CameIn::ByPasskey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_that_can_be_seen() {
        let parsed = |raw: &str| PasskeyName::parse(raw).map(|name| name.0);
        assert_eq!(parsed("  Blue\nkey ").as_deref(), Some("Blue key"));
        assert_eq!(parsed("\u{202E}Phone").as_deref(), Some("Phone"));
        assert_eq!(parsed(&"x".repeat(99)).map(|name| name.len()), Some(40));
        assert_eq!(parsed(" \u{200B} "), None);
    }

    #[test]
    fn a_mailbox_is_enough_for_the_first_passkey_of_a_moderator_and_for_no_other() {
        use CameIn::{ByPasskey, Otherwise};
        for (decides, came_in, have, expected) in [
            (true, Otherwise, 0, Addition::First),
            (true, Otherwise, 1, Addition::Refused),
            (true, ByPasskey, 1, Addition::Further),
            (false, Otherwise, 0, Addition::First),
            (false, Otherwise, 1, Addition::Further),
        ] {
            assert_eq!(addition(decides, came_in, have), expected);
        }
        assert!(!may_remove(true, Otherwise));
        assert!(may_remove(true, ByPasskey) && may_remove(false, Otherwise));
    }
}
