//! The operator's program: a folder with the site's pages, a data folder, files and reports.

use std::path::PathBuf;

use serde_json::Value;
use sodium_app::transfer::Wish;
use sodium_cli::import::{Brought, Foreign, ImportError, Origin, bring};
use sodium_cli::transfer::{MoveError, Where, export, import};

use super::{SECOND, fixture};

/// A project with one page that has moved, and a data folder that knows it.
struct Operator {
    folder: tempfile::TempDir,
}

impl Operator {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write(
            "content/articles/moved.md",
            "+++\ntitle = \"Moved\"\ndescription = \"It moved.\"\ndate = 2026-01-01\n\
             authors = [\"Sample Author\"]\naliases = [\"courses/one/first\"]\n[extra]\nthread = \"first-lesson\"\n+++\nText\n",
        );
        let thread = |id: &str, path: &str| {
            format!(
                "{{\"kind\":\"thread\",\"key\":[\"THREAD#{id}\",\"THREAD\"],\"item\":\
                 {{\"id\":\"{id}\",\"title\":\"A page\",\"page_url\":\"{path}\"}}}}\n"
            )
        };
        let table = format!(
            "{{\"sodium-export\":1,\"made\":\"2027-03-02T12:00:00Z\",\"keys\":\"others\"}}\n{}{}{{\"end\":2}}\n",
            thread("first-lesson", "/articles/moved/"),
            thread("second-lesson", SECOND)
        );
        write("table.jsonl", &table);
        let operator = Self { folder };
        let table = operator.at("table.jsonl");
        import(&operator.data(), &table, Wish::default()).unwrap();
        operator
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> Where {
        Where::Data(self.at("data"))
    }

    fn brings(&self, change: impl FnOnce(&mut Foreign<'_>)) -> Result<Brought, MoveError> {
        let (file, map, report) = (fixture("wordpress.xml"), self.at("map"), self.at("report"));
        let mut foreign = Foreign {
            origin: Origin::Wordpress,
            file: &file,
            content: Some(self.at("content")),
            map: map.exists().then_some(&*map),
            report: Some(&report),
            skip_unmatched: false,
            dry_run: false,
        };
        change(&mut foreign);
        bring(&self.data(), &foreign)
    }

    /// How many lines an export has: head, end, and items.
    fn items(&self) -> usize {
        let file = self.at("out.jsonl");
        export(&self.data(), &file).unwrap();
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        std::fs::remove_file(file).unwrap();
        lines - 2
    }

    fn report(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.at("report")).unwrap();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[test]
fn a_page_that_is_not_found_stops_the_import_until_somebody_says_where_it_is() {
    let operator = Operator::new();
    let refused = operator.brings(|_| ()).unwrap_err();
    assert!(
        matches!(refused, MoveError::Foreign(ImportError::Unmatched(_))),
        "{refused:?}"
    );
    let refused = refused.to_string();
    for said in [
        "1 on \"https://old.example.org/elsewhere/\"",
        "--map",
        "--skip-unmatched",
    ] {
        assert!(refused.contains(said), "{refused}");
    }
    assert_eq!(operator.items(), 2, "it refused, and wrote");
    assert_eq!(operator.report().len(), 13);

    let dry = operator.brings(|foreign| foreign.dry_run = true).unwrap();
    assert_eq!((dry.imported.written(), operator.items()), (7, 2));
    assert_eq!(dry.plan.unmatched.len(), 1);
    let told = operator.report();
    assert_eq!(told.len(), 13, "each comment of the file has a line");
    let of = |old: &str| {
        let mut lines = told.iter();
        lines
            .find(|line| line["old"].as_str().unwrap().ends_with(old))
            .unwrap()
    };
    let first = of("/courses/one/first/#comment-1");
    assert_eq!(first["thread"], "first-lesson", "by its alias");
    let new = first["new"].as_str().unwrap();
    assert!(new.starts_with("/discussions/first-lesson/#c-"), "{new}");
    assert_eq!(of("#comment-3")["left"], "spam");
    assert_eq!(
        of("#comment-30")["left"],
        "on a page that has no thread here"
    );
    assert_eq!(of("#comment-9")["notes"].as_array().unwrap().len(), 1);
    let text = told.iter().map(Value::to_string).collect::<String>();
    assert!(
        !text.contains("Sample") && !text.contains("oldest"),
        "{text}"
    );

    let skipped = operator.brings(|foreign| foreign.skip_unmatched = true);
    assert_eq!(skipped.unwrap().imported.written(), 7);
    assert_eq!(operator.report(), told, "the dry run told something else");
    std::fs::write(operator.at("map"), "/elsewhere second-lesson\n").unwrap();
    let mapped = operator.brings(|_| ()).unwrap();
    assert_eq!((mapped.imported.written(), mapped.imported.same), (1, 7));
    assert!(mapped.plan.unmatched.is_empty());
    let (items, told) = (operator.items(), operator.report());
    let again = operator.brings(|_| ()).unwrap();
    assert_eq!(again.imported.written(), 0);
    assert_eq!((operator.items(), operator.report()), (items, told));
}

#[test]
fn what_is_wrong_with_the_files_around_is_said_before_anything_is_written() {
    let operator = Operator::new();
    std::fs::write(operator.at("map"), "/elsewhere no-such-thread\n").unwrap();
    let error = operator.brings(|_| ()).unwrap_err().to_string();
    assert!(error.starts_with("line 1 of the map: "), "{error}");
    std::fs::remove_file(operator.at("map")).unwrap();
    let broken = operator.at("broken.xml");
    let whole = std::fs::read(fixture("wordpress.xml")).unwrap();
    std::fs::write(&broken, &whole[..whole.len() / 2]).unwrap();
    let error = operator.brings(|foreign| {
        foreign.file = Box::leak(broken.into_boxed_path());
        foreign.skip_unmatched = true;
    });
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("at byte "), "{error}");
    let nowhere = Where::Data(operator.at("nowhere"));
    let file = fixture("wordpress.xml");
    let foreign = Foreign {
        origin: Origin::Wordpress,
        file: &file,
        content: None,
        map: None,
        report: None,
        skip_unmatched: true,
        dry_run: false,
    };
    let error = bring(&nowhere, &foreign).unwrap_err();
    assert!(matches!(error, MoveError::Nothing(_)), "{error}");
    assert_eq!(operator.items(), 2);
}
