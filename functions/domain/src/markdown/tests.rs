//! What each construct of the subset becomes.

use insta::assert_snapshot;

use super::{Source, SourceError, excerpt, render};

fn html(markdown: &str) -> String {
    render(&Source::parse(markdown).unwrap()).to_string()
}

#[test]
fn paragraphs_and_lines() {
    assert_snapshot!(html("One\nline\n\nTwo"), @r#"
    <p>One<br>
    line</p>
    <p>Two</p>
    "#);
}

#[test]
fn emphasis() {
    assert_snapshot!(html("*a* **b** ~~c~~ `d & <e>`"), @"<p><em>a</em> <strong>b</strong> <del>c</del> <code>d &amp; &lt;e&gt;</code></p>");
}

#[test]
fn code_blocks_keep_a_plain_language_name() {
    assert_snapshot!(html("```Rust,ignore\nlet a = 1 < 2;\n```\n\n```c#\nx\n```\n\n    indented"), @r#"
    <pre><code class="language-rust">let a = 1 &lt; 2;
    </code></pre>
    <pre><code>x
    </code></pre>
    <pre><code>indented</code></pre>
    "#);
}

#[test]
fn elsewhere_a_link_to_this_site_has_its_full_address_and_text_stays_text() {
    let source = "[a](/b/) [c](https://d.example/) `<a href=\"/e/\">` \\<a href=\"/f/\">";
    let html = render(&Source::parse(source).unwrap());
    let there = html.with_full_addresses("https://learn.example");
    assert_eq!(there.as_str().matches("https://learn.example/").count(), 1);
    assert!(
        there
            .as_str()
            .contains("<a href=\"https://learn.example/b/\"")
    );
    let back = there.as_str().replace("https://learn.example", "");
    assert_eq!(back, html.as_str());
}

#[test]
fn lists_and_tasks() {
    assert_snapshot!(html("- a\n  - b\n- [x] c\n\n3. d\n4. e"), @r#"
    <ul>
    <li>a
    <ul>
    <li>b</li>
    </ul>
    </li>
    <li>[x] c</li>
    </ul>
    <ol start="3">
    <li>d</li>
    <li>e</li>
    </ol>
    "#);
}

#[test]
fn quotes_and_rules() {
    assert_snapshot!(html("> a\n> > b\n\n---"), @r#"
    <blockquote>
    <p>a</p>
    <blockquote>
    <p>b</p>
    </blockquote>
    </blockquote>
    <hr>
    "#);
}

#[test]
fn headings_become_strong_paragraphs() {
    assert_snapshot!(html("# A *b* {#id}\n\nC\n==="), @r#"
    <p><strong>A <em>b</em> {#id}</strong></p>
    <p><strong>C</strong></p>
    "#);
}

#[test]
fn tables_lose_their_alignment() {
    assert_snapshot!(html("| a | b |\n|:-:|--:|\n| c |"), @r#"
    <table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
    <tr><td>c</td><td></td></tr>
    </tbody></table>
    "#);
}

#[test]
fn wide_tables_become_lines() {
    let wide = format!(
        "{}|\n{}|\n{}|",
        "|a".repeat(21),
        "|-".repeat(21),
        "|b".repeat(3)
    );
    assert_snapshot!(html(&wide), @r#"
    <p>a | a | a | a | a | a | a | a | a | a | a | a | a | a | a | a | a | a | a | a | a<br>
    b | b | b</p>
    "#);
}

#[test]
fn links() {
    assert_snapshot!(html("[a](https://a.example/?b=1&c=2 'title') [b](/courses/) <https://c.example>"), @r#"<p><a href="https://a.example/?b=1&amp;c=2" rel="nofollow ugc noopener">a</a> <a href="/courses/" rel="nofollow ugc noopener">b</a> <a href="https://c.example" rel="nofollow ugc noopener">https://c.example</a></p>"#);
}

#[test]
fn refused_links_are_shown_as_text() {
    assert_snapshot!(html("[a](javascript:alert(1)) [b](../c) [](//d.example) <e@f.example>"), @"<p>a (javascript:alert(1)) b (../c) //d.example e@f.example</p>");
}

#[test]
fn bare_addresses_become_links() {
    assert_snapshot!(html("See https://a.example/b_(c), (http://d.example). Not `https://e.example` nor xhttps://f.example"), @r#"<p>See <a href="https://a.example/b_(c)" rel="nofollow ugc noopener">https://a.example/b_(c)</a>, (<a href="http://d.example" rel="nofollow ugc noopener">http://d.example</a>). Not <code>https://e.example</code> nor xhttps://f.example</p>"#);
}

#[test]
fn pictures_become_links() {
    assert_snapshot!(html("![a *cat*](https://a.example/c.png) ![](https://b.example) [![c](https://c.example)](/d/)"), @r#"<p><a href="https://a.example/c.png" rel="nofollow ugc noopener">a <em>cat</em></a> <a href="https://b.example" rel="nofollow ugc noopener">https://b.example</a> <a href="/d/" rel="nofollow ugc noopener">c</a></p>"#);
}

#[test]
fn raw_html_is_shown_as_text() {
    assert_snapshot!(html("a <b>c</b>\n\n<div class=\"x\">\n  *d*\n</div>"), @r#"
    <p>a &lt;b&gt;c&lt;/b&gt;</p>
    <p>&lt;div class="x"&gt;<br>
      *d*<br>
    &lt;/div&gt;</p>
    "#);
}

#[test]
fn bidi_controls_and_entities_for_them_are_dropped() {
    assert_snapshot!(html("a\u{202e}b&#x202e;c&#0;d &amp; &lt;"), @"<p>abc�d &amp; &lt;</p>");
}

#[test]
fn a_source_is_normalised() {
    let source = Source::parse("\r\n \r\n  e\u{301}\u{0}\r\n\u{202e}b  \n\n").unwrap();
    assert_eq!(source.as_str(), "  é\nb");
}

#[test]
fn texts_that_cannot_be_comments() {
    for empty in [
        "",
        " \n\t",
        "\u{200b}\u{2060}",
        "&nbsp;&#8203;",
        "---",
        "[a]: /b",
        "\u{301}",
        "\u{2800}",
    ] {
        assert_eq!(Source::parse(empty), Err(SourceError::Empty), "{empty:?}");
    }
    let tower = format!("e{}", "\u{323}".repeat(10));
    assert_eq!(Source::parse(&tower), Err(SourceError::TooManyMarks));
}

#[test]
fn errors_say_what_to_do() {
    assert_snapshot!(SourceError::TooLong { chars: 10_001 }, @"Your text has 10001 characters, and 10000 is the most. Shorten it, or post it in parts.");
    assert_snapshot!(SourceError::Empty, @"There is nothing to read in your text yet. Write at least one word.");
}

#[test]
fn excerpts_are_one_line_cut_between_words() {
    let source =
        Source::parse("# Hello\n\n*Wide* [world](/w/), `code`\nand more 👨\u{200d}👩\u{200d}👧")
            .unwrap();
    assert_eq!(
        excerpt(&source, 200),
        "Hello Wide world, code and more 👨\u{200d}👩\u{200d}👧"
    );
    assert_eq!(excerpt(&source, 15), "Hello Wide…");
    assert_eq!(excerpt(&source, 34), "Hello Wide world, code and more…");
    assert_eq!(excerpt(&source, 1), "…");
    assert_eq!(excerpt(&source, 0), "");
}
