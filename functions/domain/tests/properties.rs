//! What holds for every input, not only for those that somebody thought of.

mod strict_html;

use proptest::prelude::*;
use sodium_domain::{
    email::EmailAddress,
    markdown::{Source, excerpt, render},
    name::DisplayName,
    session_time::SessionTime,
};

/// Text made of what Markdown and HTML take for markup.
fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "*",
        "_",
        "`",
        "~~",
        "[",
        "]",
        "(",
        ")",
        "!",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "|",
        "-",
        "#",
        "\n",
        "\n\n",
        " ",
        "    ",
        "> ",
        "- ",
        "1. ",
        "```",
        "|-|\n",
        "https://",
        "javascript:",
        "a.example",
        "/",
        "\\",
        "{",
        "}",
        ":",
        "<script>",
        "</p>",
        "<!--",
        "-->",
        "<svg>",
        "&#x202e;",
        "\u{202e}",
        "\u{0}",
        "é",
        "e\u{301}",
        "\u{200d}",
        "x",
        "word ",
        "[x]: ",
        "www.",
        "@",
        "=",
        "\t",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_renders_to_strict_html(text in prop_oneof![markup(), any::<String>()]) {
        if let Ok(source) = Source::parse(&text) {
            let html = render(&source);
            let page = strict_html::read(html.as_str());
            prop_assert!(page.is_ok(), "{page:?}\n{html}");
        }
    }

    #[test]
    fn parsing_a_source_again_changes_nothing(text in prop_oneof![markup(), any::<String>()]) {
        if let Ok(source) = Source::parse(&text) {
            prop_assert_eq!(Source::parse(source.as_str()), Ok(source.clone()));
            prop_assert!(!render(&source).as_str().is_empty());
            prop_assert!(!excerpt(&source, 100).is_empty());
        }
    }

    #[test]
    fn excerpts_keep_their_length(text in markup(), max_chars in 0_usize..50) {
        if let Ok(source) = Source::parse(&text) {
            prop_assert!(excerpt(&source, max_chars).chars().count() <= max_chars);
        }
    }

    #[test]
    fn parsing_a_name_again_changes_nothing(text in prop_oneof![any::<String>(), "[\\p{L} .'-]{1,12}"]) {
        if let Ok(name) = DisplayName::parse(&text) {
            prop_assert_eq!(DisplayName::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(!name.skeleton().as_str().is_empty());
        }
    }

    #[test]
    fn case_and_spaces_do_not_make_another_name(text in "[\\p{Latin}\\p{Cyrillic}\\p{Greek}]{2,12}") {
        for other in [text.to_lowercase(), text.to_uppercase(), format!(" {text} "), format!("{text}.")] {
            if let (Ok(name), Ok(other)) = (DisplayName::parse(&text), DisplayName::parse(&other)) {
                prop_assert_eq!(name.skeleton(), other.skeleton());
            }
        }
    }

    #[test]
    fn an_address_is_one_line_without_separators(text in prop_oneof![any::<String>(), "[a-z.,;<>\"@ \r\n]{1,20}@[a-z.\r\n-]{1,20}"]) {
        if let Ok(address) = EmailAddress::parse(&text) {
            prop_assert!(address.as_str().is_ascii());
            prop_assert!(!address.as_str().contains(|c: char| c.is_ascii_control() || " ,;:<>()[]\"\\".contains(c)));
            prop_assert_eq!(address.as_str().matches('@').count(), 1);
        }
    }

    #[test]
    fn a_session_ends_after_its_minutes(
        year in 2020..2100, month in 1..=12, day in 1..=28, hour in 0..24, minutes in 1..=1440_u32,
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Etc/UTC"]),
    ) {
        let starts = format!("{year}-{month:02}-{day:02}T{hour:02}:30");
        if let Ok(time) = SessionTime::parse(&starts, zone, minutes) {
            prop_assert_eq!(time.end().duration_since(time.instant()).as_mins(), i64::from(minutes));
            prop_assert_eq!(time.local().strftime("%Y-%m-%dT%H:%M").to_string(), starts);
        }
    }
}
