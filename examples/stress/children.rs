//! Children: tasks that begin with exactly what their parent had when it called for them.

use contextvars::{Context, ContextExt as _, with_context};

use crate::{crowd::crowd, dice::Dice, executor::Task, identity::Identity, life::pause, tally::Place};

/// Spawns a child, writes on, and joins it, cancels it or lets it go.
pub(crate) async fn raise(me: &mut Identity) {
    let child = bear(me);
    me.scramble();
    match me.dice.below(4) {
        0 => child.let_go(),
        1 => {
            for _ in 0..me.dice.below(3) {
                pause(me).await;
            }
            child.cancel();
        }
        _ => child.join().await,
    }
    me.check(Place::Child);
    pause(me).await;
}

/// Spawns a child in one of the ways that there are.
fn bear(me: &mut Identity) -> Task {
    let crowd = crowd();
    let dice = Dice::seeded([me.dice.next()]);
    let heir = me.heir();
    match me.dice.below(9) {
        0 => crowd.spawn_child(dice, raw(me.stranger())),
        1 => crowd.spawn_child(dice, fresh(me.stranger())),
        2 => crowd.spawn_child(dice, grow_up(heir.born()).in_current_context()),
        3 => {
            let (variable, badge, heir) = me.bequeath(heir);
            crowd.spawn_child(dice, variable.scope(badge, grow_up(heir.born())))
        }
        4 => {
            let (outer, outer_badge, heir) = me.bequeath(heir);
            let (inner, inner_badge, heir) = me.bequeath(heir);
            let child = annotated(heir.born());
            crowd.spawn_child(dice, outer.scope(outer_badge, inner.scope(inner_badge, child)))
        }
        5 => {
            let (variable, badge, heir) = me.bequeath(heir);
            let child = annotated(heir.born());
            let context = variable.bound_in(&Context::current(), badge);
            crowd.spawn_child(dice, child.in_context(context))
        }
        6 => {
            let variable = me.any_variable();
            let context = variable.unbound_in(&Context::current());
            let child = grow_up(heir.without(variable).born());
            crowd.spawn_child(dice, child.in_context(context))
        }
        _ => crowd.spawn_child(dice, annotated(heir.born())),
    }
}

#[with_context]
pub(crate) async fn annotated(me: Identity) {
    grow_up(me).await;
}

#[with_context(fresh)]
async fn fresh(me: Identity) {
    grow_up(me).await;
}

/// A plain life, in whatever context it was wrapped in.
pub(crate) async fn grow_up(mut me: Identity) {
    me.check(Place::Birth);
    for _ in 0..me.dice.below(4) {
        me.scramble();
        pause(&mut me).await;
    }
    if me.dice.one_in(8) {
        let grandchild = bear(&mut me);
        me.scramble();
        grandchild.join().await;
        me.check(Place::Child);
    }
}

/// A life without a context.
async fn raw(mut me: Identity) {
    me.check(Place::Birth);
    for _ in 0..me.dice.below(4) {
        pause(&mut me).await;
        me.check_refusal(Place::Birth);
    }
}
