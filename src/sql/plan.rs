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
use crate::sql::table::{forest, hotspots};
use crate::sql::value::{SqlType, Value};

/// The place of a stream in [`Program::streams`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId(pub usize);

/// The place of a reference table in [`Program::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableId(pub usize);

/// A reference table: rows loaded before rows flow, which stay as they are (sql.md 6.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableDef {
    /// In exact case, as configured.
    pub name: String,
    pub columns: Vec<ColumnDef>,
}

/// A whole application's code, bound.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Source streams first, then `error_stream`, then the streams of the code in text order.
    pub streams: Vec<StreamDef>,
    /// The reference tables of the configuration.
    pub tables: Vec<TableDef>,
    /// In text order. A pump reads only streams made above it, so this is a topological order too,
    /// unless a stream made early is fed by a pump written late; the engine does not rely on it.
    pub pumps: Vec<Pump>,
    /// Warnings and notes; errors never reach a program.
    pub notes: Vec<Diagnostic>,
}

impl Program {
    /// The streams that configuration feeds; they come first.
    pub fn sources(&self) -> impl Iterator<Item = (StreamId, &StreamDef)> {
        let all = self.streams.iter().enumerate().map(|(at, it)| (StreamId(at), it));
        all.filter(|(_, it)| it.kind == StreamKind::Source)
    }
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
    /// Sliding windows. Columns out: the columns of the input, then the `calls`; ROWTIME is unchanged, and
    /// every row speaks at once (sql.md 4.7).
    Slide { input: Arc<Rel>, frames: Vec<Frame>, calls: Vec<WindowCall> },
    /// WINDOWED BY STAGGER. Columns out: the `keys`, then the `aggregates`; ROWTIME is the moment the key's
    /// window opened plus `length` milliseconds (sql.md 4.8).
    Stagger { input: Arc<Rel>, keys: Vec<Expr>, length: i64, aggregates: Vec<Aggregate> },
    /// Two streams joined in time. Columns out: those of `left`, then those of `right`; ROWTIME is the later
    /// of both (sql.md 4.9).
    Join {
        left: Arc<Rel>,
        right: Arc<Rel>,
        kind: JoinKind,
        /// How long a row of each side waits for a partner; `None` is the current row only.
        windows: [Option<Extent>; 2],
        /// Equal parts of the condition: an expression over the left row and one over the right row.
        keys: Vec<(Expr, Expr)>,
        /// The rest of the condition, over the columns out.
        condition: Option<Expr>,
    },
    /// A stream's row with the rows of a reference table that fit. Columns out: those of `input`, then those
    /// of `table` (none for Semi and Anti); ROWTIME is unchanged.
    Lookup {
        input: Arc<Rel>,
        /// Finite: a tree of Reference, Filter and Project.
        table: Arc<Rel>,
        kind: LookupKind,
        /// Equal parts of the condition: an expression over the stream's row and one over the table's.
        keys: Vec<(Expr, Expr)>,
        /// The rest of the condition, over the input's columns, then the table's.
        condition: Option<Expr>,
    },
    /// The rows of a reference table.
    Reference { table: TableId },
    /// UNION ALL: inputs of the same columns, merged by ROWTIME.
    Union { inputs: Vec<Rel> },
    /// ORDER BY that begins with a monotonic key: the rows of one value of `leading`, sorted. They are
    /// stamped with the end of their bucket, or keep their ROWTIME where the key is ROWTIME itself
    /// (`Window::Instant`; sql.md 1.15).
    Sort { input: Arc<Rel>, leading: Expr, window: Window, keys: Vec<SortKey> },
    /// ORDER BY … WITHIN: rows in the order of `by`, which becomes their ROWTIME, each held for up to `slack`
    /// milliseconds.
    TimeSort { input: Arc<Rel>, by: Expr, slack: i64 },
    /// A table function over the rows of a cursor (sql.md 5.9). Columns out: as the function says.
    Table { input: Arc<Rel>, func: TableFunc },
}

/// The rows a sliding window looks at: those of the same partition, back to `extent`, the current row last.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub partition: Vec<Expr>,
    pub extent: Extent,
}

/// How far back a window reaches from the current row, which it contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    /// So many rows before the current one.
    Rows(u64),
    /// So many milliseconds before the current row's ROWTIME, both ends inside.
    Range(i64),
    Unbounded,
}

/// A call of a function over a sliding window.
#[derive(Clone, Debug)]
pub struct WindowCall {
    pub func: WindowFunc,
    pub args: Vec<Expr>,
    /// `SUM(DISTINCT x) OVER …`.
    pub distinct: bool,
    /// IGNORE NULLS.
    pub ignore_nulls: bool,
    pub ty: SqlType,
    /// The place of its window in the operator's frames.
    pub frame: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowFunc {
    Aggregate(AggregateFunc),
    FirstValue,
    LastValue,
    /// The n-th row of the window, from 1.
    NthValue {
        n: u64,
        from_last: bool,
    },
    /// The row so many places before the current one; the second argument, if there is one, is the default.
    Lag {
        offset: u64,
    },
    /// Weights halve every so many milliseconds.
    ExpAvg {
        half_life: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
}

/// What becomes of a stream's row by what a reference table has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LookupKind {
    /// Once for each fitting row, and not without one.
    Inner,
    /// Once for each fitting row, or with NULLs.
    Left,
    /// Once where some row fits: `IN (query)`, `EXISTS`.
    Semi,
    /// Once where none fits.
    Anti,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    pub expr: Expr,
    pub descending: bool,
}

/// A table function with its constant arguments. Columns of the cursor are counted from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TableFunc {
    /// Ranks rows of equal ROWTIME; adds the rank, an INTEGER.
    GroupRank {
        by: usize,
        /// What the rank is called.
        name: String,
        /// Rank 1 goes to the largest value.
        descending: bool,
        /// The highest rank leaves first.
        backwards: bool,
        /// Milliseconds; 0 waits without limit.
        max_idle: i64,
        /// How many rows of a group leave; 0 lets all out.
        most: usize,
    },
    /// ITEM VARCHAR(1024), ITEM_COUNT BIGINT. The column is a text.
    TopK { column: usize, k: usize, seconds: u32 },
    /// NUMBER_OF_DISTINCT_ITEMS BIGINT. The column is a text.
    CountDistinct { column: usize, seconds: u32 },
    /// Adds ANOMALY_SCORE DOUBLE, and ANOMALY_EXPLANATION where it is explained (with directions or without).
    Forest {
        columns: Vec<usize>,
        /// What the explanation calls them.
        names: Vec<String>,
        settings: forest::Settings,
        explained: Option<bool>,
        /// Whose chance it draws.
        owner: String,
    },
    /// Adds HOTSPOTS_RESULT.
    Hotspots { columns: Vec<usize>, settings: hotspots::Settings },
}

impl TableFunc {
    /// The name it is called by.
    pub fn name(&self) -> &'static str {
        match self {
            TableFunc::GroupRank { .. } => "GROUP_RANK",
            TableFunc::TopK { .. } => "TOP_K_ITEMS_TUMBLING",
            TableFunc::CountDistinct { .. } => "COUNT_DISTINCT_ITEMS_TUMBLING",
            TableFunc::Forest { explained: None, .. } => "RANDOM_CUT_FOREST",
            TableFunc::Forest { .. } => "RANDOM_CUT_FOREST_WITH_EXPLANATION",
            TableFunc::Hotspots { .. } => "HOTSPOTS",
        }
    }
}

impl Rel {
    /// The operators whose rows this one takes, in order of its sides.
    pub fn inputs(&self) -> Vec<&Rel> {
        match self {
            Rel::Scan { .. } | Rel::Reference { .. } => Vec::new(),
            Rel::Filter { input, .. }
            | Rel::Project { input, .. }
            | Rel::Distinct { input, .. }
            | Rel::Aggregate { input, .. }
            | Rel::Slide { input, .. }
            | Rel::Stagger { input, .. }
            | Rel::Lookup { input, .. }
            | Rel::Sort { input, .. }
            | Rel::TimeSort { input, .. }
            | Rel::Table { input, .. } => vec![input],
            Rel::Join { left, right, .. } => vec![left, right],
            Rel::Union { inputs } => inputs.iter().collect(),
        }
    }

    /// The streams it reads, each as often as it does.
    pub fn scans(&self) -> Vec<StreamId> {
        if let Rel::Scan { stream } = self {
            return vec![*stream];
        }
        self.inputs().into_iter().flat_map(Rel::scans).collect()
    }

    /// Renames the streams it reads.
    pub fn renumber(&mut self, places: &[StreamId]) {
        match self {
            Rel::Scan { stream } => *stream = places[stream.0],
            Rel::Reference { .. } => {}
            Rel::Filter { input, .. }
            | Rel::Project { input, .. }
            | Rel::Distinct { input, .. }
            | Rel::Aggregate { input, .. }
            | Rel::Slide { input, .. }
            | Rel::Stagger { input, .. }
            | Rel::Lookup { input, .. }
            | Rel::Sort { input, .. }
            | Rel::TimeSort { input, .. }
            | Rel::Table { input, .. } => Arc::make_mut(input).renumber(places),
            Rel::Join { left, right, .. } => {
                Arc::make_mut(left).renumber(places);
                Arc::make_mut(right).renumber(places);
            }
            Rel::Union { inputs } => inputs.iter_mut().for_each(|it| it.renumber(places)),
        }
    }
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
