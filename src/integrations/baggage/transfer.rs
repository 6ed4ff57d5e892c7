//! `inject` and `extract`: from the current context into a carrier, and from a carrier into a context.

use super::carrier::Carrier;
use super::definition::Baggage;
use super::left_out::LeftOut;
use super::limits::Limits;
use super::list::HEADER;
use super::reader::{Reader, Report};
use super::received::Received;
#[cfg(feature = "tower")]
use super::rejected::Rejected;
use super::writer::Line;
use contextvars_core::Context;
use std::panic::Location;

impl Baggage {
    /// Writes what is bound in the current context into the carrier, and returns what is left out.
    ///
    /// The rules are those of the [module](crate::baggage#what-is-sent). What is left out needs no attention in most
    /// services: it is a value that is empty, or longer than a header should hold. A variable that is not bound is not
    /// reported here; where no context is entered, [`lost`](crate::lost) tells of it, as of every read.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    /// use std::collections::HashMap;
    ///
    /// #[context_var]
    /// static TENANT: String;
    ///
    /// let baggage = Baggage::new().with("tenant", &TENANT);
    /// let mut headers = HashMap::from([("Baggage".to_owned(), "theirs=1;p,tenant=another".to_owned())]);
    /// TENANT.sync_scope("acme".to_owned(), || {
    ///     for left_out in baggage.inject(&mut headers) {
    ///         eprintln!("{left_out}");
    ///     }
    /// });
    /// assert_eq!(headers["baggage"], "theirs=1;p,tenant=acme");
    /// assert_eq!(headers.len(), 1);
    /// ```
    #[track_caller]
    pub fn inject<C: Carrier + ?Sized>(&self, carrier: &mut C) -> Vec<LeftOut> {
        self.inject_at(carrier, usize::MAX, Location::caller())
    }

    /// Like [`inject`](Self::inject), with room for no more than `bytes` this time.
    ///
    /// For a carrier that is more than one kind of message: 4,096 bytes in the metadata of gRPC, where servers on
    /// grpcio refuse calls at random from 8,192 bytes of *all* metadata.
    ///
    /// ```
    /// # use contextvars::baggage::Baggage;
    /// # let baggage = Baggage::new();
    /// let mut metadata = http::HeaderMap::new();
    /// baggage.inject_within(4096, &mut metadata);
    /// ```
    #[track_caller]
    pub fn inject_within<C: Carrier + ?Sized>(&self, bytes: usize, carrier: &mut C) -> Vec<LeftOut> {
        self.inject_at(carrier, bytes, Location::caller())
    }

    /// Like [`inject_within`](Self::inject_within), for code that knows a better place to show than its own.
    pub(in crate::integrations) fn inject_at<C: Carrier + ?Sized>(
        &self,
        carrier: &mut C,
        room: usize,
        place: &'static Location<'static>,
    ) -> Vec<LeftOut> {
        let mut line = Line::new(self.members.len());
        let mut is_there = false;
        carrier.read(HEADER, &mut |value| {
            is_there = true;
            line.keep_others(&self.members, value);
        });
        let left_out = self.add_to(&mut line, carrier.budget().min(room), place);
        let line = line.finish();
        // The values are text by now. No code of the user's runs any more, which could panic: the carrier is written at
        // once.
        if is_there || line.is_some() {
            carrier.replace(HEADER, line);
        }
        left_out
    }

    pub(super) fn add_to(&self, line: &mut Line, room: usize, place: &'static Location<'static>) -> Vec<LeftOut> {
        let bytes = self.limits.bytes.min(room);
        line.add_ours(&self.members, &Limits { bytes, ..self.limits }, place)
    }

    /// Reads the carrier, and returns the current context with the variables that it brings.
    ///
    /// The rules are those of the [module](crate::baggage#what-is-read). `Debug` of the context names the place of this
    /// call as the one where the values were set.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    ///
    /// #[context_var]
    /// static TENANT: u32;
    ///
    /// let baggage = Baggage::new().with("tenant", &TENANT);
    /// let headers = vec![("baggage".to_owned(), "tenant = 7;p=1, tenant=8, theirs=9".to_owned())];
    /// let received = baggage.extract(&headers);
    /// assert_eq!(received.context.get(&TENANT), Some(&8));
    /// assert_eq!(received.rejected[0].to_string(), "`tenant` is rejected: a later one has the same name");
    /// ```
    #[track_caller]
    pub fn extract<C: Carrier + ?Sized>(&self, carrier: &C) -> Received {
        let place = Location::caller();
        received(|| self.read_at(carrier, place))
    }

    /// Like [`extract`](Self::extract), from the values of all `baggage` headers of a message, in whatever case the
    /// name is spelled there.
    ///
    /// For headers that are read and not written, where a [`Carrier`] would be one line too many.
    ///
    /// ```
    /// # use contextvars::{baggage::Baggage, context_var};
    /// # #[context_var]
    /// # static TENANT: String;
    /// # let baggage = Baggage::new().with("tenant", &TENANT);
    /// let message = [("Baggage", "tenant=acme"), ("Nats-Msg-Id", "7")];
    /// let lines = message.iter().filter(|(name, _)| name.eq_ignore_ascii_case("baggage"));
    /// let received = baggage.extract_lines(lines.map(|(_, value)| *value));
    /// assert_eq!(received.context.get(&TENANT).unwrap(), "acme");
    /// ```
    #[track_caller]
    pub fn extract_lines<'a, L: AsRef<[u8]> + ?Sized + 'a>(&self, lines: impl IntoIterator<Item = &'a L>) -> Received {
        self.extract_lines_at(lines, Location::caller())
    }

    pub(super) fn extract_lines_at<'a, L: AsRef<[u8]> + ?Sized + 'a>(
        &self,
        lines: impl IntoIterator<Item = &'a L>,
        place: &'static Location<'static>,
    ) -> Received {
        received(|| {
            let mut reader = Reader::new(&self.members);
            lines.into_iter().for_each(|line| reader.read(line.as_ref()));
            reader.set(&self.limits, self.is_plus_space, place)
        })
    }

    /// Sets what the carrier has in the current context, which somebody has entered, and returns what is rejected.
    #[cfg(feature = "tower")]
    pub(in crate::integrations) fn set_at<C: Carrier + ?Sized>(
        &self,
        carrier: &C,
        place: &'static Location<'static>,
    ) -> Vec<Rejected> {
        self.read_at(carrier, place).rejected
    }

    fn read_at<C: Carrier + ?Sized>(&self, carrier: &C, place: &'static Location<'static>) -> Report {
        let mut reader = Reader::new(&self.members);
        carrier.read(HEADER, &mut |line| reader.read(line));
        reader.set(&self.limits, self.is_plus_space, place)
    }
}

/// The current context, with what `read` sets.
fn received(read: impl FnOnce() -> Report) -> Received {
    let mut context = Context::current();
    let Report { rejected, age } = context.run(read);
    Received { context, rejected, age }
}
