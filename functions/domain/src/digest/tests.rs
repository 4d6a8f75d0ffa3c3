use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::comment::{Author, State};
use crate::correction::Fixed;
use crate::markdown::Source;
use crate::name::DisplayName;

fn id(number: u128) -> Uuid {
    Uuid::from_u128((7 << 76) | number)
}

fn said(thread: &str, number: u128, author: u128) -> Comment {
    let (id_of_it, thread) = (id(number).into(), thread.parse().unwrap());
    let body = Source::parse("Mistakes teach.").unwrap();
    let written = Timestamp::UNIX_EPOCH;
    Comment {
        author: Some(Author {
            id: id(author).into(),
            name: DisplayName::parse("Ana Sand").unwrap(),
            sample: false,
        }),
        number: Some(1),
        ..Comment::saying(id_of_it, thread, body, State::Published, written)
    }
}

fn reply(thread: &str, number: u128, author: u128, to: u128) -> Comment {
    Comment {
        reply_to: Some(id(to).into()),
        ..said(thread, number, author)
    }
}

fn marked(thread: &str, number: u128, helpful: u32) -> Comment {
    Comment {
        helpful,
        ..said(thread, number, 900)
    }
}

fn question(thread: &str, number: u128) -> Comment {
    Comment {
        kind: Kind::Question,
        ..said(thread, number, 900)
    }
}

fn choice(comments: &[Comment]) -> Choice {
    let mut gathered = Gathered::default();
    comments.iter().for_each(|comment| gathered.take(comment));
    gathered.choose(&BTreeSet::new())
}

fn chosen(choice: &Choice) -> Vec<(&str, u32)> {
    let all = choice.chosen.iter();
    all.map(|one| (one.thread.as_str(), one.signals.points()))
        .collect()
}

#[test]
fn each_signal_counts_what_is_said_of_it() {
    let answer = Comment {
        accepted_for: Some(id(1).into()),
        ..reply("answers", 2, 20, 1)
    };
    let correction = |number, fixed| Comment {
        kind: Kind::Correction,
        fixed,
        ..said("corrections", number, 30)
    };
    let made = Fixed::by("0123abcd", Timestamp::UNIX_EPOCH);
    let found = choice(&[
        said("answers", 1, 10),
        answer,
        correction(3, Some(made)),
        // Nobody knows yet whether this one is right.
        correction(10, None),
        marked("marks", 4, 2),
        said("people", 5, 10),
        reply("people", 6, 20, 5),
        reply("people", 7, 30, 5),
        reply("people", 8, 30, 6),
        said("silence", 9, 10),
    ]);
    assert_eq!(
        chosen(&found),
        [
            ("answers", ACCEPTED + PERSON),
            ("people", 2 * PERSON),
            ("corrections", CORRECTION),
            ("marks", 2 * MARK),
        ]
    );
    assert_eq!((found.comments, found.threads), (10, 5));
}

#[test]
fn nobody_lifts_a_discussion_alone_and_no_crowd_drowns_the_others() {
    let monologue = [said("alone", 1, 10), reply("alone", 2, 10, 1)];
    assert!(choice(&monologue).chosen.is_empty());
    let mut crowd = vec![marked("crowd", 1, 500)];
    crowd.extend((2..30).map(|number| reply("crowd", number, number, 1)));
    let found = choice(&crowd);
    let most = MARKS_MOST * MARK + PEOPLE_MOST * PERSON;
    assert_eq!(chosen(&found), [("crowd", most)]);
}

#[test]
fn what_nobody_may_see_counts_nothing() {
    for state in [State::Pending, State::Deleted] {
        let hidden = Comment {
            state,
            ..marked("hidden", 1, 5)
        };
        assert_eq!(choice(&[hidden]), Choice::default());
    }
    let without_a_place = Comment {
        number: None,
        ..marked("hidden", 1, 5)
    };
    assert_eq!(choice(&[without_a_place]), Choice::default());
}

#[test]
fn whoever_is_never_to_be_quoted_is_not_and_the_discussion_stays() {
    let mut gathered = Gathered::default();
    for comment in [
        marked("marks", 1, 5),
        Comment {
            helpful: 1,
            ..said("marks", 2, 20)
        },
    ] {
        gathered.take(&comment);
    }
    let authors = gathered.authors();
    let expected: BTreeSet<MemberId> = [id(20).into(), id(900).into()].into();
    assert_eq!(authors, expected);
    let never: BTreeSet<MemberId> = [id(900).into()].into();
    let quiet = gathered.choose(&never);
    let [only] = quiet.chosen.as_slice() else {
        panic!("{quiet:?}");
    };
    assert_eq!(only.signals.marks, 6);
    assert_eq!(only.unquotable, 1);
    assert_eq!(only.quotes.len(), 1);
    assert_eq!(only.quotes[0].comment, CommentId::from(id(2)));
}

#[test]
fn a_question_is_open_until_somebody_else_replies_or_an_answer_is_accepted() {
    let settled = Comment {
        accepted: Some(id(99).into()),
        ..question("lesson", 3)
    };
    let topic = Comment {
        title: Some(crate::talk::Title::parse("How to begin").unwrap()),
        ..question("topic", 5)
    };
    let found = choice(&[
        question("lesson", 1),
        reply("lesson", 2, 900, 1),
        settled,
        question("lesson", 4),
        reply("lesson", 6, 20, 4),
        topic,
        said("topic", 7, 30),
        Comment {
            helpful: 1,
            ..question("other", 8)
        },
    ]);
    let open: Vec<_> = found.open.iter().map(|o| o.question.comment).collect();
    // What others marked comes first, then the one that waits longest.
    assert_eq!(open, [8, 1].map(|number| CommentId::from(id(number))));
}

#[test]
fn the_order_in_which_comments_come_makes_no_difference() {
    let mut comments: Vec<Comment> = (1..40)
        .map(|number| match number % 3 {
            0 => question(&format!("thread-{}", number % 7), number),
            1 => marked(&format!("thread-{}", number % 7), number, 1),
            _ => reply(
                &format!("thread-{}", number % 7),
                number,
                number,
                number - 1,
            ),
        })
        .collect();
    let forwards = choice(&comments);
    comments.reverse();
    assert_eq!(choice(&comments), forwards);
    assert!(forwards.chosen.len() > 3 && !forwards.open.is_empty());
}

#[test]
fn six_words_in_a_row_or_a_name_are_somebodys() {
    let body = "We began with *three* tables, and ended with a glossary for all.";
    let comment = Comment {
        body: Some(Source::parse(body).unwrap()),
        ..said("lesson", 1, 10)
    };
    let found = |text: &str| {
        let traces = traces::Text::new(text).traces_of(&comment);
        traces
            .into_iter()
            .map(|t| (t.line, t.what))
            .collect::<Vec<_>>()
    };
    assert!(found("In the end there was a glossary for all.").is_empty());
    let copied = "One\n\nIt began WITH three tables and ended with something.";
    assert_eq!(found(copied), [(3, traces::What::Words)]);
    assert_eq!(
        found("Ana has sand.\nThanks to Ana Sand!"),
        [(2, traces::What::Name)]
    );
    assert!(found("").is_empty());
}
