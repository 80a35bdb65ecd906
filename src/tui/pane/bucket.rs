//! Buckets: folders down to the hour, objects, and the text of the one that is open.

use crate::base::size::Bytes;
use crate::lab::view::{BucketView, ObjectView, View};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::{Model, OpenObject, Pane};
use crate::tui::theme::Role;
use crate::tui::update::Message;
use crate::tui::view::parts;

/// A row of the tree.
#[derive(Clone, Copy)]
pub enum Item<'v> {
    Bucket(&'v BucketView),
    /// A folder: the part of the key that is its path, and how deep it lies.
    Folder(&'v BucketView, &'v str, usize),
    Object(&'v BucketView, &'v ObjectView, usize),
}

/// The tree, all folders open; objects of a folder newest last, as their keys sort.
pub fn items(view: &View) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for bucket in &view.buckets {
        items.push(Item::Bucket(bucket));
        let mut open: &str = "";
        for object in &bucket.objects {
            let folder = object.key.rfind('/').map_or("", |it| &object.key[..=it]);
            let mut from = common(open, folder);
            while let Some(next) = folder[from..].find('/') {
                from += next + 1;
                items.push(Item::Folder(bucket, &folder[..from], folder[..from].matches('/').count()));
            }
            open = folder;
            items.push(Item::Object(bucket, object, folder.matches('/').count() + 1));
        }
    }
    items
}

/// How much of two folder paths is the same, up to a slash.
fn common(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    one.as_bytes()[..same].iter().rposition(|&it| it == b'/').map_or(0, |it| it + 1)
}

pub fn title(model: &Model) -> Row<'static> {
    match &model.object {
        Some(object) => row![Dim " · ", Plain object.key.rsplit('/').next().unwrap_or("").to_owned()],
        None => Vec::new(),
    }
}

pub fn chosen_bucket<'v>(model: &Model, view: &'v View) -> Option<&'v BucketView> {
    match items(view).get(model.chosen(Pane::Bucket))? {
        Item::Bucket(bucket) | Item::Folder(bucket, ..) | Item::Object(bucket, ..) => Some(bucket),
    }
}

/// Opens the chosen object; on a folder or bucket, the newest below it.
pub fn open(model: &Model, view: &View) -> Option<Message> {
    if model.object.is_some() {
        return None;
    }
    let (bucket, key) = match *items(view).get(model.chosen(Pane::Bucket))? {
        Item::Object(bucket, object, _) => (bucket, &object.key),
        Item::Folder(bucket, path, _) => {
            (bucket, &bucket.objects.iter().rfind(|it| it.key.starts_with(path))?.key)
        }
        Item::Bucket(bucket) => (bucket, &bucket.objects.last()?.key),
    };
    Some(Message::OpenObject { bucket: bucket.name.clone(), key: key.clone() })
}

/// Follows the line under the eye back to its record.
pub fn trace(model: &Model, _: &View) -> Option<Message> {
    let object = model.object.as_ref()?;
    let (bucket, key) = (crate::tui::form::quote(&object.bucket), crate::tui::form::quote(&object.key));
    Some(Message::Line(format!("trace line {bucket} {key} {}", object.line + 1)))
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let (width, height) = (canvas.width(), canvas.height());
    match &model.object {
        Some(object) if width < 110 => text(canvas, object),
        Some(object) => {
            tree(&mut canvas.part(0, 0, width / 3, height), model, view);
            text(&mut canvas.part(width / 3 + 2, 0, width - width / 3 - 2, height), object);
        }
        None => tree(canvas, model, view),
    }
}

fn tree(canvas: &mut Canvas, model: &Model, view: &View) {
    let items = items(view);
    if items.is_empty() {
        canvas.put(0, 0, Role::Plain, "There is no bucket yet.");
        let help = row![Key "c", Plain " creates one; a delivery stream can also make its own."];
        canvas.row(0, 2, &help);
        return;
    }
    let width = usize::from(canvas.width());
    let rows: Vec<Row> = items.iter().map(|it| line(it, width)).collect();
    // Nobody chose yet: the newest object is what one looks for.
    let active = model.focus == Pane::Bucket && model.object.is_none();
    parts::list(canvas, &rows, model.chosen(Pane::Bucket), Pane::Bucket, active);
}

fn line(item: &Item, width: usize) -> Row<'static> {
    match item {
        Item::Bucket(bucket) => {
            let bytes: u64 = bucket.objects.iter().map(|it| it.bytes).sum();
            let objects = parts::some(bucket.objects.len(), "object");
            row![Strong bucket.name.clone(), Dim "  ", Plain objects, Dim "  ", Plain Bytes(bytes).to_string()]
        }
        Item::Folder(_, path, depth) => {
            let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
            row![Dim "  ".repeat(*depth), Plain format!("{name}/")]
        }
        Item::Object(_, object, depth) => {
            let indent = "  ".repeat(*depth);
            let name = object.key.rsplit('/').next().unwrap_or("");
            let facts =
                format!("{:>9}  {:>7} lines", Bytes(object.bytes).to_string(), parts::count(object.lines));
            let room = width.saturating_sub(indent.len() + facts.len() + 6);
            let name = crate::tui::text::cut(name, room.max(12)).into_owned();
            let gap = " ".repeat(room.saturating_sub(crate::tui::text::width(&name)));
            row![Dim indent, Plain name, Plain gap, Dim "  ", Plain facts]
        }
    }
}

fn text(canvas: &mut Canvas, object: &OpenObject) {
    let height = canvas.height();
    let (width, rows) = (canvas.width(), height.saturating_sub(1));
    let key = format!("s3://{}/{}", object.bucket, object.key);
    let shown = crate::tui::text::cut_middle(&key, usize::from(width)).into_owned();
    canvas.put(0, 0, Role::Dim, &shown);
    let digits = object.lines.len().to_string().len();
    let top = parts::top_of(object.line, object.lines.len(), usize::from(rows));
    for (y, (at, line)) in object.lines.iter().enumerate().skip(top).take(usize::from(rows)).enumerate() {
        let y = y as u16 + 1;
        let end = canvas.put(0, y, Role::Dim, &format!("{:>digits$} ", at + 1));
        canvas.put(end, y, Role::Plain, line);
        if at == object.line {
            canvas.restyle(end, y, width.saturating_sub(end), Role::Selected);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder is shown once, each level of it.
    #[test]
    fn folders_are_shown_once() {
        let object = |key: &str| ObjectView {
            key: key.into(),
            bytes: 1,
            lines: 1,
            modified_at: Default::default(),
            etag: String::new(),
        };
        let objects = ["2016/10/26/19/a", "2016/10/26/19/b", "2016/10/26/20/c", "top"].map(object).to_vec();
        let view = View {
            buckets: vec![BucketView { name: "b".into(), objects, ..BucketView::default() }],
            ..View::default()
        };
        let shown: Vec<String> = items(&view)
            .iter()
            .map(|it| match it {
                Item::Bucket(it) => it.name.clone(),
                Item::Folder(_, path, _) => (*path).to_owned(),
                Item::Object(_, it, _) => it.key.clone(),
            })
            .collect();
        let expected = [
            "b",
            "2016/",
            "2016/10/",
            "2016/10/26/",
            "2016/10/26/19/",
            "2016/10/26/19/a",
            "2016/10/26/19/b",
            "2016/10/26/20/",
            "2016/10/26/20/c",
            "top",
        ];
        assert_eq!(shown, expected);
    }
}
