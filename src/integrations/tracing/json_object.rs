//! Which names the members of a JSON object have, without parsing the rest of it.

use std::borrow::Cow;

/// `key`, with as many underscores after it as make it the name of no member of `object`.
pub(super) fn free_key<'a>(object: &str, key: &'a str) -> Cow<'a, str> {
    let mut key = Cow::Borrowed(key);
    while object.contains(&*key) && has_member(object, &key) {
        key.to_mut().push('_');
    }
    key
}

/// Whether the outermost object has a member of this name.
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

/// The length of a JSON string, from behind its opening quote to its closing one.
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
