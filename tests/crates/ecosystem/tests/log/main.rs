//! Variables in the key-values of `log`'s records, through a logger that keeps what it is given.

mod kept;
mod reentrant;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use contextvars::log::{ContextFields, ContextLogger};
use contextvars::{ContextExt, bind, context_var, with_context};
use log::kv::Key;
use log::{Level, Log, Metadata, Record};

use crate::kept::{Keeper, Kept, Line, any, line, logged, text};

#[context_var]
static USER: &'static str;
#[context_var]
static REQUEST_ID: u64 = 0;

fn fields() -> ContextFields {
    ContextFields::new().with(&USER).with(&REQUEST_ID)
}

fn logger() -> ContextLogger<Keeper> {
    ContextLogger::new(Keeper, fields())
}

#[test]
fn a_record_shows_what_is_current() {
    let body = |logger: &dyn Log| {
        log::info!(logger: logger, rows = 3; "before");
        USER.sync_scope("alice", || {
            REQUEST_ID.set(7);
            log::info!(logger: logger, rows = 3; "inside");
        });
    };
    let rows = || ("rows", Kept::Signed(3));
    let id = |id| ("REQUEST_ID", Kept::Unsigned(id));
    let expected = [
        line("before", [rows(), id(0)]),
        line("inside", [rows(), ("USER", text("alice")), id(7)]),
    ];
    assert_eq!(logged(&logger(), body), expected);
    assert_eq!(
        logged(&Keeper, body),
        [line("before", [rows()]), line("inside", [rows()])]
    );
}

#[test]
fn all_else_is_the_loggers_own() {
    struct Checks(AtomicBool);
    impl Log for Checks {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &Record<'_>) {
            assert_eq!(
                (record.level(), record.target(), record.line()),
                (Level::Warn, "own", Some(7))
            );
            assert_eq!(
                (record.file(), record.module_path()),
                (Some("own.rs"), Some("own::module"))
            );
            self.0.store(true, Relaxed);
        }
        fn flush(&self) {}
    }

    let logger = logger();
    let metadata = |level| Metadata::builder().level(level).target("t").build();
    assert!(logger.enabled(&metadata(Level::Info)) && !logger.enabled(&metadata(Level::Debug)));
    assert_eq!(logged(&logger, |logger| logger.flush()), [line("flushed", [])]);

    let mut record = Record::builder();
    record
        .level(Level::Warn)
        .target("own")
        .line(Some(7))
        .file(Some("own.rs"))
        .module_path(Some("own::module"));
    let checks = Checks(AtomicBool::new(false));
    ContextLogger::new(&checks, fields()).log(&record.build());
    assert!(checks.0.into_inner());
}

#[test]
fn a_records_own_key_values_come_first() {
    let body = |logger: &dyn Log| {
        USER.sync_scope(
            "alice",
            || log::info!(logger: logger, USER = "own", last = true; "event"),
        );
    };
    let expected = [
        ("USER", text("own")),
        ("last", Kept::Bool(true)),
        ("REQUEST_ID", Kept::Unsigned(0)),
    ];
    assert_eq!(logged(&logger(), body), [line("event", expected)]);
}

#[test]
fn a_key_is_found() {
    struct Gets(AtomicBool);
    impl Log for Gets {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &Record<'_>) {
            let kvs = record.key_values();
            let get = |key: &str| kvs.get(Key::from(key)).map(|value| value.to_string());
            let found = ["own", "USER", "REQUEST_ID", "else"].map(get);
            assert_eq!(
                found,
                [
                    Some("1".to_owned()),
                    Some("alice".to_owned()),
                    Some("0".to_owned()),
                    None
                ]
            );
            self.0.store(true, Relaxed);
        }
        fn flush(&self) {}
    }
    let gets = Gets(AtomicBool::new(false));
    logged(&ContextLogger::new(&gets, fields()), |logger| {
        USER.sync_scope("alice", || log::info!(logger: logger, own = 1; "event"));
    });
    assert!(gets.0.into_inner());
}

#[test]
fn values_keep_their_types() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "its `Debug` reads it")]
    struct Account(u32);

    macro_rules! kept {
        ($($type:ty: $value:expr => $kept:expr;)*) => {$({
            #[context_var]
            static VAR: $type = $value;
            let logger = ContextLogger::new(Keeper, ContextFields::new().with_name("var", &VAR));
            let lines = logged(&logger, |logger| log::info!(logger: logger, "event"));
            assert_eq!(lines, [line("event", [("var", $kept)])], "{}", stringify!($type));
        })*};
    }
    kept! {
        String: "é".to_owned() => text("é");
        u8: 7 => Kept::Unsigned(7);
        usize: 7 => Kept::Unsigned(7);
        i32: -7 => Kept::Signed(-7);
        u128: u128::MAX => Kept::UnsignedWide(u128::MAX);
        i128: i128::MIN => Kept::SignedWide(i128::MIN);
        f64: 0.5 => Kept::Double(0.5);
        f32: 0.5 => Kept::Double(0.5);
        bool: true => Kept::Bool(true);
        char: 'é' => Kept::Char('é');
        Account: Account(7) => any("Account(7)");
        Option<u32>: None => any("None");
    }
}

#[test]
fn a_secret_is_redacted() {
    #[context_var(redact)]
    static PASSWORD: String = "hunter2".to_owned();
    let logger = ContextLogger::new(Keeper, ContextFields::new().with(&PASSWORD));
    let lines = logged(&logger, |logger| log::info!(logger: logger, "event"));
    assert_eq!(lines, [line("event", [("PASSWORD", any("<redacted>"))])]);
}

/// R1, R2, R9
#[test]
fn tasks_and_threads_show_what_they_inherit() {
    fn log_user(who: &str) -> Line {
        logged(&logger(), |logger| log::info!(logger: logger, "{who}")).remove(0)
    }
    async fn plain(who: &'static str) -> Line {
        tokio::task::yield_now().await;
        log_user(who)
    }
    #[with_context(USER = user, REQUEST_ID = id)]
    async fn request(id: u64, user: &'static str) -> BTreeMap<&'static str, Line> {
        tokio::task::yield_now().await;
        BTreeMap::from([
            ("task", tokio::spawn(plain(user).in_current_context()).await.unwrap()),
            ("bare", tokio::spawn(plain(user)).await.unwrap()),
            (
                "bound",
                tokio::task::spawn_blocking(bind(move || log_user(user))).await.unwrap(),
            ),
            ("thread", thread::spawn(bind(move || log_user(user))).join().unwrap()),
            ("inline", log_user(user)),
        ])
    }

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let requests = runtime.block_on(async { tokio::join!(request(1, "alice"), request(2, "bob")) });
    for (lines, id, user) in [(requests.0, 1, "alice"), (requests.1, 2, "bob")] {
        for (place, shown) in lines {
            let expected = match place {
                "bare" => line(user, [("REQUEST_ID", Kept::Unsigned(0))]),
                _ => line(user, [("USER", text(user)), ("REQUEST_ID", Kept::Unsigned(id))]),
            };
            assert_eq!(shown, expected, "{place}");
        }
    }
}
