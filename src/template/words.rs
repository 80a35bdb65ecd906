//! The word lists of the catalogue, cut into words while compiling.
//!
//! Each list is a text file under `assets/faker`, one entry per line, so that whoever improves a list
//! touches no code. Lists with several columns (a state and its abbreviation) part them by a tab. The
//! short lists are those of the real page; the long ones are our own.

/// How many lines a list has.
const fn count(text: &str) -> usize {
    let (bytes, mut at, mut lines) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        if bytes[at] == b'\n' {
            lines += 1;
        }
        at += 1;
    }
    lines
}

/// The lines of a list whose last line ends like the others.
const fn cut<const LINES: usize>(text: &'static str) -> [&'static str; LINES] {
    let (mut lines, mut rest, mut at, mut line) = ([""; LINES], text, 0, 0);
    while line < LINES {
        if rest.as_bytes()[at] == b'\n' {
            let (word, after) = rest.split_at(at);
            lines[line] = word;
            rest = after.split_at(1).1;
            line += 1;
            at = 0;
        } else {
            at += 1;
        }
    }
    lines
}

macro_rules! lists {
    ($($name:ident = $file:literal;)*) => {
        $(pub const $name: &[&str] = {
            const TEXT: &str = include_str!(concat!("../../assets/faker/", $file, ".txt"));
            const LINES: [&str; count(TEXT)] = cut(TEXT);
            &LINES
        };)*

        /// Every list with the name of its file.
        #[cfg(test)]
        const ALL: &[(&str, &[&str])] = &[$(($file, $name)),*];
    };
}

lists! {
    ACCOUNT_TYPES = "account_types";
    BS_ADJECTIVES = "bs_adjectives";
    BS_NOUNS = "bs_nouns";
    BS_VERBS = "bs_verbs";
    CITY_PREFIXES = "city_prefixes";
    CITY_SUFFIXES = "city_suffixes";
    COLORS = "colors";
    COMMON_FILE_EXTS = "common_file_exts";
    COMMON_FILE_TYPES = "common_file_types";
    COMPANY_ADJECTIVES = "company_adjectives";
    COMPANY_DESCRIPTORS = "company_descriptors";
    COMPANY_NOUNS = "company_nouns";
    COMPANY_SUFFIXES = "company_suffixes";
    COUNTIES = "counties";
    COUNTRIES = "countries";
    CURRENCIES = "currencies";
    DEPARTMENTS = "departments";
    DOMAIN_SUFFIXES = "domain_suffixes";
    EXAMPLE_MAIL = "example_mail";
    FIRST_NAMES = "first_names";
    FREE_MAIL = "free_mail";
    HACKER_ABBREVIATIONS = "hacker_abbreviations";
    HACKER_ADJECTIVES = "hacker_adjectives";
    HACKER_INGVERBS = "hacker_ingverbs";
    HACKER_NOUNS = "hacker_nouns";
    HACKER_VERBS = "hacker_verbs";
    JOB_AREAS = "job_areas";
    JOB_DESCRIPTORS = "job_descriptors";
    JOB_TYPES = "job_types";
    LAST_NAMES = "last_names";
    LOCALES = "locales";
    LOREM = "lorem";
    MIME_TYPES = "mime_types";
    NAME_PREFIXES = "name_prefixes";
    NAME_SUFFIXES = "name_suffixes";
    PHONE_FORMATS = "phone_formats";
    PRODUCT_ADJECTIVES = "product_adjectives";
    PRODUCT_MATERIALS = "product_materials";
    PRODUCTS = "products";
    STATES = "states";
    STREET_SUFFIXES = "street_suffixes";
    TRANSACTION_TYPES = "transaction_types";
    USER_AGENTS = "user_agents";
}

/// Twelve months, long; the short form is the first three letters.
pub const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Seven days, long, the week starting on Sunday as the real page's does.
pub const WEEKDAYS: &[&str] = &["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// One column of a list whose columns are parted by tabs; empty where there is none.
pub fn column(line: &'static str, index: usize) -> &'static str {
    line.split('\t').nth(index).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No list has an empty line, and none an invisible character except the tab between columns.
    #[test]
    fn lists_are_clean() {
        for (name, list) in ALL {
            assert!(!list.is_empty(), "{name}");
            for word in *list {
                assert!(!word.is_empty() && word.trim() == *word, "{name}: {word:?}");
                assert!(word.chars().all(|it| it == '\t' || !it.is_control()), "{name}: {word:?}");
            }
        }
        assert_eq!((STATES.len(), COLORS.len(), DEPARTMENTS.len(), PRODUCTS.len()), (50, 31, 22, 24));
    }
}
