//! Delivery streams: the two gauges of the buffer, the role, what waits to be tried again, the error log.

use crate::base::size::Bytes;
use crate::lab::view::{DeliveryView, LogEventView, View};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::{Model, Pane};
use crate::tui::pane::pipeline;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::view::parts;

pub fn chosen<'v>(model: &Model, view: &'v View) -> Option<&'v DeliveryView> {
    view.deliveries.get(model.chosen(Pane::Delivery)).or_else(|| view.deliveries.last())
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let Some(delivery) = chosen(model, view) else {
        canvas.put(0, 0, Role::Plain, "There is no delivery stream yet.");
        canvas.row(0, 2, &row![Key "c", Plain " creates one: name, bucket, buffer, logging, role."]);
        return;
    };
    let mut y = 0;
    let width = canvas.width();
    if 1 < view.deliveries.len() {
        let rows: Vec<Row> = view.deliveries.iter().map(|it| summary(canvas.theme, it)).collect();
        let height = (rows.len() as u16).min(4);
        let active = model.focus == Pane::Delivery;
        parts::list(
            &mut canvas.part(0, 0, width, height),
            &rows,
            model.chosen(Pane::Delivery),
            Pane::Delivery,
            active,
        );
        y += height;
    } else {
        canvas.row(0, 0, &summary(canvas.theme, delivery));
        y += 1;
    }
    y = buffer(canvas, y, delivery);
    y = facts(canvas, y, delivery, view);
    let group = format!("/aws/kinesisfirehose/{}", delivery.name);
    let events = view.log_groups.iter().find(|it| it.name == group).map_or(&[][..], |it| &it.events);
    canvas.fill(0, y, width, Role::Border, "─");
    let logging = if delivery.logging { " error log " } else { " error log is off " };
    canvas.put(1, y, Role::Dim, logging);
    log(&mut canvas.below(y + 1), events, "Nothing has failed.");
}

fn summary(theme: crate::tui::theme::Theme, delivery: &DeliveryView) -> Row<'static> {
    let mut line = row![Strong delivery.name.clone(), Plain "  "];
    line.extend(parts::status(theme, delivery.status, delivery.ready_in));
    let to = theme.glyph("  → s3://", "  > s3://");
    line.extend(row![Dim to, Plain delivery.bucket.clone(), Dim "/", Plain delivery.prefix.clone()]);
    line
}

/// `312 KiB of 5.0 MiB · 41 s of 60 s`, each with its bar; the nearer limit is named.
fn buffer(canvas: &mut Canvas, y: u16, it: &DeliveryView) -> u16 {
    let bar = canvas.width().saturating_sub(34).clamp(8, 40);
    let size = format!("{} of {}", Bytes(it.buffer.bytes), Bytes(it.buffer_bytes_max));
    let age = it.buffer.age.as_millis().max(0) as u64;
    let wait = it.buffer_wait_max.as_millis().max(1) as u64;
    let time = format!("{} s of {} s", age / 1000, wait / 1000);
    canvas.put(0, y, Role::Dim, "size");
    parts::gauge(canvas, 6, y, bar, it.buffer.bytes, it.buffer_bytes_max, Role::Shard0);
    canvas.put(7 + bar, y, Role::Plain, &size);
    canvas.put(0, y + 1, Role::Dim, "time");
    parts::gauge(canvas, 6, y + 1, bar, age, wait, Role::Waiting);
    canvas.put(7 + bar, y + 1, Role::Plain, &time);
    let by_size = u128::from(it.buffer.bytes) * u128::from(wait);
    let by_time = u128::from(age) * u128::from(it.buffer_bytes_max.max(1));
    let said = match (it.buffer.rows, by_time < by_size) {
        (0, _) => "The buffer is empty.".to_owned(),
        (rows, true) => format!("{} rows wait. Size will win.", parts::count(rows)),
        (rows, false) => format!("{} rows wait. Time will win.", parts::count(rows)),
    };
    canvas.put(6, y + 2, Role::Dim, &said);
    y + 3
}

fn facts(canvas: &mut Canvas, y: u16, it: &DeliveryView, view: &View) -> u16 {
    let mut y = y;
    let mut role = row![Dim "role  ", Plain it.role.clone()];
    if it.role_may_write {
        role.extend(row![Done format!("  {} may write", canvas.theme.mark(Role::Done))]);
    } else {
        role.extend(row![Wrong format!("  {} may not write", canvas.theme.mark(Role::Wrong))]);
    }
    canvas.row(0, y, &role);
    y += 1;
    canvas.row(
        0,
        y,
        &row![
            Dim "in    ", Plain parts::rate(it.accepted.rate()), Dim "  ", Plain parts::count(it.accepted.total), Dim " rows",
            Dim "   out  ", Plain parts::count(it.delivered_rows), Dim " rows in ", Plain parts::some(it.delivered_objects as usize, "object"),
        ],
    );
    y += 1;
    if let Some(trouble) = pipeline::delivery_trouble(it) {
        let next = it
            .retry_at
            .map_or(String::new(), |at| format!(" · next try in {}", parts::seconds(at - view.now)));
        let mark = canvas.theme.mark(Role::Wrong);
        canvas.row(0, y, &row![Wrong mark, Plain " ", Plain trouble, Dim next]);
        y += 1;
    }
    y
}

/// The newest lines of a log, newest first.
pub fn log(canvas: &mut Canvas, events: &[LogEventView], none: &str) {
    if events.is_empty() {
        canvas.put(0, 0, Role::Dim, none);
        return;
    }
    let width = usize::from(canvas.width().saturating_sub(10));
    let mut y = 0;
    for event in events.iter().rev() {
        if canvas.height() <= y {
            return;
        }
        canvas.put(0, y, Role::Dim, &event.at.to_clock());
        for line in text::wrap(&event.message, width).iter().take(3) {
            canvas.put(9, y, Role::Plain, line);
            y += 1;
        }
    }
}
