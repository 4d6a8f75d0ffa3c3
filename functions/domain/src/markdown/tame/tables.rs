//! Tables, which could grow a comment a hundredfold: a row of one character is filled up with as
//! many empty cells as the head has columns.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::{Open, Tamer};

const MAX_COLUMNS: usize = 20;
/// The most cells in one comment. Further rows become lines of text.
const MAX_CELLS: usize = 400;
/// A row, a cell and one element in it, besides the table and its body.
const ROOM_IN_TABLE: usize = 3;
const CELL_BORDER: &str = " | ";

#[derive(Default)]
pub(super) struct Tables {
    /// Columns of the open table.
    columns: usize,
    /// Whether the open table goes on as lines of text.
    flat: bool,
    /// Cells written in the whole comment.
    cells: usize,
}

impl<'a> Tamer<'a> {
    pub(super) fn start_table(&mut self, columns: usize) -> Open<'a> {
        self.tables.columns = columns;
        self.tables.flat = columns > MAX_COLUMNS || self.is_table_full();
        if !self.tables.flat {
            let open = self.block(
                &[TagEnd::Table],
                vec![Tag::Table(Vec::new())],
                ROOM_IN_TABLE,
            );
            self.tables.flat = matches!(open, Open::DroppedBlock);
            return open;
        }
        self.block(&[TagEnd::Paragraph], vec![Tag::Paragraph], 0)
    }

    pub(super) fn start_row(&mut self, tag: Tag<'a>, ends: &'static [TagEnd]) -> Open<'a> {
        if !self.tables.flat && self.is_table_full() {
            self.flatten();
        }
        if self.tables.flat {
            return self.dropped_block();
        }
        self.tables.cells += self.tables.columns;
        self.block(ends, vec![tag], 0)
    }

    pub(super) fn start_cell(&mut self) -> Open<'a> {
        if !self.tables.flat {
            return self.block(&[TagEnd::TableCell], vec![Tag::TableCell], 0);
        }
        if self.ends_in_text() && !self.ends_in_border() {
            self.out.push(Event::Text(CowStr::Borrowed(CELL_BORDER)));
        }
        Open::DroppedInline
    }

    fn is_table_full(&self) -> bool {
        self.tables.cells + self.tables.columns > MAX_CELLS
    }

    /// Ends the table early; the rest of it is a paragraph of lines.
    fn flatten(&mut self) {
        self.tables.flat = true;
        self.open.pop();
        self.close(&[TagEnd::Table]);
        let rest = self.block(&[TagEnd::Paragraph], vec![Tag::Paragraph], 0);
        self.open.push(rest);
    }

    /// Takes away the border after the last cell of a flat row.
    pub(super) fn drop_border(&mut self) {
        if self.ends_in_border() {
            self.out.pop();
        }
    }

    fn ends_in_border(&self) -> bool {
        matches!(self.out.last(), Some(Event::Text(text)) if **text == *CELL_BORDER)
    }
}
