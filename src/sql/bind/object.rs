//! Streams and pumps as things: made, made again, altered and dropped (sql.md 1.1, 1.2 and 1.5).

use std::ops::Range;

use crate::sql::ast::{ColumnSpec, Insert, Name, ObjectKind, shown};
use crate::sql::bind::{NAME_MAX, Session, Stream, mismatch, types, unknown_name};
use crate::sql::diag::{Diagnostic, place};
use crate::sql::dialect::reserved;
use crate::sql::parse::reserved_word;
use crate::sql::plan::{ColumnDef, Pump, StreamDef, StreamId, StreamKind};

impl Session<'_> {
    /// Whether a name may be given to something new.
    pub fn check_name(&mut self, name: &Name) -> bool {
        if let Some(error) = bad_name(name) {
            self.said.push(error);
            return false;
        }
        true
    }

    pub fn create_stream(&mut self, or_replace: bool, name: &Name, specs: &[ColumnSpec], span: Range<usize>) {
        self.check_name(name);
        let (columns, assumed) = self.columns(name, specs);
        let visible = columns.len();
        let def = StreamDef { name: name.stored.clone(), kind: StreamKind::Created, columns, visible, span };
        let def = StreamDef { span: name.span.clone(), ..def };
        let stream = Stream { def, assumed, dropped: false };
        if self.pump_exists(&name.stored) {
            self.said.push(
                Diagnostic::error(
                    name.span.clone(),
                    format!("a pump is called {} already", shown(&name.stored)),
                )
                .detail("A stream and a pump of one name cannot be told apart.")
                .hint("Give one of them another name."),
            );
        }
        let Some(old) = self.find(&name.stored) else {
            self.streams.push(stream);
            return;
        };
        match self.replaceable(old, or_replace, name) {
            Some(error) => self.said.push(error),
            None => self.streams[old] = stream,
        }
    }

    /// Why an existing stream cannot give its name to a new one.
    fn replaceable(&self, old: usize, or_replace: bool, name: &Name) -> Option<Diagnostic> {
        let old_stream = &self.streams[old];
        let title = shown(&old_stream.def.name);
        let error = |message: String| Diagnostic::error(name.span.clone(), message);
        match old_stream.def.kind {
            StreamKind::Error => Some(
                error("error_stream exists in every application".to_owned())
                    .detail("Rows that fail go there; the code cannot make, read or write it.")
                    .hint("Give your stream another name."),
            ),
            StreamKind::Source => Some(
                error(format!("stream {title} exists already"))
                    .detail("The configuration of the application makes it, before any code.")
                    .hint("Give your stream another name."),
            ),
            StreamKind::Created if !or_replace => Some(
                error(format!("stream {title} exists already"))
                    .detail(format!("It is made above, in line {}.", self.line(old_stream.def.span.start)))
                    .hint("Take one of the two away, or give one another name."),
            ),
            StreamKind::Created => {
                let user = self
                    .pumps
                    .iter()
                    .find(|it| it.target == StreamId(old) || it.query.scans().contains(&StreamId(old)))?;
                Some(
                    error(format!("stream {title} cannot be made again"))
                        .detail(format!("Pump {} above already uses it.", shown(&user.name)))
                        .hint("Make a stream once, above the pumps that use it."),
                )
            }
        }
    }

    pub fn line(&self, byte: usize) -> usize {
        place(self.text, byte).0
    }

    /// The columns of CREATE STREAM, and whether one of them could not be read.
    fn columns(&mut self, stream: &Name, specs: &[ColumnSpec]) -> (Vec<ColumnDef>, bool) {
        let mut columns: Vec<ColumnDef> = Vec::with_capacity(specs.len());
        let mut broken = false;
        for spec in specs {
            let name = &spec.name;
            if name.stored == "ROWTIME" {
                self.said.push(
                    Diagnostic::error(name.span.clone(), "every stream already has ROWTIME")
                        .detail("ROWTIME is there without being declared, and * leaves it out.")
                        .hint("Take the column away, or give it another name."),
                );
                broken = true;
                continue;
            }
            broken |= !self.check_name(name);
            if columns.iter().any(|it| it.name == name.stored) {
                let message = format!("column {} is there twice", shown(&name.stored));
                self.said.push(
                    Diagnostic::error(name.span.clone(), message)
                        .detail(format!("{} has a column of that name already.", shown(&stream.stored)))
                        .hint("Give one of the two another name."),
                );
                broken = true;
                continue;
            }
            let written = self.places.text(spec.ty_span.clone());
            let ty = types::bind(&spec.ty, &written, spec.ty_span.clone())
                .and_then(|ty| mismatch::column_type(ty, spec.ty_span.clone()).map_or(Ok(ty), Err));
            match ty {
                Ok(ty) => columns.push(ColumnDef { name: name.stored.clone(), ty, not_null: spec.not_null }),
                Err(error) => {
                    self.said.push(error);
                    broken = true;
                }
            }
        }
        (columns, broken)
    }

    fn pump_exists(&self, stored: &str) -> bool {
        self.pumps.iter().any(|it| it.name == stored) || self.assumed_pumps.iter().any(|it| it == stored)
    }

    pub fn create_pump(
        &mut self,
        or_replace: bool,
        name: &Name,
        started: bool,
        insert: &Insert,
        span: Range<usize>,
    ) {
        self.check_name(name);
        if self.find(&name.stored).is_some() {
            self.said.push(
                Diagnostic::error(
                    name.span.clone(),
                    format!("a stream is called {} already", shown(&name.stored)),
                )
                .detail("A stream and a pump of one name cannot be told apart.")
                .hint(format!("Call the pump {}.", shown(&format!("{}_PUMP", name.stored)))),
            );
        }
        let old = self.pumps.iter().position(|it| it.name == name.stored);
        if old.is_some() && !or_replace {
            self.said.push(
                Diagnostic::error(name.span.clone(), format!("pump {} exists already", shown(&name.stored)))
                    .detail("Two pumps of one name cannot be told apart.")
                    .hint("Give one of them another name."),
            );
        }
        let Some((target, query, assignments)) = self.insert(insert) else {
            self.assumed_pumps.push(name.stored.clone());
            return;
        };
        if let Some(old) = old {
            self.pumps.remove(old);
        }
        let pump = Pump { name: name.stored.clone(), target, query, assignments, started, span };
        if let Some(error) = self.cycle(&pump, name) {
            self.said.push(error);
        }
        self.pumps.push(pump);
    }

    /// A pump whose rows would come back to where it reads.
    fn cycle(&self, pump: &Pump, name: &Name) -> Option<Diagnostic> {
        let mut reached = vec![pump.target];
        let mut at = 0;
        while let Some(&stream) = reached.get(at) {
            if pump.query.scans().contains(&stream) {
                return Some(
                    Diagnostic::error(
                        name.span.clone(),
                        format!("pump {} would feed its own source", shown(&name.stored)),
                    )
                    .detail("Its rows would come back to the stream it reads, for ever.")
                    .hint("Insert into a stream that leads away from the source."),
                );
            }
            for next in self.pumps.iter().filter(|it| it.query.scans().contains(&stream)) {
                if !reached.contains(&next.target) {
                    reached.push(next.target);
                }
            }
            at += 1;
        }
        None
    }

    pub fn alter_pump(&mut self, names: &[Name], start: bool) {
        if names.is_empty() {
            self.pumps.iter_mut().for_each(|it| it.started = start);
        }
        for name in names {
            match self.pumps.iter().position(|it| it.name == name.stored) {
                Some(at) => self.pumps[at].started = start,
                None if self.pump_exists(&name.stored) => {}
                None => {
                    let error = self.no_pump(name);
                    self.said.push(error);
                }
            }
        }
    }

    fn no_pump(&self, name: &Name) -> Diagnostic {
        let error =
            Diagnostic::error(name.span.clone(), format!("pump {} does not exist", shown(&name.stored)));
        unknown_name(error, name, self.pumps.iter().map(|it| it.name.as_str()).collect(), "pumps")
    }

    pub fn drop_object(&mut self, kind: ObjectKind, name: &Name, if_exists: bool, cascade: bool) {
        match kind {
            ObjectKind::Function => self.drop_function(name, if_exists, cascade),
            ObjectKind::Pump => {
                let before = self.pumps.len();
                self.pumps.retain(|it| it.name != name.stored);
                if before == self.pumps.len() && !if_exists && !self.pump_exists(&name.stored) {
                    let error = self.no_pump(name);
                    self.said.push(error);
                }
            }
            ObjectKind::Stream => self.drop_stream(name, if_exists, cascade),
        }
    }

    fn drop_stream(&mut self, name: &Name, if_exists: bool, cascade: bool) {
        let Some(at) = self.find(&name.stored) else {
            if !if_exists {
                let error = self.no_stream(name, false);
                self.said.push(error);
            }
            return;
        };
        if self.streams[at].def.kind != StreamKind::Created {
            let message = format!("stream {} cannot be dropped", shown(&self.streams[at].def.name));
            let error = Diagnostic::error(name.span.clone(), message);
            self.said.push(error.detail("The configuration of the application makes it, not the code."));
            return;
        }
        let uses = |it: &Pump| it.target == StreamId(at) || it.query.scans().contains(&StreamId(at));
        if let (Some(user), false) = (self.pumps.iter().find(|it| uses(it)), cascade) {
            let message = format!("stream {} is still used", shown(&name.stored));
            let error = Diagnostic::error(name.span.clone(), message)
                .detail(format!("Pump {} uses it.", shown(&user.name)))
                .hint("Write CASCADE behind the name to drop the pumps too.");
            self.said.push(error);
            return;
        }
        self.pumps.retain(|it| !uses(it));
        self.streams[at].dropped = true;
    }
}

/// A name that cannot be given.
fn bad_name(name: &Name) -> Option<Diagnostic> {
    if !name.quoted && reserved(&name.stored) {
        return Some(reserved_word(name.span.clone(), &name.written));
    }
    let length = name.stored.chars().count();
    if NAME_MAX < length {
        return Some(
            Diagnostic::error(name.span.clone(), "this name is too long")
                .detail(format!("It has {length} characters; a name has at most {NAME_MAX}."))
                .hint("Give it a shorter name."),
        );
    }
    if name.stored.is_empty() || name.stored.chars().any(char::is_control) {
        return Some(
            Diagnostic::error(name.span.clone(), "this name cannot be used")
                .detail("A name has at least one character, and no control characters.")
                .hint("Give it another name."),
        );
    }
    None
}
