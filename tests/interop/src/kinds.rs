//! What a value has in it that a propagator may stumble over.

#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) has: fn(&str) -> bool,
}

pub(crate) const KINDS: [Kind; 14] = [
    Kind { name: "empty", has: str::is_empty },
    Kind { name: "white space at the ends", has: |value| value.trim() != value },
    // Python's `str.strip` takes them for white space, Unicode does not.
    Kind { name: "U+001C to U+001F at the ends", has: |value| value.trim_matches(|c| ('\u{1c}'..='\u{1f}').contains(&c)) != value },
    Kind { name: "blank", has: |value| value.contains(' ') },
    Kind { name: "plus", has: |value| value.contains('+') },
    Kind { name: "% and two hex digits", has: looks_encoded },
    Kind { name: "%", has: |value| value.contains('%') },
    Kind { name: "comma", has: |value| value.contains(',') },
    Kind { name: "semicolon", has: |value| value.contains(';') },
    Kind { name: "equals sign", has: |value| value.contains('=') },
    Kind { name: "quote", has: |value| value.contains('"') },
    Kind { name: "backslash", has: |value| value.contains('\\') },
    Kind { name: "control", has: |value| value.contains(char::is_control) },
    Kind { name: "not ASCII", has: |value| !value.is_ascii() },
];

fn looks_encoded(value: &str) -> bool {
    value.split('%').skip(1).any(|rest| {
        let digits = rest.as_bytes();
        digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    })
}

/// How many values of which kind went wrong. A kind counts where no value of that kind got through; each value counts
/// once, for the first such kind. The rest is of no one kind.
pub(crate) fn explain<'s>(samples: &'s [String], wrong: &[usize]) -> (Vec<(&'static str, usize)>, Vec<&'s str>) {
    let mut rest: Vec<&str> = wrong.iter().map(|&index| &*samples[index]).collect();
    let mut kinds = Vec::new();
    for kind in &KINDS {
        let mut of_kind = samples.iter().enumerate().filter(|(_, value)| (kind.has)(value));
        if !of_kind.all(|(index, _)| wrong.binary_search(&index).is_ok()) {
            continue;
        }
        let before = rest.len();
        rest.retain(|value| !(kind.has)(value));
        if rest.len() < before {
            kinds.push((kind.name, before - rest.len()));
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
        assert_eq!(explain(&samples, &[0, 1]).0, [("empty", 1), ("white space at the ends", 1)]);
        // One plus got through.
        assert_eq!(explain(&samples, &[2]), (vec![], vec!["a+b"]));
    }
}
