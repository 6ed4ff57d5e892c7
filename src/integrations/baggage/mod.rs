//! Variables in the headers of requests and messages: W3C Baggage.

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

/// Which variables go out, and under which names.
#[must_use = "nothing is sent until `inject` is called"]
pub struct Baggage {
    members: Vec<Member>,
    limits: Limits,
    is_plus_space: bool,
}

impl Baggage {
    /// Sends nothing, and takes nothing.
    pub const fn new() -> Self {
        Self {
            members: Vec::new(),
            limits: Limits::DEFAULT,
            is_plus_space: false,
        }
    }

    /// Sends `var` under `name`, as what its type displays, and reads it by `FromStr`.
    #[track_caller]
    pub fn with<T, D: Kind>(self, name: &'static str, var: &'static ContextVar<T, D>) -> Self
    where
        T: Value + Display + FromStr<Err: Display>,
    {
        refuse_redacted(name, var);
        self.add_variable(name, var, false, OwnText(var))
    }

    /// Sends `var` under `name`, as what `to_text` makes of it, and reads it by `from_text`.
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

    /// Like [`with`](Self::with), for a variable that is declared with `redact`.
    #[track_caller]
    pub fn with_secret<T, D: Kind>(self, name: &'static str, var: &'static ContextVar<T, D>) -> Self
    where
        T: Value + Display + FromStr<Err: Display>,
    {
        self.add_variable(name, var, true, OwnText(var))
    }

    /// Like [`with_codec`](Self::with_codec), for a variable that is declared with `redact`.
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

    /// Sends the time under `name`, so that [`Received::age`] tells how old a message is.
    #[track_caller]
    pub fn with_sent_at(self, name: &'static str) -> Self {
        self.add(Member {
            name,
            what: "the time of sending",
            is_secret: false,
            content: Content::SentAt,
        })
    }

    /// Whether a `+` is read as a blank, as opentelemetry for Python writes one.
    pub const fn plus_is_space(mut self, is_plus_space: bool) -> Self {
        self.is_plus_space = is_plus_space;
        self
    }

    /// How many members a header may have.
    pub const fn max_members(mut self, members: usize) -> Self {
        self.limits.members = members;
        self
    }

    /// How many bytes a member may take.
    pub const fn max_member_bytes(mut self, bytes: usize) -> Self {
        self.limits.member_bytes = bytes;
        self
    }

    /// How many bytes a header may take.
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// Writes what is bound in the current context into the carrier, and returns what is left out.
    #[track_caller]
    pub fn inject<C: Carrier + ?Sized>(&self, carrier: &mut C) -> Vec<LeftOut> {
        self.inject_at(carrier, usize::MAX, Location::caller())
    }

    /// Like [`inject`](Self::inject), with room for no more than `bytes`.
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

    /// Reads what the carrier has.
    #[track_caller]
    pub fn extract<C: Carrier + ?Sized>(&self, carrier: &C) -> Received {
        let place = Location::caller();
        received(|| self.read_at(carrier, place))
    }

    /// Reads the values of all `baggage` headers.
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

    /// A `TextMapPropagator` of opentelemetry, for its composite.
    #[cfg(feature = "opentelemetry")]
    #[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
    #[must_use]
    #[track_caller]
    pub fn propagator(&'static self) -> Propagator {
        Propagator::new(self)
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
