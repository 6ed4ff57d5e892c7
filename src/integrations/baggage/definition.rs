//! [`Baggage`]: which variables go out and come in.

use super::codec::{Codec, Functions, OwnText};
use super::limits::Limits;
use super::member::{Content, Member, is_name};
use contextvars_core::{ContextVar, Kind, Value};
use std::fmt::{self, Display};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::str::FromStr;

/// Which variables go out and come in, under which names, and within which limits.
///
/// Made once and kept in a static: see the [module](crate::baggage) for an example. It holds no value.
#[must_use = "nothing is sent until `inject` is called"]
pub struct Baggage {
    pub(super) members: Vec<Member>,
    pub(super) limits: Limits,
    pub(super) is_plus_space: bool,
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
    /// For a type that lacks one of them, such as `&'static str` or an `Arc` of one's own, there is
    /// [`with_codec`](Self::with_codec).
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
    pub fn with_codec<T: Value, D: Kind, E: Display>(
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
    /// A `redact`ed value is in the clear on the wire, and in whatever logs headers there. A rejected value's error is
    /// not shown, since it may quote it.
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

    /// Like [`with_codec`](Self::with_codec), for a variable that may be declared with `redact`: its values leave the
    /// process.
    ///
    /// # Panics
    ///
    /// When the variable is declared with `local`, when another has this name, and when the name has other
    /// characters than `A-Za-z0-9_.-`: not every reader decodes names. The message names the variable.
    #[track_caller]
    pub fn with_secret_codec<T: Value, D: Kind, E: Display>(
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

    /// Sends the time under `name`, so that [`Received::age`](crate::baggage::Received::age) tells the age of a
    /// message.
    ///
    /// A job may be delivered again long after it was sent: a nack, a dead letter and a mirror all keep its headers.
    /// Whoever acts for its user asks how old that is. The time is in milliseconds since the Unix epoch, by the clock
    /// of the sender; clocks differ, so take an age of less than some seconds as zero.
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
            variable: None,
            is_secret: false,
            content: Content::SentAt,
        })
    }

    /// Whether a `+` that is read stands for a blank. It doesn't unless told so.
    ///
    /// opentelemetry for Python writes a blank as `+`, and a plus as `%2B`. All others write a blank as `%20`, and a `+`
    /// of theirs is a plus. So set it where all senders are Python, or no value has a plus.
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

    /// How many bytes the value of the header may take when ours are in it, with the members of others and the commas:
    /// 8,191 unless told otherwise.
    ///
    /// A [`Carrier`](crate::baggage::Carrier) may allow less. What others have written stays even if it is more; then
    /// nothing of ours is added. A header that is read may have any length.
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
            "context variable `{}` is local, and can't be sent as `{name}`: its value belongs to the context that runs, \
             and not even a task that it spawns has it",
            var.name(),
        );
        self.add(Member {
            name,
            variable: Some(var.name()),
            is_secret,
            content: Content::Variable(Box::new(codec)),
        })
    }

    #[track_caller]
    fn add(mut self, member: Member) -> Self {
        let name = member.name;
        assert!(
            is_name(name),
            "{} can't be sent as {name:?}: a name is made of A-Z, a-z, 0-9, `-`, `.` and `_`, which every reader leaves \
             as they are",
            member.description(),
        );
        if let Some(other) = self.members.iter().find(|other| other.name == name) {
            let (one, two) = (other.description(), member.description());
            panic!("{one} and {two} can't both be sent as `{name}`");
        }
        self.members.push(member);
        self
    }
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

/// Nothing in it is changed by use: what a panic interrupts is one call.
impl UnwindSafe for Baggage {}

/// As for [`UnwindSafe`].
impl RefUnwindSafe for Baggage {}

/// The names, and no values.
impl fmt::Debug for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.members.iter().map(|member| member.name).collect();
        f.debug_struct("Baggage").field("names", &names).finish_non_exhaustive()
    }
}
