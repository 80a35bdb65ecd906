//! Expressions over batches: every node makes a whole column.
//!
//! Lazy operators (AND, OR, CASE) compute both sides for all rows and forget the faults of rows that
//! would not have been reached, which is the same and keeps every loop plain.

use std::borrow::Cow;

use crate::base::time::Timestamp;
use crate::sql::cast;
use crate::sql::func::{self, Call};
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::value::{Batch, Column, ColumnData, SqlType, Value};

/// The ERROR_NAME of a row in `error_stream` (sql.md 6.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ErrorName {
    Coercion,
    DivisionByZero,
    OutOfRange,
    OutOfOrder,
    NullNotAllowed,
    InvalidArgument,
    /// A window that time does not empty has all the partitions it may have.
    TooManyPartitions,
}

impl ErrorName {
    pub fn text(self) -> &'static str {
        match self {
            ErrorName::Coercion => "Coercion error",
            ErrorName::DivisionByZero => "Division by zero",
            ErrorName::OutOfRange => "Value out of range",
            ErrorName::OutOfOrder => "Row out of order",
            ErrorName::NullNotAllowed => "Null not allowed",
            ErrorName::InvalidArgument => "Invalid argument",
            ErrorName::TooManyPartitions => "Too many partitions",
        }
    }
}

/// Why one row of a batch could not be computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub row: u32,
    pub name: ErrorName,
    pub message: String,
}

/// The faults of a batch, only of rows that are asked about.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    list: Vec<Fault>,
    reached: Option<Vec<bool>>,
}

impl Faults {
    pub fn add(&mut self, row: usize, name: ErrorName, message: impl FnOnce() -> String) {
        if self.reached.as_ref().is_none_or(|it| it[row]) {
            self.list.push(Fault { row: row as u32, name, message: message() });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The first fault of each row, by row.
    pub fn into_rows(mut self) -> Vec<Fault> {
        self.list.sort_by_key(|it| it.row);
        self.list.dedup_by_key(|it| it.row);
        self.list
    }

    /// Narrows the rows that count; give what it returns to [`restore`](Self::restore).
    fn narrow(&mut self, keep: impl Fn(usize) -> bool, rows: usize) -> Option<Vec<bool>> {
        let narrower =
            (0..rows).map(|row| keep(row) && self.reached.as_ref().is_none_or(|it| it[row])).collect();
        self.reached.replace(narrower)
    }

    fn restore(&mut self, before: Option<Vec<bool>>) {
        self.reached = before;
    }
}

/// The moments the "now" functions tell (sql.md 4.14).
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// When the query started.
    pub started: Timestamp,
    /// When the rows at hand are produced.
    pub now: Timestamp,
}

/// One batch under evaluation.
pub struct Eval<'a> {
    pub batch: &'a Batch,
    pub clock: Clock,
    pub faults: Faults,
}

impl<'a> Eval<'a> {
    pub fn new(batch: &'a Batch, clock: Clock) -> Self {
        Self { batch, clock, faults: Faults::default() }
    }

    /// The value of an expression in every row; a column of the batch is lent, not copied.
    pub fn column(&mut self, expr: &Expr) -> Cow<'a, Column> {
        let rows = self.batch.len();
        match &expr.kind {
            ExprKind::Column(at) => match self.batch.columns.get(*at) {
                Some(column) => Cow::Borrowed(column),
                None => Cow::Owned(Column::of_nulls(expr.ty, rows)),
            },
            ExprKind::RowTime => owned(ColumnData::Int(self.batch.rowtimes.clone())),
            ExprKind::Literal(value) => Cow::Owned(Column::repeat(value, expr.ty, rows)),
            ExprKind::Call(id, args) => {
                let columns: Vec<_> = args.iter().map(|it| self.column(it)).collect();
                let types: Vec<SqlType> = args.iter().map(|it| it.ty).collect();
                let entry = func::entry(*id);
                let call = Call {
                    args: &columns,
                    types: &types,
                    ty: expr.ty,
                    rows,
                    unit: entry.unit,
                    clock: self.clock,
                    faults: &mut self.faults,
                };
                Cow::Owned((entry.kernel)(call))
            }
            ExprKind::Cast(inner, rule) => {
                let column = self.column(inner);
                cast::convert(column, inner.ty, expr.ty, *rule, self.clock.started, &mut self.faults)
            }
            ExprKind::And(left, right) => self.lazy(left, right, false),
            ExprKind::Or(left, right) => self.lazy(left, right, true),
            ExprKind::Not(inner) => {
                let column = self.column(inner);
                let nulls = column.nulls.clone();
                let negated = truths(&column).iter().map(|it| !it).collect();
                Cow::Owned(Column { data: ColumnData::Bool(negated), nulls })
            }
            ExprKind::IsNull(inner) => {
                let column = self.column(inner);
                owned(ColumnData::Bool((0..rows).map(|row| column.is_null(row)).collect()))
            }
            ExprKind::Is(inner, wanted) => {
                let column = self.column(inner);
                let values = truths(&column);
                let is = |row: usize| match wanted {
                    None => column.is_null(row),
                    Some(wanted) => !column.is_null(row) && values[row] == *wanted,
                };
                owned(ColumnData::Bool((0..rows).map(is).collect()))
            }
            ExprKind::Case { branches, otherwise } => self.case(branches, otherwise.as_deref(), expr.ty),
        }
    }

    /// AND (`decisive` is FALSE) and OR (`decisive` is TRUE) in three-valued logic.
    fn lazy(&mut self, left: &Expr, right: &Expr, decisive: bool) -> Cow<'a, Column> {
        let rows = self.batch.len();
        let left = self.column(left);
        let a = truths(&left);
        let decided = |row: usize| !left.is_null(row) && a[row] == decisive;
        let before = self.faults.narrow(|row| !decided(row), rows);
        let right = self.column(right);
        self.faults.restore(before);
        let b = truths(&right);
        let mut out = Column::new(SqlType::Boolean);
        for row in 0..rows {
            let right_decides = !right.is_null(row) && b[row] == decisive;
            if !decided(row) && !right_decides && (left.is_null(row) || right.is_null(row)) {
                out.push_null();
            } else {
                out.push(&Value::Bool((decided(row) || right_decides) == decisive));
            }
        }
        Cow::Owned(out)
    }

    fn case(&mut self, branches: &[(Expr, Expr)], otherwise: Option<&Expr>, ty: SqlType) -> Cow<'a, Column> {
        let rows = self.batch.len();
        // Which branch each row takes; `branches.len()` is ELSE.
        let mut taken = vec![usize::MAX; rows];
        let mut results = Vec::with_capacity(branches.len() + 1);
        for (at, (condition, result)) in branches.iter().enumerate() {
            let before = self.faults.narrow(|row| taken[row] == usize::MAX, rows);
            let holds = self.column(condition);
            self.faults.restore(before);
            let values = truths(&holds);
            for (row, taken) in taken.iter_mut().enumerate() {
                if *taken == usize::MAX && !holds.is_null(row) && values[row] {
                    *taken = at;
                }
            }
            let before = self.faults.narrow(|row| taken[row] == at, rows);
            results.push(self.column(result));
            self.faults.restore(before);
        }
        if let Some(otherwise) = otherwise {
            let before = self.faults.narrow(|row| taken[row] == usize::MAX, rows);
            results.push(self.column(otherwise));
            self.faults.restore(before);
        }
        let mut out = Column::new(ty);
        for (row, taken) in taken.iter().enumerate() {
            match results.get((*taken).min(branches.len())) {
                Some(column) if !column.is_null(row) => out.extend_rows(column, &[row as u32]),
                _ => out.push_null(),
            }
        }
        Cow::Owned(out)
    }
}

/// The truth values of a column; of a bare NULL all FALSE, beside its marks.
pub fn truths(column: &Column) -> Cow<'_, [bool]> {
    match &column.data {
        ColumnData::Bool(values) => Cow::Borrowed(values),
        other => Cow::Owned(vec![false; other.len()]),
    }
}

fn owned<'a>(data: ColumnData) -> Cow<'a, Column> {
    Cow::Owned(Column { data, nulls: Vec::new() })
}
