//! Guides: from where you come, what crosses, how to test, and how it works.
//!
//! The pages are the files of `docs/` in the repository. Every block of Rust in them is a test.

macro_rules! guides {
    ($($(#[doc = $summary:literal])* $(#[cfg($needs:meta)])? $name:ident = $page:literal;)*) => {$(
        $(#[cfg($needs)])?
        $(#[doc = $summary])*
        ///
        // Of two definitions of a link the first counts: these lead within this documentation, those at the end of a
        // page to where they lead in the repository.
        /// [from-task-local]: crate::guide::from_task_local
        /// [from-python]: crate::guide::from_python
        /// [from-opentelemetry-tracing]: crate::guide::from_opentelemetry_tracing
        /// [what-crosses]: crate::guide::what_crosses
        /// [frameworks]: crate::guide::frameworks
        /// [rayon]: crate::guide::rayon
        /// [batches]: crate::guide::what_crosses#batches
        /// [testing]: crate::guide::testing
        /// [how-it-works]: crate::guide::how_it_works
        /// [`bind`]: fn@crate::bind
        /// [`bind!`]: macro@crate::bind
        /// [`bind_fn`]: crate::bind_fn
        /// [`outside`]: crate::outside
        /// [`BodyLayer`]: crate::tower::BodyLayer
        /// [`CaptureLayer`]: crate::tower::CaptureLayer
        /// [`RestoreLayer`]: crate::tower::RestoreLayer
        /// [`Inherit`]: crate::Inherit
        /// [`in_context`]: crate::ContextExt::in_context
        /// [`in_current_context`]: crate::ContextExt::in_current_context
        /// [`Context`]: crate::Context
        /// [`Context::current`]: crate::Context::current
        /// [`Context::run`]: crate::Context::run
        /// [`Context::with`]: crate::Context::with
        /// [`diff`]: crate::Context::diff
        /// [`get`]: crate::ContextVar#method.get
        /// [`scope`]: crate::ContextVar::scope
        /// [`sync_scope`]: crate::ContextVar::sync_scope
        /// [`set`]: crate::ContextVar::set
        /// [`try_set`]: crate::ContextVar::try_set
        /// [`reset`]: crate::ContextVar::reset
        /// [`Token`]: crate::Token
        /// [`guard`]: crate::Token::guard
        #[doc = include_str!(concat!("../docs/", $page))]
        pub mod $name {}
    )*};
}

guides! {
    /// Side by side with tokio's `task_local!`, and a service moved over in steps.
    from_task_local = "from-task-local.md";
    /// PEP 567 in Rust: what is the same, what differs, and why.
    from_python = "from-python.md";
    /// Attach guards, spans and baggage: what belongs in them, what in a variable, and both side by side.
    from_opentelemetry_tracing = "from-opentelemetry-tracing.md";
    /// Every boundary that a value may meet, and what to write there.
    what_crosses = "what-crosses.md";
    /// Web frameworks, RPC, pools and caches: what to put where.
    #[cfg(all(feature = "http-body", feature = "hyper", feature = "tower"))]
    frameworks = "frameworks.md";
    /// Parallel iterators, joins and scopes: what to bind, and what to avoid.
    rayon = "rayon.md";
    /// Tests of code that reads the context, and tests that nothing leaks.
    testing = "testing.md";
    /// One annotated function, from its expansion to the end of its last poll.
    how_it_works = "how-it-works.md";
}
