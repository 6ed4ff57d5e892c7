//! [`Carrier`]: what a header is in.

mod http;
#[cfg(feature = "opentelemetry")]
mod injector;
mod list;
mod map;
mod text;

/// The headers of a request or message.
///
/// Implemented for [`http::HeaderMap`](::http::HeaderMap), for `HashMap` and `BTreeMap` from `String`, and for `Vec` of
/// pairs; the values of the last three are `String` or `Vec<u8>`. With the feature `opentelemetry` also for its
/// `dyn Injector`. For the headers of a message queue, wrap them and write the two methods.
///
/// Case counts in some carriers and not in others. A message from elsewhere may have `Baggage`, or both spellings: so
/// [`read`](Self::read) gives the values of every spelling, and [`replace`](Self::replace) leaves one. Names of HTTP
/// headers and of these are ASCII: compare with [`eq_ignore_ascii_case`](str::eq_ignore_ascii_case).
///
/// ```
/// use contextvars::baggage::{Baggage, Carrier};
/// use contextvars::context_var;
///
/// #[context_var]
/// static TENANT: String;
///
/// /// Lines of `name: value`, as in a STOMP frame.
/// struct Frame(Vec<String>);
///
/// fn named<'a>(line: &'a str, name: &str) -> Option<&'a str> {
///     let (is, value) = line.split_once(':')?;
///     is.eq_ignore_ascii_case(name).then(|| value.trim())
/// }
///
/// impl Carrier for Frame {
///     fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
///         for value in self.0.iter().filter_map(|line| named(line, name)) {
///             each(value.as_bytes());
///         }
///     }
///
///     fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
///         self.0.retain(|line| named(line, name).is_none());
///         let value = value.map(|value| String::from_utf8_lossy(&value).into_owned());
///         self.0.extend(value.map(|value| format!("{name}:{value}")));
///     }
/// }
///
/// let baggage = Baggage::new().with("tenant", &TENANT);
/// let mut frame = Frame(vec!["Baggage: a=1".to_owned(), "destination:/queue/orders".to_owned()]);
/// TENANT.sync_scope("acme".to_owned(), || baggage.inject(&mut frame));
/// assert_eq!(frame.0, ["destination:/queue/orders", "baggage:a=1,tenant=acme"]);
/// assert_eq!(baggage.extract(&frame).context.get(&TENANT).unwrap(), "acme");
/// ```
pub trait Carrier {
    /// Calls `each` with every value of `name`, in whatever case the name is spelled there, in the order of the header.
    ///
    /// The values are joined as if commas stood between them. A value that is no text, such as a number in an AMQP
    /// table, is none.
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8]));

    /// Removes every value of `name`, in whatever case, and then writes the one given, if any, under `name` as it is.
    ///
    /// The value is ASCII without control characters and without blanks at its ends, but for what
    /// [`read`](Self::read) has given.
    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>);

    /// How many bytes the value may take here, given all that the carrier has already; any number, unless it knows better.
    ///
    /// The smaller of this and of [`Baggage::max_bytes`](crate::baggage::Baggage::max_bytes) counts.
    fn budget(&self) -> usize {
        usize::MAX
    }
}
