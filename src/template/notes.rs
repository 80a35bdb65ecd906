//! What is worth knowing about a template that works: where the real page would have stopped, what it
//! would have written instead, and what makes the record something else than JSON.

use crate::sql::diag::Diagnostic;
use crate::template::Site;
use crate::template::args::{Args, decimal};
use crate::template::make::Maker;
use crate::template::strict::{self, Piece};

/// What the strict reading makes of the same text, where it differs.
pub fn differences(text: &str, sites: &[Site]) -> Vec<Diagnostic> {
    match strict::read(text) {
        Err(stop) => {
            let note = Diagnostic::note(
                stop.span,
                format!("the real page would stop here: {}", stop.message.trim_end()),
            );
            vec![Diagnostic { detail: stop.detail, ..note }]
        }
        Ok(pieces) => {
            let differs = |piece: Piece| {
                let Piece::Site(Site { span, maker: Maker::Text(written), .. }) = piece else { return None };
                let here = sites.iter().find(|it| it.span.start == span.start)?;
                let same = matches!(&here.maker, Maker::Text(it) if *it == written);
                (!same).then(|| {
                    Diagnostic::note(span, format!("the real page would write {written} here")).detail(
                        "It passes one argument at most, and only strict JSON is more than text to it.",
                    )
                })
            };
            pieces.into_iter().filter_map(differs).collect()
        }
    }
}

/// A typographic quote outside of placeholders breaks the JSON of the record, not the template.
pub fn curly_quotes(text: &str, sites: &[Site]) -> Option<Diagnostic> {
    let outside = |at: usize| !sites.iter().any(|it| it.span.contains(&at));
    let (at, quote) = text.char_indices().find(|(at, it)| matches!(it, '“' | '”') && outside(*at))?;
    Some(
        Diagnostic::warning(at..at + quote.len_utf8(), format!("{quote} is a typographic quote"))
            .detail("The record keeps it, and JSON does not know it.")
            .hint("Write \" instead."),
    )
}

/// A bound of random.number that does not mean what it says. The span is for the caller to set.
pub fn number_surprise(name: &str, args: &Args) -> Option<Diagnostic> {
    if !matches!(name, "random.number" | "datatype.number") {
        return None;
    }
    let bound = |key: &str| args.first().and_then(|it| it.get(key)).and_then(decimal);
    let (min, max) = (bound("min"), bound("max")?);
    if min == Some(max) || 0 <= max.units {
        return None;
    }
    Some(Diagnostic::note(0..0, "the largest number never comes out").detail(
        "The real page widens the range to hold \"max\" only where it is 0 or more; here it is the same.",
    ))
}
