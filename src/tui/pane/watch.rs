//! CloudWatch: a search through the metrics, and the graph that is open with a bar per period.

use crate::lab::view::{GraphView, MetricName, PointView, View};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::form::quote;
use crate::tui::model::{Model, Pane};
use crate::tui::theme::Role;
use crate::tui::view::parts;

/// The metrics that the search finds: every word must occur somewhere in the full name.
pub fn items<'v>(model: &Model, view: &'v View) -> Vec<&'v MetricName> {
    let words: Vec<String> = model.filter.split_whitespace().map(str::to_lowercase).collect();
    let found = |metric: &&MetricName| {
        let name = full(metric).to_lowercase();
        words.iter().all(|it| name.contains(it.as_str()))
    };
    view.metrics.iter().filter(found).collect()
}

fn full(metric: &MetricName) -> String {
    let dimensions: Vec<String> =
        metric.dimensions.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{} {} {}", metric.namespace, metric.name, dimensions.join(" "))
}

/// The line that graphs the chosen metric.
pub fn line(model: &Model, view: &View) -> Option<String> {
    let items = items(model, view);
    let metric = items.get(model.chosen(Pane::Watch)).or(items.first())?;
    Some(format!("graph {} {} sum 1m", quote(&metric.name), quote(&metric.dimensions.first()?.1)))
}

/// The line that turns the open graph to the next statistic, or to the next period.
pub fn turned(view: &View, statistic: bool) -> Option<String> {
    const STATISTICS: [&str; 5] = ["sum", "average", "minimum", "maximum", "samplecount"];
    const PERIODS: [&str; 3] = ["1m", "5m", "1h"];
    let next = |of: &[&'static str], now: &str| {
        let at = of.iter().position(|it| it.eq_ignore_ascii_case(now)).unwrap_or(of.len() - 1);
        of[(at + 1) % of.len()]
    };
    let graph = view.graph.as_ref()?;
    let (metric, _) = graph.lines.first()?;
    let period = graph.period.to_string();
    let (new_statistic, new_period) = if statistic {
        (next(&STATISTICS, &graph.statistic), period.as_str())
    } else {
        (graph.statistic.as_str(), next(&PERIODS, &period))
    };
    let target = quote(&metric.dimensions.first()?.1);
    Some(format!("graph {} {target} {} {new_period}", quote(&metric.name), new_statistic.to_lowercase()))
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let (width, height) = (canvas.width(), canvas.height());
    let items = items(model, view);
    let mut search = row![Key "/", Plain " "];
    search.extend(if model.filter.is_empty() {
        row![Dim "search metrics"]
    } else {
        row![Plain model.filter.clone()]
    });
    search.extend(row![Dim "  ", Dim format!("{} of {}", items.len(), view.metrics.len())]);
    canvas.row(0, 0, &search);
    let listed = if view.graph.is_some() {
        (height / 3).min(items.len() as u16).max(1)
    } else {
        height.saturating_sub(1)
    };
    if items.is_empty() {
        canvas.put(0, 1, Role::Dim, "No metric has a point yet. A minute appears after it has ended.");
    }
    let rows: Vec<Row> = items.iter().map(|it| metric_line(it)).collect();
    let active = model.focus == Pane::Watch;
    parts::list(&mut canvas.part(0, 1, width, listed), &rows, model.chosen(Pane::Watch), Pane::Watch, active);
    if let Some(graph) = &view.graph {
        canvas.fill(0, listed + 1, width, Role::Border, "─");
        graph_lines(&mut canvas.below(listed + 1), graph, view);
    }
}

fn metric_line(metric: &MetricName) -> Row<'static> {
    let mut line = row![Dim metric.namespace.clone(), Plain "  ", Strong metric.name.clone()];
    for (key, value) in &metric.dimensions {
        line.extend(row![Dim format!("  {key} "), Plain value.clone()]);
    }
    line
}

/// One chart below the other, a bar per period; all share the scale so that shards compare.
fn graph_lines(canvas: &mut Canvas, graph: &GraphView, view: &View) {
    let heading = format!(" {} · {} ", graph.statistic, graph.period);
    canvas.put(1, 0, Role::Strong, &heading);
    let count = graph.lines.len().max(1) as u16;
    let room = canvas.height().saturating_sub(1);
    let each = (room / count).max(4);
    let most = graph.lines.iter().flat_map(|(_, points)| points).map(|it| it.value).fold(0.0, f64::max);
    let shown = (room / each).min(count);
    for (at, (metric, points)) in graph.lines.iter().take(usize::from(shown)).enumerate() {
        let width = canvas.width();
        chart(&mut canvas.part(0, 1 + at as u16 * each, width, each), metric, points, at, most);
    }
    if shown < count {
        let more = format!("… {} more", parts::some(usize::from(count - shown), "line"));
        canvas.right(room, Role::Dim, &more);
    }
    if graph.lines.iter().all(|(_, points)| points.is_empty()) {
        let rest = 60 - view.now.as_secs().rem_euclid(60);
        canvas.put(
            0,
            1,
            Role::Waiting,
            &format!("No point yet. A minute appears after it has ended: {rest} s left."),
        );
    }
}

fn chart(canvas: &mut Canvas, metric: &MetricName, points: &[PointView], at: usize, most: f64) {
    let role = crate::tui::pane::stream::lane(at);
    let (width, height) = (canvas.width(), canvas.height());
    let scale = parts::count(most.round() as u64);
    let left = scale.len() as u16 + 1;
    // A bar is wide enough for its number where there is room.
    let bar = if usize::from(width - left.min(width)) / points.len().max(1) >= 8 { 7 } else { 2 };
    let fitting = usize::from(width.saturating_sub(left) / (bar + 1)).max(1);
    let points = &points[points.len().saturating_sub(fitting)..];
    // A line for the title, one for the numbers above the bars, one for the clock below them.
    let rows = height.saturating_sub(3);
    let name = metric.dimensions.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" · ");
    let last = points.iter().rev().find(|it| it.complete);
    let mut title: Row = vec![(role, canvas.theme.mark(Role::Strong).into())];
    title.extend(row![Plain " ", Plain metric.name.clone(), Dim "  ", Plain name]);
    if let Some(last) = last {
        title.extend(row![Dim "  last full ", Strong number(last.value)]);
    }
    canvas.row(0, 0, &title);
    canvas.put(0, 2, Role::Dim, &scale);
    let bars = canvas.theme.bars();
    for (column, point) in points.iter().enumerate() {
        let x = left + column as u16 * (bar + 1);
        let share = if 0.0 < most { (point.value / most).clamp(0.0, 1.0) } else { 0.0 };
        let eighths = (share * f64::from(rows) * 8.0).round() as u16;
        let look = if point.complete { role } else { Role::Dim };
        for up in 0..rows {
            let symbol = match eighths.saturating_sub(up * 8) {
                0 => continue,
                part if part < 8 => bars[usize::from(part) - 1],
                _ if point.complete => bars[7],
                // A minute that is still running is hatched, and so told apart without colour.
                _ => canvas.theme.glyph("▒", ":"),
            };
            canvas.fill(x, rows + 1 - up, bar, look, symbol);
        }
        let clock = point.at.to_clock();
        let clock = clock.get(..5).unwrap_or("");
        let label = match (bar, point.complete) {
            (7, true) => clock.to_owned(),
            (7, false) => format!("{clock}…"),
            _ if column % 3 == 0 => clock.to_owned(),
            _ => continue,
        };
        canvas.put(x, height.saturating_sub(1), Role::Dim, &label);
        if bar == 7 {
            let value = number(point.value);
            let y = (rows + 1).saturating_sub(eighths.div_ceil(8));
            canvas.put_within(x, y, bar, if point.complete { Role::Plain } else { Role::Dim }, &value);
        }
    }
}

/// A value with commas; decimals only where it has some.
fn number(value: f64) -> String {
    let whole = value.trunc();
    if (value - whole).abs() < 0.005 { parts::count(whole.max(0.0) as u64) } else { format!("{value:.2}") }
}
