//! The bound plan: what a program means once every name has become a column and every expression a type.
//!
//! It is plain data, ours, and knows nothing of the parser. A [`Program`] lists streams and pumps; a
//! [`Pump`] is a tree of [`Rel`] operators that ends in an insert; an [`Expr`] is typed all the way
//! down, with every implicit conversion written out as a [`ExprKind::Cast`]. The rest of the dialect is
//! added as new operators and new entries of the function table.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sql::diag::Diagnostic;
use crate::sql::func::FuncId;
use crate::sql::value::{SqlType, Value};

/// The place of a stream in [`Program::streams`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId(pub usize);

/// A whole application's code, bound.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Source streams first, then `error_stream`, then the streams of the code in text order.
    pub streams: Vec<StreamDef>,
    /// In text order. A pump reads only streams made above it, so this is a topological order too,
    /// unless a stream made early is fed by a pump written late; the engine does not rely on it.
    pub pumps: Vec<Pump>,
    /// Warnings and notes; errors never reach a program.
    pub notes: Vec<Diagnostic>,
}

/// An in-application stream.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamDef {
    /// The stored name: folded to upper case unless it was quoted; sources as configured.
    pub name: String,
    pub kind: StreamKind,
    /// The declared columns, then (for sources) the hidden metadata columns that `*` leaves out.
    pub columns: Vec<ColumnDef>,
    /// How many of `columns` are declared; the rest are hidden.
    pub visible: usize,
    /// The name in the CREATE statement; empty for sources and `error_stream`.
    pub span: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamKind {
    /// Fed by configuration: `SOURCE_SQL_STREAM_001`.
    Source,
    /// `error_stream`: exists in every application, cannot be read or written by code.
    Error,
    /// Made by CREATE STREAM.
    Created,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnDef {
    pub name: String,
    pub ty: SqlType,
    pub not_null: bool,
}

/// A never-ending `INSERT INTO target SELECT STREAM …`.
#[derive(Clone, Debug)]
pub struct Pump {
    pub name: String,
    pub target: StreamId,
    /// The query. Its output columns are the items of the select list, in order.
    pub query: Rel,
    /// One expression per column of the target, over the query's output columns: the column cast to
    /// the target's type by the rules of assignment, or NULL where the insert's column list leaves it out.
    pub assignments: Vec<Expr>,
    /// `false` for a pump created STOPPED.
    pub started: bool,
    /// The whole CREATE PUMP statement.
    pub span: Range<usize>,
}

/// An operator: rows in, rows out. Columns are counted from 0.
#[derive(Clone, Debug)]
pub enum Rel {
    /// The rows of a stream, hidden columns included.
    Scan { stream: StreamId },
    /// Keeps the rows for which the condition is TRUE; ROWTIME is unchanged.
    Filter { input: Arc<Rel>, condition: Expr },
    /// One row per row. `rowtime` replaces ROWTIME (`expr AS ROWTIME`, an item that is no column of the
    /// output); otherwise it is unchanged.
    Project { input: Arc<Rel>, items: Vec<Expr>, rowtime: Option<Expr> },
    /// SELECT DISTINCT: each combination of `items` once per value of the monotonic one.
    /// Columns out: `items`, in order.
    Distinct {
        input: Arc<Rel>,
        items: Vec<Expr>,
        /// Items that are compared; ROWTIME in the list is not (sql.md 1.9).
        compared: Vec<usize>,
        /// The item that only grows; when it changes, the set is forgotten.
        monotonic: usize,
        window: Window,
    },
    /// Tumbling GROUP BY. Columns out: the `keys`, then the `aggregates`; ROWTIME is the window's end.
    /// HAVING and the select list are a Filter and a Project above.
    Aggregate {
        input: Arc<Rel>,
        keys: Vec<Expr>,
        /// The key that only grows.
        monotonic: usize,
        window: Window,
        aggregates: Vec<Aggregate>,
    },
}

/// What a monotonic expression grows with, hence what closes its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// A function of ROWTIME and constants alone: closed by a later row or by the clock.
    Clock,
    /// A function of ROWTIME that rounds up (CEIL): as `Clock`, and a window contains its end.
    ClockUp,
    /// `MONOTONIC(column)`: closed only by a row with another value.
    Rows,
    /// Bare ROWTIME: groups rows of one millisecond and keeps their ROWTIME (sql.md 4.5, rule 10).
    Instant,
}

/// A call of an aggregate function.
#[derive(Clone, Debug)]
pub struct Aggregate {
    pub func: AggregateFunc,
    /// Empty for COUNT(*).
    pub args: Vec<Expr>,
    /// `SUM(DISTINCT x)`.
    pub distinct: bool,
    /// AVG, SUM, MIN, MAX have the type of their argument; COUNT is BIGINT.
    pub ty: SqlType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AggregateFunc {
    /// Rows, or rows where no argument is NULL.
    Count,
    Sum,
    Avg,
    Min,
    Max,
    StddevPop,
    StddevSamp,
    VarPop,
    VarSamp,
    Every,
    Any,
}

/// A typed expression over one input row.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: SqlType,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A column of the operator's input.
    Column(usize),
    /// The input row's ROWTIME, a TIMESTAMP.
    RowTime,
    Literal(Value),
    /// A function or operator of the table in [`func`](crate::sql::func); arguments already have the
    /// types its entry asked for.
    Call(FuncId, Vec<Expr>),
    /// Turns the inner expression into this expression's type.
    Cast(Box<Expr>, CastRule),
    /// AND and OR are lazy, left to right, in three-valued logic.
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    IsNull(Box<Expr>),
    /// `IS TRUE` (`Some(true)`), `IS FALSE`, `IS UNKNOWN` (`None`); never NULL.
    Is(Box<Expr>, Option<bool>),
    /// Searched CASE, COALESCE and simple CASE: the first branch whose condition is TRUE.
    Case {
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
}

/// By whose rules a value changes its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CastRule {
    /// `CAST(x AS t)` (sql.md 3.4).
    Explicit,
    /// INSERT into a column, and conversions the language makes by itself (sql.md 3.6).
    Assign,
}
