//! The site that the journeys happen on.

use std::path::Path;

use serde_json::{Value, json};
use sodium_domain::week::Week;

/// The first lesson, as a revision of its text that has these headings.
pub(crate) fn write_lesson(site: &Path, revision: &str, headings: &[(&str, &str)]) {
    let headings: Vec<String> = headings
        .iter()
        .map(|(id, title)| {
            let title = title.replace('&', "&amp;");
            format!("{{&quot;id&quot;:&quot;{id}&quot;,&quot;title&quot;:&quot;{title}&quot;}}")
        })
        .collect();
    let html = format!(
        "<html><head></head><body><main><p>Lesson</p><sodium-thread thread=\"first-lesson\" title=\"First lesson\" \
         source=\"courses/one/first.md\" revision=\"{revision}\" headings=\"[{}]\"></sodium-thread></main></body></html>",
        headings.join(",")
    );
    let file = site.join("courses/one/first/index.html");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, html).unwrap();
}

/// A course with these lessons: their threads, titles and paths. Below `ar/` it is in Arabic.
pub(crate) fn write_course(site: &Path, folder: &str, title: &str, lessons: &[(&str, &str, &str)]) {
    let language = |path: &str| if path.starts_with("/ar/") { "ar" } else { "en" };
    let lesson = |(id, title, path): &(&str, &str, &str)| json!({ "id": id, "title": title, "page_url": path, "language": language(path) });
    let lessons: Value = lessons.iter().map(lesson).collect();
    let lessons = lessons
        .to_string()
        .replace('&', "&amp;")
        .replace('"', "&quot;");
    let course = folder.rsplit('/').next().unwrap();
    let html = format!(
        "<html><head></head><body><main><sodium-course course=\"{course}\" title=\"{title}\" \
         lessons=\"{lessons}\"></sodium-course></main></body></html>"
    );
    std::fs::create_dir_all(site.join(folder)).unwrap();
    std::fs::write(site.join(folder).join("index.html"), html).unwrap();
}

/// Sections of a forum, and the lists of all questions and corrections. Not in the site that every journey has: a bake
/// of everything, of which some do hundreds, takes twice as long with them.
pub(super) fn write_forum(site: &Path) {
    for (path, id, title, lists) in [
        ("forums/general", "general", "General", "topics"),
        ("forums/needs", "learning-needs", "Learning needs", "needs"),
        ("questions", "questions", "Questions", "questions"),
        (
            "corrections",
            "corrections",
            "Corrections",
            "corrections\" repository=\"https://git.example.org/learn",
        ),
    ] {
        let html = format!(
            "<html><head></head><body><main><sodium-board board=\"{id}\" title=\"{title}\" \
             lead=\"About it.\" lists=\"{lists}\"></sodium-board></main></body></html>"
        );
        std::fs::create_dir_all(site.join(path)).unwrap();
        std::fs::write(site.join(path).join("index.html"), html).unwrap();
    }
}

/// The digest of a week, published on the day after it.
pub(super) fn write_digest(site: &Path, week: &str, title: &str, quotes: &[(&str, &str)]) {
    let date = week.parse::<Week>().unwrap().follows();
    let quotes: Vec<String> = quotes
        .iter()
        .map(|(thread, comment)| {
            format!("<sodium-quote thread=\"{thread}\" comment=\"{comment}\"></sodium-quote>")
        })
        .collect();
    let name = week.to_lowercase();
    let html = format!(
        "<html><head></head><body><main>{}\n<sodium-digest week=\"{week}\" title=\"{title}\" \
         description=\"What was worth reading.\" date=\"{date}\"></sodium-digest>\
         <sodium-thread thread=\"digest-{name}\" title=\"{title}\"></sodium-thread></main></body></html>",
        quotes.concat()
    );
    let folder = site.join("digests").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("index.html"), html).unwrap();
}

/// A site of few pages, as Zola would have built it.
pub(super) fn write_site(site: &Path) {
    let write = |path: &str, text: &str| {
        let file = site.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let page = |main: &str| format!("<html><head></head><body><main>{main}</main></body></html>");
    write(
        "frame/index.html",
        "<html><head><title>%SODIUM_TITLE%</title><meta name=\"sodium-head\"></head>\
         <body><main id=\"main\"><sodium-main></sodium-main></main></body></html>",
    );
    write("index.html", &page("<sodium-recent></sodium-recent>"));
    write(
        "discussions/index.html",
        &page("<sodium-threads></sodium-threads>"),
    );
    write(
        "articles/one/index.html",
        "<html><head><meta name=\"author\" content=\"Mira Holm\"></head><body><main>An article</main></body></html>",
    );
    write("404.html", &page("Nothing here"));
    write_lesson(site, "1a", &[("why", "Why & how"), ("try-it", "Try it")]);
    write(
        "courses/one/second/index.html",
        &page("<sodium-thread thread=\"second-lesson\" title=\"Second lesson\"></sodium-thread>"),
    );
    write(
        "sessions/talk/index.html",
        &page(
            "<sodium-seats session=\"evening-talk\" title=\"Evening talk\" starts=\"2027-03-28T18:00\" \
             zone=\"Europe/Berlin\" minutes=\"60\" capacity=\"2\" status=\"planned\" sequence=\"0\"></sodium-seats>\
             <sodium-thread thread=\"talk-thread\" title=\"Evening talk\"></sodium-thread>",
        ),
    );
}
