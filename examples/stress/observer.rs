//! The executor's view: a raw task around one with a context of its own, which looks before and after
//! each of its polls.

use std::{cell::Cell, future::poll_fn, pin::pin};

use crate::{
    dice::Dice,
    identity::Heir,
    tally::{Place, TALLY},
};

thread_local! {
    static IS_KNOWN: Cell<bool> = const { Cell::new(false) };
}

/// Runs `task`, and looks from outside.
pub(crate) async fn observed(dice: Dice, task: impl Future<Output = ()>) {
    let mut onlooker = Heir::newcomer(dice).born();
    let mut task = pin!(task);
    poll_fn(|waking| {
        if !IS_KNOWN.replace(true) {
            TALLY.add_worker();
        }
        TALLY.polls.add(1);
        if onlooker.dice.one_in(4) {
            onlooker.check(Place::Executor);
        }
        let poll = task.as_mut().poll(waking);
        onlooker.check(Place::Executor);
        if onlooker.dice.one_in(16) {
            onlooker.check_refusal(Place::Executor);
        }
        poll
    })
    .await;
}
