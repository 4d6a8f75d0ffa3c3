//! No comment is too much for the renderer, a page or a reader's browser.
//!
//! Bounds are counts, so that they hold on every machine: bytes out per byte in, depth, cells. The
//! parser's time is linear in its input, and the sanitizer's in its own for a bounded depth; both
//! inputs are bounded here.

mod strict_html;

use std::sync::LazyLock;

use sodium_domain::markdown::{Html, MAX_CHARS, Source, SourceError, excerpt, render};

/// Bytes of HTML per byte of Markdown: `[a]` becomes a link with its `rel`.
const FACTOR: usize = 10;
/// Bytes of HTML that any comment may have on top: addresses that one definition repeats.
const ALLOWANCE: usize = 96 * 1024;
const MAX_DEPTH: usize = 32;
const MAX_CELLS: usize = 400;

type Shape = (&'static str, fn(usize) -> String);

/// A text of about `n` characters.
fn times(unit: &str, n: usize) -> String {
    unit.repeat(n / unit.chars().count())
}

/// Each text starts with a word, so that none is refused as empty.
const SHAPES: &[Shape] = &[
    ("quotes", |n| times(">", n - 1) + "x"),
    ("spaced quotes", |n| times("> ", n - 1) + "x"),
    ("quotes line by line", |n| {
        (1..)
            .map(|i| ">".repeat(i % 60) + "x\n")
            .take(n / 32)
            .collect()
    }),
    ("bullets in a line", |n| times("- ", n - 1) + "x"),
    ("numbers in a line", |n| times("1. ", n - 1) + "x"),
    ("stairs of bullets", |n| stairs(n, "- x\n")),
    ("stairs of numbers", |n| stairs(n, "1. x\n")),
    ("quoted bullets", |n| times("> - ", n - 1) + "x"),
    ("loose bullets", |n| times("- x\n\n", n)),
    ("empty bullets", |n| {
        "- x\n".to_owned() + &times("-\n", n - 4)
    }),
    ("stars", |n| times("*", n - 1) + "x"),
    ("open emphasis", |n| times("*x ", n)),
    ("emphasis inside out", |n| {
        times("*x **y ", n / 2) + &times("*z** ", n / 2)
    }),
    ("emphasised letters", |n| times("*x*", n)),
    ("underscores", |n| times("_x__", n)),
    ("tildes", |n| times("~~x~", n)),
    ("struck letters", |n| times("~x~ ", n)),
    ("open brackets", |n| times("[", n - 1) + "x"),
    ("closed brackets", |n| {
        times("[", n / 2) + "x" + &times("]", n / 2 - 1)
    }),
    ("links in links", |n| {
        times("[", n / 4) + "x" + &times("](/)", n / 4 * 3)
    }),
    ("open links", |n| times("[x](", n)),
    ("links", |n| times("[x](/)", n)),
    ("links without a text", |n| times("[](/)", n)),
    ("pictures in pictures", |n| {
        times("![", n / 3) + "x" + &times("](/)", n / 2)
    }),
    ("repeated definition", |n| {
        format!("[a]: /\n\n{}", times("[a]", n - 10))
    }),
    ("repeated long definition", |n| {
        format!("[a]: /{}\n\n{}", times("x", n / 5), times("[a]", n / 2))
    }),
    ("repeated costly definition", |n| {
        format!("[a]: /{}\n\n{}", times("&", n / 6), times("[a]", n / 2))
    }),
    ("repeated refused definition", |n| {
        format!("[a]: x:{}\n\n{}", times("<", n / 6), times("[a]", n / 2))
    }),
    ("many definitions", |n| {
        (0..n / 11)
            .map(|i| format!("[{i}]: /\n"))
            .collect::<String>()
            + "x"
    }),
    ("backticks", |n| "x".to_owned() + &times("`", n - 1)),
    ("growing backticks", |n| {
        (1..)
            .map(|i| "`".repeat(i) + "x")
            .scan(0, within(n))
            .collect()
    }),
    ("code letters", |n| times("`x`", n)),
    ("fences", |n| times("```\nx\n", n)),
    ("languages", |n| times("```rs\n```\n", n - 1) + "x"),
    ("wide table", |n| {
        format!(
            "{}\n{}\n{}",
            times("|x", n / 3),
            times("|-", n / 3),
            times("|y", n / 3)
        )
    }),
    ("empty rows", |n| {
        format!(
            "|x{}\n{}\n{}",
            times("|a", n / 4),
            times("|-", n / 4 + 2),
            times("|\n", n / 2 - 8)
        )
    }),
    ("twenty columns", |n| {
        format!(
            "{}\n{}\n{}",
            "|x".repeat(20),
            "|-".repeat(20),
            times("|\n", n - 82)
        )
    }),
    ("small tables", |n| times("|x|\n|-|\n|y|\n\n", n)),
    ("table of links", |n| {
        format!("|x|\n|-|\n{}", times("|[y](/)|\n", n - 8))
    }),
    ("angle brackets", |n| times("<", n - 1) + "x"),
    ("tags", |n| times("<b>", n)),
    ("closing tags", |n| times("</b>", n)),
    ("open tags", |n| times("<a href=\"", n)),
    ("comments", |n| times("<!--", n - 1) + "x"),
    ("html blocks", |n| times("<p>\n\n", n)),
    ("html lines", |n| times("<p>\n", n)),
    ("processing instructions", |n| times("<?", n - 1) + "x"),
    ("cdata", |n| times("<![CDATA[", n)),
    ("entities", |n| times("&lt;", n)),
    ("long entity", |n| {
        times("&CounterClockwiseContourIntegral;", n)
    }),
    ("ampersands", |n| times("&", n - 1) + "x"),
    ("quotation marks", |n| times("\"'", n)),
    ("bare addresses", |n| times("http://a ", n)),
    ("one bare address", |n| {
        format!("https://{}", times("a", n - 8))
    }),
    ("addresses in a word", |n| times("http://", n)),
    ("refused addresses", |n| times("(https://@", n)),
    ("brackets after an address", |n| {
        format!("https://a.example/{}", times(")", n - 18))
    }),
    ("autolinks", |n| times("<http://a>", n)),
    ("mail autolinks", |n| times("<a@b.c>", n)),
    ("headings", |n| times("# x\n", n)),
    ("underlined headings", |n| times("x\n=\n", n)),
    ("rules", |n| times("***\n", n - 1) + "x"),
    ("lines", |n| times("x\n", n)),
    ("hard breaks", |n| times("x\\\n", n)),
    ("paragraphs", |n| times("x\n\n", n)),
    ("indented code", |n| times("    x\n\n", n)),
    ("tabs", |n| times("\t", n - 1) + "x"),
    ("backslashes", |n| times("\\", n - 1) + "x"),
    ("no-break spaces", |n| times("x\u{a0}", n)),
    ("wide characters in an address", |n| {
        times("[x](/éééééééééé)", n)
    }),
    ("emoji families", |n| times("👨\u{200d}👩\u{200d}👧", n)),
    ("marks", |n| times("e\u{301}\u{302}\u{303}", n)),
];

fn stairs(n: usize, step: &str) -> String {
    (0..)
        .map(|i| " ".repeat(3 * i) + step)
        .scan(0, within(n))
        .collect()
}

/// Takes texts as long as they fit into `n` characters.
fn within(n: usize) -> impl FnMut(&mut usize, String) -> Option<String> {
    move |used, text| {
        *used += text.chars().count();
        (*used <= n).then_some(text)
    }
}

/// A shape at half the limit and at the limit.
struct Rendered {
    name: &'static str,
    source: Source,
    html: Html,
}

fn rendered(chars: usize) -> Vec<Rendered> {
    let render_shape = |(name, shape): &Shape| {
        let text: String = shape(chars).chars().take(chars).collect();
        let source = Source::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let html = render(&source);
        Rendered { name, source, html }
    };
    SHAPES.iter().map(render_shape).collect()
}

static HALF: LazyLock<Vec<Rendered>> = LazyLock::new(|| rendered(MAX_CHARS / 2));
static WHOLE: LazyLock<Vec<Rendered>> = LazyLock::new(|| rendered(MAX_CHARS));

#[test]
fn output_depth_and_cells_are_bounded_for_every_shape() {
    for Rendered { name, source, html } in HALF.iter().chain(WHOLE.iter()) {
        let (bytes_in, bytes_out) = (source.as_str().len(), html.as_str().len());
        assert!(
            bytes_out <= FACTOR * bytes_in + ALLOWANCE,
            "{name}: {bytes_in} -> {bytes_out}"
        );
        let page = strict_html::read(html.as_str()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(page.depth <= MAX_DEPTH, "{name}: {} levels", page.depth);
        assert!(page.cells <= MAX_CELLS, "{name}: {} cells", page.cells);
    }
}

/// Twice the text is at most about twice the HTML: nothing multiplies.
#[test]
fn output_grows_with_the_text() {
    for (half, whole) in HALF.iter().zip(WHOLE.iter()) {
        let (less, more) = (half.html.as_str().len(), whole.html.as_str().len());
        assert!(
            more * 10 <= less * 22 + 10 * 1024,
            "{}: {less} -> {more}",
            half.name
        );
    }
}

#[test]
fn shapes_are_many_and_use_the_room_there_is() {
    assert!(SHAPES.len() >= 25);
    for Rendered { name, source, .. } in WHOLE.iter() {
        let chars = source.as_str().chars().count();
        assert!(chars * 2 > MAX_CHARS, "{name}: {chars}");
    }
}

/// Markup beyond the deepest level goes; words stay.
#[test]
fn the_word_inside_the_deepest_nesting_is_shown() {
    for Rendered { name, html, .. } in WHOLE
        .iter()
        .filter(|shape| shape.source.as_str().ends_with('x'))
    {
        let page = strict_html::read(html.as_str()).unwrap();
        assert!(page.text.contains('x'), "{name}");
    }
}

#[test]
fn an_excerpt_is_as_short_as_asked_for_every_shape() {
    for Rendered { name, source, .. } in WHOLE.iter() {
        assert!(excerpt(source, 200).chars().count() <= 200, "{name}");
    }
}

#[test]
fn a_text_at_the_limit_is_taken_and_one_more_character_is_not() {
    assert!(Source::parse(&"é".repeat(MAX_CHARS)).is_ok());
    assert_eq!(
        Source::parse(&"x".repeat(MAX_CHARS + 1)),
        Err(SourceError::TooLong {
            chars: MAX_CHARS + 1
        })
    );
}
