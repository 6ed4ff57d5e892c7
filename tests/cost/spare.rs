//! Spare memory: a thread keeps four blocks of a size, and gives them back when it ends.

use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::thread;

use contextvars::{Context, context_var};

use crate::common::many;
use crate::counting::{allocations, bytes};
use crate::{NUMBER, TEXT};

#[context_var]
static WIDE: [u64; 4];
#[context_var]
static WIDER: [u64; 5];

/// Many contexts of one binding each: a block of 32 bytes, and one of 72.
fn many_at_once(many: u64) {
    let contexts: Vec<Context> = (0..many).map(|number| Context::new().with(&NUMBER, number)).collect();
    drop(contexts);
}

/// Nodes and bindings of all sizes, more of each than are kept.
fn all_sizes() {
    let all = many::all();
    let sizes = [1, 6, 12, 32];
    let contexts: Vec<Context> = sizes
        .iter()
        .cycle()
        .take(100)
        .map(|bound| {
            let mut context = Context::new();
            for variable in all.iter().take(*bound) {
                context = context.with(variable, 1);
            }
            context
                .with(&NUMBER, 1)
                .with(&TEXT, String::new())
                .with(&WIDE, [0; 4])
                .with(&WIDER, [0; 5])
        })
        .collect();
    drop(contexts);
}

fn on_a_thread<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| scope.spawn(f).join().expect("no panic"))
}

/// R12
#[test]
fn a_thread_keeps_four_blocks_of_a_size() {
    on_a_thread(|| {
        many_at_once(1);
        let one = bytes();
        many_at_once(4);
        let four = bytes();
        assert!(four > one, "{one}, {four}");
        for many in [5, 8, 100, 1000] {
            many_at_once(many);
            assert_eq!(bytes(), four, "after {many}");
        }
        let made = [4, 5].map(|many| allocations(|| many_at_once(many)));
        assert_eq!(made[1] - made[0], 2, "a fifth block of each size is a new one");
    });
    on_a_thread(|| {
        all_sizes();
        let once = bytes();
        (0..10).for_each(|_| all_sizes());
        assert_eq!(bytes(), once);
        // All of the sizes, and what a thread has else.
        assert!(once < 4 * 825 + 1024, "{once} bytes");
    });
}

/// R12, R10
#[test]
fn a_thread_that_ends_gives_its_spare_memory_back() {
    /// Notes at the end of a thread how many bytes live that it has allocated. It goes after what the thread has used later.
    struct Notes(Cell<Option<&'static AtomicIsize>>);

    impl Drop for Notes {
        fn drop(&mut self) {
            if let Some(note) = self.0.get() {
                note.store(bytes(), Ordering::Relaxed);
            }
        }
    }

    thread_local! {
        static NOTES: Notes = const { Notes(Cell::new(None)) };
    }

    fn left_by(f: fn(), note: &'static AtomicIsize) -> isize {
        thread::spawn(move || {
            NOTES.with(|notes| notes.0.set(Some(note)));
            f();
        })
        .join()
        .expect("no panic");
        note.load(Ordering::Relaxed)
    }

    static LEFT: [AtomicIsize; 3] = [const { AtomicIsize::new(-1) }; 3];
    let unused = left_by(|| (), &LEFT[0]);
    assert_eq!(left_by(all_sizes, &LEFT[1]), unused);
    assert_eq!(left_by(|| many_at_once(3), &LEFT[2]), unused);
}
