//! The names of the members of a JSON object, found without parsing it all.

use std::borrow::Cow;

/// `key`, or, if `object` has a member of that name, `key` with as many underscores as make it unique.
pub(super) fn free_key<'a>(object: &str, key: &'a str) -> Cow<'a, str> {
    let mut key = Cow::Borrowed(key);
    while object.contains(&*key) && has_member(object, &key) {
        key.to_mut().push('_');
    }
    key
}

/// Whether the object itself, and not one inside of it, has a member of this name.
fn has_member(object: &str, key: &str) -> bool {
    let mut depth = 0_u32;
    let mut rest = object;
    while let Some(at) = rest.find(['"', '{', '}', '[', ']']) {
        let (token, after) = rest[at..].split_at(1);
        rest = after;
        match token {
            "{" | "[" => depth += 1,
            "}" | "]" => depth = depth.saturating_sub(1),
            _ => {
                let string;
                (string, rest) = rest.split_at(string_len(rest));
                let is_key = rest
                    .strip_prefix('"')
                    .is_some_and(|rest| rest.trim_start().starts_with(':'));
                if depth == 1 && is_key && string == key {
                    return true;
                }
                rest = rest.get(1..).unwrap_or("");
            }
        }
    }
    false
}

/// The length of the JSON string that begins before `text` with its opening quote.
fn string_len(text: &str) -> usize {
    let mut is_escaped = false;
    text.bytes()
        .position(|byte| {
            let is_end = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        })
        .unwrap_or(text.len())
}
