//! What a frame costs with everything moving: rates, rows, records, gauges and the clock change each time.
//!
//! design.md asks for 2 ms median at 200×60. Drawing and the diff of cells are measured, not the bytes that
//! follow: they go to the terminal.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pumphouse::base::time::Span;
use pumphouse::lab::view::View;
use pumphouse::tui::model::Pane;
use pumphouse::tui::screen::{Host, Screen};
use pumphouse::tui::theme::Theme;
use pumphouse::tui::update::Message;
use pumphouse::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

#[path = "../tests/screens/host.rs"]
mod host;
#[path = "../tests/screens/world.rs"]
mod world;

fn turn<T>(values: &mut [T]) {
    values.rotate_left(values.len().min(1));
}

/// Moves everything that moves.
fn stir(view: &mut View) {
    view.now += Span::from_millis(33);
    for stream in &mut view.streams {
        for shard in &mut stream.shards {
            turn(&mut shard.accepted.per_second);
            shard.accepted.total += 5;
            turn(&mut shard.newest);
        }
    }
    turn(&mut view.producer.samples);
    turn(&mut view.producer.sent.per_second);
    for app in &mut view.apps {
        for stream in &mut app.streams {
            turn(&mut stream.newest);
            stream.rows.total += 10;
        }
    }
    for delivery in &mut view.deliveries {
        delivery.buffer.bytes = (delivery.buffer.bytes + 880) % delivery.buffer_bytes_max;
        delivery.buffer.age = Span::from_millis((delivery.buffer.age.as_millis() + 33) % 60_000);
    }
}

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    let moments: [(&str, View, Pane); 5] = [
        ("opening", world::opening(), Pane::Pipeline),
        ("waiting", world::creating(), Pane::Stream),
        ("running", world::running(), Pane::Analytics),
        ("trouble", world::troubled(), Pane::Delivery),
        ("graph", world::graphed(), Pane::Watch),
    ];
    for (name, view, pane) in moments {
        for (width, height) in [(80, 24), (120, 35), (200, 60)] {
            let mut stage = host::Stage::new(view.clone());
            let mut screen = Screen::new(&mut stage, Theme::default());
            screen.send(Message::Go(pane));
            let model = screen.model.clone();
            let mut view = view.clone();
            let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
            group.bench_function(format!("{name} {width}×{height}"), |bench| {
                bench.iter(|| {
                    stir(&mut view);
                    let Ok(_) = terminal.draw(|frame| {
                        black_box(view::draw(frame.buffer_mut(), &model, &view));
                    });
                });
            });
        }
    }
    group.finish();
}

/// What follows every advance of the world: a fresh view, the guide's proofs, the drafts.
fn refresh(criterion: &mut Criterion) {
    let mut stage = host::Stage::new(world::running());
    stage.refuse = None;
    assert!(stage.done.is_empty() && !stage.object("", "").unwrap_or_default().is_empty());
    let mut screen = Screen::new(&mut stage, Theme::default());
    criterion.bench_function("refresh", |bench| bench.iter(|| screen.refresh()));
}

criterion_group!(benches, frames, refresh);
criterion_main!(benches);
