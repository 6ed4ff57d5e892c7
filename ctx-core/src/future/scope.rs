//! Scopes: a variable bound for the length of a future or a call.

use crate::current;
use crate::current::frame::Frame;
use crate::current::wrapper::{Effect, Wrapper};
use crate::future::in_context::{InContext, State};
use crate::future::instance::Instance;
use crate::map::binding::BindingRef;
use crate::variable::{ContextVar, Kind, Value};
use std::mem::ManuallyDrop;
use std::panic::Location;

impl<T: Value, D: Kind> ContextVar<T, D> {
    /// Runs `future` with the variable bound to `value`, in a context of its own.
    ///
    /// The context is captured at this call. Annotated futures inside that were made earlier in the same place see the
    /// value all the same: in `USER.scope(user, handler(req))` Rust evaluates `handler(req)` first. The same place is one
    /// context, or the one that is outside every context. Futures that come from elsewhere, as through a queue, keep their
    /// own context, and what is `fresh` or [`in_context`](crate::ContextExt::in_context) takes nothing from a scope around
    /// it. Of nested scopes of one variable the innermost counts. What the future sets, it keeps to itself.
    ///
    /// All that is awaited inside is in this one context. So `PEER.scope(peer, connection)` around an HTTP/1 connection,
    /// which polls its requests one after another, gives all of them one context: what the first sets, the second sees.
    /// Give each request its own as well, by an annotated handler or a `tower::ContextLayer`.
    ///
    /// With the feature `futures` the same works for streams and sinks.
    ///
    /// ```
    /// use contextvars::{context_var, with_context};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    /// #[context_var]
    /// static ROLE: &'static str;
    ///
    /// #[with_context]
    /// async fn handler() -> (Option<&'static str>, Option<&'static str>) {
    ///     (USER.get(), ROLE.get())
    /// }
    ///
    /// let scoped = USER.scope("alice", ROLE.scope("admin", handler()));
    /// assert_eq!(futures::executor::block_on(scoped), (Some("alice"), Some("admin")));
    /// ```
    #[inline]
    #[track_caller]
    pub fn scope<F>(&'static self, value: T, future: F) -> InContext<F> {
        let value = ManuallyDrop::new(value);
        // SAFETY: the value is moved out here, once, and is not dropped by its `ManuallyDrop`.
        let state = unsafe { self.begin_scope(&raw const *value, Location::caller()) };
        InContext::new(future, state)
    }

    /// All of a scope but the future, which may be large.
    ///
    /// Of the `C` ABI, which does not unwind: so the future need not lie where a landing pad finds it. The value comes by
    /// address, since that ABI takes no SIMD vector by value.
    ///
    /// # Safety
    ///
    /// `value` can be read, and nobody uses what is there after this.
    #[allow(improper_ctypes_definitions)]
    unsafe extern "C" fn begin_scope(&'static self, value: *const T, place: &'static Location<'static>) -> State {
        // SAFETY: the caller's promise.
        let value = unsafe { value.read() };
        if self.descriptor().is_local {
            return begin_scope_of_local(BindingRef::new(self.descriptor(), place, value));
        }
        let (binding, same) = BindingRef::new_pair(self.descriptor(), place, value);
        let origin = current::new_wrapper();
        // Bound at once, not at the first poll: so a scope that waits does not keep the value that it replaces.
        let bindings = current::snapshot_with(binding);
        let effect = Effect::Bind(same);
        State::new(Instance::captured_here(bindings, origin), Wrapper { origin, effect })
    }

    /// Calls `f` with the variable bound to `value`, in a context of its own.
    ///
    /// What `f` sets is gone when it returns, panics or is left with `?`.
    ///
    /// ```
    /// # use contextvars::context_var;
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// assert_eq!(USER.sync_scope("alice", || USER.get()), Some("alice"));
    /// assert_eq!(USER.get(), None);
    /// ```
    #[track_caller]
    pub fn sync_scope<R>(&'static self, value: T, f: impl FnOnce() -> R) -> R {
        let binding = BindingRef::new(self.descriptor(), Location::caller(), value);
        let mut frame = if self.descriptor().is_local {
            frame_with_local(binding)
        } else {
            current::nested(current::snapshot_with(binding))
        };
        let result = current::inside(&mut frame, f);
        // Here and not at the end of the block: if a value panics when it is dropped, `result` is dropped too.
        drop(frame);
        result
    }
}

#[cold]
fn begin_scope_of_local(binding: BindingRef) -> State {
    let (bindings, origin) = current::capture();
    let effect = Effect::BindLocal(binding);
    State::new(Instance::captured_here(bindings, origin), Wrapper { origin, effect })
}

#[cold]
fn frame_with_local(binding: BindingRef) -> Frame {
    let mut frame = current::nested(current::snapshot());
    drop(frame.bind(binding));
    frame
}
