//! `commerce`, `company` and `finance`: what is sold, who sells it and what it costs.

use super::Build::{Plain, With, Words};
use super::Entry;
use crate::template::args::{Args, Fault};
use crate::template::decimal::{Decimal, Number};
use crate::template::make::{Draw, Maker};
use crate::template::words;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("commerce.productName", "", "A thing to buy: adjective, material and product.", "{{commerce.productName}}", Plain(product_name)),
    Entry::new("commerce.product", "", "A kind of thing to buy.", "{{commerce.product}}", Words(words::PRODUCTS)),
    Entry::new("commerce.productAdjective", "", "How a thing is praised.", "{{commerce.productAdjective}}", Words(words::PRODUCT_ADJECTIVES)),
    Entry::new("commerce.productMaterial", "", "What a thing is made of.", "{{commerce.productMaterial}}", Words(words::PRODUCT_MATERIALS)),
    Entry::new("commerce.price", "min, max", "A price up to 1000.00.", "{{commerce.price}}", With(amount)),
    Entry::new("commerce.color", "", "A colour.", "{{commerce.color}}", Words(words::COLORS)),
    Entry::new("commerce.department", "", "A department of a shop.", "{{commerce.department}}", Words(words::DEPARTMENTS)),
    Entry::new("company.companyName", "form", "The name of a company; forms are counted from 0 to 2.", "{{company.companyName}}", With(company_name)),
    Entry::new("company.companySuffix", "", "What ends a company's name.", "{{company.companySuffix}}", Words(words::COMPANY_SUFFIXES)),
    Entry::new("company.suffixes", "", "All that may end a company's name, commas between them.", "{{company.suffixes}}", Plain(suffixes)),
    Entry::new("company.catchPhrase", "", "A slogan of three words.", "{{company.catchPhrase}}", Plain(|draw| draw.words(&[words::COMPANY_ADJECTIVES, words::COMPANY_DESCRIPTORS, words::COMPANY_NOUNS]))),
    Entry::new("company.catchPhraseAdjective", "", "The first word of a slogan.", "{{company.catchPhraseAdjective}}", Words(words::COMPANY_ADJECTIVES)),
    Entry::new("company.catchPhraseDescriptor", "", "The second word of a slogan.", "{{company.catchPhraseDescriptor}}", Words(words::COMPANY_DESCRIPTORS)),
    Entry::new("company.catchPhraseNoun", "", "The third word of a slogan.", "{{company.catchPhraseNoun}}", Words(words::COMPANY_NOUNS)),
    Entry::new("company.bs", "", "What a company says it does.", "{{company.bs}}", Plain(|draw| draw.words(&[words::BS_VERBS, words::BS_ADJECTIVES, words::BS_NOUNS]))),
    Entry::new("company.bsBuzz", "", "A verb a company likes.", "{{company.bsBuzz}}", Words(words::BS_VERBS)),
    Entry::new("company.bsAdjective", "", "An adjective a company likes.", "{{company.bsAdjective}}", Words(words::BS_ADJECTIVES)),
    Entry::new("company.bsNoun", "", "A noun a company likes.", "{{company.bsNoun}}", Words(words::BS_NOUNS)),
    Entry::new("finance.amount", "min, max, decimals", "An amount of money up to 1000.00.", "{{finance.amount(10)}}", With(amount)),
    Entry::new("finance.account", "length", "The number of an account, eight digits unless told.", "{{finance.account}}", With(account)),
    Entry::new("finance.accountName", "", "The name of an account.", "{{finance.accountName}}", Plain(account_name)),
    Entry::new("finance.mask", "length", "The last digits of an account, four unless told.", "{{finance.mask}}", With(mask)),
    Entry::new("finance.transactionType", "", "What was done with money.", "{{finance.transactionType}}", Words(words::TRANSACTION_TYPES)),
    Entry::new("finance.currencyCode", "", "A currency in three letters.", "{{finance.currencyCode}}", Plain(|draw| currency(draw, 1))),
    Entry::new("finance.currencyName", "", "The name of a currency.", "{{finance.currencyName}}", Plain(|draw| currency(draw, 0))),
    Entry::new("finance.currencySymbol", "", "The sign of a currency.", "{{finance.currencySymbol}}", Plain(|draw| currency(draw, 2))),
    Entry::new("finance.bitcoinAddress", "", "An address that looks like one of a bitcoin wallet.", "{{finance.bitcoinAddress}}", Plain(bitcoin)),
];

pub fn product_name(draw: &mut Draw) {
    draw.words(&[words::PRODUCT_ADJECTIVES, words::PRODUCT_MATERIALS, words::PRODUCTS]);
}

/// Whole numbers with two zeros behind the point: the real page draws a whole number and prints it so.
fn amount(args: &Args) -> Result<Maker, Fault> {
    if args.strict && args.first().is_some_and(|it| !it.is_number() && !it.is_null()) {
        return Ok(Maker::Text("NaN".into()));
    }
    let min = args.decimal(0, Decimal::whole(0))?;
    let max = args.decimal(1, Decimal::whole(1000))?;
    let decimals = args.count(2, 2, 12)?;
    let number = Number::new(min, max, Decimal::whole(1), false).and_then(|it| it.as_whole());
    let Some((low, count)) = number else {
        return Err(Fault::new("the bounds of an amount must be whole numbers").hint("Write (10, 500)."));
    };
    let zeros = if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(decimals as usize)) };
    Ok(Maker::Shaped(
        |draw, text| {
            let mut parts = text.splitn(3, ' ');
            let low = parts.next().and_then(|it| it.parse().ok()).unwrap_or(0_i64);
            let count = parts.next().and_then(|it| it.parse().ok()).unwrap_or(0);
            let value = low.wrapping_add(draw.chance.below(count) as i64);
            draw.whole(value);
            draw.put(parts.next().unwrap_or_default());
        },
        format!("{low} {count} {zeros}").into(),
    ))
}

fn company_name(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(
        |draw, form| {
            let form = if form < 0 { draw.between(0, 2) } else { form };
            draw.word(words::LAST_NAMES);
            let parts: &[(&str, &[&str])] = match form {
                0 => &[(" ", words::COMPANY_SUFFIXES)],
                1 => &[(" - ", words::LAST_NAMES)],
                _ => &[(", ", words::LAST_NAMES), (" and ", words::LAST_NAMES)],
            };
            for (before, list) in parts {
                draw.put(before);
                draw.word(list);
            }
        },
        args.count(0, -1, 2)?,
    ))
}

fn suffixes(draw: &mut Draw) {
    for (index, suffix) in words::COMPANY_SUFFIXES.iter().enumerate() {
        if 0 < index {
            draw.put(",");
        }
        draw.put(suffix);
    }
}

fn digits(draw: &mut Draw, length: i64) {
    draw.letters(b"0123456789", length);
}

fn account(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(digits, args.count(0, 8, 1000)?))
}

fn mask(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(digits, args.count(0, 4, 1000)?))
}

fn account_name(draw: &mut Draw) {
    draw.word(words::ACCOUNT_TYPES);
    draw.put(" Account");
}

fn currency(draw: &mut Draw, column: usize) {
    let line = draw.pick(words::CURRENCIES);
    draw.put(words::column(line, column));
}

/// 27 to 34 characters, the first one 1 or 3.
fn bitcoin(draw: &mut Draw) {
    draw.letters(b"13", 1);
    let length = draw.between(26, 33);
    draw.letters(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", length);
}
