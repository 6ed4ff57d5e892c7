//! opentelemetry's own baggage, that of its `Context`, as a header.

use super::list::{HEADER, ListMember, members};
use super::percent::{Encoder, decode};
use opentelemetry::Context;
use opentelemetry::baggage::{BaggageExt as _, KeyValueMetadata};
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Does what opentelemetry's `BaggagePropagator` does, which is in its SDK, and writes what every reader reads.
#[derive(Clone, Copy, Debug)]
pub struct OwnBaggage;

impl TextMapPropagator for OwnBaggage {
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector) {
        let mut line = Vec::new();
        for (name, (value, metadata)) in cx.baggage() {
            if !line.is_empty() {
                line.push(b',');
            }
            encode(&mut line, name.as_str().trim());
            line.push(b'=');
            encode(&mut line, value.as_str().trim());
            for property in metadata
                .as_str()
                .split(';')
                .map(str::trim)
                .filter(|text| !text.is_empty())
            {
                line.push(b';');
                let (key, value) = property
                    .split_once('=')
                    .map_or((property, None), |(key, value)| (key, Some(value)));
                encode(&mut line, key.trim());
                if let Some(value) = value {
                    line.push(b'=');
                    encode(&mut line, value.trim());
                }
            }
        }
        if !line.is_empty() {
            injector.set(HEADER, String::from_utf8_lossy(&line).into_owned());
        }
    }

    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context {
        match extractor.get_all(HEADER) {
            Some(lines) if !lines.is_empty() => {
                let members = lines.iter().flat_map(|line| members(line.as_bytes()));
                cx.with_baggage(members.filter_map(key_value))
            }
            _ => cx.clone(),
        }
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&[])
    }
}

/// What does not fit is dropped where members are counted, as part of the whole.
fn encode(line: &mut Vec<u8>, text: &str) {
    let written = Encoder::new(line, usize::MAX).write_str(text);
    debug_assert!(written.is_ok(), "nothing is longer than memory");
}

fn key_value(member: ListMember<'_>) -> Option<KeyValueMetadata> {
    let text = |bytes| decode(bytes, false).map(Cow::into_owned);
    let (name, value) = (text(member.name)?, text(member.value?)?);
    let properties = text(member.properties()).unwrap_or_default();
    Some(KeyValueMetadata::new(name, value, properties))
}
