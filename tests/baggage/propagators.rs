//! The propagator, alone and beside opentelemetry's own.

use crate::common::{TENANT, USER};
use contextvars::baggage::{Baggage, Carrier, OwnBaggage, Received};
use contextvars::{Context, ContextExt};
use futures::executor::block_on;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::baggage::KeyValueMetadata;
use opentelemetry::propagation::{Injector, TextMapCompositePropagator, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context as OtherContext, KeyValue};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use std::collections::HashMap;
use std::sync::LazyLock;

static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT).with("user.id", &USER));

type Boxed = Box<dyn TextMapPropagator + Send + Sync>;

/// A span's context, and baggage of opentelemetry's own, one of our names among it: what a hop before has left there.
fn other_context() -> OtherContext {
    let span = SpanContext::new(
        TraceId::from(1),
        SpanId::from(2),
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    );
    let theirs = [
        KeyValueMetadata::new("theirs", "1 2", "p=3;q"),
        KeyValueMetadata::new("tenant", "stale", ""),
    ];
    OtherContext::new().with_remote_span_context(span).with_baggage(theirs)
}

fn bound() -> Context {
    Context::new().with(&TENANT, "acme".to_owned())
}

fn injected(propagator: &dyn TextMapPropagator, cx: &OtherContext, context: &Context) -> HashMap<String, String> {
    let mut headers = HashMap::new();
    context.clone().run(|| propagator.inject_context(cx, &mut headers));
    headers
}

fn members(line: &str) -> Vec<&str> {
    let mut members: Vec<_> = line.split(',').collect();
    members.sort_unstable();
    members
}

/// All that is there, each once, after a hop through the propagator.
fn assert_nothing_is_lost_or_doubled(propagator: &dyn TextMapPropagator) {
    let headers = injected(propagator, &other_context(), &bound());
    assert_eq!(members(&headers["baggage"]), ["tenant=acme", "theirs=1%202;p=3;q"]);
    assert_eq!(
        headers["traceparent"],
        "00-00000000000000000000000000000001-0000000000000002-01"
    );

    let cx = propagator.extract_with_context(&OtherContext::new(), &headers);
    assert_eq!(cx.span().span_context().span_id(), SpanId::from(2));
    assert_eq!(cx.baggage().get("theirs").unwrap().as_str(), "1 2");
    assert_eq!(cx.baggage().get_with_metadata("theirs").unwrap().1.as_str(), "p=3;q");
    let received = cx.get::<Received>().unwrap();
    assert_eq!(received.context.get(&TENANT).unwrap(), "acme");
    assert!(received.rejected.is_empty());
}

#[test]
fn in_the_place_of_a_baggage_propagator() {
    let ours: Vec<Boxed> = vec![Box::new(TraceContextPropagator::new()), Box::new(BAGGAGE.propagator())];
    assert_nothing_is_lost_or_doubled(&TextMapCompositePropagator::new(ours));
    let ours: Vec<Boxed> = vec![Box::new(BAGGAGE.propagator()), Box::new(TraceContextPropagator::new())];
    assert_nothing_is_lost_or_doubled(&TextMapCompositePropagator::new(ours));
}

#[test]
fn after_a_baggage_propagator() {
    let both: Vec<Boxed> = vec![
        Box::new(BaggagePropagator::new()),
        Box::new(TraceContextPropagator::new()),
        Box::new(BAGGAGE.propagator()),
    ];
    assert_nothing_is_lost_or_doubled(&TextMapCompositePropagator::new(both));
}

/// In whatever order they are inside.
#[test]
fn around_a_composite_with_a_baggage_propagator() {
    let inner: Vec<Boxed> = vec![
        Box::new(TraceContextPropagator::new()),
        Box::new(BaggagePropagator::new()),
    ];
    assert_nothing_is_lost_or_doubled(&BAGGAGE.propagator().around(TextMapCompositePropagator::new(inner)));
    let inner: Vec<Boxed> = vec![
        Box::new(BaggagePropagator::new()),
        Box::new(TraceContextPropagator::new()),
    ];
    assert_nothing_is_lost_or_doubled(&BAGGAGE.propagator().around(TextMapCompositePropagator::new(inner)));
}

/// An `Injector` has no way to read: so the documentation says not to. If this fails, it need not say so any more.
#[test]
fn before_a_baggage_propagator_theirs_replaces_ours_as_documented() {
    let both: Vec<Boxed> = vec![Box::new(BAGGAGE.propagator()), Box::new(BaggagePropagator::new())];
    let propagator = TextMapCompositePropagator::new(both);
    let headers = injected(&propagator, &other_context(), &bound());
    assert!(!headers["baggage"].contains("acme"));
    let headers = injected(&propagator, &OtherContext::new(), &bound());
    assert_eq!(headers["baggage"], "tenant=acme");
}

#[test]
fn a_stale_member_of_ours_is_not_sent() {
    let propagator = BAGGAGE.propagator();
    let headers = injected(&propagator, &other_context(), &Context::new());
    assert_eq!(headers["baggage"], "theirs=1%202;p=3;q");
}

#[test]
fn nothing_at_all_is_no_header() {
    let propagator = BAGGAGE.propagator();
    assert!(injected(&propagator, &OtherContext::new(), &Context::new()).is_empty());
    let cx = propagator.extract(&HashMap::<String, String>::new());
    assert!(cx.get::<Received>().unwrap().context.is_empty());
    assert!(cx.baggage().is_empty());
}

/// A property that was decoded on the way in may hold what ends a member: it can't on the way out.
#[test]
fn metadata_cannot_become_a_member() {
    let hostile = KeyValueMetadata::new("theirs", "1", "p=x,tenant=mallory\r\nset-cookie: a");
    let cx = OtherContext::new().with_baggage([hostile]);
    let headers = injected(&BAGGAGE.propagator(), &cx, &Context::new());
    assert_eq!(
        headers["baggage"],
        "theirs=1;p=x%2Ctenant%3Dmallory%0D%0Aset-cookie%3A%20a"
    );
}

#[test]
fn a_received_context_is_entered_by_the_server() {
    let headers = HashMap::from([("baggage".to_owned(), "tenant=acme,user.id=x".to_owned())]);
    let cx = BAGGAGE.propagator().extract(&headers);
    let received = cx.get::<Received>().unwrap();
    assert_eq!(received.rejected.len(), 1);
    assert_eq!(TENANT.get(), None);
    let handled = async { TENANT.get() }.in_context(received.context.clone());
    assert_eq!(block_on(handled).as_deref(), Some("acme"));
}

#[test]
fn the_fields_of_what_is_inside_are_named_once() {
    let fields = |propagator: &dyn TextMapPropagator| {
        let mut fields: Vec<_> = propagator.fields().map(str::to_owned).collect();
        fields.sort_unstable();
        fields
    };
    assert_eq!(fields(&BAGGAGE.propagator()), ["baggage"]);
    let inner: Vec<Boxed> = vec![
        Box::new(BaggagePropagator::new()),
        Box::new(TraceContextPropagator::new()),
    ];
    let around = BAGGAGE.propagator().around(TextMapCompositePropagator::new(inner));
    assert_eq!(fields(&around), ["baggage", "traceparent", "tracestate"]);
}

#[test]
fn what_is_left_out_is_told() {
    static TOLD: LazyLock<std::sync::Mutex<Vec<String>>> = LazyLock::new(std::sync::Mutex::default);
    let propagator = BAGGAGE
        .propagator()
        .on_left_out(|left_out| TOLD.lock().unwrap().push(left_out.to_string()));
    let context = Context::new().with(&TENANT, String::new());
    injected(&propagator, &OtherContext::new(), &context);
    assert_eq!(*TOLD.lock().unwrap(), ["`tenant` is left out: its value is empty"]);
}

#[test]
fn an_injector_is_a_carrier_by_itself() {
    let mut headers = HashMap::<String, String>::new();
    let injector: &mut dyn Injector = &mut headers;
    bound().run(|| BAGGAGE.inject(injector));
    assert_eq!(headers["baggage"], "tenant=acme");
}

#[test]
fn a_carrier_of_an_injector_removes_nothing() {
    let mut headers = HashMap::from([("baggage".to_owned(), "a=1".to_owned())]);
    let injector: &mut dyn Injector = &mut headers;
    injector.replace("baggage", None);
    assert_eq!(headers["baggage"], "a=1");
}

#[test]
fn values_of_both_are_as_the_other_reads_them() {
    let exact = "J\u{fc}rgen & \u{1f600}, 100%; a=b \"q\" \\";
    let context = Context::new().with(&TENANT, exact.to_owned());
    let headers = injected(&BAGGAGE.propagator(), &OtherContext::new(), &context);
    let cx = BaggagePropagator::new().extract(&headers);
    assert_eq!(cx.baggage().get("tenant").unwrap().as_str(), exact);

    let cx = OtherContext::new().with_baggage([KeyValue::new("tenant", exact)]);
    let headers = injected(&BaggagePropagator::new(), &cx, &Context::new());
    // They leave `%` and `+` as they are, so what looks encoded is decoded: here nothing does.
    assert_eq!(BAGGAGE.extract(&headers).context.get(&TENANT).unwrap(), exact);
}

#[test]
fn opentelemetry_s_own_baggage_is_read_as_its_propagator_reads_it() {
    let headers = HashMap::from([("baggage".to_owned(), " a = 1+2 ;p=1; q, b=%41,c,d=%FF,e=".to_owned())]);
    let read = |propagator: &dyn TextMapPropagator| {
        let cx = propagator.extract(&headers);
        let mut members: Vec<_> = cx.baggage().iter().map(|member| format!("{member:?}")).collect();
        members.sort_unstable();
        members
    };
    let members = read(&OwnBaggage);
    assert_eq!(members.len(), 3, "{members:?}");
    let theirs: Vec<_> = read(&BaggagePropagator::new())
        .iter()
        .map(|member| member.replace("; q", ";q"))
        .collect();
    let ours: Vec<_> = members.iter().map(|member| member.replace("; q", ";q")).collect();
    assert_eq!(ours, theirs);
    assert_eq!(OwnBaggage.fields().collect::<Vec<_>>(), ["baggage"]);
}

#[test]
fn blanks_at_the_ends_of_opentelemetry_s_own_values_stay() {
    let cx = OtherContext::new().with_baggage([KeyValue::new("theirs", " 100%25 ")]);
    let headers = injected(&OwnBaggage, &cx, &Context::new());
    assert_eq!(headers["baggage"], "theirs=%20100%2525%20");
    let cx = OwnBaggage.extract(&headers);
    assert_eq!(cx.baggage().get("theirs").unwrap().as_str(), " 100%25 ");
}

#[test]
fn no_baggage_of_opentelemetry_s_own_is_no_header() {
    assert!(injected(&OwnBaggage, &OtherContext::new(), &bound()).is_empty());
}
