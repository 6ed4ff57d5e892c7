//! Variables beyond one process: in the `baggage` header of requests and messages, as [W3C Baggage] has it.
//!
//! A [`Baggage`] says which variables go out, and under which names. [`inject`](Baggage::inject) writes what is bound in the
//! current context into a [`Carrier`], [`extract`](Baggage::extract) reads one. Services in other languages read and write
//! the same header through opentelemetry.
//!
//! ```
//! use contextvars::baggage::Baggage;
//! use contextvars::{Context, context_var};
//! use http::HeaderMap;
//! use std::sync::LazyLock;
//!
//! #[context_var]
//! static TENANT: String;
//! #[context_var]
//! static USER_ID: u64;
//!
//! static BAGGAGE: LazyLock<Baggage> =
//!     LazyLock::new(|| Baggage::new().with("tenant", &TENANT).with("user.id", &USER_ID));
//!
//! // The sender, in the context of a request:
//! let mut headers = HeaderMap::new();
//! # let mut request = Context::new().with(&TENANT, "J\u{fc}rgen & co".to_owned()).with(&USER_ID, 7);
//! # request.run(|| {
//! let left_out = BAGGAGE.inject(&mut headers);
//! assert!(left_out.is_empty());
//! # });
//! assert_eq!(headers["baggage"], "tenant=J%C3%BCrgen%20%26%20co,user.id=7");
//!
//! // The receiver:
//! let received = BAGGAGE.extract(&headers);
//! assert!(received.rejected.is_empty());
//! assert_eq!(received.context.get(&TENANT).unwrap(), "J\u{fc}rgen & co");
//! assert_eq!(received.context.get(&USER_ID), Some(&7));
//! ```
//!
//! The [layers](crate::tower::ExtractLayer) of the feature `tower` do both for each request, and with the feature
//! `opentelemetry` a [`Propagator`] does it in what opentelemetry instruments. The guide [Across
//! processes](crate::guide::across_processes) has both from nothing, the recipes for gRPC and message queues, what the
//! other languages do to a value, and what a hop costs.
//!
//! # What is sent
//!
//! Nothing that is not named in the `Baggage`, and of that what is *bound*: a default is not. Variables with `local` are
//! refused, and those with `redact` too unless they are named by [`with_secret`](Baggage::with_secret).
//!
//! All bytes of a value's UTF-8 but `A-Za-z0-9-._~` are percent-encoded, so that a value can't end a member, a header or a
//! line. Members that others have put there stay as they are, byte for byte. Those that have a name of ours are replaced, and
//! removed where the variable is not bound: a header that is passed on can't carry an identity that the context does not
//! have.
//!
//! # What is read
//!
//! The members with our names; all others are ignored. Of several with one name the last counts, as in the readers of
//! opentelemetry. What can't be read is [`Rejected`], is no error, and costs that member alone: the variable stays as it is in
//! the current context. No input panics. The time that reading takes is proportional to the length of the header, and the
//! memory is bounded by 4,096 bytes for each variable, whatever was sent.
//!
//! Bytes that are not UTF-8 are rejected. The recommendation wants U+FFFD in their place; then two names that differ would
//! read as one, which an identity can't afford.
//!
//! The header says what its sender has written. **Who the sender is must be known from elsewhere**: see
//! [`ExtractLayer::only_if`](crate::tower::ExtractLayer::only_if).
//!
//! # Your own code in it
//!
//! `Display`, `FromStr` and the functions of [`with_codec`](Baggage::with_codec) run in the context that is sent, or in the
//! one that is being received, under no lock. If one panics, the panic goes to the caller of `inject` or `extract`. The carrier
//! is written after all of them have returned, so it then is as it was.
//!
//! [W3C Baggage]: https://www.w3.org/TR/baggage/

mod carrier;
mod codec;
#[cfg(any(feature = "opentelemetry", feature = "tower"))]
pub(super) mod hook;
mod left_out;
mod limits;
mod list;
mod member;
#[cfg(feature = "opentelemetry")]
mod own_baggage;
mod percent;
#[cfg(feature = "opentelemetry")]
mod propagator;
mod reader;
mod received;
mod rejected;
mod writer;

pub use carrier::Carrier;
pub use left_out::{LeftOut, LeftOutReason};
#[cfg(feature = "opentelemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
pub use propagator::Propagator;
pub use received::Received;
pub use rejected::{Rejected, RejectedReason};

use self::codec::{Codec, Functions, OwnText};
use self::limits::Limits;
use self::member::{Content, Member, is_name};
use self::reader::{Reader, Report};
use self::writer::Line;
use contextvars_core::{Context, ContextVar, Kind, Value};
use std::fmt::{self, Display};
use std::panic::Location;
use std::str::FromStr;

/// The name of the header.
const HEADER: &str = "baggage";

/// Which variables go out and come in, under which names, and within which limits.
///
/// Made once and kept in a static: see the [module](self) for an example. It holds no value.
#[must_use = "nothing is sent until `inject` is called"]
pub struct Baggage {
    members: Vec<Member>,
    limits: Limits,
    is_plus_space: bool,
}

impl Baggage {
    /// A `Baggage` without a variable: it sends nothing and reads nothing.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    ///
    /// let mut headers = vec![("baggage".to_owned(), "theirs=1".to_owned())];
    /// Baggage::new().inject(&mut headers);
    /// assert_eq!(headers[0].1, "theirs=1");
    /// ```
    pub const fn new() -> Self {
        Self {
            members: Vec::new(),
            limits: Limits::DEFAULT,
            is_plus_space: false,
        }
    }

    /// Sends `var` under `name`: writes it by its type's `Display`, and reads it by `FromStr`.
    ///
    /// # Panics
    ///
    /// When the variable is declared with `local` or `redact`, when another has this name, and when the name has other
    /// characters than `A-Za-z0-9_.-`: not every reader decodes names. The message names the variable.
    ///
    /// ```should_panic
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    ///
    /// #[context_var(redact)]
    /// static TOKEN: String;
    ///
    /// let baggage = Baggage::new().with("token", &TOKEN); // panics: write `.with_secret("token", &TOKEN)`
    /// ```
    #[track_caller]
    pub fn with<T, D: Kind>(self, name: &'static str, var: &'static ContextVar<T, D>) -> Self
    where
        T: Value + Display + FromStr<Err: Display>,
    {
        refuse_redacted(name, var);
        self.add_variable(name, var, false, OwnText(var))
    }

    /// Sends `var` under `name`: writes it by `to_text`, and reads it by `from_text`, whose error says why a text is
    /// rejected.
    ///
    /// # Panics
    ///
    /// When the variable is declared with `local` or `redact`, when another has this name, and when the name has other
    /// characters than `A-Za-z0-9_.-`: not every reader decodes names. The message names the variable.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    /// use std::sync::Arc;
    ///
    /// struct User {
    ///     id: u64,
    ///     name: String,
    /// }
    ///
    /// impl User {
    ///     fn to_text(user: &Arc<User>) -> String {
    ///         format!("{} {}", user.id, user.name)
    ///     }
    ///
    ///     fn from_text(text: &str) -> Result<Arc<User>, &'static str> {
    ///         let (id, name) = text.split_once(' ').ok_or("a user has a number and a name")?;
    ///         let id = id.parse().map_err(|_| "a user's number is a number")?;
    ///         Ok(Arc::new(User { id, name: name.to_owned() }))
    ///     }
    /// }
    ///
    /// #[context_var]
    /// static USER: Arc<User>;
    ///
    /// let baggage = Baggage::new().with_codec("user", &USER, User::to_text, User::from_text);
    /// let received = baggage.extract_lines(["user=7%20alice"]);
    /// let user = received.context.get(&USER).unwrap();
    /// assert_eq!((user.id, user.name.as_str()), (7, "alice"));
    ///
    /// let rejected = &baggage.extract_lines(["user=alice"]).rejected[0];
    /// assert_eq!(rejected.to_string(), "`user` is rejected: its value is refused: a user has a number and a name");
    /// ```
    #[track_caller]
    pub fn with_codec<T: Value, D: Kind, E: Display + 'static>(
        self,
        name: &'static str,
        var: &'static ContextVar<T, D>,
        to_text: impl Fn(&T) -> String + Send + Sync + 'static,
        from_text: impl Fn(&str) -> Result<T, E> + Send + Sync + 'static,
    ) -> Self {
        refuse_redacted(name, var);
        let codec = Functions {
            var,
            to_text,
            from_text,
        };
        self.add_variable(name, var, false, codec)
    }

    /// Like [`with`](Self::with), for a variable that may be declared with `redact`: its values leave the process.
    ///
    /// A `redact`ed value is in the clear on the wire, and in whatever logs headers there. A rejected value's error is not shown,
    /// since it may quote it.
    ///
    /// # Panics
    ///
    /// When the variable is declared with `local`, when another has this name, and when the name has other
    /// characters than `A-Za-z0-9_.-`: not every reader decodes names. The message names the variable.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    ///
    /// #[context_var(redact)]
    /// static SESSION: u128;
    ///
    /// let baggage = Baggage::new().with_secret("session", &SESSION);
    /// let mut headers = Vec::<(String, String)>::new();
    /// SESSION.sync_scope(7, || baggage.inject(&mut headers));
    /// assert_eq!(headers[0].1, "session=7");
    /// ```
    #[track_caller]
    pub fn with_secret<T, D: Kind>(self, name: &'static str, var: &'static ContextVar<T, D>) -> Self
    where
        T: Value + Display + FromStr<Err: Display>,
    {
        self.add_variable(name, var, true, OwnText(var))
    }

    /// Like [`with_codec`](Self::with_codec), for a variable that may be declared with `redact`: its values leave the process.
    ///
    /// # Panics
    ///
    /// When the variable is declared with `local`, when another has this name, and when the name has other
    /// characters than `A-Za-z0-9_.-`: not every reader decodes names. The message names the variable.
    #[track_caller]
    pub fn with_secret_codec<T: Value, D: Kind, E: Display + 'static>(
        self,
        name: &'static str,
        var: &'static ContextVar<T, D>,
        to_text: impl Fn(&T) -> String + Send + Sync + 'static,
        from_text: impl Fn(&str) -> Result<T, E> + Send + Sync + 'static,
    ) -> Self {
        let codec = Functions {
            var,
            to_text,
            from_text,
        };
        self.add_variable(name, var, true, codec)
    }

    /// Sends the time under `name`, so that [`Received::age`] tells the age of a message.
    ///
    /// A job may be delivered again long after it was sent: a nack, a dead letter and a mirror all keep its headers. Whoever
    /// acts for its user asks how old that is. The time is in milliseconds since the Unix epoch, by the clock of the sender;
    /// clocks differ, so take an age of less than some seconds as zero.
    ///
    /// # Panics
    ///
    /// When another has this name, and when the name has other characters than `A-Za-z0-9_.-`.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use std::time::Duration;
    ///
    /// let baggage = Baggage::new().with_sent_at("sent.at");
    /// let mut job = Vec::<(String, String)>::new();
    /// baggage.inject(&mut job);
    ///
    /// let received = baggage.extract(&job);
    /// assert!(received.age.unwrap() < Duration::from_secs(60));
    /// let long_ago = baggage.extract_lines(["sent.at=1000"]);
    /// assert!(long_ago.age.unwrap() > Duration::from_secs(60));
    /// ```
    #[track_caller]
    pub fn with_sent_at(self, name: &'static str) -> Self {
        self.add(Member {
            name,
            what: "the time of sending",
            is_secret: false,
            content: Content::SentAt,
        })
    }

    /// Whether a `+` that is read stands for a blank. It doesn't unless told so.
    ///
    /// opentelemetry for Python writes a blank as `+`, and a plus as `%2B`. All others, and the recommendation, write a plus as
    /// it is. So set it where all senders are Python, or no value has a plus.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    ///
    /// #[context_var]
    /// static CITY: String;
    ///
    /// let from_python = Baggage::new().with("city", &CITY).plus_is_space(true);
    /// let received = from_python.extract_lines(["city=New+York"]);
    /// assert_eq!(received.context.get(&CITY).unwrap(), "New York");
    /// ```
    pub const fn plus_is_space(mut self, is_plus_space: bool) -> Self {
        self.is_plus_space = is_plus_space;
        self
    }

    /// How many members a header may have when ours are in it, those of others included: 64 unless told otherwise.
    pub const fn max_members(mut self, members: usize) -> Self {
        self.limits.members = members;
        self
    }

    /// How many bytes a member may take, `name=value` as it is encoded: 4,096 unless told otherwise.
    ///
    /// What is longer is left out when it is written, and rejected when it is read.
    pub const fn max_member_bytes(mut self, bytes: usize) -> Self {
        self.limits.member_bytes = bytes;
        self
    }

    /// How many bytes the value of the header may take when ours are in it, with the members of others and the commas: 8,191
    /// unless told otherwise.
    ///
    /// A [`Carrier`] may allow less. What others have written stays even if it is more; then nothing of ours is added. A
    /// header that is read may have any length.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    ///
    /// #[context_var]
    /// static NOTE: String;
    ///
    /// let small = Baggage::new().with("note", &NOTE).max_bytes(16);
    /// let mut headers = Vec::<(String, String)>::new();
    /// let left_out = NOTE.sync_scope("a longer note".to_owned(), || small.inject(&mut headers));
    /// assert_eq!(left_out[0].to_string(), "`note` is left out: the header would take more than 16 bytes");
    /// assert!(headers.is_empty());
    /// ```
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// Writes what is bound in the current context into the carrier, and returns what is left out.
    ///
    /// The rules are those of the [module](self#what-is-sent). What is left out needs no attention in most services: it is
    /// a value that is empty, or longer than a header should hold. A variable that is not bound is not reported here; where no
    /// context is entered, [`lost`](crate::lost) tells of it, as of every read.
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
    /// For a carrier that is more than one kind of message: 4,096 bytes in the metadata of gRPC, where servers on grpcio
    /// refuse calls at random from 8,192 bytes of *all* metadata.
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
    pub(super) fn inject_at<C: Carrier + ?Sized>(
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
        // The values are text by now. No code of the user's runs any more, which could panic: the carrier is written at once.
        if is_there || line.is_some() {
            carrier.replace(HEADER, line);
        }
        left_out
    }

    fn add_to(&self, line: &mut Line, room: usize, place: &'static Location<'static>) -> Vec<LeftOut> {
        let bytes = self.limits.bytes.min(room);
        line.add_ours(&self.members, &Limits { bytes, ..self.limits }, place)
    }

    /// Reads the carrier, and returns the current context with the variables that it brings.
    ///
    /// The rules are those of the [module](self#what-is-read). `Debug` of the context names the place of this call as the
    /// one where the values were set.
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

    /// Like [`extract`](Self::extract), from the values of all `baggage` headers of a message, in whatever case the name is
    /// spelled there.
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

    fn extract_lines_at<'a, L: AsRef<[u8]> + ?Sized + 'a>(
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
    pub(super) fn set_at<C: Carrier + ?Sized>(&self, carrier: &C, place: &'static Location<'static>) -> Vec<Rejected> {
        self.read_at(carrier, place).rejected
    }

    fn read_at<C: Carrier + ?Sized>(&self, carrier: &C, place: &'static Location<'static>) -> Report {
        let mut reader = Reader::new(&self.members);
        carrier.read(HEADER, &mut |line| reader.read(line));
        reader.set(&self.limits, self.is_plus_space, place)
    }

    #[track_caller]
    fn add_variable<T: Value, D: Kind>(
        self,
        name: &'static str,
        var: &'static ContextVar<T, D>,
        is_secret: bool,
        codec: impl Codec + 'static,
    ) -> Self {
        assert!(
            !var.is_local(),
            "context variable `{}` is local, and can't be sent as `{name}`: its value belongs to the context that runs, and \
             not even a task that it spawns has it",
            var.name(),
        );
        self.add(Member {
            name,
            what: var.name(),
            is_secret,
            content: Content::Variable(Box::new(codec)),
        })
    }

    #[track_caller]
    fn add(mut self, member: Member) -> Self {
        let Member { name, what, .. } = member;
        assert!(
            is_name(name),
            "{what} can't be sent as `{name}`: a name is made of A-Z, a-z, 0-9, `-`, `.` and `_`, which every reader leaves \
             as they are",
        );
        if let Some(other) = self.members.iter().find(|other| other.name == name) {
            panic!("{} and {what} can't both be sent as `{name}`", other.what);
        }
        self.members.push(member);
        self
    }
}

/// The current context, with what `read` sets.
fn received(read: impl FnOnce() -> Report) -> Received {
    let mut context = Context::current();
    let Report { rejected, age } = context.run(read);
    Received { context, rejected, age }
}

#[track_caller]
fn refuse_redacted<T: Value, D: Kind>(name: &'static str, var: &'static ContextVar<T, D>) {
    assert!(
        !var.is_redacted(),
        "context variable `{}` is declared with `redact`: if it is to leave the process all the same, write \
         `.with_secret({name:?}, &{0})`",
        var.name(),
    );
}

impl Default for Baggage {
    fn default() -> Self {
        Self::new()
    }
}

/// The names, and no values.
impl fmt::Debug for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.members.iter().map(|member| member.name).collect();
        f.debug_struct("Baggage").field("names", &names).finish_non_exhaustive()
    }
}
