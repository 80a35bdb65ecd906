//! A Kinesis stream: its shards side by side or below each other, each with its hash range, the last
//! minute, and the newest records.

use crate::lab::view::{ShardView, StreamView, View};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::{Model, Pane};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::view::parts;

/// What one shard takes in a second (streams.md, limits).
const RECORDS_PER_SECOND_MAX: u32 = 1000;
/// The width from which two lanes stand side by side.
const SIDE_BY_SIDE: u16 = 100;

pub fn chosen<'v>(model: &Model, view: &'v View) -> Option<&'v StreamView> {
    view.streams.get(model.chosen(Pane::Stream)).or_else(|| view.streams.last())
}

pub fn title(model: &Model, view: &View) -> Row<'static> {
    match chosen(model, view) {
        Some(stream) => row![Dim " · ", Plain stream.name.clone()],
        None => Vec::new(),
    }
}

/// The colour of a shard's lane.
pub fn lane(at: usize) -> Role {
    if at.is_multiple_of(2) { Role::Shard0 } else { Role::Shard1 }
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let Some(stream) = chosen(model, view) else {
        canvas.put(0, 0, Role::Plain, "There is no stream yet.");
        canvas.row(0, 2, &row![Key "c", Plain " creates one; the workshop asks for two shards."]);
        return;
    };
    let mut y = 0;
    if 1 < view.streams.len() {
        let rows: Vec<Row> = view.streams.iter().map(|it| summary(canvas.theme, it)).collect();
        let height = (rows.len() as u16).min(4);
        let width = canvas.width();
        let active = model.focus == Pane::Stream;
        parts::list(
            &mut canvas.part(0, 0, width, height),
            &rows,
            model.chosen(Pane::Stream),
            Pane::Stream,
            active,
        );
        y = height;
    } else {
        canvas.row(0, 0, &summary(canvas.theme, stream));
        y += 1;
    }
    let mut facts = row![Dim "keeps ", Plain parts::seconds(stream.retention), Dim " · shard metrics ", Plain if stream.shard_metrics { "on" } else { "off" }];
    if let Some(call) = &stream.last_call {
        let role = if call.accepted < call.entries { Role::Wrong } else { Role::Plain };
        facts.extend(row![Dim " · last call "]);
        facts.push((role, format!("{} of {} accepted", call.accepted, call.entries).into()));
    }
    canvas.row(0, y, &facts);
    y += 1;
    let (width, height) = (canvas.width(), canvas.height().saturating_sub(y));
    let count = stream.shards.len();
    if count == 0 {
        canvas.put(
            0,
            y + 1,
            Role::Waiting,
            &format!("{} on the way …", parts::some(stream.shards_wanted as usize, "shard")),
        );
        return;
    }
    if SIDE_BY_SIDE <= width && 1 < count {
        let lane_width = (width - 2) / 2;
        let shown = count.min(2);
        for (at, shard) in stream.shards.iter().enumerate().take(shown) {
            let x = at as u16 * (lane_width + 2);
            draw_lane(&mut canvas.part(x, y, lane_width, height), at, shard);
        }
        if shown < count {
            canvas.right(y + height.saturating_sub(1), Role::Dim, &format!("… {} more", count - shown));
        }
        return;
    }
    // Each lane needs four lines at least; what does not fit is counted.
    let shown = count.min(usize::from(height / 4).max(1));
    let lane_height = height / shown as u16;
    for (at, shard) in stream.shards.iter().enumerate().take(shown) {
        draw_lane(&mut canvas.part(0, y + at as u16 * lane_height, width, lane_height), at, shard);
    }
    if shown < count {
        canvas.right(canvas.height().saturating_sub(1), Role::Dim, &format!("… {} more", count - shown));
    }
}

fn summary(theme: crate::tui::theme::Theme, stream: &StreamView) -> Row<'static> {
    let mut line = row![Strong stream.name.clone(), Plain "  "];
    line.extend(parts::status(theme, stream.status, stream.ready_in));
    let shards = parts::some(stream.open_shards(), "shard");
    line.extend(row![Dim "  ", Plain shards, Dim "  ", Plain parts::rate(stream.accepted.rate()), Dim "  ", Plain parts::count(stream.accepted.total), Dim " records"]);
    if 0 < stream.throttled.total {
        line.extend(row![Dim "  ", Wrong format!("{} throttled", parts::count(stream.throttled.total))]);
    }
    line
}

fn draw_lane(canvas: &mut Canvas, at: usize, shard: &ShardView) {
    let role = lane(at);
    let width = canvas.width();
    let mark = canvas.theme.mark(if shard.open { Role::Strong } else { Role::Dim });
    let state = if shard.open { "" } else { " closed" };
    let mut head: Row = vec![(role, format!("{mark} {}{state}", shard.id).into())];
    head.extend(row![Dim "  ", Strong parts::rate(shard.accepted.rate()), Dim "  ", Plain parts::count(shard.held), Dim " held"]);
    if 0 < shard.expired {
        head.extend(row![Dim "  ", Plain parts::count(shard.expired), Dim " expired"]);
    }
    let throttled = shard.throttled.rate();
    if 0 < shard.throttled.total {
        let total = parts::count(shard.throttled.total);
        let now = if 0 < throttled { format!(" {} now", parts::rate(throttled)) } else { String::new() };
        head.extend(row![Wrong format!("  {} {total} throttled{now}", canvas.theme.mark(Role::Wrong))]);
    }
    canvas.row(0, 0, &head);
    hash_range(canvas, shard);
    // The last minute, and how near it comes to what a shard takes.
    let room = width.saturating_sub(16).min(60);
    parts::sparkline(canvas, 0, 2, room, &shard.accepted.per_second, role);
    let most = shard.accepted.per_second.iter().copied().max().unwrap_or(0);
    let limit = if RECORDS_PER_SECOND_MAX * 9 / 10 <= most { " limit 1,000/s" } else { "" };
    let label = format!(" max {}", parts::rate(most));
    canvas.row(room, 2, &row![Dim label, Warning limit]);
    let records = usize::from(canvas.height().saturating_sub(4));
    let newest = &shard.newest[shard.newest.len().saturating_sub(records)..];
    for (y, record) in newest.iter().rev().enumerate() {
        let y = y as u16 + 3;
        let clock = record.arrived_at.to_sql();
        let end = canvas.row(0, y, &row![Dim clock.get(11..).unwrap_or("").to_owned(), Dim " "]);
        let key = text::cut(&text::clean(&record.partition_key), 12).into_owned();
        canvas.put(end, y, role, &key);
        let flat = flat(&record.data);
        canvas.put(end + 13, y, Role::Plain, &flat);
    }
}

fn hash_range(canvas: &mut Canvas, shard: &ShardView) {
    let (first, last) = &shard.hash_range;
    let full = first.len() + last.len() + 10;
    let room = usize::from(canvas.width());
    let (first, last) = if full <= room {
        (first.clone(), last.clone())
    } else {
        let each = room.saturating_sub(11) / 2;
        (text::cut(first, each).into_owned(), text::cut(last, each).into_owned())
    };
    canvas.row(0, 1, &row![Dim "hash ", Plain first, Dim " – ", Plain last]);
}

/// A record on one line: the blanks between its parts closed up.
pub fn flat(data: &str) -> String {
    data.split_whitespace().collect::<Vec<_>>().join(" ")
}
