//! Any text is read: every byte lies in a token or is white space, and every error has its place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pumphouse::sql::parse::parse;

fuzz_target!(|text: &str| {
    let script = parse(text);
    let mut end = 0;
    for token in &script.tokens {
        let between = text.get(end..token.span.start).expect("tokens are in order and split no character");
        assert!(between.chars().all(char::is_whitespace), "{between:?} lies in no token");
        assert!(token.span.start < token.span.end, "a token has bytes");
        end = token.span.end;
    }
    let rest = text.get(end..).expect("the last token splits no character");
    assert!(rest.chars().all(char::is_whitespace), "{rest:?} lies in no token");
    for error in &script.errors {
        assert!(text.get(error.span.clone()).is_some(), "{error:?} lies in the text");
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?} is a message");
    }
});
