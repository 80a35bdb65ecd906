//! Who may do what: users with keys and policies, roles with theirs, and the document that is chosen.

use crate::lab::view::{PolicyView, RoleView, UserView, View};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::form::quote;
use crate::tui::model::{Model, Pane};
use crate::tui::theme::Role;
use crate::tui::view::parts;

/// A row of the list.
#[derive(Clone, Copy)]
pub enum Item<'v> {
    User(&'v UserView),
    /// A user and the place of one of its keys.
    Key(&'v UserView, usize),
    UserPolicy(&'v UserView, &'v PolicyView),
    Role(&'v RoleView),
    RolePolicy(&'v RoleView, &'v PolicyView),
}

pub fn items(view: &View) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for user in &view.users {
        items.push(Item::User(user));
        items.extend((0..user.keys.len()).map(|at| Item::Key(user, at)));
        items.extend(user.policies.iter().map(|it| Item::UserPolicy(user, it)));
    }
    for role in &view.roles {
        items.push(Item::Role(role));
        items.extend(role.policies.iter().map(|it| Item::RolePolicy(role, it)));
    }
    items
}

fn chosen<'v>(model: &Model, view: &'v View) -> Option<Item<'v>> {
    items(view).get(model.chosen(Pane::Iam)).copied()
}

/// The user that is chosen, or owns what is; else the newest.
pub fn user(model: &Model, view: &View) -> Option<String> {
    match chosen(model, view) {
        Some(Item::User(user) | Item::Key(user, _) | Item::UserPolicy(user, _)) => Some(user.name.clone()),
        _ => view.users.last().map(|it| it.name.clone()),
    }
}

pub fn role(model: &Model, view: &View) -> Option<String> {
    match chosen(model, view)? {
        Item::Role(role) | Item::RolePolicy(role, _) => Some(role.name.clone()),
        _ => None,
    }
}

/// The line that removes what is chosen.
pub fn removal(model: &Model, view: &View) -> Option<String> {
    Some(match chosen(model, view)? {
        Item::User(user) => format!("delete user {}", quote(&user.name)),
        Item::Key(user, at) => format!("delete key {} {}", quote(&user.name), user.keys.get(at)?.id),
        Item::UserPolicy(user, policy) => {
            format!("detach policy {} {}", quote(&user.name), quote(&policy.name))
        }
        Item::Role(_) => return None,
        Item::RolePolicy(role, policy) => {
            format!("detach role policy {} {}", quote(&role.name), quote(&policy.name))
        }
    })
}

/// What copying means here.
pub fn text(model: &Model, view: &View) -> Option<String> {
    Some(match chosen(model, view)? {
        Item::User(user) => user.arn.clone(),
        Item::Role(role) => role.arn.clone(),
        Item::Key(user, at) => user.keys.get(at)?.id.clone(),
        Item::UserPolicy(_, policy) | Item::RolePolicy(_, policy) => policy.document.clone(),
    })
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let items = items(view);
    if items.is_empty() {
        canvas.put(0, 0, Role::Plain, "There is no user yet.");
        canvas.row(
            0,
            2,
            &row![Key "c", Plain " creates one. Every call is made by somebody, and is checked."],
        );
        return;
    }
    let (width, height) = (canvas.width(), canvas.height());
    let rows: Vec<Row> = items.iter().map(|it| line(it, canvas.theme)).collect();
    let active = model.focus == Pane::Iam;
    let beside = 90 <= width;
    let (list_width, list_height) =
        if beside { (width / 2, height) } else { (width, (rows.len() as u16).min(height / 2 + 1)) };
    parts::list(
        &mut canvas.part(0, 0, list_width, list_height),
        &rows,
        model.chosen(Pane::Iam),
        Pane::Iam,
        active,
    );
    let detail = chosen(model, view).map(detail).unwrap_or_default();
    let mut part = if beside {
        canvas.part(list_width + 2, 0, width - list_width - 2, height)
    } else {
        canvas.fill(0, list_height, width, Role::Border, "─");
        canvas.part(0, list_height + 1, width, height.saturating_sub(list_height + 1))
    };
    let room = usize::from(part.height());
    for (y, line) in detail.iter().enumerate().take(room) {
        part.row(0, y as u16, line);
    }
    if room < detail.len() {
        part.right(room as u16 - 1, Role::Dim, "…");
    }
}

fn line(item: &Item, theme: crate::tui::theme::Theme) -> Row<'static> {
    match item {
        Item::User(user) => {
            let mut line = row![Dim "user ", Strong user.name.clone()];
            if user.policies.is_empty() {
                line.extend(row![Warning "  ! may do nothing yet", Dim " · 0 policies"]);
            } else if user.may_put_to.is_empty() {
                line.extend(row![Warning "  ! may not put records"]);
            } else {
                line.extend(row![Done format!("  {} may put to ", theme.mark(Role::Done)), Plain user.may_put_to.join(", ")]);
            }
            line
        }
        Item::Key(user, at) => {
            let Some(key) = user.keys.get(*at) else { return Vec::new() };
            let state = if key.active { "" } else { "  inactive" };
            let mut line = row![Dim "  key ", Plain key.id.clone(), Warning state];
            if key.secret.is_some() {
                line.extend(row![Waiting "  secret shown once"]);
            }
            line
        }
        Item::UserPolicy(_, policy) | Item::RolePolicy(_, policy) => {
            row![Dim "  policy ", Plain policy.name.clone(), Dim if policy.managed { "  managed" } else { "  inline" }]
        }
        Item::Role(role) => {
            let mut line = row![Dim "role ", Strong role.name.clone()];
            if role.policies.is_empty() {
                line.extend(row![Warning "  ! no policy"]);
            }
            line
        }
    }
}

fn detail(item: Item) -> Vec<Row<'static>> {
    let document = |policy: &PolicyView| {
        let mut lines = vec![row![Strong policy.name.clone()]];
        lines.extend(policy.document.lines().map(|it| row![Code it.to_owned()]));
        lines
    };
    match item {
        Item::User(user) => {
            let mut lines = vec![
                row![Dim "arn      ", Plain user.arn.clone()],
                row![Dim "created  ", Plain clock(user.created_at)],
                row![Dim "keys     ", Plain user.keys.len().to_string()],
                row![Dim "policies ", Plain user.policies.len().to_string()],
            ];
            // Seen right after the key is made, without looking for it.
            for secret in user.keys.iter().filter_map(|it| it.secret.clone()) {
                lines.push(row![Dim "secret   ", Waiting secret, Dim "  shown once"]);
            }
            lines
        }
        Item::Key(user, at) => {
            let Some(key) = user.keys.get(at) else { return Vec::new() };
            let secret = match &key.secret {
                Some(secret) => row![Dim "secret   ", Waiting secret.clone()],
                None => row![Dim "secret   ", Dim "was shown once; make another key if it was not noted"],
            };
            vec![
                row![Dim "key id   ", Plain key.id.clone()],
                secret,
                row![Dim "user     ", Plain user.name.clone()],
                row![Dim "created  ", Plain clock(key.created_at)],
                row![Dim "Simulated: it opens nothing outside this program."],
            ]
        }
        Item::UserPolicy(_, policy) | Item::RolePolicy(_, policy) => document(policy),
        Item::Role(role) => vec![
            row![Dim "arn      ", Plain role.arn.clone()],
            row![Dim "trusts   ", Plain role.trusts.clone()],
            row![Dim "policies ", Plain role.policies.len().to_string()],
        ],
    }
}

fn clock(at: crate::base::time::Timestamp) -> String {
    at.to_sql().get(..19).unwrap_or("").to_owned()
}
