//! Sizes and counts as people read them.

use std::fmt;

/// A number of bytes; prints as `312 KiB` or `1.1 MiB`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
        if self.0 < 1024 {
            return write!(out, "{} B", self.0);
        }
        let mut unit = 0;
        let mut tenths = u128::from(self.0) * 10 / 1024;
        while 10_240 <= tenths && unit + 1 < UNITS.len() {
            tenths /= 1024;
            unit += 1;
        }
        if tenths < 100 {
            return write!(out, "{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]);
        }
        write!(out, "{} {}", tenths / 10, UNITS[unit])
    }
}

/// A count; prints with commas, `1,234,567`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        out.pad_integral(true, "", &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let shown: Vec<String> =
            [0, 1023, 1024, 319_488, 1_153_434, 5 << 20].map(|n| Bytes(n).to_string()).into();
        assert_eq!(shown, ["0 B", "1023 B", "1.0 KiB", "312 KiB", "1.1 MiB", "5.0 MiB"]);
        assert_eq!(Count(1_234_567).to_string(), "1,234,567");
        assert_eq!(Count(999).to_string(), "999");
    }
}
