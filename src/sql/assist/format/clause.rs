//! The tree to a document: where clauses begin, what is a list, what stands close together.

use crate::sql::assist::format::tree::{Node, Word};
use crate::sql::assist::layout::Doc;
use crate::sql::parse::TokenKind;

/// Keywords that are no functions: a parenthesis behind them stands apart.
const APART: &[&str] = &[
    "ALL",
    "AND",
    "ANY",
    "AS",
    "BETWEEN",
    "BY",
    "CASE",
    "CONTAINS",
    "DISTINCT",
    "ELSE",
    "EQUALS",
    "EXCEPT",
    "EXISTS",
    "FROM",
    "HAVING",
    "IMMEDIATELY",
    "IN",
    "INTERSECT",
    "INTO",
    "JOIN",
    "LAGS",
    "LEADS",
    "LIKE",
    "NOT",
    "ON",
    "OR",
    "OVER",
    "OVERLAPS",
    "PERIOD",
    "PRECEDES",
    "PUMP",
    "RETURN",
    "RETURNS",
    "SELECT",
    "SOME",
    "STAGGER",
    "STREAM",
    "STRICTLY",
    "SUCCEEDS",
    "THEN",
    "TO",
    "UNION",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
];

/// What a column of the widest kind may take before the types stop being aligned with it.
const ALIGNED_MAX: usize = 40;

fn text(text: impl Into<String>) -> Doc {
    Doc::Text(text.into())
}

fn indent(docs: Vec<Doc>) -> Doc {
    Doc::Indent(docs)
}

/// One statement.
pub fn statement(nodes: &[Node]) -> Vec<Doc> {
    let heads: Vec<&Node> = nodes.iter().filter(|it| it.comment().is_none()).take(4).collect();
    let creates =
        |what: &str| heads.first().is_some_and(|it| it.is("CREATE")) && heads.iter().any(|it| it.is(what));
    if creates("STREAM") {
        return stream(nodes);
    }
    if let Some(at) = nodes.iter().position(|it| it.is("INSERT")) {
        return insert(nodes, at);
    }
    if creates("FUNCTION") {
        return function(nodes);
    }
    query(nodes, true)
}

/// CREATE STREAM: a column a line, types below each other.
fn stream(nodes: &[Node]) -> Vec<Doc> {
    let Some(at) = nodes.iter().position(|it| matches!(it, Node::Paren(..))) else { return run(nodes) };
    let Node::Paren(_, inner, _) = &nodes[at] else { return run(nodes) };
    let mut docs = run(&nodes[..at]);
    docs.push(text(" ("));
    let items = split(inner);
    let width = items.iter().filter_map(name_width).max().unwrap_or(0);
    let width = if ALIGNED_MAX < width { 0 } else { width };
    let last = items.len().saturating_sub(1);
    let mut columns = vec![if last == 0 { Doc::Soft } else { Doc::Hard }];
    for (place, item) in items.iter().enumerate() {
        columns.extend(comments(&item.above));
        match item.nodes.split_first() {
            Some((Node::Word(name), rest)) if 0 < last && !rest.is_empty() && rest[0].comment().is_none() => {
                let pad = (width + 1).saturating_sub(name.text.chars().count()).max(1);
                columns.push(text(format!("{}{}", name.text, " ".repeat(pad))));
                columns.extend(run(rest));
            }
            _ => columns.extend(run(&item.nodes)),
        }
        columns.extend((place < last).then(|| text(",")));
        columns.extend(comments(&item.behind));
        columns.extend((place < last).then_some(Doc::Hard));
    }
    docs.push(Doc::Group(vec![indent(columns), if last == 0 { Doc::Soft } else { Doc::Hard }]));
    docs.push(text(")"));
    docs.extend(more(&nodes[at], &nodes[at + 1..]));
    docs
}

fn name_width(item: &Item) -> Option<usize> {
    let name = item.nodes.first()?.word()?;
    (1 < item.nodes.len()).then(|| name.text.chars().count())
}

/// A pump, or an INSERT by itself: a line for what is made, a line for the target, the query.
fn insert(nodes: &[Node], at: usize) -> Vec<Doc> {
    let mut docs = Vec::new();
    if 0 < at {
        let (head, tail) = trailing(&nodes[..at]);
        docs.extend(run(head));
        docs.extend(comments(tail));
        docs.push(Doc::Hard);
    }
    let begins = |it: &Node| it.is_one_of(&["SELECT", "VALUES", "WITH"]) || is_query(it);
    let body = nodes[at..].iter().position(begins).map_or(nodes.len(), |it| at + it);
    let (head, tail) = trailing(&nodes[at..body]);
    docs.extend(spaced_list(head));
    docs.extend(comments(tail));
    if body < nodes.len() {
        docs.push(Doc::Hard);
        docs.extend(query(&nodes[body..], true));
    }
    docs
}

/// `INSERT INTO x (a, b)`: the list stands apart from the name.
fn spaced_list(nodes: &[Node]) -> Vec<Doc> {
    match nodes.split_last() {
        Some((paren @ Node::Paren(..), rest)) => {
            let mut docs = run(rest);
            docs.push(text(" "));
            docs.extend(one(paren));
            docs
        }
        _ => run(nodes),
    }
}

/// CREATE FUNCTION: each clause may have a line of its own.
fn function(nodes: &[Node]) -> Vec<Doc> {
    const CLAUSES: [&str; 9] = [
        "RETURNS",
        "LANGUAGE",
        "SPECIFIC",
        "DETERMINISTIC",
        "CONTAINS",
        "READS",
        "MODIFIES",
        "CALLED",
        "RETURN",
    ];
    let mut docs = Vec::new();
    let mut from = 0;
    for at in 1..nodes.len() {
        let after_not = nodes[at - 1].is("NOT");
        if nodes[at].is_one_of(&CLAUSES) && !after_not || nodes[at].is("NOT") {
            docs.extend(run(&nodes[from..at]));
            docs.push(Doc::Line);
            from = at;
        }
    }
    docs.extend(run(&nodes[from..]));
    vec![Doc::Group(vec![indent(docs)])]
}

/// A query, clause by clause; `whole` for one that is a statement, which gives each clause a line.
pub fn query(nodes: &[Node], whole: bool) -> Vec<Doc> {
    let mut docs = Vec::new();
    for (place, part) in clauses(nodes).into_iter().enumerate() {
        if 0 < place {
            docs.push(if whole { Doc::Hard } else { Doc::Line });
        }
        docs.extend(clause(part));
    }
    docs
}

/// The clauses of a query, each with the comments behind it.
fn clauses(nodes: &[Node]) -> Vec<&[Node]> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in 1..nodes.len() {
        if from < at && begins_clause(nodes, at) {
            parts.push(&nodes[from..at]);
            from = at;
        }
    }
    parts.push(&nodes[from..]);
    parts
}

/// The words before a place, comments left out, nearest first.
fn before(nodes: &[Node], at: usize, back: usize) -> Option<&Node> {
    nodes[..at].iter().rev().filter(|it| it.comment().is_none()).nth(back)
}

fn after(nodes: &[Node], at: usize) -> Option<&Node> {
    nodes[at + 1..].iter().find(|it| it.comment().is_none())
}

fn begins_clause(nodes: &[Node], at: usize) -> bool {
    let node = &nodes[at];
    let follows = |words: &[&str]| before(nodes, at, 0).is_some_and(|it| it.is_one_of(words));
    let by = || after(nodes, at).is_some_and(|it| it.is("BY"));
    let Some(word) = node.word().filter(|it| matches!(it.kind, TokenKind::Keyword)) else {
        // `( … ) UNION ALL ( … )`
        return is_query(node) && follows(&["ALL", "UNION", "EXCEPT", "INTERSECT"]);
    };
    match word.text.as_str() {
        "FROM" => {
            !follows(&["DISTINCT"]) || !before(nodes, at, 1).is_some_and(|it| it.is_one_of(&["IS", "NOT"]))
        }
        "WHERE" | "HAVING" | "UNION" | "EXCEPT" | "INTERSECT" | "WINDOW" => true,
        "SELECT" | "VALUES" => true,
        "GROUP" | "ORDER" | "WINDOWED" => by(),
        "JOIN" => !follows(JOINS),
        word if JOINS.contains(&word) => {
            !follows(JOINS) && after(nodes, at).is_some_and(|it| it.is("JOIN") || it.is_one_of(JOINS))
        }
        _ => false,
    }
}

/// Types and units with sizes: `DECIMAL(16,2)`, `SECOND(2,3)`.
const SIZED: &[&str] = &["DECIMAL", "NUMERIC", "DEC", "SECOND", "MINUTE", "HOUR", "DAY"];

const JOINS: &[&str] = &["NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER"];

/// How many words name a clause.
fn head(nodes: &[Node]) -> usize {
    let words =
        |wanted: &[&str], from: usize| nodes[from..].iter().take_while(|it| it.is_one_of(wanted)).count();
    match nodes.first() {
        Some(it) if it.is("SELECT") => 1 + words(&["STREAM", "DISTINCT", "ALL"], 1),
        Some(it) if it.is_one_of(&["GROUP", "ORDER"]) => 1 + words(&["BY"], 1),
        Some(it) if it.is_one_of(&["UNION", "EXCEPT", "INTERSECT"]) => 1 + words(&["ALL", "DISTINCT"], 1),
        Some(it) if it.is("JOIN") || it.is_one_of(JOINS) => {
            words(JOINS, 0) + words(&["JOIN"], words(JOINS, 0))
        }
        Some(it) if it.is_one_of(&["FROM", "WHERE", "HAVING", "WINDOW", "VALUES"]) => 1,
        _ => 0,
    }
}

/// One clause: its words, then its list or condition, on one line if that fits.
fn clause(nodes: &[Node]) -> Vec<Doc> {
    let (nodes, tail) = trailing(nodes);
    let (words, body) = nodes.split_at(head(nodes).min(nodes.len()));
    let mut docs = run(words);
    let close = body.iter().take_while(|it| it.comment().is_some_and(|it| !it.alone)).count();
    docs.extend(comments(&body[..close]));
    let body = &body[close..];
    if words.is_empty() {
        docs.extend(run(body));
    } else if !body.is_empty() {
        let logical = words[0].is_one_of(&["WHERE", "HAVING"]);
        docs.push(Doc::Group(vec![if logical { condition(body) } else { list(body, words) }]));
    }
    docs.extend(comments(tail));
    docs
}

/// `a AND b`, broken before each AND and OR.
fn condition(nodes: &[Node]) -> Doc {
    let mut docs = vec![text(" ")];
    let (mut from, mut between) = (0, false);
    for at in 0..nodes.len() {
        if nodes[at].is("BETWEEN") {
            between = true;
        } else if nodes[at].is("AND") && between {
            between = false;
        } else if nodes[at].is_one_of(&["AND", "OR"]) && from < at {
            docs.extend(run(&nodes[from..at]));
            docs.push(Doc::Line);
            from = at;
        }
    }
    docs.extend(run(&nodes[from..]));
    indent(docs)
}

/// The items of a clause: on its line, or each on a line of its own below it.
fn list(nodes: &[Node], words: &[Node]) -> Doc {
    let items = split(nodes);
    let single = items.len() == 1 && items[0].above.is_empty();
    // A single table or sub-query stays on the line of FROM and breaks inside.
    let mut docs = vec![if single && !words[0].is("SELECT") { text(" ") } else { Doc::Line }];
    let joins = words.iter().any(|it| it.is("JOIN"));
    let last = items.len().saturating_sub(1);
    for (place, item) in items.iter().enumerate() {
        docs.extend(comments(&item.above));
        docs.extend(if joins { on(&item.nodes) } else { run(&item.nodes) });
        docs.extend((place < last).then(|| text(",")));
        docs.extend(comments(&item.behind));
        docs.extend((place < last).then_some(Doc::Line));
    }
    if single && !words[0].is("SELECT") && !joins { Doc::Group(docs) } else { indent(docs) }
}

/// `t AS a ON condition`: the condition may go to the next line.
fn on(nodes: &[Node]) -> Vec<Doc> {
    let Some(at) = nodes.iter().position(|it| it.is_one_of(&["ON", "USING"])).filter(|it| 0 < *it) else {
        return run(nodes);
    };
    let mut docs = run(&nodes[..at]);
    docs.push(Doc::Line);
    docs.extend(run(&nodes[at..at + 1]));
    if at + 1 < nodes.len() {
        docs.push(condition(&nodes[at + 1..]));
    }
    docs
}

/// What stands between two commas.
#[derive(Default)]
struct Item {
    above: Vec<Node>,
    nodes: Vec<Node>,
    behind: Vec<Node>,
}

/// A list at its commas. Comments above an item, and behind it on its line, stay with it.
fn split(nodes: &[Node]) -> Vec<Item> {
    let mut items = vec![Item::default()];
    let mut fresh = true;
    for node in nodes {
        let Some(last) = items.len().checked_sub(1) else { break };
        if node.is(",") {
            items.push(Item::default());
            fresh = true;
            continue;
        }
        match node.comment() {
            Some(comment) if fresh && !comment.alone && 0 < last => items[last - 1].behind.push(node.clone()),
            Some(_) if fresh => items[last].above.push(node.clone()),
            _ => {
                fresh = false;
                items[last].nodes.push(node.clone());
            }
        }
    }
    for item in &mut items {
        let (kept, tail) = trailing(&item.nodes);
        let (kept, mut tail) = (kept.len(), tail.to_vec());
        tail.append(&mut item.behind);
        item.nodes.truncate(kept);
        item.behind = tail;
    }
    items
}

/// A list of nodes without the comments at its end, and those.
fn trailing(nodes: &[Node]) -> (&[Node], &[Node]) {
    let tail = nodes.iter().rev().take_while(|it| it.comment().is_some()).count();
    nodes.split_at(nodes.len() - tail)
}

fn comments(nodes: &[Node]) -> Vec<Doc> {
    nodes.iter().filter_map(Node::comment).map(comment).collect()
}

fn comment(word: &Word) -> Doc {
    let ends = !word.text.starts_with("/*") || word.text.contains('\n');
    if word.alone { Doc::Alone(word.text.clone()) } else { Doc::Behind(word.text.clone(), ends) }
}

/// Whether what stands in parentheses is a query.
fn is_query(node: &Node) -> bool {
    let Node::Paren(_, inner, _) = node else { return false };
    let mut words = inner.iter().filter(|it| it.comment().is_none());
    match words.next() {
        Some(first) if first.is_one_of(&["SELECT", "VALUES"]) => true,
        Some(first) if is_query(first) => {
            words.next().is_none_or(|it| it.is_one_of(&["UNION", "EXCEPT", "INTERSECT", "ORDER"]))
        }
        _ => false,
    }
}

/// Nodes beside each other, with the blanks the house puts between them.
fn run(nodes: &[Node]) -> Vec<Doc> {
    let mut docs = Vec::new();
    let mut last: Option<&Node> = None;
    let mut sign = false;
    for node in nodes {
        if let Some(word) = node.comment() {
            docs.push(comment(word));
            // A comment within a line keeps what follows apart from it.
            docs.extend(
                (!word.alone && word.text.starts_with("/*") && !word.text.contains('\n')).then(|| text(" ")),
            );
            last = None;
            continue;
        }
        if let Some(left) = last {
            docs.extend(gap(left, node, sign));
        }
        let operand = last.and_then(Node::last).is_some_and(Word::ends_operand);
        sign = node.is_one_of(&["-", "+"]) && !operand;
        match node {
            Node::Paren(open, inner, close) if last.is_some_and(|it| it.is_one_of(SIZED)) => {
                docs.extend(paren(node, open, inner, close, Doc::Soft));
            }
            _ => docs.extend(one(node)),
        }
        last = Some(node);
    }
    docs
}

/// What follows a node that is already printed.
fn more(left: &Node, nodes: &[Node]) -> Vec<Doc> {
    let Some(first) = nodes.iter().find(|it| it.comment().is_none()) else { return comments(nodes) };
    let mut docs: Vec<Doc> =
        if nodes[0].comment().is_none() { gap(left, first, false).into_iter().collect() } else { Vec::new() };
    docs.extend(run(nodes));
    docs
}

/// What stands between two neighbours on a line; `sign` if the left one is the sign of a number.
fn gap(left: &Node, right: &Node, sign: bool) -> Option<Doc> {
    let (a, b) = (left.last()?, right.first()?);
    if a.kind == TokenKind::Text && b.kind == TokenKind::Text {
        // Two texts are one only across a line end.
        return Some(Doc::Hard);
    }
    let close = a.is(".")
        || b.is(".")
        || b.is(",")
        || b.is(";")
        || b.is("}") && a.text != ")"
        || a.is("{")
        || sign && !b.is("-") && !b.is("+")
        || b.glued && a.kind == TokenKind::Name && b.kind == TokenKind::Text
        || b.glued && a.kind == TokenKind::Number && b.kind == TokenKind::Number;
    let call = matches!(right, Node::Paren(open, ..) if open.is("("))
        && match a.kind {
            TokenKind::Name | TokenKind::QuotedName => true,
            TokenKind::Keyword => !APART.contains(&a.text.to_uppercase().as_str()),
            _ => false,
        };
    if close || call { None } else { Some(text(" ")) }
}

fn one(node: &Node) -> Vec<Doc> {
    match node {
        Node::Word(word) => vec![text(word.text.clone())],
        Node::Paren(open, inner, close) => paren(node, open, inner, close, Doc::Line),
        Node::Case(nodes) => case(nodes),
    }
}

/// What is in parentheses, with `between` behind its commas.
fn paren(node: &Node, open: &Word, inner: &[Node], close: &Word, between: Doc) -> Vec<Doc> {
    if inner.is_empty() || open.is("{") {
        let mut docs = vec![text(open.text.clone())];
        docs.extend(run(inner));
        docs.push(text(close.text.clone()));
        return docs;
    }
    let (body, tail) = trailing(inner);
    let mut docs = vec![Doc::Soft];
    if is_query(node) {
        docs.extend(query(body, false));
    } else {
        let items = split(body);
        let last = items.len().saturating_sub(1);
        for (place, item) in items.iter().enumerate() {
            docs.extend(comments(&item.above));
            docs.extend(logical(&item.nodes));
            docs.extend((place < last).then(|| text(",")));
            docs.extend(comments(&item.behind));
            docs.extend((place < last).then(|| between.clone()));
        }
    }
    docs.extend(comments(tail));
    vec![text(open.text.clone()), Doc::Group(vec![indent(docs), Doc::Soft]), text(close.text.clone())]
}

/// An item in parentheses, which may be a condition.
fn logical(nodes: &[Node]) -> Vec<Doc> {
    let any = nodes.iter().any(|it| it.is_one_of(&["AND", "OR"])) && !nodes.iter().any(|it| it.is("BETWEEN"));
    let parts = ["PARTITION", "ORDER", "RANGE", "ROWS"];
    let mut docs = Vec::new();
    let mut from = 0;
    for at in 1..nodes.len() {
        let window = nodes[at].is_one_of(&parts) && (at == 0 || !nodes[at - 1].is("."));
        if any && nodes[at].is_one_of(&["AND", "OR"]) || window {
            docs.extend(run(&nodes[from..at]));
            docs.push(Doc::Line);
            from = at;
        }
    }
    docs.extend(run(&nodes[from..]));
    docs
}

/// CASE: on one line, or each branch on its own.
fn case(nodes: &[Node]) -> Vec<Doc> {
    let mut docs = Vec::new();
    let mut from = 0;
    let last = nodes.len().saturating_sub(1);
    for at in 1..nodes.len() {
        if nodes[at].is_one_of(&["WHEN", "ELSE"]) || at == last {
            docs.extend(run(&nodes[from..at]));
            if at < last {
                docs.push(Doc::Line);
            }
            from = at;
        }
    }
    vec![Doc::Group(vec![indent(docs), Doc::Line, text("END")])]
}
