//! What a value has in it that a propagator may stumble over.

#[derive(Debug)]
pub(crate) struct Kind {
    /// What stands for it in a table.
    pub(crate) mark: char,
    pub(crate) name: &'static str,
    pub(crate) has: fn(&str) -> bool,
}

const fn kind(mark: char, name: &'static str, has: fn(&str) -> bool) -> Kind {
    Kind { mark, name, has }
}

pub(crate) const KINDS: [Kind; 14] = [
    kind('e', "empty", str::is_empty),
    kind('w', "white space at the ends", |value| value.trim() != value),
    kind('s', "U+001C to U+001F at the ends", |value| {
        value.trim_matches(is_separator) != value
    }),
    kind('b', "blank", |value| value.contains(' ')),
    kind('p', "`+`", |value| value.contains('+')),
    kind('h', "`%` and two hexadecimal digits", looks_encoded),
    kind('%', "`%`", |value| value.contains('%')),
    kind(',', "`,`", |value| value.contains(',')),
    kind(';', "`;`", |value| value.contains(';')),
    kind('=', "`=`", |value| value.contains('=')),
    kind('q', "`\"`", |value| value.contains('"')),
    kind('r', "`\\`", |value| value.contains('\\')),
    kind('c', "control characters", |value| value.contains(char::is_control)),
    kind('n', "not ASCII", |value| !value.is_ascii()),
];

/// White space for Python's `str.strip`, and not for Unicode.
pub(crate) fn is_separator(character: char) -> bool {
    ('\u{1c}'..='\u{1f}').contains(&character)
}

fn looks_encoded(value: &str) -> bool {
    value.split('%').skip(1).any(|rest| {
        let digits = rest.as_bytes();
        digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    })
}

/// Of which kinds the wrong values are. A kind counts where no value of that kind got through, and a value counts for
/// the first such kind. The rest is of no one kind.
pub(crate) fn explain<'s>(samples: &'s [String], wrong: &[usize]) -> (Vec<&'static Kind>, Vec<&'s str>) {
    let mut rest: Vec<&str> = wrong.iter().map(|&index| &*samples[index]).collect();
    let mut kinds = Vec::new();
    for kind in &KINDS {
        let mut of_kind = samples.iter().enumerate().filter(|(_, value)| (kind.has)(value));
        if of_kind.all(|(index, _)| wrong.binary_search(&index).is_ok()) {
            let before = rest.len();
            rest.retain(|value| !(kind.has)(value));
            if rest.len() < before {
                kinds.push(kind);
            }
        }
    }
    (kinds, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_where_all_of_it_is_wrong() {
        let samples: Vec<_> = ["", " a", "a+b", "c+d"].map(str::to_owned).to_vec();
        let marks = |wrong: &[usize]| -> String { explain(&samples, wrong).0.iter().map(|kind| kind.mark).collect() };
        assert_eq!(marks(&[0, 1]), "ew");
        assert_eq!(marks(&[2, 3]), "p");
        // One plus got through.
        assert_eq!(marks(&[2]), "");
        assert_eq!(explain(&samples, &[2]).1, ["a+b"]);
    }

    #[test]
    fn no_mark_stands_for_two_kinds() {
        let mut marks = KINDS.map(|kind| kind.mark);
        marks.sort_unstable();
        assert!(marks.windows(2).all(|two| two[0] != two[1]));
    }
}
