//! Placeholders of later versions of faker.js, which learners copy from newer documentation.
//!
//! A few work here in the tolerant mode, because something here does the same; the others are known by
//! name and version, so that the error says more than "does not exist".

use super::Build::{Plain, With, Words};
use super::random::number_with;
use super::{Entry, Origin};
use crate::template::args::{Args, Fault, decimal, shown};
use crate::template::decimal::Decimal;
use crate::template::make::{Draw, Maker};
use crate::template::words;

const V4: Origin = Origin::Later("4.1.0");
const V5: Origin = Origin::Later("5.5.3");

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("random.float", "max, or {min, max, precision}", "A number with two decimals unless told.", r#"{{random.float({"min":1, "max":5})}}"#, With(float)).from(V5),
    Entry::new("random.alpha", "length", "Small letters, one unless told.", "{{random.alpha(3)}}", With(alpha)).from(V5),
    Entry::new("random.hexaDecimal", "length", "0x and digits of base sixteen, one unless told.", "{{random.hexaDecimal(8)}}", With(hexadecimal)).from(V5),
    Entry::new("datatype.number", "max, or {min, max, precision}", "A number, as random.number.", r#"{{datatype.number({"min":1, "max":6})}}"#, With(whole)).from(V5),
    Entry::new("datatype.float", "max, or {min, max, precision}", "A number with two decimals unless told.", "{{datatype.float(10)}}", With(float)).from(V5),
    Entry::new("datatype.uuid", "", "A random identifier, as random.uuid.", "{{datatype.uuid}}", With(|args| same_as("random.uuid", args))).from(V5),
    Entry::new("datatype.boolean", "", "true or false.", "{{datatype.boolean}}", Words(&["true", "false"])).from(V5),
    Entry::new("datatype.hexaDecimal", "length", "0x and digits of base sixteen, one unless told.", "{{datatype.hexaDecimal(4)}}", With(hexadecimal)).from(V5),
    Entry::new("internet.ipv6", "", "An address of eight groups.", "{{internet.ipv6}}", Plain(ipv6)).from(V4),
    Entry::new("internet.port", "", "A port from 0 to 65535.", "{{internet.port}}", Plain(|draw| { let port = draw.between(0, 65_535); draw.whole(port) })).from(V5),
    Entry::new("internet.httpMethod", "", "What is asked of a server.", "{{internet.httpMethod}}", Words(&["GET", "POST", "PUT", "DELETE", "PATCH"])).from(V5),
    Entry::new("lorem.slug", "", "Three words of Latin, dashes between them.", "{{lorem.slug}}", Plain(slug)).from(V4),
    Entry::new("address.cityName", "", "The name of a town, as address.city.", "{{address.cityName}}", With(|args| same_as("address.city", args))).from(V5),
    Entry::new("address.direction", "", "A direction of the compass.", "{{address.direction}}", Words(&["North", "East", "South", "West", "Northeast", "Northwest", "Southeast", "Southwest"])).from(V5),
    Entry::new("address.cardinalDirection", "", "One of the four directions of the compass.", "{{address.cardinalDirection}}", Words(&["North", "East", "South", "West"])).from(V5),
    Entry::new("address.ordinalDirection", "", "A direction of the compass between two.", "{{address.ordinalDirection}}", Words(&["Northeast", "Northwest", "Southeast", "Southwest"])).from(V5),
    Entry::new("name.gender", "", "A gender.", "{{name.gender}}", Words(&["Female", "Male", "Non-binary"])).from(V5),
    Entry::new("name.middleName", "", "A middle name.", "{{name.middleName}}", Words(words::FIRST_NAMES)).from(V5),
    Entry::new("random.arrayElements", "list", "Elements of a list in any order, commas between them; as helpers.shuffle.", r#"{{random.arrayElements(["a","b"])}}"#, With(|args| same_as("helpers.shuffle", args))).from(V5),
    Entry::new("date.soon", "days", "A moment of the next day, or days, as a browser prints dates.", "{{date.soon(2)}}", With(soon)).from(V5),
];

/// A placeholder that exists elsewhere only.
pub struct Later {
    pub version: &'static str,
    /// What comes nearest here.
    pub instead: &'static str,
}

/// What is known of a name that belongs to a later version.
pub fn find(name: &str) -> Option<Later> {
    let elsewhere = |version, instead| Some(Later { version, instead });
    match name {
        "finance.iban" | "finance.bic" => elsewhere("4.1.0", "finance.account(16)"),
        "image.dataUri" => elsewhere("4.1.0", "image.imageUrl"),
        "database.column" | "database.type" | "database.collation" | "database.engine" => {
            elsewhere("4.1.0", "hacker.noun")
        }
        "helpers.regexpStyleStringParse" | "helpers.repeatString" => {
            elsewhere("5.5.3", "helpers.replaceSymbols(??-###)")
        }
        "helpers.replaceCreditCardSymbols" | "finance.creditCardNumber" => {
            elsewhere("5.5.3", "helpers.replaceSymbolWithNumber(####-####-####-####)")
        }
        "finance.creditCardCVV" => elsewhere("5.5.3", "finance.mask(3)"),
        "finance.routingNumber" => elsewhere("5.5.3", "finance.account(9)"),
        "finance.litecoinAddress" | "finance.ethereumAddress" => elsewhere("5.5.3", "finance.bitcoinAddress"),
        "finance.transactionDescription" => elsewhere("5.5.3", "finance.transactionType"),
        "address.zipCodeByState" => elsewhere("5.5.3", "address.zipCode"),
        "address.timeZone" => elsewhere("5.5.3", "address.country"),
        "date.betweens" => elsewhere("5.5.3", "date.between(\"2016-01-01\", \"2016-10-26\")"),
        "commerce.productDescription" => elsewhere("5.5.3", "commerce.productName"),
        "time.recent" => elsewhere("5.5.3", "date.recent"),
        "git.commitSha" | "git.shortSha" => elsewhere("5.5.3", "random.hexaDecimal(40)"),
        "git.branch" | "git.commitEntry" | "git.commitMessage" => elsewhere("5.5.3", "hacker.phrase"),
        "music.genre" => elsewhere("5.5.3", "random.arrayElement([\"Jazz\",\"Rock\",\"Folk\"])"),
        "datatype.datetime" => elsewhere("5.5.3", "date.now"),
        "datatype.string" | "datatype.json" | "datatype.array" => elsewhere("5.5.3", "lorem.words(3)"),
        _ if name.starts_with("animal.") => {
            elsewhere("5.5.3", "random.arrayElement([\"cat\",\"dog\",\"horse\"])")
        }
        _ if name.starts_with("vehicle.") => {
            elsewhere("5.5.3", "random.arrayElement([\"car\",\"bus\",\"truck\"])")
        }
        _ => None,
    }
}

fn same_as(name: &str, args: &Args) -> Result<Maker, Fault> {
    super::find(name).ok_or_else(|| super::unknown(name))?.maker(args)
}

fn whole(args: &Args) -> Result<Maker, Fault> {
    number_with(args, Decimal::whole(1))
}

fn float(args: &Args) -> Result<Maker, Fault> {
    number_with(args, Decimal { units: 1, scale: 2 })
}

/// A length, as a number or as `{"count": 3}`.
fn length(args: &Args) -> Result<i64, Fault> {
    let Some(count) = args.first().and_then(|it| it.get("count")) else { return args.count(0, 1, 10_000) };
    match decimal(count).filter(|it| it.scale == 0 && (0..=10_000).contains(&it.units)) {
        Some(count) => Ok(count.units as i64),
        None => Err(Fault::new(format!("\"count\" is {}, which is no length", shown(count)))
            .hint("Write {\"count\": 3}.")),
    }
}

fn alpha(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(|draw, count| draw.letters(b"abcdefghijklmnopqrstuvwxyz", count), length(args)?))
}

fn hexadecimal(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(
        |draw, count| {
            draw.put("0x");
            draw.letters(b"0123456789abcdef", count);
        },
        length(args)?,
    ))
}

fn ipv6(draw: &mut Draw) {
    for index in 0..8 {
        if 0 < index {
            draw.put(":");
        }
        draw.letters(b"0123456789abcdef", 4);
    }
}

fn slug(draw: &mut Draw) {
    for index in 0..3 {
        if 0 < index {
            draw.put("-");
        }
        draw.word(words::LOREM);
    }
}

fn soon(args: &Args) -> Result<Maker, Fault> {
    super::date::soon(args)
}
