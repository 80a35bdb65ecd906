//! The panes: each draws one part of the world and knows what is chosen in its list.

use crate::lab::view::View;
use crate::tui::canvas::{Canvas, Row};
use crate::tui::model::{Model, Pane};

pub mod analytics;
pub mod bucket;
pub mod delivery;
pub mod guide;
pub mod iam;
pub mod log;
pub mod pipeline;
pub mod producer;
pub mod rows;
pub mod stream;
pub mod watch;

/// Draws a pane.
pub fn draw(pane: Pane, canvas: &mut Canvas, model: &Model, view: &View) {
    match pane {
        Pane::Guide => guide::draw(canvas, model),
        Pane::Pipeline => pipeline::draw(canvas, model, view),
        Pane::Stream => stream::draw(canvas, model, view),
        Pane::Iam => iam::draw(canvas, model, view),
        Pane::Producer => producer::draw(canvas, model, view),
        Pane::Analytics => analytics::draw(canvas, model, view),
        Pane::Delivery => delivery::draw(canvas, model, view),
        Pane::Bucket => bucket::draw(canvas, model, view),
        Pane::Watch => watch::draw(canvas, model, view),
        Pane::Log => log::draw(canvas, model, view),
    }
}

/// What stands in the border after the pane's name.
pub fn title(pane: Pane, model: &Model, view: &View) -> Row<'static> {
    match pane {
        Pane::Guide => guide::title(model),
        Pane::Stream => stream::title(model, view),
        Pane::Producer => producer::title(model, view),
        Pane::Analytics => analytics::title(model, view),
        Pane::Bucket => bucket::title(model),
        _ => Vec::new(),
    }
}

/// How many rows the list of a pane has.
pub fn count(pane: Pane, model: &Model, view: &View) -> usize {
    match pane {
        Pane::Guide | Pane::Pipeline | Pane::Producer => 0,
        Pane::Stream => view.streams.len(),
        Pane::Iam => iam::items(view).len(),
        Pane::Analytics => model.app(view).map_or(0, |it| it.streams.len()),
        Pane::Delivery => view.deliveries.len(),
        Pane::Bucket => bucket::items(view).len(),
        Pane::Watch => watch::items(model, view).len(),
        Pane::Log => view.history.len(),
    }
}

/// Whether a pane holds something that went wrong: marked on its tab.
pub fn wrong(pane: Pane, model: &Model, view: &View) -> bool {
    match pane {
        Pane::Stream => view.streams.iter().any(|it| 0 < it.throttled.rate()),
        Pane::Producer => {
            pipeline::producer_trouble(view).is_some() || !view.producer.template_problems.is_empty()
        }
        Pane::Analytics => pipeline::app_trouble(model, view).is_some(),
        Pane::Delivery => view.deliveries.iter().any(|it| pipeline::delivery_trouble(it).is_some()),
        _ => false,
    }
}
