//! Lists of names and values, as clients of Kafka, Redis and others take them.

use super::Carrier;
use super::text::Text;

impl<V: Text> Carrier for Vec<(String, V)> {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        let values = self.iter().filter(|(is, _)| is.eq_ignore_ascii_case(name));
        values.for_each(|(_, value)| each(value.bytes()));
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        self.retain(|(is, _)| !is.eq_ignore_ascii_case(name));
        self.extend(value.map(|value| (name.to_owned(), V::from_bytes(value))));
    }
}
