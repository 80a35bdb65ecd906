//! What may reach a cell: every text drawn passes [`clean`], and every width is measured here.
//!
//! Records, names, files, log lines and errors are written by strangers. A control character in one of
//! them could move the cursor or recolour the terminal, and a bidirectional override could turn a line
//! around. Both are replaced by a visible symbol before they are measured, so that nothing else in the
//! screen has to think of it.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The text with control and direction-changing characters replaced by visible symbols, each one cell wide.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || !text.chars().any(hostile) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|it| if hostile(it) { visible(it) } else { it }).collect())
}

/// Whether a terminal might act on this character instead of drawing it.
fn hostile(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(it, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(it, '\u{e0000}'..='\u{e007f}')
}

/// The symbol drawn for a hostile character: Unicode's control pictures where there is one.
fn visible(it: char) -> char {
    match it {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + it as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

/// How many cells a clean text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(cell_width).sum() }
}

/// How many cells one visible character takes: 0, 1 or 2.
pub fn cell_width(grapheme: &str) -> usize {
    grapheme.width().min(2)
}

/// The text cut to `cells`, its loss marked with `…`.
pub fn cut(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = cell_width(grapheme);
        if cells < used + wide + 1 {
            break;
        }
        kept.push_str(grapheme);
        used += wide;
    }
    if 0 < cells {
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// What is left of a clean text after its first cells, `at_least` so many, and how many went.
pub fn skip(text: &str, at_least: usize) -> (usize, &str) {
    let mut skipped = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        if at_least <= skipped {
            return (skipped, &text[at..]);
        }
        skipped += cell_width(grapheme);
    }
    (skipped, "")
}

/// The text cut in its middle, so that both ends stay readable: for keys and ARNs.
pub fn cut_middle(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells || cells < 5 {
        return cut(text, cells);
    }
    let graphemes: Vec<&str> = text.graphemes(true).collect();
    let (head, tail) = ((cells - 1) / 2, cells - 1 - (cells - 1) / 2);
    let front: String = fitting(graphemes.iter().copied(), head).concat();
    let mut back = fitting(graphemes.iter().rev().copied(), tail);
    back.reverse();
    Cow::Owned(format!("{front}…{}", back.concat()))
}

fn fitting<'a>(graphemes: impl Iterator<Item = &'a str>, cells: usize) -> Vec<&'a str> {
    let mut used = 0;
    graphemes
        .take_while(|it| {
            used += cell_width(it);
            used <= cells
        })
        .collect()
}

/// Lines of at most `cells`, broken at blanks where that is possible and inside long words where it is not.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_word_bounds() {
            let wide = width(&clean(word));
            if used + wide <= cells {
                line.push_str(word);
                used += wide;
                continue;
            }
            if word.trim().is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0;
                continue;
            }
            carry(&mut lines, &mut line, &mut used);
            for grapheme in word.graphemes(true) {
                let wide = cell_width(&clean(grapheme));
                if cells < used + wide {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push_str(grapheme);
                used += wide;
            }
        }
        lines.push(line);
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Ends a line. A piece after its last blank moves to the next, so that `word,` stays in one piece.
fn carry(lines: &mut Vec<String>, line: &mut String, used: &mut usize) {
    let kept = line.rfind(' ').map_or(0, |it| it + 1);
    let rest = if 0 < kept { line.split_off(kept) } else { String::new() };
    let ended = std::mem::replace(line, rest);
    if !ended.is_empty() {
        lines.push(ended);
    }
    *used = width(&clean(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Escape sequences, carriage returns, deletes and direction overrides become visible and harmless.
    #[test]
    fn nothing_acts_on_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\r\n\u{7f}"), "a␛[2Jb␍␊␡");
        assert_eq!(clean("x\u{202e}y\u{9b}z\u{2066}"), "x\u{fffd}y\u{fffd}z\u{fffd}");
        assert!(matches!(clean("温度 ok"), Cow::Borrowed(_)));
    }

    #[test]
    fn cuts_are_marked() {
        assert_eq!(cut("pumphouse", 9), "pumphouse");
        assert_eq!(cut("pumphouse", 5), "pump…");
        assert_eq!(cut("温度計", 4), "温…");
        assert_eq!(cut_middle("2016/10/26/19/file", 9), "2016…file");
        assert_eq!(cut("x", 0), "");
    }

    #[test]
    fn wide_characters_are_skipped_whole() {
        assert_eq!(skip("pumphouse", 4), (4, "house"));
        assert_eq!(skip("温度計", 1), (2, "度計"));
        assert_eq!(skip("温", 5), (2, ""));
    }

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a (word) b", 8), ["a (word)", "b"]);
        assert_eq!(wrap("a\n\nb", 8), ["a", "", "b"]);
    }
}
