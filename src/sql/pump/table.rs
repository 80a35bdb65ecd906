//! Table functions: GROUP_RANK, the two that count items, random cut forests and hotspots (sql.md 5.1 and
//! 5.9). What they compute stands in [`table`](crate::sql::table); here it meets rows and bounds.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sql::plan::TableFunc;
use crate::sql::pump::Bound;
use crate::sql::pump::compile::Header;
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step};
use crate::sql::table::forest::{Forest, explanation};
use crate::sql::table::hotspots::{Hotspots, LONGEST, result};
use crate::sql::table::items::{Items, window_end};
use crate::sql::table::rank::ranked;
use crate::sql::value::{Batch, Column, ColumnData, SqlType};

/// The longest item.
pub const ITEM: SqlType = SqlType::Varchar(1024);
/// What ANOMALY_EXPLANATION and HOTSPOTS_RESULT are.
pub const JSON: SqlType = SqlType::Varchar(LONGEST as u32);

/// What a table function remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Memory {
    /// The rows of one ROWTIME.
    Group(Batch),
    /// The window that is open.
    Items(Window),
    Forest(Box<Forest>),
    Hotspots(Box<Hotspots>),
}

/// A tumbling window of items; without rows it is not open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Window {
    items: Items,
    /// When it ends.
    end: i64,
    /// The ROWTIME of its first row.
    first: i64,
    rows: u64,
}

/// The operator of a table function over columns.
pub struct Table {
    pub func: TableFunc,
    pub input: Header,
}

impl fmt::Debug for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.func.fmt(out)
    }
}

/// The columns a function adds, or for a function that counts items those it has.
pub fn columns_of(func: &TableFunc) -> Vec<(String, SqlType)> {
    let column = |name: &str, ty| (name.to_owned(), ty);
    match func {
        TableFunc::GroupRank { name, .. } => vec![column(name, SqlType::Integer)],
        TableFunc::TopK { .. } => vec![column("ITEM", ITEM), column("ITEM_COUNT", SqlType::BigInt)],
        TableFunc::CountDistinct { .. } => vec![column("NUMBER_OF_DISTINCT_ITEMS", SqlType::BigInt)],
        TableFunc::Forest { explained, .. } => {
            let score = column("ANOMALY_SCORE", SqlType::Double);
            let explanation = explained.map(|_| column("ANOMALY_EXPLANATION", JSON));
            [score].into_iter().chain(explanation).collect()
        }
        TableFunc::Hotspots { .. } => vec![column("HOTSPOTS_RESULT", JSON)],
    }
}

/// Whether the function's rows are the rows of its cursor with columns added.
pub fn adds(func: &TableFunc) -> bool {
    !matches!(func, TableFunc::TopK { .. } | TableFunc::CountDistinct { .. })
}

impl Keeper for Table {
    fn fresh(&self) -> Kept {
        let memory = match &self.func {
            TableFunc::GroupRank { .. } => Memory::Group(Batch::new(self.input.types.iter().copied())),
            TableFunc::TopK { .. } | TableFunc::CountDistinct { .. } => Memory::Items(Window::default()),
            TableFunc::Forest { columns, settings, owner, .. } => {
                Memory::Forest(Box::new(Forest::new(*settings, columns.len(), owner)))
            }
            TableFunc::Hotspots { columns, settings } => {
                Memory::Hotspots(Box::new(Hotspots::new(*settings, columns.len())))
            }
        };
        Kept::Table(memory)
    }

    fn header(&self, inputs: &[Header]) -> Header {
        let (names, types): (Vec<String>, Vec<SqlType>) = columns_of(&self.func).into_iter().unzip();
        let own = Header::plain(names, types);
        match inputs.first() {
            Some(input) if adds(&self.func) => input.clone().beside(&own),
            _ => own,
        }
    }

    fn passes_originals(&self) -> bool {
        adds(&self.func)
    }

    fn rows(&self, kept: &mut Kept, _: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::Table(memory) = kept else { return };
        match memory {
            Memory::Group(group) => self.gather(group, &batch, step),
            Memory::Items(window) => self.count(window, &batch, step),
            Memory::Forest(forest) => {
                let scored = self.score(forest, batch.into_owned());
                step.give(scored);
            }
            Memory::Hotspots(hotspots) => {
                let told = self.tell(hotspots, batch.into_owned());
                step.give(told);
            }
        }
    }

    fn bound(&self, kept: &mut Kept, _: usize, bound: Bound, step: &mut Step<'_>) -> Bound {
        let Kept::Table(memory) = kept else { return bound };
        match memory {
            Memory::Group(group) => {
                let Some(&first) = group.rowtimes.first() else { return bound };
                if self.max_idle().is_some_and(|idle| first.saturating_add(idle) <= bound.at) {
                    self.rank(group, step);
                    return bound;
                }
                // The group keeps its ROWTIME, however late it leaves.
                let own = Bound { at: first, inclusive: false };
                if own.order() < bound.order() { own } else { bound }
            }
            Memory::Items(window) => {
                if 0 < window.rows && window.end <= bound.at {
                    self.close(window, step);
                }
                bound
            }
            Memory::Forest(_) | Memory::Hotspots(_) => bound,
        }
    }

    fn due(&self, kept: &Kept) -> Option<i64> {
        match kept {
            Kept::Table(Memory::Group(group)) => {
                Some(group.rowtimes.first()?.saturating_add(self.max_idle()?))
            }
            Kept::Table(Memory::Items(window)) => (0 < window.rows).then_some(window.end),
            _ => None,
        }
    }

    fn oldest(&self, kept: &Kept) -> Option<i64> {
        match kept {
            Kept::Table(Memory::Group(group)) => group.rowtimes.first().copied(),
            Kept::Table(Memory::Items(window)) => (0 < window.rows).then_some(window.first),
            _ => None,
        }
    }

    fn delay(&self) -> i64 {
        match self.func {
            TableFunc::TopK { seconds, .. } | TableFunc::CountDistinct { seconds, .. } => {
                i64::from(seconds) * 1000
            }
            _ => 0,
        }
    }

    fn held(&self, kept: &Kept) -> Held {
        let what = self.func.name();
        let Kept::Table(memory) = kept else { return Held { what, ..Held::default() } };
        match memory {
            Memory::Group(group) => Held { what, rows: group.len() as u64, groups: 0, bytes: group.bytes() },
            Memory::Items(window) => Held {
                what,
                rows: window.rows,
                groups: window.items.distinct() as u64,
                bytes: window.items.bytes() as u64,
            },
            Memory::Forest(forest) => Held {
                what,
                rows: forest.held() as u64,
                groups: forest.trees() as u64,
                bytes: forest.bytes() as u64,
            },
            Memory::Hotspots(hotspots) => {
                Held { what, rows: hotspots.held() as u64, groups: 0, bytes: hotspots.bytes() as u64 }
            }
        }
    }
}

impl Table {
    /// How long a group waits for another row; `None` is without limit.
    fn max_idle(&self) -> Option<i64> {
        match self.func {
            TableFunc::GroupRank { max_idle, .. } if 0 < max_idle => Some(max_idle),
            _ => None,
        }
    }

    /// Adds rows to the group of their ROWTIME; a new ROWTIME lets the group before it go.
    fn gather(&self, group: &mut Batch, batch: &Batch, step: &mut Step<'_>) {
        let mut start = 0;
        while start < batch.len() {
            let time = batch.rowtimes[start];
            let end = batch.rowtimes.iter().skip(start).position(|it| *it != time);
            let end = end.map_or(batch.len(), |it| start + it);
            if group.rowtimes.first().is_some_and(|it| *it != time) {
                self.rank(group, step);
            }
            let rows: Vec<u32> = (start as u32..end as u32).collect();
            group.extend_rows(batch, &rows);
            step.moved.waiting += rows.len() as i64;
            start = end;
        }
    }

    /// Lets a group go, ranked.
    fn rank(&self, group: &mut Batch, step: &mut Step<'_>) {
        let TableFunc::GroupRank { by, descending, backwards, most, .. } = self.func else { return };
        let Some(column) = group.columns.get(by) else { return };
        let compare = |one: usize, other: usize| match (column.is_null(one), column.is_null(other)) {
            (false, false) if descending => order(column, other, one),
            (false, false) => order(column, one, other),
            // Nothing ranks last, from either end.
            (one, other) => one.cmp(&other),
        };
        let ranked = ranked(group.len(), compare, backwards, most);
        let rows: Vec<u32> = ranked.iter().map(|it| it.0).collect();
        let mut given = group.pick(&rows);
        let ranks = ranked.iter().map(|it| i64::from(it.1)).collect();
        given.columns.push(Column { data: ColumnData::Int(ranks), nulls: Vec::new() });
        step.moved.waiting -= group.len() as i64;
        step.moved.filtered += (group.len() - given.len()) as u64;
        group.clear();
        step.give(given);
    }

    /// Counts items; a row behind the end of the window closes it.
    fn count(&self, window: &mut Window, batch: &Batch, step: &mut Step<'_>) {
        let (TableFunc::TopK { column, seconds, .. } | TableFunc::CountDistinct { column, seconds }) =
            self.func
        else {
            return;
        };
        let Some(Column { data: ColumnData::Bytes(items), .. }) = batch.columns.get(column) else { return };
        for (row, &time) in batch.rowtimes.iter().enumerate() {
            if 0 < window.rows && window.end <= time {
                self.close(window, step);
            }
            if window.rows == 0 {
                (window.end, window.first) = (window_end(time, seconds), time);
            }
            window.rows += 1;
            step.moved.waiting += 1;
            if !batch.columns[column].is_null(row) {
                window.items.add(items.get(row));
            }
        }
    }

    /// Lets a window speak.
    fn close(&self, window: &mut Window, step: &mut Step<'_>) {
        let columns: Vec<Column> = match self.func {
            TableFunc::TopK { k, .. } => {
                let top = window.items.top(k);
                let mut items = Column::new(ITEM);
                if let ColumnData::Bytes(bytes) = &mut items.data {
                    top.iter().for_each(|it| bytes.push(it.0));
                }
                vec![items, integers(top.iter().map(|it| it.1 as i64))]
            }
            _ => vec![integers([window.items.distinct() as i64])],
        };
        let rows = columns.first().map_or(0, Column::len);
        step.moved.waiting -= window.rows as i64;
        step.moved.grouped += window.rows;
        step.give(Batch { rowtimes: vec![window.end; rows], columns });
        *window = Window::default();
    }

    fn score(&self, forest: &mut Forest, mut batch: Batch) -> Batch {
        let TableFunc::Forest { columns, names, explained, .. } = &self.func else { return batch };
        let mut scores = Column::new(SqlType::Double);
        let mut texts = Column::new(JSON);
        let (mut point, mut shares) = (Vec::new(), Vec::new());
        for row in 0..batch.len() {
            if !numbers(&batch, columns, row, &mut point) {
                scores.push_null();
                texts.push_null();
                continue;
            }
            let score = match explained {
                None => forest.score(&point),
                Some(_) => forest.explain(&point, &mut shares),
            };
            push_double(&mut scores, score);
            if let Some(directions) = explained {
                push_text(&mut texts, &explanation(names, &shares, *directions));
            }
        }
        batch.columns.push(scores);
        if explained.is_some() {
            batch.columns.push(texts);
        }
        batch
    }

    fn tell(&self, hotspots: &mut Hotspots, mut batch: Batch) -> Batch {
        let TableFunc::Hotspots { columns, .. } = &self.func else { return batch };
        let mut texts = Column::new(JSON);
        let mut point = Vec::new();
        for row in 0..batch.len() {
            if numbers(&batch, columns, row, &mut point) {
                hotspots.push(&point);
                push_text(&mut texts, &result(&hotspots.find()));
            } else {
                texts.push_null();
            }
        }
        batch.columns.push(texts);
        batch
    }
}

/// The numbers of a row; `false` if one is missing.
fn numbers(batch: &Batch, columns: &[usize], row: usize, point: &mut Vec<f64>) -> bool {
    point.clear();
    for &at in columns {
        let column = &batch.columns[at];
        if column.is_null(row) {
            return false;
        }
        point.push(match &column.data {
            ColumnData::Int(values) => values[row] as f64,
            ColumnData::Double(values) => values[row],
            ColumnData::Bool(_) | ColumnData::Bytes(_) => return false,
        });
    }
    true
}

/// Two values of one column, neither of them NULL.
fn order(column: &Column, one: usize, other: usize) -> Ordering {
    match &column.data {
        ColumnData::Bool(values) => values[one].cmp(&values[other]),
        ColumnData::Int(values) => values[one].cmp(&values[other]),
        // The two zeros are equal; no value of a row is not a number.
        ColumnData::Double(values) => values[one].partial_cmp(&values[other]).unwrap_or(Ordering::Equal),
        ColumnData::Bytes(values) => values.get(one).cmp(values.get(other)),
    }
}

fn integers(values: impl IntoIterator<Item = i64>) -> Column {
    Column { data: ColumnData::Int(values.into_iter().collect()), nulls: Vec::new() }
}

fn push_double(column: &mut Column, value: f64) {
    if let ColumnData::Double(values) = &mut column.data {
        values.push(value);
    }
    column.mark_present();
}

fn push_text(column: &mut Column, value: &str) {
    if let ColumnData::Bytes(values) = &mut column.data {
        values.push(value.as_bytes());
    }
    column.mark_present();
}
