//! The queries of a statement: where each lies, what it reads, which columns come out.

use std::ops::Range;

use crate::sql::assist::scene::{Column, Scene, column, stored};
use crate::sql::parse::TokenKind;

/// Words that begin the next part of a query.
const CLAUSES: &[&str] =
    &["WHERE", "GROUP", "HAVING", "WINDOW", "WINDOWED", "ORDER", "UNION", "EXCEPT", "INTERSECT", "SELECT"];
const JOINS: &[&str] = &["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "OUTER"];
/// Queries inside queries are looked into so far.
const DEPTH_MAX: usize = 12;

/// One SELECT with what it reads.
#[derive(Clone, Debug)]
pub struct Select {
    /// From the word SELECT up to what ends it.
    pub tokens: Range<usize>,
    /// Of the item list.
    pub items: Range<usize>,
    /// Behind FROM, up to the next clause; empty without FROM.
    pub from: Range<usize>,
    /// Windows of a WINDOW clause: their names, and where they stand.
    pub windows: Vec<(String, Range<usize>)>,
}

/// Something that stands in FROM.
#[derive(Clone, Debug)]
pub struct Relation {
    /// What columns may be qualified with, as stored; the alias, or else the stream.
    pub name: Option<String>,
    /// Where the alias stands, if there is one.
    pub alias: Option<Range<usize>>,
    /// The stream it is, by stored name.
    pub stream: Option<String>,
    pub columns: Vec<Column>,
}

impl Scene<'_> {
    /// The queries of a statement, in text order; those inside others come behind them.
    pub fn selects(&self, statement: Range<usize>) -> Vec<Select> {
        let begins = statement.clone().filter(|&it| self.is(it, "SELECT"));
        begins.map(|start| self.select(start, statement.end)).collect()
    }

    /// The innermost query that a byte lies in.
    pub fn select_at(&self, statement: Range<usize>, byte: usize) -> Option<Select> {
        let behind = |at: usize| self.tokens.get(at).map_or(usize::MAX, |it| it.span.start);
        let inside =
            |it: &Select| self.tokens[it.tokens.start].span.end <= byte && byte <= behind(it.tokens.end);
        self.selects(statement).into_iter().rfind(inside)
    }

    fn select(&self, start: usize, limit: usize) -> Select {
        let mut depth = 0usize;
        let (mut end, mut from, mut from_end) = (limit, None, None);
        let mut windows = Vec::new();
        for at in start + 1..limit {
            match self.written(at) {
                "(" => depth += 1,
                ")" if depth == 0 => {
                    end = at;
                    break;
                }
                ")" => depth -= 1,
                _ if 0 < depth => {}
                _ if self.is(at, "FROM") && from.is_none() && !self.is(at - 1, "DISTINCT") => from = Some(at),
                _ if self.is_one_of(at, &["UNION", "EXCEPT", "INTERSECT", "SELECT"]) => {
                    end = at;
                    break;
                }
                _ if self.is_one_of(at, CLAUSES) => {
                    from_end = from_end.or(from.map(|_| at));
                }
                _ if self.is(at + 1, "AS") && self.is(at + 2, "(") && self.window_clause(start, at) => {
                    windows.push((self.stored(at), self.tokens[at].span.clone()));
                }
                _ => {}
            }
        }
        let from_tokens = from.map_or(end..end, |it| it + 1..from_end.unwrap_or(end).min(end));
        let mut items = start + 1;
        while self.is_one_of(items, &["STREAM", "DISTINCT", "ALL"]) && items < end {
            items += 1;
        }
        let items = items..from.unwrap_or(end).min(end).max(items);
        Select { tokens: start..end, items, from: from_tokens, windows }
    }

    /// Whether a name stands in a WINDOW clause: behind the word, or behind the comma after a window.
    fn window_clause(&self, start: usize, at: usize) -> bool {
        self.is(at - 1, "WINDOW")
            || self.is(at - 1, ",")
                && (start..at)
                    .rev()
                    .find(|&it| self.is_one_of(it, CLAUSES))
                    .is_some_and(|it| self.is(it, "WINDOW"))
    }

    /// What a query reads.
    pub fn relations(&self, select: &Select) -> Vec<Relation> {
        self.relations_within(select, DEPTH_MAX)
    }

    fn relations_within(&self, select: &Select, depth: usize) -> Vec<Relation> {
        let mut found = Vec::new();
        let mut at = select.from.start;
        while at < select.from.end {
            let (relation, next) = self.relation(at, select.from.end, depth);
            found.extend(relation);
            // On to what stands behind the next comma or JOIN.
            let mut level = 0usize;
            at = next.max(at + 1);
            while at < select.from.end {
                match self.written(at) {
                    "(" => level += 1,
                    ")" => level = level.saturating_sub(1),
                    "," if level == 0 => break,
                    _ if level == 0 && self.is(at, "JOIN") => break,
                    _ => {}
                }
                at += 1;
            }
            at += 1;
        }
        found
    }

    /// The relation that begins at a token, and the token behind it.
    fn relation(&self, at: usize, end: usize, depth: usize) -> (Option<Relation>, usize) {
        let mut relation = Relation { name: None, alias: None, stream: None, columns: Vec::new() };
        let mut next = at + 1;
        if self.is(at, "(") {
            next = self.behind(at, end);
            relation.columns = self.output(at + 1..next.saturating_sub(1).max(at + 1), depth);
        } else if self.is(at, "TABLE") && self.is(at + 1, "(") {
            next = self.behind(at + 1, end);
            relation.columns = self.table_function(at + 2..next.saturating_sub(1), depth);
        } else if self.nameable(at) {
            let name = self.stored(at);
            relation.columns = self.stream(&name).map(|it| it.columns.clone()).unwrap_or_default();
            relation.stream = Some(name.clone());
            relation.name = Some(name);
        } else {
            return (None, next);
        }
        if self.is(next, "OVER") && next < end {
            next = if self.is(next + 1, "(") { self.behind(next + 1, end) } else { next + 2 };
        }
        let named = next + usize::from(self.is(next, "AS"));
        if named < end && self.nameable(named) && !self.is_one_of(named, JOINS) {
            relation.name = Some(self.stored(named));
            relation.alias = Some(self.tokens[named].span.clone());
            next = named + 1;
            if self.is(next, "(") && next < end {
                let close = self.behind(next, end);
                let names = self.items(next + 1..close.saturating_sub(1));
                relation.columns.retain(|it| !it.hidden);
                for (column, item) in relation.columns.iter_mut().zip(names) {
                    column.name = self.stored(item.start);
                    column.span = self.tokens.get(item.start).map(|it| it.span.clone());
                }
                next = close;
            }
        }
        (Some(relation), next)
    }

    /// The columns of the first query within these tokens.
    pub fn output(&self, tokens: Range<usize>, depth: usize) -> Vec<Column> {
        let Some(first) = tokens.clone().find(|&it| self.is(it, "SELECT")) else { return Vec::new() };
        if depth == 0 {
            return Vec::new();
        }
        let select = self.select(first, tokens.end);
        let relations = self.relations_within(&select, depth - 1);
        let mut columns = Vec::new();
        for item in self.items(select.items.clone()).into_iter().filter(|it| !it.is_empty()) {
            if self.is(item.end - 1, "*") {
                let of = (1 < item.len()).then(|| self.stored(item.start));
                let read = relations.iter().filter(|it| of.is_none() || it.name == of);
                columns.extend(read.flat_map(|it| it.columns.iter().filter(|it| !it.hidden).cloned()));
                continue;
            }
            columns.extend(self.item(item, &relations));
        }
        columns
    }

    /// The column an item of a select list makes.
    fn item(&self, item: Range<usize>, relations: &[Relation]) -> Option<Column> {
        let last = item.end - 1;
        let aliased = 1 < item.len() && self.nameable(last) && !self.is(last - 1, ".");
        let value = if aliased { item.start..last - usize::from(self.is(last - 1, "AS")) } else { item };
        let source = self.lone_column(value.clone(), relations);
        if aliased && self.stored(last) == "ROWTIME" {
            return None;
        }
        let name = match (aliased, &source) {
            (true, _) => self.stored(last),
            (false, Some(column)) => column.name.clone(),
            (false, None) => return None,
        };
        let ty = match source {
            Some(column) => column.ty,
            None => self.type_of(value, relations),
        };
        let span = self.tokens.get(last).map(|it| it.span.clone());
        Some(Column { name, ty, of: None, span, hidden: false })
    }

    /// `c`, `a.c`, `s.ROWTIME`
    fn lone_column(&self, value: Range<usize>, relations: &[Relation]) -> Option<Column> {
        let (qualifier, name) = match value.len() {
            1 => (None, value.start),
            3 if self.is(value.start + 1, ".") => (Some(self.stored(value.start)), value.start + 2),
            _ => return None,
        };
        find(relations, qualifier.as_deref(), &stored(self.written(name)))
    }

    /// The type of what needs no arithmetic.
    fn type_of(&self, value: Range<usize>, relations: &[Relation]) -> Option<String> {
        let word = self.written(value.start).to_ascii_uppercase();
        if !self.is(value.start + 1, "(") || self.behind(value.start + 1, value.end) < value.end {
            return None;
        }
        let inner = value.start + 2..value.end - 1;
        match word.as_str() {
            "COUNT" => Some("BIGINT".to_owned()),
            "SUM" | "AVG" | "MIN" | "MAX" => self.lone_column(inner, relations)?.ty,
            "FLOOR" | "CEIL" | "CEILING" if inner.clone().any(|it| self.is(it, "TO")) => {
                Some("TIMESTAMP".to_owned())
            }
            "STEP" => Some("TIMESTAMP".to_owned()),
            "CAST" => {
                let at = inner.clone().rfind(|&it| self.is(it, "AS"))?;
                Some(self.joined(at + 1..inner.end).to_uppercase())
            }
            _ => None,
        }
    }

    /// The columns of `F(CURSOR(query), …)`.
    fn table_function(&self, tokens: Range<usize>, depth: usize) -> Vec<Column> {
        let own = |name: &str, ty: &str| Column { of: None, ..column(name, ty, "", false) };
        let mut columns = self.output(tokens.clone(), depth);
        match self.written(tokens.start).to_ascii_uppercase().as_str() {
            "TOP_K_ITEMS_TUMBLING" => {
                columns = vec![own("ITEM", "VARCHAR(1024)"), own("ITEM_COUNT", "BIGINT")];
            }
            "COUNT_DISTINCT_ITEMS_TUMBLING" => columns = vec![own("NUMBER_OF_DISTINCT_ITEMS", "BIGINT")],
            "RANDOM_CUT_FOREST" => columns.push(own("ANOMALY_SCORE", "DOUBLE")),
            "RANDOM_CUT_FOREST_WITH_EXPLANATION" => {
                columns.push(own("ANOMALY_SCORE", "DOUBLE"));
                columns.push(own("ANOMALY_EXPLANATION", "VARCHAR(20480)"));
            }
            "HOTSPOTS" => columns.push(own("HOTSPOTS_RESULT", "VARCHAR(10000)")),
            "GROUP_RANK" => {
                let texts = tokens.filter(|&it| self.kind(it) == Some(TokenKind::Text));
                if let Some(rank) = texts.map(|it| self.written(it).trim_matches('\'')).nth(1) {
                    columns.push(own(rank, "INTEGER"));
                }
            }
            _ => {}
        }
        columns
    }
}

/// A column by its stored name, of one relation or of whichever has it.
pub fn find(relations: &[Relation], qualifier: Option<&str>, name: &str) -> Option<Column> {
    let read = relations.iter().filter(|it| qualifier.is_none() || it.name.as_deref() == qualifier);
    for relation in read {
        if name == "ROWTIME" {
            let of = relation.stream.clone();
            let ty = Some("TIMESTAMP".to_owned());
            return Some(Column { name: name.to_owned(), ty, of, span: None, hidden: true });
        }
        if let Some(column) = relation.columns.iter().find(|it| it.name == name) {
            return Some(column.clone());
        }
    }
    None
}
