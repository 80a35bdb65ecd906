//! Rows of a stream looked up in a reference table (sql.md 1.14, 4.9 and 6.6).
//!
//! The table is what was loaded last. Its rows are filtered, computed and put into chains by their keys once
//! per load, when the first row of the stream comes after it; a checkpoint holds none of that.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sql::eval::{Eval, Fault, truths};
use crate::sql::plan::{Expr, LookupKind, Program, Rel, TableId};
use crate::sql::pump::Bound;
use crate::sql::pump::compile::Header;
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step, columns};
use crate::sql::pump::waiting::{NOBODY, as_key, pick};
use crate::sql::value::{Batch, Column};

/// Pairs that are judged together.
const PAIRS: usize = 8192;

/// A lookup in a reference table.
#[derive(Debug)]
pub struct Lookup {
    table: Arc<Rel>,
    source: TableId,
    kind: LookupKind,
    keys: Vec<Expr>,
    table_keys: Vec<Expr>,
    condition: Option<Expr>,
    /// The columns of the table's side.
    header: Header,
    /// The columns of a pair.
    pair: Header,
}

/// The table made ready, as long as it is not loaded again. It is made of the loaded rows alone, so it is no
/// part of what an engine has to remember.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cache {
    #[serde(skip)]
    index: Option<Arc<Index>>,
}

impl PartialEq for Cache {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Rows of a table, found by their keys.
#[derive(Debug)]
struct Index {
    loaded: Arc<Batch>,
    rows: Batch,
    keys: Vec<Column>,
    hashes: Vec<u64>,
    /// The first row of each chain, and for each row the next one; the length is a power of two.
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Index {
    fn new(loaded: Arc<Batch>, rows: Batch, keys: Vec<Column>) -> Self {
        let mut hashes = vec![0; rows.len()];
        keys.iter().for_each(|it| it.hash_into(&mut hashes));
        let size = rows.len().next_power_of_two().max(16);
        let (mut first, mut next) = (vec![NOBODY; size], vec![NOBODY; rows.len()]);
        for row in (0..rows.len()).rev() {
            // A NULL equals nothing.
            if !keys.iter().any(|it| it.is_null(row)) {
                let slot = hashes[row] as usize & (size - 1);
                next[row] = first[slot];
                first[slot] = row as u32;
            }
        }
        Self { loaded, rows, keys, hashes, first, next }
    }

    /// The rows whose keys equal those of a row, in the order of the table.
    fn matches(&self, keys: &[Column], hash: u64, row: usize, mut found: impl FnMut(u32) -> bool) {
        if keys.is_empty() {
            (0..self.rows.len() as u32).all(&mut found);
            return;
        }
        if keys.iter().any(|it| it.is_null(row)) {
            return;
        }
        let mut at = self.first[hash as usize & (self.first.len() - 1)];
        while at != NOBODY {
            let place = at as usize;
            let alike = || self.keys.iter().zip(keys).all(|(a, b)| a.alike(place, b, row));
            if self.hashes[place] == hash && alike() && !found(at) {
                return;
            }
            at = self.next[place];
        }
    }
}

impl Lookup {
    pub fn new(
        table: Arc<Rel>,
        kind: LookupKind,
        keys: &[(Expr, Expr)],
        condition: Option<Expr>,
        inputs: &[Header],
        program: &Program,
    ) -> Self {
        let header = columns_of(&table, program);
        Self {
            source: source(&table),
            table,
            kind,
            keys: keys.iter().map(|it| it.0.clone()).collect(),
            table_keys: keys.iter().map(|it| it.1.clone()).collect(),
            condition,
            pair: inputs.first().cloned().unwrap_or_default().beside(&header),
            header,
        }
    }

    /// The table as it is loaded now.
    fn index(&self, cache: &mut Cache, step: &mut Step<'_>) -> Arc<Index> {
        let loaded = step.tables.get(self.source.0).cloned().unwrap_or_default();
        if let Some(index) = cache.index.as_ref().filter(|it| Arc::ptr_eq(&it.loaded, &loaded)) {
            return index.clone();
        }
        let rows = self.compute(&self.table, &loaded, step);
        let (rows, keys, faults) = columns(Cow::Owned(rows), &self.table_keys, step.clock);
        if let Some((whole, faults)) = faults {
            step.lose(&whole, &faults, &self.header);
        }
        let keys = keys.into_iter().zip(&self.table_keys).map(|(it, expr)| as_key(it, expr.ty)).collect();
        let index = Arc::new(Index::new(loaded, rows.into_owned(), keys));
        cache.index = Some(index.clone());
        index
    }

    /// The rows of the table's side; a row that cannot be computed is reported and left out.
    fn compute(&self, rel: &Rel, loaded: &Batch, step: &mut Step<'_>) -> Batch {
        let (input, exprs) = match rel {
            Rel::Filter { input, condition } => (input, std::slice::from_ref(condition)),
            Rel::Project { input, items, .. } => (input, items.as_slice()),
            _ => return loaded.clone(),
        };
        let rows = self.compute(input, loaded, step);
        let (rows, mut computed, faults) = columns(Cow::Owned(rows), exprs, step.clock);
        if let Some((whole, faults)) = faults {
            step.lose(&whole, &faults, &self.header);
        }
        if matches!(rel, Rel::Project { .. }) {
            return Batch { rowtimes: rows.rowtimes.clone(), columns: computed };
        }
        let Some(holds) = computed.pop() else { return rows.into_owned() };
        let kept: Vec<u32> = (0..rows.len()).filter(|&it| is_true(&holds, it)).map(|it| it as u32).collect();
        rows.pick(&kept)
    }

    /// Looks up some rows of a batch. `pairs` are candidates, by row.
    fn judge(
        &self,
        index: &Index,
        batch: &Batch,
        rows: Range<usize>,
        pairs: &[(u32, u32)],
        step: &mut Step<'_>,
    ) {
        let (fits, faults) = self.fits(index, batch, pairs, step);
        let mut pairs = pairs.iter().zip(fits).peekable();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for row in rows {
            let row = row as u32;
            let before = left.len();
            while let Some((pair, fits)) = pairs.next_if(|it| it.0.0 == row) {
                if fits {
                    left.push(row);
                    right.push(pair.1);
                }
            }
            let found = before < left.len();
            match self.kind {
                LookupKind::Inner => {}
                LookupKind::Left if !found => {
                    left.push(row);
                    right.push(NOBODY);
                }
                LookupKind::Left => {}
                LookupKind::Semi | LookupKind::Anti => {
                    left.truncate(before);
                    let failed = faults.binary_search_by_key(&row, |it| it.row).is_ok();
                    if !failed && found == (self.kind == LookupKind::Semi) {
                        left.push(row);
                    } else if !failed {
                        step.moved.filtered += 1;
                    }
                }
            }
        }
        step.fail(0, batch, &faults);
        let mut out = batch.pick(&left);
        if matches!(self.kind, LookupKind::Inner | LookupKind::Left) {
            out.columns.extend(index.rows.columns.iter().map(|it| pick(it, &right)));
        }
        step.give(out);
    }

    /// Which pairs fulfil the condition, and rows of which that cannot be said.
    fn fits(
        &self,
        index: &Index,
        batch: &Batch,
        pairs: &[(u32, u32)],
        step: &mut Step<'_>,
    ) -> (Vec<bool>, Vec<Fault>) {
        let Some(condition) = self.condition.as_ref().filter(|_| !pairs.is_empty()) else {
            return (vec![true; pairs.len()], Vec::new());
        };
        let (left, right): (Vec<u32>, Vec<u32>) = pairs.iter().copied().unzip();
        let mut both = batch.pick(&left);
        both.columns.extend(index.rows.columns.iter().map(|it| it.pick(&right)));
        let mut eval = Eval::new(&both, step.clock);
        let column = eval.column(condition);
        let mut fits: Vec<bool> = (0..pairs.len()).map(|it| is_true(&column, it)).collect();
        let mut faults = eval.faults.into_rows();
        faults.iter().for_each(|it| fits[it.row as usize] = false);
        if matches!(self.kind, LookupKind::Inner | LookupKind::Left) {
            step.lose(&both, &faults, &self.pair);
            return (fits, Vec::new());
        }
        faults.iter_mut().for_each(|it| it.row = left[it.row as usize]);
        faults.dedup_by_key(|it| it.row);
        (fits, faults)
    }
}

fn is_true(column: &Column, row: usize) -> bool {
    !column.is_null(row) && truths(column)[row]
}

/// The table at the bottom of a finite query.
fn source(rel: &Rel) -> TableId {
    match rel {
        Rel::Reference { table } => *table,
        other => other.inputs().first().map_or(TableId(0), |it| source(it)),
    }
}

/// The columns of a finite query.
fn columns_of(rel: &Rel, program: &Program) -> Header {
    match rel {
        Rel::Reference { table } => program.tables.get(table.0).map(Header::of_table).unwrap_or_default(),
        Rel::Project { input, items, .. } => columns_of(input, program).of_items(items),
        other => other.inputs().first().map(|it| columns_of(it, program)).unwrap_or_default(),
    }
}

impl Keeper for Lookup {
    fn fresh(&self) -> Kept {
        Kept::Lookup(Cache::default())
    }

    fn header(&self, inputs: &[Header]) -> Header {
        match self.kind {
            LookupKind::Inner | LookupKind::Left => self.pair.clone(),
            LookupKind::Semi | LookupKind::Anti => inputs.first().cloned().unwrap_or_default(),
        }
    }

    /// One row of the stream can fit several rows of the table.
    fn passes_originals(&self) -> bool {
        matches!(self.kind, LookupKind::Semi | LookupKind::Anti)
    }

    fn rows(&self, kept: &mut Kept, _: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::Lookup(cache) = kept else { return };
        let index = self.index(cache, step);
        let Some((batch, keys)) = step.columns(0, batch, &self.keys) else { return };
        let keys: Vec<Column> =
            keys.into_iter().zip(&self.keys).map(|(it, expr)| as_key(it, expr.ty)).collect();
        let mut hashes = vec![0; batch.len()];
        keys.iter().for_each(|it| it.hash_into(&mut hashes));
        if !self.passes_originals() {
            step.moved.grouped += batch.len() as u64;
        }
        // Whether any row fits is known with the first one, unless a condition has to be asked.
        let one_is_enough = self.passes_originals() && self.condition.is_none();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut from = 0;
        for (row, hash) in hashes.iter().enumerate() {
            index.matches(&keys, *hash, row, |it| {
                pairs.push((row as u32, it));
                !one_is_enough
            });
            if PAIRS <= pairs.len() || row + 1 == batch.len() {
                self.judge(&index, &batch, from..row + 1, &pairs, step);
                pairs.clear();
                from = row + 1;
            }
        }
    }

    fn bound(&self, _: &mut Kept, _: usize, bound: Bound, _: &mut Step<'_>) -> Bound {
        bound
    }

    fn due(&self, _: &Kept) -> Option<i64> {
        None
    }

    fn oldest(&self, _: &Kept) -> Option<i64> {
        None
    }

    fn held(&self, kept: &Kept) -> Held {
        let index = if let Kept::Lookup(cache) = kept { cache.index.as_deref() } else { None };
        let (rows, bytes) = index.map_or((0, 0), |it| (it.rows.len() as u64, it.rows.bytes()));
        Held { what: "reference table", rows, groups: 0, bytes }
    }
}
