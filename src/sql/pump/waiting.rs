//! The rows of one side of a join while they wait: in the order they came, found by their keys.
//!
//! Rows of one key form a chain from the latest back to the first, so that rows that have left are at its
//! end and cost nothing. Places are counted from the first row that is stored; they move when rows that have
//! left are swept away, which happens between two steps.

use serde::{Deserialize, Serialize};

use crate::sql::plan::Expr;
use crate::sql::value::{Batch, ByteColumn, Column, ColumnData, SqlType};

/// The place of no row.
pub const NOBODY: u32 = u32::MAX;

/// Rows that have left are swept away when they are so many, and half of all.
const SWEEP: u32 = 256;

/// The rows of one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    rows: Batch,
    /// The values of the keys, texts without the blanks at their end, which equality ignores.
    keys: Vec<Column>,
    hashes: Vec<u64>,
    /// For each row the one before it in its chain.
    before: Vec<u32>,
    /// The last row of each chain; its length is a power of two.
    last: Vec<u32>,
    met: Vec<bool>,
    /// The rows that wait: those behind have left, those ahead have not entered.
    from: u32,
    until: u32,
    /// Rows before this one have been told to have left.
    counted: u32,
    /// No row before this one waits alone.
    alone: u32,
    /// Room for what is found, kept between rows.
    #[serde(skip)]
    pub found: Vec<u32>,
}

impl Waiting {
    pub fn new(types: &[SqlType], keys: &[Expr]) -> Self {
        Self {
            rows: Batch::new(types.iter().copied()),
            keys: keys.iter().map(|it| Column::new(it.ty)).collect(),
            hashes: Vec::new(),
            before: Vec::new(),
            last: vec![NOBODY; 16],
            met: Vec::new(),
            from: 0,
            until: 0,
            counted: 0,
            alone: 0,
            found: Vec::new(),
        }
    }

    /// The rows that wait.
    pub fn len(&self) -> u64 {
        u64::from(self.until - self.from)
    }

    pub fn bytes(&self) -> u64 {
        let index = self.before.len() * 13 + self.last.len() * 4;
        self.rows.bytes() + self.keys.iter().map(Column::bytes).sum::<u64>() + index as u64
    }

    /// The ROWTIME of the first row that waits.
    pub fn first_time(&self) -> Option<i64> {
        if self.from < self.until { self.rows.rowtimes.get(self.from as usize).copied() } else { None }
    }

    /// The ROWTIME of the first row that waits and has met nobody.
    pub fn first_alone(&self) -> Option<i64> {
        let at = (self.alone.max(self.from)..self.until).find(|&it| !self.met(it))?;
        self.rows.rowtimes.get(at as usize).copied()
    }

    /// Stores rows, which do not wait yet; the place of the first.
    pub fn append(&mut self, batch: &Batch, keys: &[Column]) -> u32 {
        let first = self.rows.len() as u32;
        let all: Vec<u32> = (0..batch.len() as u32).collect();
        self.rows.extend_rows(batch, &all);
        let mut hashes = vec![0; batch.len()];
        for (to, from) in self.keys.iter_mut().zip(keys) {
            from.hash_into(&mut hashes);
            to.extend_rows(from, &all);
        }
        self.hashes.extend(hashes);
        self.before.resize(self.rows.len(), NOBODY);
        self.met.resize(self.rows.len(), false);
        first
    }

    /// The waiting rows whose keys equal those of a row of the other side, as they came.
    pub fn matches(&self, other: &Waiting, place: u32, found: &mut Vec<u32>) {
        found.clear();
        if self.keys.is_empty() {
            found.extend(self.from..self.until);
            return;
        }
        let row = place as usize;
        if other.keys.iter().any(|it| it.is_null(row)) {
            return;
        }
        let hash = other.hashes[row];
        let mut at = self.last[hash as usize & (self.last.len() - 1)];
        while at != NOBODY && self.from <= at {
            let alike = || self.keys.iter().zip(&other.keys).all(|(a, b)| a.alike(at as usize, b, row));
            if self.hashes[at as usize] == hash && alike() {
                found.push(at);
            }
            at = self.before[at as usize];
        }
        found.reverse();
    }

    /// The next row begins to wait.
    pub fn enter(&mut self, place: u32) {
        self.until = place + 1;
        if self.keys.is_empty() || self.lonely(place) {
            return;
        }
        if self.last.len() < (self.until - self.from) as usize {
            self.chains(self.last.len() * 2, place);
        }
        self.chain(place);
    }

    fn chain(&mut self, place: u32) {
        let slot = self.hashes[place as usize] as usize & (self.last.len() - 1);
        self.before[place as usize] = self.last[slot];
        self.last[slot] = place;
    }

    /// The first row that waits leaves.
    pub fn leave(&mut self) -> Option<u32> {
        (self.from < self.until).then(|| {
            self.from += 1;
            self.from - 1
        })
    }

    /// The first row leaves if more than `count` have come behind it.
    pub fn leave_by_count(&mut self, count: u64) -> Option<u32> {
        if count + 1 < self.len() { self.leave() } else { None }
    }

    pub fn mark(&mut self, place: u32) {
        self.met[place as usize] = true;
    }

    pub fn met(&self, place: u32) -> bool {
        self.met.get(place as usize).copied().unwrap_or(true)
    }

    /// Columns of the given rows; where there is nobody they are NULL.
    pub fn pick(&self, places: &[u32]) -> Vec<Column> {
        self.rows.columns.iter().map(|it| pick(it, places)).collect()
    }

    /// Ends a step: how many rows have left in it. Rows that have left are thrown away when they are many.
    pub fn sweep(&mut self) -> u64 {
        let left = self.from - self.counted;
        self.counted = self.from;
        self.alone = self.alone.max(self.from);
        while self.alone < self.until && self.met(self.alone) {
            self.alone += 1;
        }
        let stored = self.rows.len() as u32;
        if SWEEP <= self.from && stored <= self.from * 2 && self.until == stored {
            self.drop_left();
        }
        u64::from(left)
    }

    fn drop_left(&mut self) {
        let (gone, stored) = (self.from as usize, self.rows.len());
        self.rows = self.rows.slice(gone..stored);
        let kept: Vec<u32> = (gone as u32..stored as u32).collect();
        self.keys.iter_mut().for_each(|it| *it = it.pick(&kept));
        self.hashes.drain(..gone);
        self.met.drain(..gone);
        self.before.truncate(stored - gone);
        (self.from, self.counted) = (0, 0);
        (self.until, self.alone) = (self.until - gone as u32, self.alone - gone as u32);
        let size = kept.len().next_power_of_two().max(16);
        self.chains(size, self.until);
    }

    /// Makes all chains anew, of the rows before `until`.
    fn chains(&mut self, size: usize, until: u32) {
        self.last.clear();
        self.last.resize(size, NOBODY);
        for place in self.from..until {
            if !self.lonely(place) {
                self.chain(place);
            }
        }
    }

    /// Whether a row finds no partner by its keys: a NULL equals nothing.
    fn lonely(&self, place: u32) -> bool {
        self.keys.iter().any(|it| it.is_null(place as usize))
    }
}

/// The given rows of a column; where there is nobody it is NULL.
pub fn pick(column: &Column, places: &[u32]) -> Column {
    if !places.contains(&NOBODY) {
        return column.pick(places);
    }
    let mut picked = column.pick(&[]);
    for run in places.chunk_by(|a, b| (*a == NOBODY) == (*b == NOBODY)) {
        if run[0] == NOBODY {
            run.iter().for_each(|_| picked.push_null());
        } else {
            picked.extend_rows(column, run);
        }
    }
    picked
}

/// A column as equality sees it: texts without the blanks at their end (sql.md 5.7).
pub fn as_key(column: Column, ty: SqlType) -> Column {
    let ColumnData::Bytes(values) = &column.data else { return column };
    let ends_blank = |row: usize| values.get(row).last() == Some(&b' ');
    if !ty.is_character() || !(0..values.len()).any(ends_blank) {
        return column;
    }
    let mut out = ByteColumn::default();
    for row in 0..values.len() {
        let value = values.get(row);
        let end = value.iter().rposition(|it| *it != b' ').map_or(0, |it| it + 1);
        out.push(&value[..end]);
    }
    Column { data: ColumnData::Bytes(out), nulls: column.nulls }
}
