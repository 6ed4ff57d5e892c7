//! opentelemetry's own baggage, that of its `Context`, as a header.

use super::list::{HEADER, ListMember, members};
use super::percent::{Encoder, decode};
use opentelemetry::Context;
use opentelemetry::baggage::{BaggageExt as _, KeyValueMetadata};
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// What a [`Propagator`](crate::baggage::Propagator) is around unless told otherwise: opentelemetry's own baggage.
///
/// It does what `BaggagePropagator` of opentelemetry's SDK does, encodes values so that every reader reads them, and
/// keeps the blanks at their ends.
///
/// ```
/// use contextvars::baggage::OwnBaggage;
/// use opentelemetry::baggage::BaggageExt;
/// use opentelemetry::propagation::TextMapPropagator;
/// use opentelemetry::{Context, KeyValue};
/// use std::collections::HashMap;
///
/// let cx = Context::new().with_baggage([KeyValue::new("share", "100%25")]);
/// let mut headers = HashMap::new();
/// OwnBaggage.inject_context(&cx, &mut headers);
/// assert_eq!(headers["baggage"], "share=100%2525"); // `BaggagePropagator` of 0.33 has 100%25, which is read as 100%
/// ```
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
            encode(&mut line, value.as_str());
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
        static FIELDS: LazyLock<[String; 1]> = LazyLock::new(|| [HEADER.to_owned()]);
        FieldIter::new(&*FIELDS)
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
