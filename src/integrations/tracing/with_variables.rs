//! [`WithVariables`]: the one call where logging is set up.

use tracing_core::Subscriber;
use tracing_subscriber::fmt::{FormatEvent, FormatFields, Layer, MakeWriter, SubscriberBuilder};
use tracing_subscriber::registry::{LookupSpan, Registry};

use super::formats::Dress;
use crate::integrations::context_fields::ContextFields;

/// Adds variables to a [`fmt()`](tracing_subscriber::fmt()) subscriber or
/// [`fmt::layer()`](tracing_subscriber::fmt::layer).
pub trait WithVariables {
    /// The subscriber or layer that shows the variables.
    type Output;

    /// Shows the variables on every event and every span.
    ///
    /// Call it once, after all other settings of the format.
    ///
    /// ```
    /// use contextvars::tracing::{ContextFields, WithVariables};
    /// use tracing_subscriber::{filter::LevelFilter, fmt, prelude::*};
    /// # use contextvars::context_var;
    /// # #[context_var] static USER: String;
    ///
    /// let fields = ContextFields::new().with(&USER);
    /// let text = fmt::layer().compact().with_variables(fields.clone());
    /// let json = fmt::layer().json().flatten_event(true).with_variables(fields);
    /// let subscriber = tracing_subscriber::registry().with(text.with_filter(LevelFilter::INFO)).with(json);
    /// # drop(subscriber);
    /// ```
    ///
    /// Before them it does not compile: the other format would not have the variables.
    ///
    /// ```compile_fail,E0599
    /// # use contextvars::tracing::{ContextFields, WithVariables};
    /// let log = tracing_subscriber::fmt().with_variables(ContextFields::new()).json();
    /// # let _ = log.finish();
    /// ```
    ///
    /// ```
    /// # use contextvars::tracing::{ContextFields, WithVariables};
    /// let log = tracing_subscriber::fmt().json().with_variables(ContextFields::new());
    /// # let _ = log.finish();
    /// ```
    #[must_use]
    fn with_variables(self, fields: ContextFields) -> Self::Output;
}

impl<S, N, E, W> WithVariables for Layer<S, N, E, W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    E: Dress<N>,
    E::Fields: for<'a> FormatFields<'a> + 'static,
    E::Event: FormatEvent<S, E::Fields> + 'static,
    W: for<'a> MakeWriter<'a> + 'static,
{
    type Output = Layer<S, E::Fields, E::Event, W>;

    fn with_variables(self, fields: ContextFields) -> Self::Output {
        self.map_fmt_fields(|inner| E::fields(inner, fields.clone()))
            .map_event_format(|inner| inner.event(fields))
    }
}

impl<N, E, F, W> WithVariables for SubscriberBuilder<N, E, F, W>
where
    N: for<'a> FormatFields<'a> + 'static,
    E: Dress<N>,
    E::Fields: for<'a> FormatFields<'a> + 'static,
    E::Event: FormatEvent<Registry, E::Fields> + 'static,
    W: for<'a> MakeWriter<'a> + 'static,
{
    type Output = SubscriberBuilder<E::Fields, E::Event, F, W>;

    fn with_variables(self, fields: ContextFields) -> Self::Output {
        self.map_fmt_fields(|inner| E::fields(inner, fields.clone()))
            .map_event_format(|inner| inner.event(fields))
    }
}
