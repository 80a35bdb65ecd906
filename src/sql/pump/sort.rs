//! ORDER BY that begins with time: the rows of one bucket, gathered and then given in order (sql.md 1.15).
//!
//! A bucket lasts as long as the leading key stays the same, and ends as a window of GROUP BY does: with a
//! later row or with the clock. Its rows carry the bucket's end from then on, unless the key is ROWTIME
//! itself, for in another order their own ROWTIMEs would go back.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::sql::plan::{Expr, SortKey, Window};
use crate::sql::pump::Bound;
use crate::sql::pump::compile::{Header, Windowed};
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step};
use crate::sql::pump::run::Open;
use crate::sql::value::{Batch, Column, ColumnData};

/// ORDER BY with a leading key that only grows.
#[derive(Debug)]
pub struct Sort {
    /// The leading key as the key of a window.
    windowed: Windowed,
    keys: Vec<SortKey>,
}

/// The bucket that is open, with its rows in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    open: Option<Open>,
    rows: Batch,
}

impl Sort {
    pub fn new(leading: &Expr, window: Window, keys: &[SortKey]) -> Self {
        let windowed = Windowed::new(std::slice::from_ref(leading), Vec::new(), 0, window);
        Self { windowed, keys: keys.to_vec() }
    }

    /// How many rows from `from` on lie in the open bucket; `values` are those of a leading key that the
    /// clock says nothing about.
    fn within(&self, bucket: &Bucket, batch: &Batch, values: Option<&Column>, from: usize) -> usize {
        let Some(open) = bucket.open else { return 0 };
        let Some(values) = values else {
            return batch.rowtimes[from..].partition_point(|&it| it < open.change);
        };
        // The last column of the bucket is the leading key.
        let known = bucket.rows.columns.last();
        let like = |row: usize| known.is_none_or(|it| it.is_empty() || values.alike(row, it, 0));
        (from..batch.len()).take_while(|&row| like(row)).count()
    }

    /// Gives the rows of the open bucket.
    fn close(&self, bucket: &mut Bucket, change: i64, step: &mut Step<'_>) {
        if bucket.open.take().is_none() {
            return;
        }
        let mut rows = std::mem::take(&mut bucket.rows);
        if self.windowed.window == Window::Rows {
            rows.columns.pop();
        }
        step.moved.waiting -= rows.len() as i64;
        let exprs: Vec<Expr> = self.keys.iter().map(|it| it.expr.clone()).collect();
        let Some((rows, columns)) = step.columns(0, Cow::Owned(rows), &exprs) else { return };
        let order = sorted(&columns, &self.keys, rows.len());
        let mut rows = rows.pick(&order);
        if self.windowed.window != Window::Instant {
            rows.rowtimes.fill(self.windowed.stamp(change));
        }
        step.give(rows);
    }
}

impl Keeper for Sort {
    fn fresh(&self) -> Kept {
        Kept::Sort(Bucket::default())
    }

    fn header(&self, inputs: &[Header]) -> Header {
        inputs.first().cloned().unwrap_or_default()
    }

    fn passes_originals(&self) -> bool {
        true
    }

    fn rows(&self, kept: &mut Kept, side: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::Sort(bucket) = kept else { return };
        let by_rows = self.windowed.window == Window::Rows;
        let exprs: &[Expr] = if by_rows { &self.windowed.keys } else { &[] };
        let Some((batch, leading)) = step.columns(side, batch, exprs) else { return };
        let batch = match by_rows {
            true => {
                let mut wider = batch.into_owned();
                wider.columns.extend(leading.iter().cloned());
                Cow::Owned(wider)
            }
            false => batch,
        };
        step.moved.waiting += batch.len() as i64;
        let mut from = 0;
        while from < batch.len() {
            let count = self.within(bucket, &batch, leading.first(), from);
            if count == 0 {
                if let Some(open) = bucket.open {
                    let change = if open.change == i64::MAX { batch.rowtimes[from] } else { open.change };
                    self.close(bucket, change, step);
                }
                bucket.open = Some(self.windowed.open(batch.rowtimes[from]));
            }
            // The row that opens a bucket is in it, whatever its expression says.
            let count =
                if count == 0 { self.within(bucket, &batch, leading.first(), from).max(1) } else { count };
            if bucket.rows.columns.is_empty() {
                bucket.rows = batch.pick(&[]);
            }
            let taken: Vec<u32> = (from as u32..(from + count) as u32).collect();
            bucket.rows.extend_rows(&batch, &taken);
            from += count;
        }
    }

    fn bound(&self, kept: &mut Kept, _: usize, bound: Bound, step: &mut Step<'_>) -> Bound {
        let Kept::Sort(bucket) = kept else { return bound };
        if let Some(open) = bucket.open
            && bound.passes(open.change, self.windowed.window)
        {
            self.close(bucket, open.change, step);
        }
        // What is still open is stamped behind the bound.
        bound
    }

    fn due(&self, kept: &Kept) -> Option<i64> {
        let Kept::Sort(Bucket { open: Some(open), .. }) = kept else { return None };
        (open.change != i64::MAX).then(|| self.windowed.stamp(open.change))
    }

    fn oldest(&self, kept: &Kept) -> Option<i64> {
        let Kept::Sort(bucket) = kept else { return None };
        Some(bucket.open?.first)
    }

    fn delay(&self) -> i64 {
        self.windowed.shape.period().map_or(0, |it| it.as_millis())
    }

    fn held(&self, kept: &Kept) -> Held {
        let Kept::Sort(bucket) = kept else { return Held::default() };
        Held { what: "ORDER BY", rows: bucket.rows.len() as u64, groups: 0, bytes: bucket.rows.bytes() }
    }
}

/// The rows in order; equal ones as they came. NULL is greater than every value.
fn sorted(columns: &[Column], keys: &[SortKey], rows: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    order.sort_by(|&a, &b| {
        let by_key = columns.iter().zip(keys).map(|(column, key)| {
            let order = compare(column, a as usize, b as usize);
            if key.descending { order.reverse() } else { order }
        });
        by_key.fold(Ordering::Equal, Ordering::then)
    });
    order
}

fn compare(column: &Column, a: usize, b: usize) -> Ordering {
    match (column.is_null(a), column.is_null(b)) {
        (false, false) => {}
        (a, b) => return a.cmp(&b),
    }
    match &column.data {
        ColumnData::Bool(values) => values[a].cmp(&values[b]),
        ColumnData::Int(values) => values[a].cmp(&values[b]),
        // 0.0 and -0.0 are equal.
        ColumnData::Double(values) => (values[a] + 0.0).total_cmp(&(values[b] + 0.0)),
        ColumnData::Bytes(values) => values.get(a).cmp(values.get(b)),
    }
}
