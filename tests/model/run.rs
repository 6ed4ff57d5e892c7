//! Runs a program on an executor to its very end.

use std::mem;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::body::{Board, Me, lock};
use crate::by_hand::Place;
use crate::executor::Executor;
use crate::future::{AsTask, Slot};
use crate::kinds::make;
use crate::play::caught;
use crate::program::{Body, Kind};

/// Runs a main body, and what it spawns. Returns where it differs from the one by hand.
pub(crate) fn run<E: Executor>(kind: &Kind, body: &Body) -> Vec<String> {
    let board = Arc::new(Board::default());
    E::run(async {
        let mut outside = Me::new(&board, &Slot::at(Place::outside()));
        let main = async {
            if let Some(main) = make::<E>(&mut outside, kind, body.clone()) {
                AsTask(main).await;
            }
        };
        drop(caught(main).await.map_err(|payload| board.caught(payload)));
        drain(&board).await;
    });
    let patience = Instant::now() + Duration::from_secs(10);
    // A task whose end nobody has waited for may have left something behind, and may do so until it has let go of the board:
    // what it leaves there holds the board, which holds it.
    while Arc::strong_count(&board.alive) > 1 || Arc::strong_count(&board) > 1 {
        let _tasks = mem::take(&mut *lock(&board.tasks));
        let _joining = mem::take(&mut *lock(&board.joining));
        let late = lock(&board.queue).pop_front();
        if let Some(late) = late {
            late.drop_at(Some(Place::outside()));
        }
        if Instant::now() > patience {
            board.fail(format!(
                "{} values and {} tasks are left",
                Arc::strong_count(&board.alive) - 1,
                Arc::strong_count(&board) - 1
            ));
            break;
        }
        thread::yield_now();
    }
    board.failures()
}

/// Waits for the tasks that are left, and drops what nobody has taken from the queue.
async fn drain(board: &Board) {
    loop {
        let task = lock(&board.tasks).pop();
        let joining = lock(&board.joining).pop();
        let queued = lock(&board.queue).pop_front();
        if task.is_none() && joining.is_none() && queued.is_none() {
            return;
        }
        if let Some(task) = task {
            drop(task.join().await);
        }
        if let Some(joining) = joining {
            joining.await;
        }
        if let Some(queued) = queued {
            queued.drop_at(Some(Place::outside()));
        }
    }
}
