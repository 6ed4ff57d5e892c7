//! Part three: the async service with context variables against the same with the identity in
//! arguments.
//!
//! A group is three servers that take turns, each in a process of its own: arguments, context
//! variables, arguments again. The second is compared with the mean of the other two, and the third with the
//! first, which shows how far equals differ on this machine. Processes are new in every group.

use std::{io, time::Duration};

use crate::{
    connections,
    load::{Load, Measured},
    process::{BackEnd, Limits, Role},
    report::{Part, Report, Spread, Table, print},
    service::{Carrier, USUAL_MILLIS},
};

/// More than the one worker can serve, so that the server is what limits the throughput.
const CALLERS: u32 = 400;

/// A server's turn, short enough for noise to last over several.
const TURN: Duration = Duration::from_millis(500);

/// Requests in flight when memory is compared.
const HELD: u32 = 10_000;

/// The overhead to stay under, in percent.
const AIM: f64 = 1.0;

/// A name, how it reads as one number, and its unit.
struct Figure {
    name: &'static str,
    unit: &'static str,
    read: fn(&Measured) -> f64,
}

const FIGURES: [Figure; 3] = [
    Figure {
        name: "throughput",
        unit: "requests/s",
        read: |measured| measured.requests_per_second,
    },
    Figure {
        name: "processor time a request",
        unit: "us",
        read: |measured| measured.per_request.as_secs_f64() * 1e6,
    },
    Figure {
        name: "peak resident memory",
        unit: "KiB",
        read: |measured| measured.usage.resident.into(),
    },
];

/// Arguments, context variables, arguments.
type Group = [Measured; 3];

pub(crate) fn run(count: u32, length: Duration, report: &mut Report) -> io::Result<()> {
    report.begin(Part::Overhead);
    print(format_args!(
        "overhead: context variables against arguments, one worker, {CALLERS} callers, {count} groups of 3 servers x {length:?}\n",
    ))?;
    let load = Load {
        callers: CALLERS,
        turns: turns(length),
        length: TURN,
    };
    let mut groups = Vec::new();
    for _ in 0..count {
        let group = load.run([Carrier::Arguments, Carrier::ContextVars, Carrier::Arguments].map(serve))?;
        for measured in &group {
            report.promise_identities("overhead", measured.verdict);
        }
        groups.push(group);
    }

    let mut table = Table::new(["figure", "arguments", "contextvars", "change", "equals differ by"]);
    for figure in &FIGURES {
        table.add(compare(figure, &groups, report));
    }
    print(table)?;
    let cost = change(&FIGURES[1], &groups).median;
    let met = if cost < AIM { "met" } else { "missed" };
    print(format_args!("The aim, less than {AIM} % of processor time: {met}.\n"))?;
    let busy = |of: fn(&Measured) -> f64| Spread::of(groups.iter().flatten().map(of)).median;
    print(format_args!(
        "Medians; changes are those of single groups: median (least .. most, quartiles). Processors kept busy: \
         {:.2} by the server, {:.2} by the callers, {:.2} by others.\n",
        busy(|measured| measured.server_busy),
        busy(|measured| measured.callers_busy),
        busy(|measured| measured.others_busy),
    ))?;
    held(report)
}

fn turns(time: Duration) -> u32 {
    let turns = time.as_millis().div_ceil(TURN.as_millis());
    u32::try_from(turns).unwrap_or(u32::MAX)
}

fn serve(carrier: Carrier) -> Role {
    Role::Serve {
        carrier,
        workers: 1,
        addresses: 1,
        back_end: BackEnd::Millis(USUAL_MILLIS),
    }
}

fn compare(figure: &Figure, groups: &[Group], report: &mut Report) -> [String; 5] {
    let Figure { name, unit, read } = figure;
    let read = |measured: &Measured| read(measured);
    let arguments = Spread::of(groups.iter().flat_map(|[before, _, after]| [read(before), read(after)]));
    let contextvars = Spread::of(groups.iter().map(|[_, between, _]| read(between)));
    let change = change(figure, groups);
    let equals = Spread::of(
        groups
            .iter()
            .map(|[before, _, after]| (read(after) / read(before) - 1.0) * 100.0),
    );

    report.keep(name, "arguments", arguments.median);
    report.keep(name, "contextvars", contextvars.median);
    for (metric, spread) in [("change_percent", change), ("equals_percent", equals)] {
        for (place, value) in spread.places() {
            report.keep(name, &format!("{metric}_{place}"), value);
        }
    }
    [
        (*name).to_owned(),
        format!("{:.1} {unit}", arguments.median),
        format!("{:.1} {unit}", contextvars.median),
        change.to_string(),
        equals.to_string(),
    ]
}

/// What context variables change, in percent.
fn change(Figure { read, .. }: &Figure, groups: &[Group]) -> Spread {
    Spread::of(groups.iter().map(|[before, between, after]| {
        let mean = f64::midpoint(read(before), read(after));
        (read(between) / mean - 1.0) * 100.0
    }))
}

/// Memory does not tell with 400 requests in flight, so it is compared with more of them, too.
fn held(report: &mut Report) -> io::Result<()> {
    let limits = Limits::read()?;
    let requests = HELD.min(limits.connections);
    let mut memory = Vec::new();
    for carrier in [Carrier::Arguments, Carrier::ContextVars] {
        let (held, usage) = connections::over_tcp(carrier, requests, 1, limits.addresses)?;
        report.promise_identities(&format!("{} held", carrier.name()), held.verdict);
        report.keep("held requests", carrier.name(), usage.resident);
        memory.push(f64::from(usage.resident));
    }
    let change = (memory[1] / memory[0] - 1.0) * 100.0;
    let each = (memory[1] - memory[0]) * 1024.0 / f64::from(requests);
    report.keep("held requests", "change_percent", change);
    report.keep("held requests", "bytes_per_request", each);
    print(format_args!(
        "{requests} requests held in flight over tcp: {:.1} MiB with arguments, {:.1} MiB with context variables: \
         {change:+.1} %, {each:+.0} bytes a request.\n",
        memory[0] / 1024.0,
        memory[1] / 1024.0,
    ))
}
