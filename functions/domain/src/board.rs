//! Boards: pages that list discussions. A section of the forum lists its topics by activity; two
//! more boards list the questions and the corrections of the whole site.
//!
//! What moves is short, what is long never moves. The lists that are sorted by activity end after a
//! few pages, so that whatever happens changes few files. Behind them stands the list of all, in the
//! order in which they began: there each has a number for ever, fifty numbers make a page, and
//! a new one touches the last page only.

use crate::comment::Comment;
use crate::talk::Kind;

/// Entries on a page of a list by activity.
pub const PER_PAGE: u32 = 25;

/// Pages of a list by activity. A hundred is what anybody leafs through; what is older is found in the
/// order in which it began, or by search.
pub const PAGES: u32 = 4;

/// Which of a board's discussions a list by activity shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filter {
    /// Every one.
    All,
    /// Those that ask something.
    Questions,
    /// Questions without an accepted answer.
    Unanswered,
    /// Questions with one.
    Answered,
    /// Corrections that nobody has made yet.
    Open,
    /// Corrections that were made.
    Fixed,
}

impl Filter {
    /// Every filter.
    pub const ALL: [Self; 6] = [
        Self::All,
        Self::Questions,
        Self::Unanswered,
        Self::Answered,
        Self::Open,
        Self::Fixed,
    ];

    /// The word in addresses and keys.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Questions => "questions",
            Self::Unanswered => "unanswered",
            Self::Answered => "answered",
            Self::Open => "open",
            Self::Fixed => "fixed",
        }
    }

    /// Whether the list shows the discussion that a comment opened.
    pub fn shows(self, opening: &Comment) -> bool {
        let question = opening.kind == Kind::Question;
        let correction = opening.kind == Kind::Correction;
        opening.is_public()
            && match self {
                Self::All => true,
                Self::Questions => question,
                Self::Unanswered => question && opening.accepted.is_none(),
                Self::Answered => question && opening.accepted.is_some(),
                Self::Open => correction && opening.fixed.is_none(),
                Self::Fixed => correction && opening.fixed.is_some(),
            }
    }
}

/// Where a page of a list by activity lies below its board. The first of all is the board itself.
pub fn place(filter: Filter, page: u32) -> String {
    let below = match filter {
        Filter::All => String::new(),
        filter => format!("{}/", filter.word()),
    };
    match page {
        0 | 1 => below,
        _ => format!("{below}{page}/"),
    }
}

/// Where a page of the list of all, in the order in which they began, lies below its board.
pub fn place_begun(page: u32) -> String {
    format!("begun/{}/", page.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_of_a_board_has_a_place_of_its_own() {
        let mut places: Vec<String> = (1..=PAGES).map(place_begun).collect();
        for filter in Filter::ALL {
            places.extend((1..=PAGES).map(|page| place(filter, page)));
        }
        let all = places.len();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), all);
        assert_eq!(place(Filter::All, 1), "");
        assert_eq!(place(Filter::Answered, 2), "answered/2/");
    }
}
