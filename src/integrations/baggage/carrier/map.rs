//! The maps of std.

use super::Carrier;
use super::text::Text;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

impl<V: Text, S: BuildHasher> Carrier for HashMap<String, V, S> {
    /// Several spellings come in the order of their bytes, so that the one in lower case is the last, and wins.
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        let mut spelled: Vec<_> = self.iter().filter(|(is, _)| is.eq_ignore_ascii_case(name)).collect();
        spelled.sort_unstable_by_key(|(is, _)| is.as_str());
        for (_, value) in spelled {
            each(value.bytes());
        }
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        self.retain(|is, _| !is.eq_ignore_ascii_case(name));
        self.extend(value.map(|value| (name.to_owned(), V::from_bytes(value))));
    }
}

impl<V: Text> Carrier for BTreeMap<String, V> {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        let spelled = self.iter().filter(|(is, _)| is.eq_ignore_ascii_case(name));
        spelled.for_each(|(_, value)| each(value.bytes()));
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        self.retain(|is, _| !is.eq_ignore_ascii_case(name));
        self.extend(value.map(|value| (name.to_owned(), V::from_bytes(value))));
    }
}
