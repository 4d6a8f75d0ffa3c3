//! What a page's head says of its card.

use sodium_app::site::slots::attributes;

use super::CardError;

/// The words on a card, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    /// The file, below the site's root.
    pub(super) file: String,
    /// The page's title.
    pub(super) title: String,
    /// What the page is; empty where the title says it.
    pub(super) kind: String,
    /// Whether the page is written from right to left.
    pub(super) from_right: bool,
}

const IMAGE: &str = "<meta property=\"og:image\" ";

impl Stated {
    /// Reads a page. `None` where it has no card, or one that another page has drawn.
    pub(super) fn of(html: &str, page: &str, base_url: &str) -> Result<Option<Self>, CardError> {
        let head = html.split("</head>").next().unwrap_or_default();
        let Some((before, rest)) = head.split_once(IMAGE) else {
            return Ok(None);
        };
        let tag = rest.split('>').next().unwrap_or_default();
        let Some(mut said) = attributes(tag) else {
            return Ok(None);
        };
        let mut take = |name| said.remove(name).unwrap_or_default();
        let (address, title, kind) = (take("content"), take("data-title"), take("data-kind"));
        if title.is_empty() {
            return Ok(None);
        }
        let own = page
            .trim_end_matches("index.html")
            .trim_end_matches('/')
            .to_owned();
        let file = match own.as_str() {
            "" => "cards.png".to_owned(),
            own => format!("cards/{own}.png"),
        };
        if address != format!("{}/{file}", base_url.trim_end_matches('/')) {
            return Err(CardError::Address {
                page: page.to_owned(),
                address,
            });
        }
        Ok(Some(Self {
            file,
            title,
            kind,
            from_right: before.contains(" dir=\"rtl\""),
        }))
    }

    /// Everything of it that is drawn.
    pub(super) fn drawn(&self) -> (&str, &str, bool) {
        (&self.title, &self.kind, self.from_right)
    }

    /// The page's address, for whoever has to mend it.
    pub(super) fn page(&self) -> String {
        let own = self.file.trim_start_matches("cards");
        format!("{}/", own.trim_end_matches(".png"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(language: &str, image: &str) -> String {
        format!(
            "<!DOCTYPE html>\n<html {language}>\n<head>\n{image}\n</head>\n<body dir=\"rtl\">{IMAGE}content=\"x\" data-title=\"y\">"
        )
    }

    #[test]
    fn the_head_says_what_is_on_the_card() {
        let image = "<meta property=\"og:image\" content=\"https://learn.example/cards/courses/a.png\" \
                     data-title=\"What &quot;text&quot; &amp; &lt;b&gt; mean\" data-kind=\"Course\">";
        let html = page("lang=\"en\" dir=\"ltr\"", image);
        let stated = Stated::of(&html, "courses/a/index.html", "https://learn.example/").unwrap();
        let stated = stated.unwrap();
        assert_eq!(stated.title, "What \"text\" & <b> mean");
        assert_eq!(stated.kind, "Course");
        assert_eq!(stated.file, "cards/courses/a.png");
        assert_eq!(stated.page(), "/courses/a/");
        assert!(!stated.from_right);
    }

    #[test]
    fn the_home_page_in_each_language_has_one() {
        for (file, page_file) in [
            ("cards.png", "index.html"),
            ("cards/ar.png", "ar/index.html"),
        ] {
            let image = format!(
                "<meta property=\"og:image\" content=\"http://localhost/{file}\" data-title=\"x\" data-kind=\"\">"
            );
            let html = page("lang=\"ar\" dir=\"rtl\"", &image);
            let stated = Stated::of(&html, page_file, "http://localhost").unwrap();
            let stated = stated.unwrap();
            assert_eq!(stated.file, file);
            assert!(stated.from_right);
        }
    }

    #[test]
    fn a_page_without_a_title_for_it_has_no_card_of_its_own() {
        for image in [
            "",
            "<meta property=\"og:image\" content=\"https://learn.example/cards.png\">",
        ] {
            let html = page("lang=\"en\" dir=\"ltr\"", image);
            let none = Stated::of(&html, "frame/index.html", "https://learn.example").unwrap();
            assert_eq!(none, None);
        }
    }

    #[test]
    fn a_card_elsewhere_is_refused() {
        let image = "<meta property=\"og:image\" content=\"https://learn.example/cards/../b.png\" data-title=\"x\">";
        let html = page("lang=\"en\" dir=\"ltr\"", image);
        let error = Stated::of(&html, "a/index.html", "https://learn.example").unwrap_err();
        assert!(error.to_string().starts_with("a/index.html: "), "{error}");
    }
}
