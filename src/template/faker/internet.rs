//! `internet`: addresses of people and machines.

use super::Build::{Plain, With, Words};
use super::Entry;
use crate::template::args::{Args, Fault};
use crate::template::make::{Draw, Maker};
use crate::template::words;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("internet.ip", "", "An address of four numbers from 0 to 255.", "{{internet.ip}}", Plain(ip)),
    Entry::new("internet.email", "first name", "A mail address at a free provider.", "{{internet.email}}", With(email)),
    Entry::new("internet.exampleEmail", "first name", "A mail address that belongs to nobody.", "{{internet.exampleEmail}}", With(example_email)),
    Entry::new("internet.userName", "first name", "A name to sign in with.", "{{internet.userName}}", With(user_name)),
    Entry::new("internet.url", "", "The address of a page.", "{{internet.url}}", Plain(url)),
    Entry::new("internet.domainName", "", "The name of a site.", "{{internet.domainName}}", Plain(domain_name)),
    Entry::new("internet.domainWord", "", "The first part of a site's name.", "{{internet.domainWord}}", Plain(domain_word)),
    Entry::new("internet.domainSuffix", "", "The last part of a site's name.", "{{internet.domainSuffix}}", Words(words::DOMAIN_SUFFIXES)),
    Entry::new("internet.protocol", "", "http or https.", "{{internet.protocol}}", Words(&["http", "https"])),
    Entry::new("internet.userAgent", "", "What a browser says of itself.", "{{internet.userAgent}}", Words(words::USER_AGENTS)),
    Entry::new("internet.color", "", "A dark colour in six digits.", "{{internet.color}}", Plain(color)),
    Entry::new("internet.mac", "", "The address of a network card.", "{{internet.mac}}", Plain(mac)),
    Entry::new("internet.password", "length", "Letters and digits, fifteen unless told.", "{{internet.password(8)}}", With(password)),
    Entry::new("internet.session", "", "A large number that names a session.", "{{internet.session}}", Plain(session)),
    Entry::new("internet.avatar", "", "The address of somebody's picture.", "{{internet.avatar}}", Plain(avatar)),
];

fn ip(draw: &mut Draw) {
    for index in 0..4 {
        if 0 < index {
            draw.put(".");
        }
        let part = draw.between(0, 255);
        draw.whole(part);
    }
}

/// The first name with what a mail address allows: letters, digits, point, dash, underscore.
fn put_name(draw: &mut Draw, name: &str, lower: bool) {
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_') {
            let letter = if lower { letter.to_ascii_lowercase() } else { letter };
            draw.put(letter.encode_utf8(&mut [0; 4]));
        }
    }
}

/// `Ada42`, `Ada.Moore` or `Ada_Moore7`.
fn put_user(draw: &mut Draw, first: &str) {
    let first = if first.is_empty() { draw.pick(words::FIRST_NAMES) } else { first };
    put_name(draw, first, false);
    let form = draw.chance.below(3);
    if 0 < form {
        let between = draw.pick(&[".", "_"]);
        draw.put(between);
        let last = draw.pick(words::LAST_NAMES);
        put_name(draw, last, false);
    }
    if form != 1 {
        let number = draw.between(0, 99);
        draw.whole(number);
    }
}

fn user_name(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Shaped(put_user, args.text().unwrap_or_default().into()))
}

fn email(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Shaped(
        |draw, first| put_email(draw, first, words::FREE_MAIL),
        args.text().unwrap_or_default().into(),
    ))
}

fn example_email(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Shaped(
        |draw, first| put_email(draw, first, words::EXAMPLE_MAIL),
        args.text().unwrap_or_default().into(),
    ))
}

fn put_email(draw: &mut Draw, first: &str, providers: &[&str]) {
    put_user(draw, first);
    draw.put("@");
    draw.word(providers);
}

fn domain_word(draw: &mut Draw) {
    let name = draw.pick(words::FIRST_NAMES);
    put_name(draw, name, true);
}

fn domain_name(draw: &mut Draw) {
    domain_word(draw);
    draw.put(".");
    draw.word(words::DOMAIN_SUFFIXES);
}

fn url(draw: &mut Draw) {
    draw.word(&["http", "https"]);
    draw.put("://");
    domain_name(draw);
}

const HEX: &[u8] = b"0123456789abcdef";

/// Each channel is halved on the real page, so it lies between 0 and 128.
fn color(draw: &mut Draw) {
    draw.put("#");
    for _ in 0..3 {
        let channel = draw.between(0, 128) as usize;
        draw.out.extend([HEX[channel >> 4 & 15], HEX[channel & 15]]);
    }
}

fn mac(draw: &mut Draw) {
    for index in 0..6 {
        if 0 < index {
            draw.put(":");
        }
        draw.letters(HEX, 2);
    }
}

fn password(args: &Args) -> Result<Maker, Fault> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    Ok(Maker::Sized(|draw, length| draw.letters(LETTERS, length), args.count(0, 15, 10_000)?))
}

/// Between 1007199254740991 and 2^53 - 1, as the real page draws it; without its occasional fraction.
fn session(draw: &mut Draw) {
    let number = draw.between(1_007_199_254_740_991, (1 << 53) - 1);
    draw.whole(number);
}

pub fn avatar(draw: &mut Draw) {
    draw.put("https://s3.amazonaws.com/uifaces/faces/twitter/");
    domain_word(draw);
    draw.put("/128.jpg");
}
