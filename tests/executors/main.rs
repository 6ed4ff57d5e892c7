//! The promises to tasks hold on every executor, and ask nothing of it.
//!
//! Each body is written once, against a small [`executor::Executor`], and stamped out a test for each executor.

#[path = "../common/mod.rs"]
mod common;
mod executor;

mod clean;

mod awaitables;
mod callbacks;
mod cancellation;
mod capture;
mod destruction;
mod driven_in_a_context;
mod groups;
mod handlers;
mod inheritance;
mod isolation;
mod lifetimes;
mod locals;
mod many_tasks;
mod scopes;

macro_rules! tests {
    ($executor:ident: $($module:ident { $($name:ident),* $(,)? })*) => {
        $(mod $module {
            use crate::executor::{Executor, $executor};

            $(#[test]
            fn $name() {
                $executor::run(crate::$module::$name::<$executor>());
            })*
        })*
    };
}

macro_rules! on {
    ($module:ident, $executor:ident) => {
        mod $module {
            tests! { $executor:
                capture {
                    a_spawned_handler_sees_its_caller_at_the_call,
                    a_handler_made_between_two_writes_sees_the_first,
                    a_task_given_a_context_runs_in_it,
                    a_task_spawned_in_a_scope_keeps_it,
                    a_plain_future_carries_the_context_that_it_is_given,
                    a_raw_task_sees_nothing_and_may_not_write,
                    each_generation_inherits_from_the_one_before,
                    children_that_bind_nothing_hand_on_what_they_inherit,
                    a_rebinding_generation_hides_nothing_else,
                    a_task_keeps_its_value_after_the_scope_has_ended,
                }
                inheritance {
                    a_task_exposes_the_context_that_it_was_given,
                    a_task_spawned_from_a_plain_fn_inherits,
                    with_nothing_bound_a_task_may_bind,
                    a_child_inherits_the_very_binding,
                    a_childs_passing_write_is_seen_by_nobody_else,
                    a_context_passed_again_is_as_it_was,
                    block_on_inside_a_task,
                    a_change_inside_a_shared_value_is_seen_and_a_set_is_not,
                }
                isolation {
                    writes_survive_awaits,
                    writes_survive_thread_hops,
                    a_caller_sees_no_write_of_its_task,
                    a_plain_async_fn_shares,
                    joined_handlers_are_apart,
                    plain_futures_in_a_join_share_their_owner,
                    a_plain_guard_across_an_await_is_seen_by_its_siblings,
                    selected_handlers_are_apart,
                    an_unordered_crowd_is_apart,
                    a_thousand_joined_handlers_are_apart,
                    interleaved_tasks_never_cross,
                    the_executor_between_two_polls_sees_nothing,
                    a_guard_across_awaits_resets_in_its_own_task,
                    a_task_polled_before_it_is_spawned_goes_on,
                    a_task_woken_from_elsewhere_keeps_its_own,
                    a_token_in_another_task_is_refused_there,
                }
                groups {
                    a_group_of_tasks_is_given_a_context,
                    gathered_tasks_compute_with_their_own_precision,
                    interleaved_tasks_record_their_own,
                    a_child_records_with_its_parent_whatever_its_sibling_opens,
                    a_groups_value_is_seen_by_children_and_grandchildren,
                    a_member_sees_what_was_bound_where_it_was_added,
                    a_member_binds_a_variable_more,
                    a_member_keeps_the_newest_of_the_shadowed_values_alive,
                }
                scopes {
                    an_error_ends_a_scope_and_frees_its_value,
                    scopes_nest_and_shadow_across_awaits,
                    an_outer_scope_shows_while_another_variable_is_rebound,
                    a_scope_may_write_to_its_callers_locals,
                    a_sibling_of_nested_scopes_sees_none_of_them,
                    an_exit_from_one_variable_leaves_the_other,
                    an_exit_holds_across_awaits_and_in_tasks,
                    what_was_bound_last_ends_first,
                }
                callbacks {
                    an_unset_variable_is_unset_in_later_callbacks,
                    a_callbacks_write_is_seen_by_its_own_timers,
                    a_task_completed_by_a_callback_leaves_the_threads_clean,
                    a_blocking_closure_sees_what_it_is_bound_to,
                    a_response_callback_sees_its_own_request,
                    a_queued_job_sees_its_own_request,
                    a_task_from_a_foreign_thread_brings_nothing_and_gets_nothing,
                    a_producer_and_its_collector_keep_their_own,
                }
                awaitables {
                    an_awaitable_sees_the_value_in_every_form,
                    a_destructor_may_poll,
                    a_future_is_dropped_in_its_context_wherever_it_ends_up,
                }
                handlers {
                    the_panic_hook_sees_the_value_of_the_task_that_fails,
                    the_panic_hook_sees_the_value_of_the_callback_that_fails,
                    each_failure_is_reported_with_its_own_value,
                    each_handler_of_an_error_sees_its_own_value,
                    a_task_that_fails_at_its_start_takes_nobody_with_it,
                    a_panic_hook_may_spawn,
                }
                many_tasks {
                    ten_thousand_tasks_keep_their_own,
                    a_hundred_tasks_rewrite_ten_times,
                    tasks_that_bind_yield_and_are_cancelled_stay_apart,
                    tasks_that_cancel_themselves_end_in_their_own_scopes,
                    generations_hold_one_value_each,
                }
                cancellation {
                    dropping_a_pending_task_leaves_its_caller_alone,
                    the_losers_of_a_select_leave_no_trace,
                    a_panic_in_a_task_leaves_no_trace,
                    a_panic_in_an_awaited_handler_leaves_no_trace,
                    a_panic_in_a_tasks_destructor_leaves_no_trace,
                    a_timeout_leaves_no_trace,
                }
                destruction {
                    a_pending_future_is_dropped_in_its_context,
                    a_future_never_polled_is_dropped_in_its_context,
                    a_completed_future_is_dropped_in_its_context,
                    an_aborted_task_is_dropped_in_its_context,
                    an_aborted_task_never_polled_is_dropped_in_its_context,
                    a_panicked_task_is_dropped_in_its_context,
                    the_losers_of_a_select_are_dropped_in_their_contexts,
                    a_destructor_may_spawn,
                    a_destructor_reads_and_writes_its_tasks_context,
                }
                lifetimes {
                    a_value_dies_with_its_task,
                    a_value_dies_with_its_aborted_task,
                    a_value_dies_with_its_panicked_task,
                    a_value_dies_with_its_task_whatever_carried_it,
                    what_could_not_start_holds_no_context,
                    a_value_that_holds_its_own_tasks_handle_dies_with_the_task,
                    a_value_that_holds_its_own_context_dies_when_it_lets_go,
                    a_detached_task_keeps_nothing_of_the_request,
                    a_wrapped_task_keeps_the_request_until_it_is_dropped,
                }
                locals {
                    what_a_task_awaits_sees_its_local,
                    a_spawned_task_sees_no_local,
                    a_queued_job_sees_its_consumers_local,
                    a_local_is_inherited_once,
                    a_childs_local_is_its_own,
                    a_local_dies_with_its_owner_whatever_was_spawned,
                }
            }
        }
    };
}

on!(tokio_multi_thread, TokioMultiThread);
on!(tokio_current_thread, TokioCurrentThread);
on!(tokio_local_set, TokioLocalSet);
on!(tokio_local_runtime, TokioLocalRuntime);
on!(actix_system, ActixSystem);
on!(async_std, AsyncStd);
on!(async_global, AsyncGlobal);
on!(smol_global, SmolGlobal);
on!(smol_executor, SmolExecutor);
on!(smol_local, SmolLocal);
on!(futures_local_pool, FuturesLocalPool);
on!(futures_thread_pool, FuturesThreadPool);

/// Not on the executor that the tests share: where it is driven inside a context, so are the others' tasks (R5).
macro_rules! driven_in_a_context {
    ($($executor:ident),* $(,)?) => {
        #[test]
        fn a_runner_keeps_its_context() {
            $(driven_in_a_context::a_runner_keeps_its_context::<executor::$executor>();)*
        }

        #[test]
        fn a_whole_life_cycle_in_one_context() {
            $(driven_in_a_context::a_whole_life_cycle_in_one_context::<executor::$executor>();)*
        }
    };
}

driven_in_a_context! {
    TokioMultiThread,
    TokioCurrentThread,
    TokioLocalSet,
    TokioLocalRuntime,
    ActixSystem,
    AsyncStd,
    AsyncGlobal,
    SmolGlobal,
    SmolLocal,
    FuturesLocalPool,
    FuturesThreadPool,
}
