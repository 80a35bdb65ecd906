//! Handlebars as the compiler of a template: it runs once, and what it writes becomes a list of steps.
//!
//! A template knows no data from outside, so its blocks and loops can be run through when it is compiled:
//! each call site writes a sign instead of a value, and the text between signs is literal. A block that
//! asks a placeholder (`{{#if random.boolean}}`) writes both of its branches between signs. The result is
//! a flat list without variables, lookups or anything that could fail at record one million, and all
//! templates are equally fast. Handlebars itself is never asked while records are made.

use std::io;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonTruthy, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable, ScopedJson, Template, TemplateErrorReason, no_escape,
};
use serde_json::{Map, Value};

use crate::template::Step;

/// More than a record of a stream may hold is refused.
const RECORD_MAX: usize = 1 << 20;

/// Characters that stand for something else while Handlebars has the text. They are chosen among those
/// the template does not use.
#[derive(Clone, Copy, Debug)]
pub struct Signs {
    pub open: char,
    pub close: char,
    pub backslash: char,
    pub nothing: char,
    site: char,
    ask: char,
    ask_not: char,
    otherwise: char,
    end: char,
}

impl Signs {
    /// Nine characters that are not in the text; `None` where it has nearly all there are.
    pub fn absent_from(text: &str) -> Option<Self> {
        let mut free =
            ('\u{fdd0}'..='\u{fdef}').chain('\u{e000}'..='\u{f8ff}').filter(|it| !text.contains(*it));
        let mut next = || free.next();
        Some(Self {
            open: next()?,
            close: next()?,
            backslash: next()?,
            nothing: next()?,
            site: next()?,
            ask: next()?,
            ask_not: next()?,
            otherwise: next()?,
            end: next()?,
        })
    }
}

/// Why Handlebars refused: where (line and column, from 1), and what.
pub struct Refusal {
    pub place: Option<(usize, usize)>,
    pub message: String,
    pub hint: &'static str,
}

/// The steps of a translated template with this many call sites, `$0` to `$n`.
pub fn steps(translated: &str, sites: usize, signs: Signs) -> Result<Vec<Step>, Refusal> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.set_prevent_indent(true);
    registry.register_escape_fn(no_escape);
    for site in 0..sites {
        registry.register_helper(
            &format!("${site}"),
            Box::new(CallSite { text: format!("{0}{site}{0}", signs.site) }),
        );
    }
    registry.register_helper("if", Box::new(Question { signs, positive: true }));
    registry.register_helper("unless", Box::new(Question { signs, positive: false }));
    let template = Template::compile(translated).map_err(|error| Refusal {
        place: error.pos(),
        message: match error.reason() {
            TemplateErrorReason::MismatchingClosedHelper(open, close) => {
                format!("block \"{open}\" is closed by \"{close}\"")
            }
            TemplateErrorReason::InvalidParam(text) => format!("\"{text}\" cannot stand here"),
            _ => "the text between the braces cannot be read".to_owned(),
        },
        hint: "A block reads {{#each [1,2,3]}} … {{this}} … {{/each}}.",
    })?;
    let context = Context::from(Value::Object(Map::new()));
    let mut written = Written { text: String::new() };
    template
        .render(&registry, &context, &mut RenderContext::new(None), &mut written)
        .map_err(|error| refusal(&error))?;
    Ok(read(&written.text, signs))
}

fn refusal(error: &RenderError) -> Refusal {
    let message = match error.reason() {
        RenderErrorReason::MissingVariable(Some(name)) => format!("name \"{name}\" does not exist"),
        RenderErrorReason::MissingVariable(None) => "a name does not exist".to_owned(),
        RenderErrorReason::HelperNotFound(name) => format!("block \"{name}\" does not exist"),
        RenderErrorReason::IOError(_) => "the record is longer than the 1 MiB a stream takes".to_owned(),
        _ => "the block cannot be run".to_owned(),
    };
    Refusal {
        place: error.line_no.zip(error.column_no),
        message,
        hint: "Inside {{#each …}} there are {{this}}, {{@index}}, {{@first}} and {{@last}}.",
    }
}

/// What was written, up to the size of a record.
struct Written {
    text: String,
}

impl Output for Written {
    fn write(&mut self, text: &str) -> io::Result<()> {
        if RECORD_MAX < self.text.len() + text.len() {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.text.push_str(text);
        Ok(())
    }
}

/// Writes the sign of one placeholder.
struct CallSite {
    text: String,
}

impl HelperDef for CallSite {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        _: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        Ok(ScopedJson::Derived(Value::String(self.text.clone())))
    }
}

/// `if` and `unless`, which also can ask a placeholder: then the answer comes with each record.
struct Question {
    signs: Signs,
    positive: bool,
}

impl HelperDef for Question {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let asked = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("if", 0))?.value();
        let site =
            asked.as_str().and_then(|it| it.strip_prefix(self.signs.site)?.strip_suffix(self.signs.site));
        let Some(site) = site else {
            let branch =
                if asked.is_truthy(false) == self.positive { helper.template() } else { helper.inverse() };
            return branch.map_or(Ok(()), |it| it.render(registry, context, render, out));
        };
        let ask = if self.positive { self.signs.ask } else { self.signs.ask_not };
        out.write(&format!("{ask}{site}{ask}"))?;
        if let Some(branch) = helper.template() {
            branch.render(registry, context, render, out)?;
        }
        out.write(self.signs.otherwise.encode_utf8(&mut [0; 4]))?;
        if let Some(branch) = helper.inverse() {
            branch.render(registry, context, render, out)?;
        }
        out.write(self.signs.end.encode_utf8(&mut [0; 4]))?;
        Ok(())
    }
}

/// Reads text with signs. Line feeds of the template are deleted here, as on the real page.
fn read(text: &str, signs: Signs) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut literal = String::new();
    // The questions and jumps whose targets are not known yet.
    let mut open = Vec::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character == signs.open {
            literal.push('{');
        } else if character == signs.close {
            literal.push('}');
        } else if character == signs.backslash {
            literal.push('\\');
        } else if [signs.site, signs.ask, signs.ask_not].contains(&character) {
            flush(&mut literal, &mut steps);
            let site =
                rest.by_ref().take_while(|it| *it != character).collect::<String>().parse().unwrap_or(0);
            if character == signs.site {
                steps.push(Step::Make(site));
            } else {
                open.push(steps.len());
                steps.push(Step::Ask { site, wanted: character == signs.ask, otherwise: 0 });
            }
        } else if character == signs.otherwise {
            flush(&mut literal, &mut steps);
            let after = steps.len() + 1;
            if let Some(Step::Ask { otherwise, .. }) = open.pop().and_then(|at: usize| steps.get_mut(at)) {
                *otherwise = after;
            }
            open.push(steps.len());
            steps.push(Step::Jump(0));
        } else if character == signs.end {
            flush(&mut literal, &mut steps);
            let after = steps.len();
            if let Some(Step::Jump(target)) = open.pop().and_then(|at| steps.get_mut(at)) {
                *target = after;
            }
        } else if character != signs.nothing && character != '\n' {
            literal.push(character);
        }
    }
    flush(&mut literal, &mut steps);
    steps
}

fn flush(literal: &mut String, steps: &mut Vec<Step>) {
    if !literal.is_empty() {
        steps.push(Step::Text(std::mem::take(literal).into_bytes().into()));
    }
}
