//! `system` and `image`: files and pictures.

use super::Build::{Plain, With, Words};
use super::Entry;
use crate::template::args::{Args, Fault};
use crate::template::faker::internet;
use crate::template::make::{Draw, Maker};
use crate::template::words;

const CATEGORIES: &[&str] = &[
    "abstract",
    "animals",
    "business",
    "cats",
    "city",
    "food",
    "nightlife",
    "fashion",
    "people",
    "nature",
    "sports",
    "technics",
    "transport",
];

macro_rules! picture {
    ($category:literal) => {
        Entry::new(
            concat!("image.", $category),
            "",
            concat!("The address of a picture: ", $category, "."),
            concat!("{{image.", $category, "}}"),
            Plain(|draw| draw.put(concat!("http://lorempixel.com/640/480/", $category))),
        )
    };
}

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("system.fileName", "", "The name of a file.", "{{system.fileName}}", Plain(file_name)),
    Entry::new("system.commonFileName", "ending", "The name of a file with a common ending, or the one given.", "{{system.commonFileName(csv)}}", With(common_file_name)),
    Entry::new("system.mimeType", "", "The type of a file's content.", "{{system.mimeType}}", Plain(|draw| mime(draw, 0))),
    Entry::new("system.commonFileType", "", "A common kind of content.", "{{system.commonFileType}}", Words(words::COMMON_FILE_TYPES)),
    Entry::new("system.commonFileExt", "", "A common ending of a file's name.", "{{system.commonFileExt}}", Words(words::COMMON_FILE_EXTS)),
    Entry::new("system.fileType", "", "A kind of content.", "{{system.fileType}}", Plain(file_type)),
    Entry::new("system.fileExt", "content type", "An ending of a file's name; that of a content type, if one is given.", r#"{{system.fileExt("application/json")}}"#, With(file_ext)),
    Entry::new("system.semver", "", "A version of three numbers.", "{{system.semver}}", Plain(semver)),
    Entry::new("system.directoryPath", "", "undefined: the real page never had it.", "{{system.directoryPath}}", Plain(undefined)),
    Entry::new("system.filePath", "", "undefined: the real page never had it.", "{{system.filePath}}", Plain(undefined)),
    Entry::new("image.image", "", "The address of any picture.", "{{image.image}}", Plain(any_image)),
    Entry::new("image.avatar", "", "The address of somebody's picture.", "{{image.avatar}}", Plain(internet::avatar)),
    Entry::new("image.imageUrl", "width, height", "The address of a picture of this size.", "{{image.imageUrl}}", With(image_url)),
    picture!("abstract"),
    picture!("animals"),
    picture!("business"),
    picture!("cats"),
    picture!("city"),
    picture!("food"),
    picture!("nightlife"),
    picture!("fashion"),
    picture!("people"),
    picture!("nature"),
    picture!("sports"),
    picture!("technics"),
    picture!("transport"),
];

fn undefined(draw: &mut Draw) {
    draw.put("undefined");
}

fn mime(draw: &mut Draw, column: usize) {
    let line = draw.pick(words::MIME_TYPES);
    draw.put(words::column(line, column));
}

/// Three small words with underscores between them.
fn stem(draw: &mut Draw) {
    for index in 0..3 {
        if 0 < index {
            draw.put("_");
        }
        draw.word(words::LOREM);
    }
}

fn file_name(draw: &mut Draw) {
    stem(draw);
    draw.put(".");
    mime(draw, 1);
}

fn common_file_name(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Shaped(
        |draw, ending| {
            stem(draw);
            draw.put(".");
            if ending.is_empty() {
                draw.word(words::COMMON_FILE_EXTS);
            } else {
                draw.put(ending);
            }
        },
        args.text().unwrap_or_default().into(),
    ))
}

fn file_type(draw: &mut Draw) {
    let line = draw.pick(words::MIME_TYPES);
    draw.put(line.split('/').next().unwrap_or_default());
}

fn file_ext(args: &Args) -> Result<Maker, Fault> {
    let Some(wanted) = args.text().filter(|it| !it.is_empty()) else {
        return Ok(Maker::Plain(|draw| mime(draw, 1)));
    };
    match words::MIME_TYPES.iter().find(|it| words::column(it, 0) == wanted) {
        Some(line) => Ok(Maker::Text(words::column(line, 1).into())),
        None => Err(Fault::new(format!("content type \"{wanted}\" is not known"))
            .hint("Write one such as \"application/json\", or none.")),
    }
}

fn semver(draw: &mut Draw) {
    for index in 0..3 {
        if 0 < index {
            draw.put(".");
        }
        let part = draw.between(0, 9);
        draw.whole(part);
    }
}

pub fn any_image(draw: &mut Draw) {
    draw.put("http://lorempixel.com/640/480/");
    draw.word(CATEGORIES);
}

fn image_url(args: &Args) -> Result<Maker, Fault> {
    let (width, height) = (args.count(0, 640, 10_000)?, args.count(1, 480, 10_000)?);
    Ok(Maker::Text(format!("http://lorempixel.com/{width}/{height}").into()))
}
