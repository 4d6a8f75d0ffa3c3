//! Who answers whom in a file. What it says may be impossible: answers to what is not there, and
//! answers in a circle. Such an answer stands for itself, and the report tells of it.

use std::collections::HashMap;

use super::Found;

/// The comments of a file as a tree.
#[derive(Debug)]
pub(super) struct Tree {
    /// The place of what each answers.
    pub(super) parents: Vec<Option<usize>>,
    /// Which answered, by way of others, themselves.
    pub(super) circular: Vec<bool>,
    /// Which have the identifier of one before them.
    pub(super) twice: Vec<bool>,
}

impl Tree {
    pub(super) fn of(found: &[Found]) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut twice = vec![false; found.len()];
        for (at, one) in found
            .iter()
            .enumerate()
            .filter(|(_, one)| !one.id.is_empty())
        {
            twice[at] = *places.entry(&one.id).or_insert(at) != at;
        }
        let parent = |one: &Found| places.get(one.parent.as_deref()?).copied();
        let mut tree = Self {
            parents: found.iter().map(parent).collect(),
            circular: vec![false; found.len()],
            twice,
        };
        tree.open_circles(found);
        tree
    }

    /// Lets the oldest comment of each circle answer nothing.
    fn open_circles(&mut self, found: &[Found]) {
        // 0: not looked at; otherwise the walk that came by.
        let mut seen = vec![0; found.len()];
        for start in 0..found.len() {
            let (walk, mut at) = (start + 1, Some(start));
            while let Some(here) = at.filter(|here| seen[*here] == 0) {
                seen[here] = walk;
                at = self.parents[here];
            }
            if let Some(here) = at.filter(|here| seen[*here] == walk) {
                let oldest = self.oldest_of_circle(here, found);
                self.parents[oldest] = None;
                self.circular[oldest] = true;
            }
        }
    }

    fn oldest_of_circle(&self, start: usize, found: &[Found]) -> usize {
        let age = |at: usize| (found[at].created, at);
        let (mut oldest, mut at) = (start, self.parents[start]);
        while let Some(here) = at.filter(|here| *here != start) {
            if age(here) < age(oldest) {
                oldest = here;
            }
            at = self.parents[here];
        }
        oldest
    }

    /// An order in which whatever is answered comes before its answers.
    pub(super) fn ancestors_first(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.parents.len());
        let mut done = vec![false; self.parents.len()];
        let mut chain = Vec::new();
        for start in 0..self.parents.len() {
            let mut at = Some(start);
            while let Some(here) = at.filter(|here| !done[*here]) {
                done[here] = true;
                chain.push(here);
                at = self.parents[here];
            }
            order.extend(chain.drain(..).rev());
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn found(id: &str, parent: &str, second: i64) -> Found {
        Found {
            id: id.into(),
            parent: Some(parent.to_owned()).filter(|parent| !parent.is_empty()),
            page: Arc::from("/a/"),
            name: "Sample".into(),
            created: jiff::Timestamp::from_second(second).ok(),
            body: "Words".into(),
            left: None,
        }
    }

    #[test]
    fn a_circle_is_opened_at_its_oldest_comment_and_told() {
        let tree = Tree::of(&[
            found("1", "3", 30),
            found("2", "1", 10),
            found("3", "2", 20),
            found("4", "3", 40),
            found("5", "5", 50),
            found("6", "gone", 60),
            found("2", "", 70),
        ]);
        assert_eq!(
            tree.parents,
            [Some(2), None, Some(1), Some(2), None, None, None]
        );
        let places = |flags: &[bool]| -> Vec<usize> {
            let set = flags.iter().enumerate().filter(|(_, set)| **set);
            set.map(|(at, _)| at).collect()
        };
        assert_eq!(places(&tree.circular), [1, 4]);
        assert_eq!(places(&tree.twice), [6]);
        assert_eq!(tree.ancestors_first(), [1, 2, 0, 3, 4, 5, 6]);
    }

    #[test]
    fn a_hundred_thousand_answers_to_each_other_are_no_trouble() {
        const LONG: i64 = 100_000;
        let chain: Vec<Found> = (0..LONG)
            .map(|at| found(&at.to_string(), &(at + 1).to_string(), LONG - at))
            .collect();
        let tree = Tree::of(&chain);
        assert!(tree.circular.iter().all(|circular| !circular));
        assert_eq!(tree.ancestors_first()[0], chain.len() - 1);
        let circle: Vec<Found> = (0..LONG)
            .map(|at| found(&at.to_string(), &((at + 1) % LONG).to_string(), at))
            .collect();
        let tree = Tree::of(&circle);
        assert!(tree.circular[0], "the oldest answers nothing");
        assert_eq!(
            tree.circular.iter().filter(|circular| **circular).count(),
            1
        );
        assert_eq!(tree.ancestors_first().len(), circle.len());
    }
}
