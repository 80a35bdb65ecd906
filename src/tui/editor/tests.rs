//! What the editor does with typed text, odd characters, undo and redo.

use super::*;

fn typed(text: &str) -> Editor {
    let mut editor = Editor::new("");
    for letter in text.chars() {
        editor.edit(Edit::Insert(letter.to_string()));
    }
    editor
}

/// Undo takes back a word at a time; redo brings it again.
#[test]
fn undo_goes_by_words() {
    let mut editor = typed("SELECT a FROM");
    let mut seen = Vec::new();
    while editor.edit(Edit::Undo) {
        seen.push(editor.text());
    }
    assert_eq!(seen, ["SELECT a", "SELECT", ""]);
    while editor.edit(Edit::Redo) {}
    assert_eq!(editor.text(), "SELECT a FROM");
}

/// Typing over a selection is one step, and undoing it selects again.
#[test]
fn a_replaced_selection_is_one_step() {
    let mut editor = Editor::new("aaa bbb");
    for _ in 0..4 {
        editor.edit(Edit::Move(Motion::Right, true));
    }
    editor.edit(Edit::Insert("x".into()));
    assert_eq!(editor.text(), "xbbb");
    editor.edit(Edit::Undo);
    assert_eq!(editor.text(), "aaa bbb");
    assert_eq!(editor.selected_text().as_deref(), Some("aaa "));
}

/// An accent, a wide sign and a family are one step of the cursor each.
#[test]
fn the_cursor_moves_by_visible_characters() {
    let mut editor = Editor::new("e\u{301}温👨‍👩‍👧x");
    let mut steps = 0;
    while editor.cursor().byte < editor.lines()[0].len() {
        editor.edit(Edit::Move(Motion::Right, false));
        steps += 1;
    }
    assert_eq!((steps, editor.column(editor.cursor())), (4, 6));
}

/// A terminal pastes line ends as CR.
#[test]
fn pastes_have_unix_line_ends() {
    let mut editor = Editor::new("");
    editor.edit(Edit::Paste("a\rb\r\nc".into()));
    assert_eq!(editor.lines(), ["a", "b", "c"]);
    editor.edit(Edit::Undo);
    assert_eq!(editor.text(), "");
}

#[test]
fn words_lines_and_pages() {
    let mut editor = Editor::new("  SELECT STREAM a,\nFROM b");
    editor.edit(Edit::Move(Motion::LineEnd, false));
    editor.edit(Edit::Move(Motion::WordLeft, false));
    editor.edit(Edit::DeleteWordLeft);
    assert_eq!(editor.text(), "  SELECT STREAM ,\nFROM b");
    editor.edit(Edit::Move(Motion::LineStart, false));
    assert_eq!(editor.cursor().byte, 2);
    editor.edit(Edit::Move(Motion::LineStart, false));
    assert_eq!(editor.cursor().byte, 0);
    editor.edit(Edit::Move(Motion::End, true));
    assert_eq!(editor.selected_text(), Some(editor.text()));
    editor.edit(Edit::Newline);
    assert_eq!(editor.lines(), ["", ""]);
    editor.go_to(99);
    assert_eq!(editor.cursor(), Place { row: 1, byte: 0 });
}

/// Random edits with accents, wide signs and families: undoing all gives the first text, redoing all the
/// last.
#[test]
fn undo_and_redo_are_exact() {
    let mut state = 1u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    const MOTIONS: [Motion; 12] = [
        Motion::Left,
        Motion::Right,
        Motion::Up,
        Motion::Down,
        Motion::WordLeft,
        Motion::WordRight,
        Motion::LineStart,
        Motion::LineEnd,
        Motion::PageUp,
        Motion::PageDown,
        Motion::Start,
        Motion::End,
    ];
    for round in 0..200 {
        let start = "SELECT '温' \nFROM\ts\n\n👨‍👩‍👧;";
        let mut editor = Editor::new(start);
        for _ in 0..120 {
            let edit = match random(12) {
                0 => Edit::Insert("é".into()),
                1 => Edit::Newline,
                2 => Edit::Paste("a b\r\nc".into()),
                3 => Edit::Backspace,
                4 => Edit::Delete,
                5 => Edit::DeleteWordLeft,
                6 => Edit::DeleteWordRight,
                7 => Edit::Insert("\u{301}".into()),
                8 => {
                    editor.click(random(6), random(14), random(3) == 0);
                    continue;
                }
                _ => Edit::Move(MOTIONS[random(12)], random(2) == 0),
            };
            editor.edit(edit);
            let cursor = editor.cursor();
            assert!(editor.lines()[cursor.row].is_char_boundary(cursor.byte), "round {round}");
            assert_eq!(editor.text(), editor.lines().join("\n"));
        }
        let end = editor.text();
        while editor.edit(Edit::Undo) {}
        assert_eq!(editor.text(), start, "round {round}");
        while editor.edit(Edit::Redo) {}
        assert_eq!(editor.text(), end, "round {round}");
    }
}
