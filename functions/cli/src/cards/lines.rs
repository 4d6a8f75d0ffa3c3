//! Breaking words into lines: as few as fit, and then as equal as they get.

use std::ops::Range;

/// What a line-breaker knows of a word: how wide it is, and how wide the space before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measure {
    pub(super) space: f32,
    pub(super) word: f32,
}

/// The words in lines of at most `room`, or `None` where `most` lines are not enough.
pub(super) fn balanced(words: &[Measure], room: f32, most: usize) -> Option<Vec<Range<usize>>> {
    let lines = filled(words, room)?;
    if lines.len() > most {
        return None;
    }
    // The narrowest room in which they take as many lines.
    let (mut narrow, mut wide) = (0.0, room);
    let mut best = lines;
    for _ in 0..STEPS {
        let middle = (narrow + wide) / 2.0;
        match filled(words, middle) {
            Some(lines) if lines.len() == best.len() => (best, wide) = (lines, middle),
            _ => narrow = middle,
        }
    }
    Some(best)
}

/// Halving the room so often finds it to a hundredth of a pixel.
const STEPS: usize = 17;

/// The first `most` lines, with room for `end` behind the last; the rest of the words is cut off.
pub(super) fn cut(words: &[Measure], room: f32, most: usize, end: f32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut from = 0;
    while lines.len() < most && from < words.len() {
        let room = if lines.len() + 1 == most {
            room - end
        } else {
            room
        };
        let to = line(words, from, room).max(from + 1);
        lines.push(from..to);
        from = to;
    }
    lines
}

/// Lines that are as full as can be. `None` where a word alone is wider than the room.
fn filled(words: &[Measure], room: f32) -> Option<Vec<Range<usize>>> {
    let mut lines = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let to = line(words, from, room);
        if to == from {
            return None;
        }
        lines.push(from..to);
        from = to;
    }
    Some(lines)
}

/// Where a line ends that begins with the word `from`.
fn line(words: &[Measure], from: usize, room: f32) -> usize {
    let mut width = 0.0;
    for (at, measure) in words.iter().enumerate().skip(from) {
        width += measure.word + if at == from { 0.0 } else { measure.space };
        if width > room {
            return at;
        }
    }
    words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of so many letters, each letter and each space one wide.
    fn words(lengths: &[u8]) -> Vec<Measure> {
        let word = |length: &u8| Measure {
            space: 1.0,
            word: f32::from(*length),
        };
        lengths.iter().map(word).collect()
    }

    #[expect(clippy::single_range_in_vec_init, reason = "one line is a list of one")]
    #[test]
    fn lines_are_as_few_and_as_equal_as_they_get() {
        for (lengths, room, lines) in [
            (&[3, 3][..], 7.0, vec![0..2]),
            (&[3, 3], 6.0, vec![0..1, 1..2]),
            // Full lines would leave one word alone.
            (&[4, 4, 4, 4], 14.0, vec![0..2, 2..4]),
            (&[1, 1, 8, 1, 1], 10.0, vec![0..2, 2..3, 3..5]),
        ] {
            assert_eq!(
                balanced(&words(lengths), room, 3),
                Some(lines),
                "{lengths:?}"
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        assert_eq!(balanced(&words(&[4, 4, 4, 4]), 5.0, 3), None);
        assert_eq!(balanced(&words(&[4, 12]), 10.0, 3), None);
        assert_eq!(balanced(&[], 10.0, 3), Some(Vec::new()));
    }

    #[test]
    fn a_cut_leaves_room_for_the_sign_of_it() {
        let words = words(&[4, 4, 4, 4, 4, 4]);
        assert_eq!(cut(&words, 9.0, 2, 1.0), [0..2, 2..3]);
        assert_eq!(cut(&words, 10.0, 2, 1.0), [0..2, 2..4]);
        assert_eq!(
            cut(&words, 2.0, 2, 1.0),
            [0..1, 1..2],
            "a word stands, however wide it is"
        );
    }
}
