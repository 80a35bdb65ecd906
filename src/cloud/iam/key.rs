//! Access keys, clearly fake, and telling real ones from them.

use serde::{Deserialize, Serialize};

use crate::base::seed::Chance;
use crate::base::time::Timestamp;

/// Access keys a user may have.
pub const KEYS_MAX: usize = 2;

/// An access key as IAM keeps it: without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// `AKIA…EXAMPLE`, 20 characters.
    pub id: String,
    pub active: bool,
    pub created_at: Timestamp,
}

/// A key as it is shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    pub id: String,
    /// 40 characters that end in `EXAMPLEKEY`.
    pub secret: String,
}

impl NewKey {
    pub(super) fn draw(chance: &mut Chance) -> Self {
        const SECRET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+";
        let id = format!("AKIA{}EXAMPLE", draw(9, UPPER, chance));
        let secret = format!("{}EXAMPLEKEY", draw(30, SECRET, chance));
        Self { id, secret }
    }
}

/// The alphabet of modern key ids and of unique ids.
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn draw(count: usize, alphabet: &[u8], chance: &mut Chance) -> String {
    let one = |_| char::from(alphabet[chance.below(alphabet.len() as u64) as usize]);
    (0..count).map(one).collect()
}

/// A unique id: `AIDA` for users, `AROA` for roles, and 17 characters.
pub(super) fn unique_id(prefix: &str, chance: &mut Chance) -> String {
    format!("{prefix}{}", draw(17, UPPER, chance))
}

/// Whether a text holds something that looks like a real AWS key: `AKIA` or `ASIA` and 16 capital
/// letters and digits, or 40 characters mixed as in a secret key. Keys that end in `EXAMPLE` or
/// `EXAMPLEKEY` are documentation's or ours. Whoever takes text from people refuses what looks real: it
/// must not be stored, logged or shown.
pub fn looks_real(text: &str) -> bool {
    let word = |it: char| !it.is_ascii_alphanumeric();
    let id = text.split(word).any(|it| {
        it.len() == 20
            && (it.starts_with("AKIA") || it.starts_with("ASIA"))
            && it.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
            && !it.ends_with("EXAMPLE")
    });
    let secret = |it: char| !it.is_ascii_alphanumeric() && it != '/' && it != '+';
    id || text.split(secret).any(|it| {
        let has = |kind: fn(&u8) -> bool| it.as_bytes().iter().any(kind);
        it.len() == 40
            && !it.ends_with("EXAMPLEKEY")
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::Seed;

    #[test]
    fn drawn_keys_are_clearly_fake() {
        let key = NewKey::draw(&mut Seed(1).stream("iam.keys"));
        assert_eq!((key.id.len(), key.secret.len()), (20, 40));
        assert!(!looks_real(&format!("{} {}", key.id, key.secret)));
        // The pair of the AWS documentation.
        assert!(!looks_real("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
    }

    /// The likeness is put together here so that no scanner stumbles over this file.
    #[test]
    fn look_alikes_are_found() {
        let id = format!("AKIA{}", "Q7WMLJ56JQNZGKIY");
        let secret = format!("{}{}", "b1Xk9/Tq+Zr3", "h5Lm8Wd2Nv6Cs0Yf4Gj7Pa9RxU3E");
        assert_eq!(secret.len(), 40);
        assert!(looks_real(&format!("key={id};")) && looks_real(&format!("\"{secret}\"")));
        assert!(!looks_real("da39a3ee5e6b4b0d3255bfef95601890afd80709"), "a hex digest is no key");
        assert!(!looks_real(&format!("x{id}")), "part of a longer word");
    }
}
