//! Random expressions of a wanted kind, and random rows. Shrinking leads to columns and to fewer branches.

use proptest::prelude::*;
use proptest::sample::select;

use super::tree::{COLUMNS, E, UNITS};
use super::value::{Ty, V};

/// Strategies for expressions up to some depth, one for each kind of value.
#[derive(Clone)]
pub struct Kinds {
    pub whole: BoxedStrategy<E>,
    pub number: BoxedStrategy<E>,
    pub text: BoxedStrategy<E>,
    pub truth: BoxedStrategy<E>,
    pub time: BoxedStrategy<E>,
    pub day: BoxedStrategy<E>,
}

/// Expressions of any kind that a column can hold.
pub fn expression(depth: u32) -> BoxedStrategy<E> {
    let it = kinds(depth);
    prop_oneof![
        2 => it.whole, 4 => it.number, 4 => it.text, 4 => it.truth, 3 => it.time, 1 => it.day,
    ]
    .boxed()
}

pub fn kinds(depth: u32) -> Kinds {
    (0..depth).fold(leaves(), |inner, _| deeper(&inner))
}

fn column(wanted: fn(Ty) -> bool) -> BoxedStrategy<E> {
    let places: Vec<usize> = (0..COLUMNS.len()).filter(|&at| wanted(COLUMNS[at].1)).collect();
    select(places).prop_map(E::Column).boxed()
}

fn word() -> BoxedStrategy<String> {
    select(vec!["a", "b", "ab", "A", "Ab c", " ", "a ", "ä", "12", "x'y", "TRUE", "abcdefg"])
        .prop_map(str::to_owned)
        .boxed()
}

fn leaves() -> Kinds {
    let whole = prop_oneof![
        3 => column(|it| matches!(it, Ty::Int(_))),
        2 => select(vec![0, 1, 2, 3, 7, 10, 100, 2_147_483_647, 3_000_000_000]).prop_map(E::Integer),
    ]
    .boxed();
    let decimals = select(vec!["0.5", ".5", "1.25", "2.50", "12.5", "7.0", "0.0002", "200.5", "99999.999"]);
    let number = prop_oneof![
        3 => column(|it| matches!(it, Ty::Dec(..))),
        1 => column(|it| it == Ty::Double),
        1 => column(|it| it == Ty::Real),
        2 => whole.clone(),
        2 => decimals.prop_map(E::Decimal),
        1 => select(vec!["0e0", "1.5e0", "1e10", "2.5E-3", "1e300"]).prop_map(E::Double),
    ]
    .boxed();
    let text = prop_oneof![
        2 => column(|it| it.text().is_some()),
        1 => word().prop_map(E::Text),
    ]
    .boxed();
    let number = prop_oneof![
        12 => number,
        1 => select(vec![Ty::Int(16), Ty::Dec(9, 3), Ty::Double]).prop_map(E::NullOf),
    ]
    .boxed();
    let truth = prop_oneof![
        2 => column(|it| it == Ty::Bool),
        1 => select(vec![Some(true), Some(false), None]).prop_map(E::Truth),
    ]
    .boxed();
    let moments = ["2016-10-26 17:05:03", "1970-01-01 00:00:00", "2016-02-29 23:59:59.999"];
    let time = prop_oneof![
        3 => column(|it| it == Ty::Time),
        1 => select(moments.to_vec()).prop_map(E::Moment),
    ]
    .boxed();
    let day = prop_oneof![
        2 => column(|it| it == Ty::Date),
        1 => select(vec!["2016-10-26", "1969-12-31"]).prop_map(E::Day),
    ]
    .boxed();
    Kinds { whole, number, text, truth, time, day }
}

fn two(of: &BoxedStrategy<E>) -> BoxedStrategy<(Box<E>, Box<E>)> {
    (of.clone(), of.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b))).boxed()
}

/// CASE in both forms, COALESCE and NULLIF over one kind.
fn choices(of: &BoxedStrategy<E>, truth: &BoxedStrategy<E>, whole: &BoxedStrategy<E>) -> BoxedStrategy<E> {
    let branch = |when: &BoxedStrategy<E>| prop::collection::vec((when.clone(), of.clone()), 1..3);
    let other = || prop::option::of(of.clone().prop_map(Box::new));
    let maybe_null = prop_oneof![4 => of.clone(), 1 => Just(E::Null)];
    prop_oneof![
        2 => (branch(truth), other()).prop_map(|(it, other)| E::Searched(it, other)),
        1 => (whole.clone(), branch(whole), other())
            .prop_map(|(x, it, other)| E::Simple(Box::new(x), it, other)),
        2 => (of.clone(), prop::collection::vec(maybe_null, 1..3)).prop_map(|(last, mut all)| {
            all.push(last);
            E::Call("COALESCE", all)
        }),
        1 => two(of).prop_map(|(a, b)| E::Call("NULLIF", vec![*a, *b])),
    ]
    .boxed()
}

fn cast_to(of: BoxedStrategy<E>, types: &[Ty]) -> BoxedStrategy<E> {
    (of, select(types.to_vec())).prop_map(|(it, ty)| E::Cast(ty, Box::new(it))).boxed()
}

fn deeper(k: &Kinds) -> Kinds {
    Kinds {
        whole: whole(k),
        number: number(k),
        text: text(k),
        truth: truth(k),
        time: time(k),
        day: prop_oneof![
            2 => k.day.clone(),
            1 => cast_to(k.time.clone(), &[Ty::Date]),
            1 => choices(&k.day, &k.truth, &k.whole),
        ]
        .boxed(),
    }
}

fn whole(k: &Kinds) -> BoxedStrategy<E> {
    let unit = || select(UNITS[..4].to_vec());
    let integers = [Ty::Int(8), Ty::Int(16), Ty::Int(32), Ty::Int(64)];
    let infix = (select(vec!["+", "-", "*", "/"]), two(&k.whole)).prop_map(|(op, (a, b))| E::Infix(op, a, b));
    prop_oneof![
        2 => k.whole.clone(),
        4 => infix,
        1 => k.whole.clone().prop_map(|it| E::Negate(Box::new(it))),
        1 => (select(vec!["ABS", "FLOOR", "CEIL"]), k.whole.clone()).prop_map(|(f, it)| E::Call(f, vec![it])),
        2 => two(&k.whole).prop_map(|(a, b)| E::Call("MOD", vec![*a, *b])),
        2 => cast_to(k.number.clone(), &integers),
        1 => cast_to(k.text.clone(), &integers),
        1 => k.text.clone().prop_map(|it| E::Call("CHAR_LENGTH", vec![it])),
        1 => two(&k.text).prop_map(|(a, b)| E::Position(a, b)),
        1 => (k.time.clone(), select(UNITS[1..].to_vec())).prop_map(|(it, u)| E::Extract(Box::new(it), u)),
        1 => (two(&k.time), unit()).prop_map(|((a, b), u)| E::Difference(a, b, u)),
        1 => two(&k.time).prop_map(|(a, b)| E::Call("TSDIFF", vec![*a, *b])),
        1 => k.time.clone().prop_map(|it| E::Call("UNIX_TIMESTAMP", vec![it])),
        1 => choices(&k.whole, &k.truth, &k.whole),
    ]
    .boxed()
}

fn number(k: &Kinds) -> BoxedStrategy<E> {
    let infix =
        (select(vec!["+", "-", "*", "/"]), two(&k.number)).prop_map(|(op, (a, b))| E::Infix(op, a, b));
    let types =
        [Ty::Dec(5, 2), Ty::Dec(16, 2), Ty::Dec(2, 1), Ty::Dec(18, 9), Ty::Dec(18, 0), Ty::Double, Ty::Real];
    let rounding = select(vec!["ABS", "FLOOR", "CEIL", "CEILING"]);
    prop_oneof![
        2 => k.number.clone(),
        1 => k.whole.clone(),
        5 => infix,
        1 => k.number.clone().prop_map(|it| E::Negate(Box::new(it))),
        2 => (rounding, k.number.clone()).prop_map(|(f, it)| E::Call(f, vec![it])),
        1 => k.number.clone().prop_map(|it| E::Call("SQRT", vec![it])),
        2 => cast_to(k.number.clone(), &types),
        1 => cast_to(k.text.clone(), &[Ty::Dec(5, 2), Ty::Double]),
        1 => k.time.clone().prop_map(|it| E::Extract(Box::new(it), UNITS[0])),
        2 => choices(&k.number, &k.truth, &k.whole),
    ]
    .boxed()
}

fn text(k: &Kinds) -> BoxedStrategy<E> {
    let types = [Ty::Char(3), Ty::Char(20), Ty::Var(2), Ty::Var(8), Ty::Var(40)];
    let place = || select(vec![-2_i64, 0, 1, 2, 3, 5, 9]);
    let length = || prop::option::of(select(vec![-1_i64, 0, 1, 2, 4, 17]));
    let eaten = || prop::option::of(select(vec![0_i64, 1, 2, 17]));
    let thing =
        prop_oneof![k.number.clone(), k.text.clone(), k.truth.clone(), k.time.clone(), k.day.clone()].boxed();
    prop_oneof![
        2 => k.text.clone(),
        3 => two(&k.text).prop_map(|(a, b)| E::Infix("||", a, b)),
        2 => (select(vec!["UPPER", "LOWER", "INITCAP"]), k.text.clone()).prop_map(|(f, it)| E::Call(f, vec![it])),
        2 => (k.text.clone(), place(), length())
            .prop_map(|(it, n, m)| E::Part(false, Box::new(it), n, m)),
        1 => (k.text.clone(), select(vec![1_i64, 2, 3, 9]), length())
            .prop_map(|(it, n, m)| E::Part(true, Box::new(it), n, m)),
        1 => (two(&k.text), place(), eaten()).prop_map(|((a, b), n, m)| E::Overlay(a, b, n, m)),
        1 => (select(vec!["LEADING", "TRAILING", "BOTH"]), select(vec!['a', ' ', 'ä']), k.text.clone())
            .prop_map(|(side, what, it)| E::Trim(side, what, Box::new(it))),
        4 => cast_to(thing, &types),
        2 => choices(&k.text, &k.truth, &k.whole),
    ]
    .boxed()
}

fn truth(k: &Kinds) -> BoxedStrategy<E> {
    let ops =
        || select(vec!["=", "<>", "!=", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]);
    let pairs = prop_oneof![
        4 => two(&k.number), 3 => two(&k.text), 2 => two(&k.time), 1 => two(&k.truth), 1 => two(&k.day),
    ];
    let thing =
        prop_oneof![k.number.clone(), k.text.clone(), k.truth.clone(), k.time.clone(), k.day.clone()].boxed();
    let tests = select(vec!["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"]);
    let between = |of: &BoxedStrategy<E>| {
        (any::<bool>(), of.clone(), two(of)).prop_map(|(no, x, (a, b))| E::Between(no, Box::new(x), a, b))
    };
    let list = |of: &BoxedStrategy<E>| {
        let items = prop::collection::vec(prop_oneof![6 => of.clone(), 1 => Just(E::Null)], 1..4);
        (any::<bool>(), of.clone(), items).prop_map(|(no, x, items)| E::In(no, Box::new(x), items))
    };
    let patterns = vec!["%", "a%", "%b", "_", "_b%", "a_", "%a%", "ab", "", "A% c", "%!_", "!%a%", "ä%"];
    prop_oneof![
        2 => k.truth.clone(),
        6 => (ops(), pairs).prop_map(|(op, (a, b))| E::Compare(op, a, b)),
        2 => two(&k.truth).prop_map(|(a, b)| E::And(a, b)),
        2 => two(&k.truth).prop_map(|(a, b)| E::Or(a, b)),
        2 => k.truth.clone().prop_map(|it| E::Not(Box::new(it))),
        2 => (select(vec!["NULL", "NOT NULL"]), thing).prop_map(|(what, it)| E::Is(what, Box::new(it))),
        2 => (tests, k.truth.clone()).prop_map(|(what, it)| E::Is(what, Box::new(it))),
        1 => between(&k.number),
        1 => between(&k.text),
        1 => list(&k.number),
        1 => list(&k.text),
        2 => (any::<bool>(), k.text.clone(), select(patterns)).prop_map(|(no, x, pattern)| {
            E::Like(no, Box::new(x), pattern.to_owned(), pattern.contains('!'))
        }),
        1 => cast_to(k.text.clone(), &[Ty::Bool]),
        1 => choices(&k.truth, &k.truth, &k.whole),
    ]
    .boxed()
}

fn time(k: &Kinds) -> BoxedStrategy<E> {
    let millis = || select(UNITS[..4].to_vec());
    let count = || select(vec![1_i64, 2, 5, 7, 10, 30, 99]);
    let small = select(vec!["A1", "A2"]);
    let epoch = small.prop_map(|name| {
        let at = COLUMNS.iter().position(|it| it.0 == name).expect("a column");
        E::Call("TO_TIMESTAMP", vec![E::Column(at)])
    });
    prop_oneof![
        2 => k.time.clone(),
        2 => (select(vec!["FLOOR", "CEIL"]), k.time.clone(), select(UNITS.to_vec()))
            .prop_map(|(f, it, u)| E::Round(f, Box::new(it), u)),
        3 => (any::<bool>(), k.time.clone(), count(), millis())
            .prop_map(|(back, it, n, u)| E::Shift(back, Box::new(it), n, u)),
        2 => (k.time.clone(), count(), millis()).prop_map(|(it, n, u)| E::Step(Box::new(it), n, u)),
        1 => epoch,
        1 => cast_to(k.day.clone(), &[Ty::Time]),
        1 => choices(&k.time, &k.truth, &k.whole),
    ]
    .boxed()
}

/// A value of a column: ordinary ones, edges, NULL.
fn value(ty: Ty) -> BoxedStrategy<V> {
    let digits = |list: &[i128]| select(list.to_vec()).prop_map(V::Exact).boxed();
    let known = match ty {
        Ty::Int(bits) => {
            let top = (1_i128 << (bits - 1)) - 1;
            digits(&[0, 1, 2, -1, 3, -7, 12, 100, top, -top - 1])
        }
        Ty::Dec(p, s) => {
            let one = 10_i128.pow(s);
            let top = 10_i128.pow(p) - 1;
            digits(&[0, 1, one, -one, one / 2, 3 * one / 2, -5 * one / 2, 999, top, -top, 100 * one + 1])
        }
        Ty::Real => select(vec![0.0, 0.5, -1.5, 0.1_f32, 3.0e30, 16_777_217.0])
            .prop_map(|it| V::Approx(f64::from(it)))
            .boxed(),
        Ty::Double => {
            let numbers = vec![0.0, 0.5, -1.5, 0.1, 1e300, -1e-300, 2.5, 21.005, 123_456_789.123];
            select(numbers).prop_map(V::Approx).boxed()
        }
        Ty::Char(n) => word()
            .prop_map(move |it| {
                let cut: String = it.chars().take(n as usize).collect();
                V::Text(format!("{cut:<n$}", n = n as usize))
            })
            .boxed(),
        Ty::Var(n) => prop_oneof![word(), Just(String::new()), Just(" 7 ".to_owned())]
            .prop_map(move |it| V::Text(it.chars().take(n as usize).collect()))
            .boxed(),
        Ty::Bool => any::<bool>().prop_map(V::Bool).boxed(),
        Ty::Date => select(vec![0, -1, 16_000, 17_100, 17_226, -400]).prop_map(V::Moment).boxed(),
        _ => {
            let around = 1_477_501_512_345_i64..1_477_601_512_345;
            prop_oneof![around, Just(0), Just(-1), Just(1_456_790_399_999)].prop_map(V::Moment).boxed()
        }
    };
    prop_oneof![7 => known, 1 => Just(V::Null)].boxed()
}

pub fn row() -> BoxedStrategy<Vec<V>> {
    COLUMNS.map(|(_, ty)| value(ty)).to_vec().boxed()
}
