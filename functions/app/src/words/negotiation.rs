//! In which language a request is answered: the one that its reader chose on their account page, else
//! the one that their browser asks for. No cookie and no part of the address says it.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, VARY};
use axum::middleware::Next;
use axum::response::Response;

use super::{Language, SPOKEN, speaking, spoken};

/// Answers a request in the language that its browser asks for (RFC 9110, 12.5.4), until somebody
/// who is signed in turns out to [prefer] another one.
pub(crate) async fn in_readers_language(request: Request, next: Next) -> Response {
    let asked = asked_for(request.headers());
    speaking(asked, async {
        let mut response = next.run(request).await;
        let headers = response.headers_mut();
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(spoken().tag()));
        headers.append(VARY, HeaderValue::from_static("accept-language"));
        response
    })
    .await
}

/// From here on what is being done speaks the language that its reader chose.
pub(crate) fn prefer(language: Option<Language>) {
    if let Some(language) = language {
        // Outside a request nobody listens.
        let _ = SPOKEN.try_with(|spoken| spoken.set(language));
    }
}

/// The language of the site that the header wants most.
fn asked_for(headers: &HeaderMap) -> Language {
    let header = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let mut wanted: Vec<(f32, Language)> = header
        .unwrap_or_default()
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.parse().ok()?;
            Some((weight, Language::of_tag(tag.trim())?))
        })
        .filter(|(weight, _)| *weight > 0.0 && *weight <= 1.0)
        .collect();
    // The sort is stable: of what is wanted equally, the first.
    wanted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    wanted
        .first()
        .map_or_else(Language::default, |(_, language)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(header: &'static str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
        asked_for(&headers).tag()
    }

    #[test]
    fn the_browsers_wish_is_met_where_the_site_can() {
        for (header, language) in [
            ("", "en"),
            ("ar", "ar"),
            ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
            ("en-GB,en;q=0.9,ar;q=0.8", "en"),
            ("de,fr;q=0.8,ar;q=0.2", "ar"),
            ("de, fr", "en"),
            ("ar;q=0, en;q=0.1", "en"),
            ("ar;q=nonsense", "en"),
            ("ar;q=0.3, en ; q=0.7", "en"),
            ("en;q=0.5, ar;q=0.500", "en"),
            ("ar;q=NaN, en;q=0.1", "en"),
            ("*;q=0.9, ar;q=0.1", "ar"),
            (";;;,,,", "en"),
        ] {
            assert_eq!(asked(header), language, "{header}");
        }
    }
}
