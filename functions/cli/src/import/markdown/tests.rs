use sodium_domain::markdown::{Source, render};

use super::{Lines, from_html, plain};

#[test]
fn what_people_wrote_stays_and_what_they_did_not_goes() {
    for (html, markdown) in [
        ("Plain &amp; simple", "Plain \\& simple"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One\n\nTwo\nThree", "One\n\nTwo\nThree"),
        ("a<br>b<br/>c<br><br>d<br>", "a\nb\nc\n\nd"),
        ("<b>bold </b>and<i> thin</i>", "**bold** and *thin*"),
        ("<b> - bold</b>", "**\\- bold**"),
        ("<b>a <b>b</b> <i>c</i></b>", "**a b** *c*"),
        ("<s>gone</s>", "~~gone~~"),
        ("<strong></strong>x", "x"),
        (
            "<a href=\"https://example.org/a_b?x=1&amp;copy=2\">here</a>",
            "[here](<https://example.org/a_b?x=1\\&copy=2>)",
        ),
        ("<a href=\"javascript:alert(1)\">here</a>", "here"),
        ("<a href='https://x.org/> [x](evil'>h</a>", "h"),
        (
            "see https://example.org/a_b.",
            "see <https://example.org/a_b>.",
        ),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<ul><li><p>one<li><p>two</ul>", "- one\n- two"),
        (
            "<ol><li>one</li><li>two<ul><li>in</li></ul></li></ol>",
            "1. one\n2. two\n\n   - in",
        ),
        (
            "<blockquote><p>said</p><p>more</p></blockquote>yes",
            "> said\n>\n> more\n\nyes",
        ),
        ("<code>a*b</code>", "` a*b `"),
        (
            "<pre><code>if a &lt; b:\n\n\n    c()</code></pre>",
            "```\nif a < b:\n\n\n    c()\n```",
        ),
        ("<pre>```</pre>", "````\n```\n````"),
        (
            "<img src=\"https://x.org/i.png\" alt=\"a [cat]\">",
            "[a \\[cat\\]](<https://x.org/i.png>)",
        ),
        ("<img src=\"https://x.org/i.png\">", "<https://x.org/i.png>"),
        ("a <img src=x onerror=alert(1)>", "a"),
        (
            "<script>alert('x')</script><style>p{}</style>after",
            "after",
        ),
        (
            "*not* _this_ # [or](that) <i>1</i>",
            "\\*not\\* \\_this\\_ \\# \\[or\\](that) *1*",
        ),
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\n\nb"),
        ("<b>never closed", "**never closed**"),
        ("</p></div>stray", "stray"),
        ("", ""),
    ] {
        assert_eq!(from_html(html, Lines::Count).0, markdown, "{html}");
    }
    let flowing = from_html("<p>one\ntwo</p>\n<p>three</p>", Lines::Flow);
    assert_eq!(flowing.0, "one two\n\nthree");
    assert_eq!(plain("O&#8217;Neil <b>&amp;</b> Co"), "O’Neil & Co");
}

#[test]
fn what_is_shown_in_the_end_says_what_the_html_said() {
    for (html, shown) in [
        (
            "a &lt;b&gt; c &amp;copy; d",
            "<p>a &lt;b&gt; c &amp;copy; d</p>",
        ),
        ("one<br>two", "<p>one<br>\ntwo</p>"),
        ("<em>old</em> *stars*", "<p><em>old</em> *stars*</p>"),
    ] {
        let source = Source::parse(&from_html(html, Lines::Count).0).unwrap();
        assert_eq!(render(&source).to_string().trim(), shown, "{html}");
    }
    let evil = "<img src=x onerror=alert(1)><svg onload=alert(1)></svg><a href=\"data:text/html,x\">y</a>\
                &lt;script&gt;alert(1)&lt;/script&gt;";
    let source = Source::parse(&from_html(evil, Lines::Count).0).unwrap();
    let shown = render(&source).to_string();
    assert!(!shown.contains("<script") && !shown.contains("<img") && !shown.contains("href"));
}

#[test]
fn no_input_is_too_deep_or_too_long() {
    for html in [
        "<b>".repeat(50_000),
        "<b><i>".repeat(40_000) + "x",
        "<blockquote>".repeat(20_000) + "x",
        "<blockquote>x".repeat(15_000),
        "<ul><li>".repeat(20_000) + "x",
        "<ul><li>x".repeat(20_000),
        "<".repeat(200_000),
        "</b>".repeat(60_000),
        "&".repeat(200_000),
        "`".repeat(100_000),
        "\n".repeat(200_000),
        "ä".repeat(100_000),
    ] {
        let (markdown, left) = from_html(&html, Lines::Count);
        let start: String = html.chars().take(20).collect();
        assert_eq!(left, None, "{start}");
        assert!(markdown.len() <= 20 * html.len(), "{start}");
    }
    for html in [
        "<a ".repeat(50_000) + ">x",
        format!("<a {}>x", "b=c ".repeat(5_000)),
        format!("<a b = \">\" {}>x", "c ".repeat(5_000)),
        "ä".repeat(200_000),
    ] {
        assert!(from_html(&html, Lines::Count).1.is_some());
    }
}
