//! Boards: which lists a change moves, and what their pages show.

use std::collections::HashMap;

use serde_json::json;
use sodium_domain::board::{Filter, PAGES, place, place_begun};
use sodium_domain::comment::Comment;
use sodium_domain::id::{BoardId, CommentId, ThreadId};
use sodium_domain::thread::{page_count, page_of};

use super::bake::BakeError;
use super::touched::TouchedList;
use crate::site::slots::{Lists, StatedBoard};
use crate::site::{Index, PUBLIC, Shell};
use crate::state::App;
use crate::store::StoreError;
use crate::store::boards::{Board, Listed, Listing, Relisted};
use crate::store::threads::Thread;
use crate::views::board::{BoardView, Entry, answered_page, filters};
use crate::views::form::TopicForm;
use crate::web::page::{Head, PublicHead};
use crate::words::say_with;
use crate::words::terms;

impl App {
    /// Lists the changed discussions of a thread anew. Returns what has to be baked for it.
    pub(super) async fn relist(
        &self,
        thread: &ThreadId,
        changed: &[Comment],
        index: &Index,
    ) -> Result<Vec<TouchedList>, StoreError> {
        let mut touched = Vec::new();
        if index.boards().next().is_none() {
            return Ok(touched);
        }
        let Some(state) = self.store.thread(thread).await? else {
            return Ok(touched);
        };
        for board in index.gathering(state.language()) {
            let gathered = |comment: &&Comment| {
                board.lists.gathers() == Some(comment.kind) || comment.changes > 0
            };
            // An answer's text stands beside its question.
            let mut answers = changed.iter().any(|comment| comment.accepted_for.is_some());
            for comment in changed.iter().filter(gathered) {
                let relisted = self.list(board, thread, comment.id).await?;
                extend(&mut touched, &board.board, &relisted, true);
                answers |= relisted.filters.contains(&Filter::Answered);
            }
            if answers && board.lists == Lists::Questions {
                touched.push(TouchedList::AnsweredFeed(board.board.clone()));
            }
        }
        if let Some(topic) = &state.topic
            && let Some((_, board)) = index.board(&topic.board)
        {
            let relisted = self.list(board, thread, topic.opening).await?;
            let opening = changed.iter().any(|comment| comment.id == topic.opening);
            extend(&mut touched, &topic.board, &relisted, opening);
        }
        Ok(touched)
    }

    async fn list(
        &self,
        board: &StatedBoard,
        thread: &ThreadId,
        opening: CommentId,
    ) -> Result<Relisted, StoreError> {
        let mut patience = self.store.patience();
        loop {
            let state = self.store.thread(thread).await?;
            let comment = self.store.comment(thread, opening).await?;
            let (Some(thread), Some(opening)) = (state, comment) else {
                return Ok(Relisted::default());
            };
            let listing = Listing {
                board,
                thread: &thread,
                opening: &opening,
            };
            if let Some(relisted) = self.store.relist(&listing).await? {
                return Ok(relisted);
            }
            patience.pause().await?;
        }
    }

    /// The lists of a board in its own page.
    pub(super) async fn fill_board(&self, stated: &StatedBoard) -> Result<String, BakeError> {
        let Some(board) = self.store.board(&stated.board).await? else {
            return Ok(String::new());
        };
        let view = self.filtered(&board, Filter::All, 1).await?;
        Ok(self
            .pages
            .fragment("fragments/board.html", &json!({ "board": view }))?)
    }

    /// A further page of a list by activity. A list that has become shorter keeps its page, which
    /// says so: somebody may have its address.
    pub(super) async fn list_page(
        &self,
        shell: &Shell,
        id: &BoardId,
        filter: Filter,
        number: u32,
    ) -> Result<Option<String>, BakeError> {
        let Some(board) = self.store.board(id).await? else {
            return Ok(None);
        };
        let view = self.filtered(&board, filter, number).await?;
        if number > 1 && view.is_empty() {
            let path = format!(
                "{PUBLIC}/{}{}index.html",
                shell.folder(),
                place(filter, number)
            );
            if self.files.read(&path).await?.is_none() {
                return Ok(None);
            }
        }
        let title = match filter {
            Filter::All => say_with(
                "title-page",
                &[("title", &board.stated.title), ("number", &number)],
            ),
            filter if number == 1 => format!("{}: {}", board.stated.title, terms::filter(filter)),
            filter => say_with(
                "page-3",
                &[
                    ("title", &board.stated.title),
                    ("filter", &terms::filter(filter)),
                    ("number", &number),
                ],
            ),
        };
        self.board_page(&board, title, &place(filter, number), &view)
            .await
            .map(Some)
    }

    /// A page of the list of all, in the order in which they began.
    pub(super) async fn begun_page(
        &self,
        id: &BoardId,
        number: u32,
    ) -> Result<Option<String>, BakeError> {
        let Some(board) = self.store.board(id).await? else {
            return Ok(None);
        };
        let listed = self.store.begun(id, number).await?;
        let entries = self.board_entries(&board, &listed).await?;
        let link = |page| format!("{}{}", board.page_url, place_begun(page));
        let view = BoardView {
            earlier: (number > 1).then(|| link(number - 1)),
            later: (number < page_count(board.begun)).then(|| link(number + 1)),
            plain: true,
            ..BoardView::new(&board, entries)
        };
        let title = say_with(
            "beginning-page",
            &[("title", &board.stated.title), ("number", &number)],
        );
        self.board_page(&board, title, &place_begun(number), &view)
            .await
            .map(Some)
    }

    async fn board_page(
        &self,
        board: &Board,
        title: String,
        place: &str,
        view: &BoardView,
    ) -> Result<String, BakeError> {
        let values = json!({ "title": title, "board": view });
        let main = self.pages.fragment("fragments/pages/board.html", &values)?;
        let base = &self.config.base_url;
        let own = format!("{}{place}", board.page_url);
        // All lists of a board share its feed; that of the answered questions has its own.
        let has_own = board.stated.lists == Lists::Questions && own == answered_page(board);
        let feeds = if has_own { &own } else { &board.page_url };
        let head = Head::Public(PublicHead {
            title: title.clone(),
            description: board.stated.lead.clone(),
            canonical: base.join(&own),
            feeds: base.join(feeds),
            comments: None,
            posting: None,
            about: None,
        });
        Ok(self
            .pages
            .page_to_keep(&self.files, &title, &head, &main)
            .await?)
    }

    async fn filtered(
        &self,
        board: &Board,
        filter: Filter,
        number: u32,
    ) -> Result<BoardView, StoreError> {
        let (listed, more) = self
            .store
            .listed(&board.stated.board, filter, number)
            .await?;
        let entries = self.board_entries(board, &listed).await?;
        let link = |page| format!("{}{}", board.page_url, place(filter, page));
        let first = filter == Filter::All && number == 1;
        Ok(BoardView {
            filters: filters(board, filter, number),
            earlier: (number > 1).then(|| link(number - 1)),
            later: (more && number < PAGES).then(|| link(number + 1)),
            // Only the list of all is baked for each new number.
            begun: (filter == Filter::All && board.begun > 0)
                .then(|| format!("{}{}", board.page_url, place_begun(page_of(board.begun)))),
            form: (first && board.stated.lists.gathers().is_none())
                .then(|| TopicForm::of_board(&board.stated)),
            ..BoardView::new(board, entries)
        })
    }

    /// What a list shows of its discussions; one that cannot be read is left out.
    async fn board_entries(
        &self,
        board: &Board,
        listed: &[Listed],
    ) -> Result<Vec<Entry>, StoreError> {
        let threads: HashMap<ThreadId, Thread> = self
            .store
            .threads(listed.iter().map(|entry| &entry.thread))
            .await?;
        let openings = self
            .store
            .readable_comments(listed.iter().map(|entry| (&entry.thread, entry.opening)))
            .await?;
        let shown = |entry: &Listed| {
            let opening = openings.get(&entry.opening)?;
            let thread = threads.get(&entry.thread)?;
            (board.stated.shows(opening) && opening.is_public()).then(|| {
                Entry::new(&board.stated, thread, opening).with_draft(
                    &board.stated,
                    thread,
                    opening,
                    &self.config.base_url,
                )
            })
        };
        Ok(listed.iter().filter_map(shown).collect())
    }

    /// The newest discussions of a board, with their threads, for its feed.
    pub(super) async fn newest_on(
        &self,
        board: &Board,
        count: usize,
    ) -> Result<Vec<(Comment, Thread)>, StoreError> {
        let id = &board.stated.board;
        let last = page_of(board.begun);
        let mut listed = self.store.begun(id, last).await?;
        if last > 1 {
            listed.splice(0..0, self.store.begun(id, last - 1).await?);
        }
        let mut openings = self
            .store
            .readable_comments(listed.iter().map(|entry| (&entry.thread, entry.opening)))
            .await?;
        let threads = self
            .store
            .threads(listed.iter().map(|entry| &entry.thread))
            .await?;
        let shown = |c: &Comment| c.is_public() && board.stated.shows(c);
        let newest = listed.iter().rev().filter_map(|entry| {
            let opening = openings.remove(&entry.opening).filter(shown)?;
            Some((opening, threads.get(&entry.thread)?.clone()))
        });
        Ok(newest.take(count).collect())
    }
}

fn extend(touched: &mut Vec<TouchedList>, board: &BoardId, relisted: &Relisted, opening: bool) {
    let filters = relisted.filters.iter();
    touched.extend(filters.map(|filter| TouchedList::Filter(board.clone(), *filter)));
    // The list of all says nothing that an answer changes.
    if let Some(number) = relisted.begun.filter(|_| opening) {
        let page = page_of(number);
        touched.push(TouchedList::Begun(board.clone(), page));
        if page > 1 {
            touched.push(TouchedList::Begun(board.clone(), page - 1));
        }
        touched.push(TouchedList::Feed(board.clone()));
        touched.push(TouchedList::Filter(board.clone(), Filter::All));
    }
}
