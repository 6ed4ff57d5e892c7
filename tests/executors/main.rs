//! The promises to tasks hold on every executor, and ask nothing of it.
//!
//! Each body is written once, against a small [`runtimes::Executor`], and stamped out a test for each executor.

#[path = "../common/mod.rs"]
mod common;
mod runtimes;

mod cancellation;
mod capture;
mod destruction;
mod isolation;
mod many_tasks;

macro_rules! tests {
    ($executor:ident: $($module:ident { $($name:ident),* $(,)? })*) => {
        $(mod $module {
            use crate::runtimes::{Executor, $executor};

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
                    a_rebinding_generation_hides_nothing_else,
                    a_task_keeps_its_value_after_the_scope_has_ended,
                }
                isolation {
                    writes_survive_awaits,
                    writes_survive_thread_hops,
                    a_caller_sees_no_write_of_its_task,
                    a_plain_async_fn_shares,
                    joined_handlers_are_apart,
                    plain_futures_in_a_join_share_their_owner,
                    selected_handlers_are_apart,
                    an_unordered_crowd_is_apart,
                    a_thousand_joined_handlers_are_apart,
                    interleaved_tasks_never_cross,
                    the_executor_between_two_polls_sees_nothing,
                    a_guard_across_awaits_resets_in_its_own_task,
                    a_task_polled_before_it_is_spawned_goes_on,
                    a_task_woken_from_elsewhere_keeps_its_own,
                }
                many_tasks {
                    ten_thousand_tasks_keep_their_own,
                    a_hundred_tasks_rewrite_ten_times,
                    tasks_that_bind_yield_and_are_cancelled_stay_apart,
                }
                cancellation {
                    dropping_a_pending_task_leaves_its_caller_alone,
                    the_losers_of_a_select_leave_no_trace,
                    a_panic_in_a_task_leaves_no_trace,
                    a_panic_in_an_awaited_handler_leaves_no_trace,
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
                    a_value_dies_with_its_task,
                    a_value_dies_with_its_aborted_task,
                    a_value_dies_with_its_panicked_task,
                }
            }
        }
    };
}

on!(tokio_multi_thread, TokioMultiThread);
on!(tokio_current_thread, TokioCurrentThread);
on!(tokio_local_set, TokioLocalSet);
on!(async_std, AsyncStd);
on!(smol_global, SmolGlobal);
on!(smol_executor, SmolExecutor);
on!(smol_local, SmolLocal);
on!(futures_local_pool, FuturesLocalPool);
on!(futures_thread_pool, FuturesThreadPool);
