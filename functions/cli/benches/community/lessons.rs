//! A project of many lessons: this community's own, and courses of twenty lessons each beside it. The same words in
//! every run, but not in any two lessons, so that compression and search have as much to do as with ours.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::project;

const IN_A_COURSE: usize = 20;

/// Paragraphs of a lesson; with their lengths, a lesson has some 700 words.
const PARTS: usize = 6;

const WORDS: &str = "a about after again all also and answer anybody as ask before begin better book build by came \
    change clear comment course day draft each early example explain find first follow for from give group half \
    have help hour how idea if in into it keep know last learn lesson let line list little long look make many \
    meet member mind month more name near need new next not note of often on once one open or other our page part \
    people person place plan practice question quiet read reason repeat room same say see send session share short \
    show simple small some start step stop talk teach tell text than that the their then thing think time to \
    together try two under until use wait way week what when where which who why with word work write year you";

/// Makes it in a folder; returns its root.
pub(crate) fn project(folder: &Path, lessons: usize) -> PathBuf {
    let root = project::copy_into(folder);
    let mut words = Words(1);
    for course in 0..lessons.div_ceil(IN_A_COURSE) {
        let folder = root.join(format!("content/courses/many-{course}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("_index.md"), self::course(course)).unwrap();
        let first = course * IN_A_COURSE;
        for number in first..lessons.min(first + IN_A_COURSE) {
            fs::write(
                folder.join(name(number)),
                lesson(number, lessons, &mut words),
            )
            .unwrap();
        }
    }
    root
}

/// The file of a lesson, from the project's root, and its address.
pub(crate) fn place(number: usize) -> (String, String) {
    let course = number / IN_A_COURSE;
    (
        format!("content/courses/many-{course}/{}", name(number)),
        format!("/courses/many-{course}/lesson-{number}/"),
    )
}

fn name(number: usize) -> String {
    format!("lesson-{number}.md")
}

fn course(course: usize) -> String {
    format!(
        "+++\ntitle = \"Course {course} of many\"\ndescription = \"Twenty lessons, made to be built.\"\nweight = {}\n\
         sort_by = \"weight\"\ntemplate = \"course.html\"\npage_template = \"lesson.html\"\ngenerate_feeds = true\n\n\
         [extra]\nlevel = \"Beginner\"\nhours = 10\naudience = \"Everybody.\"\noutcomes = [\"Build it\"]\n+++\n\nText.\n",
        1000 + course
    )
}

fn lesson(number: usize, of: usize, words: &mut Words) -> String {
    let mut text = format!(
        "+++\ntitle = \"Lesson {number}: {}\"\ndescription = \"{}\"\ndate = 2026-09-07\nweight = {}\n\n\
         [extra]\nthread = \"many-{number}\"\n+++\n\n",
        words.sentence(5).trim_end_matches('.'),
        words.sentence(12),
        number + 1
    );
    for part in 0..PARTS {
        let _ = write!(
            text,
            "## Part {part}: {}\n\n",
            words.sentence(4).trim_end_matches('.')
        );
        for _ in 0..7 {
            text += &words.sentence(13);
            text.push('\n');
        }
        let _ = match part {
            1 => write!(
                text,
                "\n- {}\n- **{}**\n",
                words.sentence(6),
                words.sentence(6)
            ),
            2 => write!(text, "\n```sh\ngit add lesson-{number}.md\n```\n"),
            3 => write!(
                text,
                "\n| one | two |\n|---|---|\n| {} | `{number}` |\n",
                words.sentence(4)
            ),
            4 => {
                let (next, _) = place((number + 1) % of);
                let next = next.trim_start_matches("content/");
                write!(text, "\nSee [the next lesson](@/{next}).\n")
            }
            _ => Ok(()),
        };
        text.push('\n');
    }
    text
}

/// Words by a generator that is the same everywhere.
struct Words(u64);

impl Words {
    fn sentence(&mut self, length: usize) -> String {
        let all: Vec<&str> = WORDS.split_whitespace().collect();
        let words: Vec<&str> = (0..length).map(|_| all[self.next() % all.len()]).collect();
        let text = words.join(" ");
        let (first, rest) = text.split_at(1);
        format!("{}{rest}.", first.to_uppercase())
    }

    fn next(&mut self) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize
    }
}
