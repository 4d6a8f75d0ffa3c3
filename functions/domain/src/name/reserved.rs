//! Names that would speak for the site, in every spelling that looks like them.

use std::sync::LazyLock;

use super::NameSkeleton;

/// Nobody's name as a whole; longer names may contain them ("Team Ada").
static NAMES: LazyLock<Vec<NameSkeleton>> = LazyLock::new(|| {
    skeletons(&[
        "Anonymous",
        "Author",
        "Bot",
        "Deleted",
        "Everyone",
        "Help",
        "Helpdesk",
        "Learn",
        "Member",
        "Mentor",
        "Mod",
        "Mods",
        "Nobody",
        "Operator",
        "Owner",
        "Postmaster",
        "Root",
        "Security",
        "Somebody",
        "System",
        "Team",
        "The Author",
        "The Mentor",
        "The Team",
        "Webmaster",
    ])
});

/// Not even one word of a name: "Ada Staff". "Staffan" is a name that people have.
static WORDS: LazyLock<Vec<NameSkeleton>> =
    LazyLock::new(|| skeletons(&["Official", "Staff", "Support"]));

/// Not even the beginning of a word: "Admin2", "Sodiumteam", "Administrator".
static BEGINNINGS: LazyLock<Vec<NameSkeleton>> =
    LazyLock::new(|| skeletons(&["Admin", "Moderator", "Sodium"]));

fn skeletons(words: &[&str]) -> Vec<NameSkeleton> {
    words.iter().map(|word| NameSkeleton::of(word)).collect()
}

pub(super) fn is_reserved(name: &str) -> bool {
    // Digits can be letters ("m0derator") or an appendix ("Mentor 2").
    let without_digits: String = name.chars().filter(|c| !c.is_numeric()).collect();
    [name, &without_digits].into_iter().any(|name| {
        is_reserved_whole(name)
            || name
                .split(|c: char| !c.is_alphanumeric())
                .any(is_reserved_word)
    })
}

fn is_reserved_whole(name: &str) -> bool {
    NAMES.contains(&NameSkeleton::of(name)) || is_reserved_word(name)
}

fn is_reserved_word(word: &str) -> bool {
    let word = NameSkeleton::of(word);
    WORDS.contains(&word)
        || BEGINNINGS
            .iter()
            .any(|beginning| word.starts_with(beginning))
}
