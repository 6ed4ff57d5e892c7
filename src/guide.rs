//! Guides: for those who come from elsewhere, what crosses, how to test, and how it works.
//!
//! The pages are the files of `docs/` in the repository. Every block of Rust in them is a test.

macro_rules! guides {
    ($($(#[doc = $summary:literal])* $(#[cfg($needs:meta)])? $name:ident = $page:literal;)*) => {$(
        $(#[cfg($needs)])?
        $(#[doc = $summary])*
        ///
        // A page defines its links at its end, for the repository. Of two definitions the first counts, so these lead
        // to the same places in this documentation.
        /// [from-task-local]: crate::guide::from_task_local
        /// [from-python]: crate::guide::from_python
        /// [from-opentelemetry-tracing]: crate::guide::from_opentelemetry_tracing
        /// [what-crosses]: crate::guide::what_crosses
        /// [frameworks]: crate::guide::frameworks
        /// [rayon]: crate::guide::rayon
        /// [batches]: crate::guide::what_crosses#batches
        /// [bare-spawn]: crate::guide::what_crosses#forbid-the-bare-spawn
        /// [across-processes]: crate::guide::across_processes
        /// [testing]: crate::guide::testing
        /// [how-it-works]: crate::guide::how_it_works
        /// [`bind`]: fn@crate::bind
        /// [`bind!`]: macro@crate::bind
        /// [`bind_fn`]: crate::bind_fn
        /// [`outside`]: crate::outside
        /// [`BodyLayer`]: crate::tower::BodyLayer
        /// [`CaptureLayer`]: crate::tower::CaptureLayer
        /// [`RestoreLayer`]: crate::tower::RestoreLayer
        /// [`ExtractLayer`]: crate::tower::ExtractLayer
        /// [`ExtractLayer::only_if`]: crate::tower::ExtractLayer::only_if
        /// [`InjectLayer`]: crate::tower::InjectLayer
        /// [`InjectLayer::only_if`]: crate::tower::InjectLayer::only_if
        /// [`Carrier`]: crate::baggage::Carrier
        /// [`Received`]: crate::baggage::Received
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
    /// Both side by side, and a service moved from tokio's `task_local!` in steps.
    from_task_local = "from-task-local.md";
    /// PEP 567 in Rust: what is the same, what differs, and why.
    from_python = "from-python.md";
    /// Attach guards, spans and baggage: what belongs in them and what in a variable, side by side.
    from_opentelemetry_tracing = "from-opentelemetry-tracing.md";
    /// Every boundary that a value may meet, with the line to write.
    what_crosses = "what-crosses.md";
    /// Web frameworks, RPC, pools and caches: what to put where.
    #[cfg(all(feature = "http-body", feature = "hyper", feature = "tower"))]
    frameworks = "frameworks.md";
    /// Variables in the headers of requests and messages, to and from services in other languages.
    #[cfg(all(feature = "baggage", feature = "tower", feature = "tracing"))]
    across_processes = "across-processes.md";
    /// Parallel iterators, joins and scopes: what to bind, and what to avoid.
    rayon = "rayon.md";
    /// Tests of code that reads the context, and tests that nothing leaks.
    testing = "testing.md";
    /// One annotated function, from its expansion to the end of its last poll.
    how_it_works = "how-it-works.md";
}

// README.md and SECURITY.md are pages of the repository alone. They stand here for the tests in them.

#[cfg(all(doctest, feature = "http-body", feature = "tower", feature = "tracing"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../SECURITY.md")]
struct Security;
