//! `FROM s OVER (RANGE …)`: how long the rows of a stream wait in a join (sql.md 1.12 and 4.9).

use std::ops::Range;

use sqlparser::ast::{
    self, NamedWindowExpr, Spanned, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

use crate::sql::ast::{Name, bytes, shown};
use crate::sql::bind::Session;
use crate::sql::bind::expr::Clause;
use crate::sql::bind::from::Windows;
use crate::sql::bind::join::Reach;
use crate::sql::bind::scope::{Origin, Relation};
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::plan::{ExprKind, Extent, Rel, TableId};
use crate::sql::value::{SqlType, Value};

/// What a window in a join looks like, for hints.
const EXAMPLE: &str = "Write OVER (RANGE INTERVAL '1' MINUTE PRECEDING).";

/// One end of a frame.
enum End {
    Back(Extent),
    Now,
    Ahead(Extent),
}

impl Session<'_> {
    /// The window behind a stream in FROM, which the parser carries as a call.
    pub fn reach(&mut self, over: &ast::Expr, windows: Windows) -> Option<Reach> {
        let ast::Expr::Function(function) = over else { return None };
        let word = bytes(function.name.span());
        let window = function.over.as_ref()?;
        let span = match window {
            WindowType::NamedWindow(name) => word.start..bytes(name.span).end,
            WindowType::WindowSpec(_) => self.places.of(over),
        };
        let (extent, ahead) = match window {
            WindowType::NamedWindow(name) => self.named_window(&Name::new(name), windows, 0)?,
            WindowType::WindowSpec(spec) => self.window_spec(spec, span.clone(), windows, 0)?,
        };
        Some(Reach { extent, ahead, span: Some(span) })
    }

    /// A window of the WINDOW clause.
    fn named_window(&mut self, name: &Name, windows: Windows, depth: usize) -> Option<(Extent, bool)> {
        let found = windows.iter().find(|it| Name::new(&it.0).stored == name.stored);
        let Some(window) = found.filter(|_| depth <= windows.len()) else {
            let known: Vec<String> = windows.iter().map(|it| Name::new(&it.0).stored).collect();
            let message = format!("window {} does not exist", shown(&name.stored));
            let error = Diagnostic::error(name.span.clone(), message);
            return self.refuse(match nearest(&name.written, known.iter().map(String::as_str)) {
                Some(near) => error
                    .detail("A window is named behind WINDOW, at the end of the same query.")
                    .hint(format!("The nearest is {}.", shown(near))),
                None => error.detail("A window is named behind WINDOW, at the end of the same query.").hint(
                    format!("Write WINDOW {} AS (RANGE INTERVAL '1' MINUTE PRECEDING).", shown(&name.stored)),
                ),
            });
        };
        match &window.1 {
            NamedWindowExpr::NamedWindow(other) => self.named_window(&Name::new(other), windows, depth + 1),
            NamedWindowExpr::WindowSpec(spec) => {
                self.window_spec(spec, bytes(window.0.span), windows, depth + 1)
            }
        }
    }

    fn window_spec(
        &mut self,
        spec: &WindowSpec,
        span: Range<usize>,
        windows: Windows,
        depth: usize,
    ) -> Option<(Extent, bool)> {
        if let Some(first) = spec.partition_by.first() {
            let place = self.places.of(first);
            return self.refuse(
                Diagnostic::error(place, "a window of a join takes no PARTITION BY")
                    .detail("Rows find their partners by the condition of the join.")
                    .hint("Take PARTITION BY away, and name the column in ON."),
            );
        }
        if let Some(first) = spec.order_by.first()
            && !is_rowtime(&first.expr)
        {
            let place = self.places.of(&first.expr);
            return self.refuse(
                Diagnostic::error(place, "a window of a join is in the order of ROWTIME")
                    .detail("A stream has no other order.")
                    .hint("Take ORDER BY away."),
            );
        }
        match (&spec.window_frame, &spec.window_name) {
            (Some(frame), _) => self.frame(frame, span),
            (None, Some(base)) => self.named_window(&Name::new(base), windows, depth + 1),
            (None, None) => self.refuse(
                Diagnostic::error(span, "this window does not say how long a row waits")
                    .detail("Without an end every row would be kept for ever.")
                    .hint(EXAMPLE),
            ),
        }
    }

    /// How far a frame reaches back, or (`true`) ahead.
    fn frame(&mut self, frame: &WindowFrame, span: Range<usize>) -> Option<(Extent, bool)> {
        let start = self.frame_end(&frame.start_bound, frame.units, span.clone())?;
        let end = match &frame.end_bound {
            Some(end) => Some(self.frame_end(end, frame.units, span.clone())?),
            None => None,
        };
        match (start, end) {
            (End::Back(extent), None | Some(End::Now)) => Some((extent, false)),
            (End::Now, None | Some(End::Now)) => Some((Extent::Range(0), false)),
            (End::Ahead(extent), None) | (End::Now, Some(End::Ahead(extent))) => match extent {
                Extent::Range(_) => Some((extent, true)),
                _ => self.refuse(
                    Diagnostic::error(span, "FOLLOWING rows of a join are told by time")
                        .detail("How many rows will come says nothing about how long the others wait.")
                        .hint(EXAMPLE),
                ),
            },
            _ => self.refuse(
                Diagnostic::error(span, "a window of a join ends at the current row")
                    .detail("It says how far back a row still finds partners.")
                    .hint(EXAMPLE),
            ),
        }
    }

    fn frame_end(
        &mut self,
        bound: &WindowFrameBound,
        units: WindowFrameUnits,
        span: Range<usize>,
    ) -> Option<End> {
        let (length, back) = match bound {
            WindowFrameBound::CurrentRow => return Some(End::Now),
            WindowFrameBound::Preceding(length) => (length, true),
            WindowFrameBound::Following(length) => (length, false),
        };
        let Some(length) = length else {
            if back {
                return Some(End::Back(Extent::Unbounded));
            }
            return self.refuse(
                Diagnostic::error(span, "UNBOUNDED FOLLOWING waits for ever")
                    .detail("A stream has no last row.")
                    .hint(EXAMPLE),
            );
        };
        let extent = self.extent(length, units)?;
        Some(if back { End::Back(extent) } else { End::Ahead(extent) })
    }

    /// The length of a frame: an interval for RANGE, a number of rows for ROWS.
    fn extent(&mut self, length: &ast::Expr, units: WindowFrameUnits) -> Option<Extent> {
        let place = self.places.of(length);
        let nothing =
            Relation::new(None, Origin::Query, Vec::new(), Rel::Reference { table: TableId(0) }.into());
        let mut none = Vec::new();
        let bound = self.binder(&nothing, Clause::On, &[], &mut none).bind(length)?;
        let value = match bound.expr.kind {
            ExprKind::Literal(Value::Int(it)) => Some(it),
            _ => None,
        };
        let rows = units == WindowFrameUnits::Rows;
        let days = matches!(bound.expr.ty, SqlType::Interval(it) if !it.is_year_month());
        match value {
            Some(0) => self.refuse(
                Diagnostic::error(place, "0 PRECEDING is not part of this language")
                    .detail("It would be the current row alone.")
                    .hint("Write CURRENT ROW, or leave the window of this stream out."),
            ),
            Some(count) if rows && 0 < count && bound.expr.ty.is_integer() => {
                Some(Extent::Rows(count.unsigned_abs()))
            }
            Some(millis) if !rows && 0 < millis && days => Some(Extent::Range(millis)),
            _ if rows => self.refuse(
                Diagnostic::error(place, "ROWS takes a whole number of rows")
                    .detail("It counts rows back from the current one.")
                    .hint("Write it like ROWS 10 PRECEDING."),
            ),
            _ => self.refuse(
                Diagnostic::error(place, "RANGE takes a positive interval of days to seconds")
                    .detail("It says how long a row waits for its partner.")
                    .hint("Write it like RANGE INTERVAL '1' MINUTE PRECEDING."),
            ),
        }
    }
}

/// `ROWTIME` or `s.ROWTIME`.
fn is_rowtime(expr: &ast::Expr) -> bool {
    let last = match expr {
        ast::Expr::Identifier(it) => Some(it),
        ast::Expr::CompoundIdentifier(parts) => parts.last(),
        _ => None,
    };
    last.is_some_and(|it| Name::new(it).stored == "ROWTIME")
}
