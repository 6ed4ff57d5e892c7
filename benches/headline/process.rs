//! Processes: what a child process does, how it is started, what it has used, and what the machine allows one.
//!
//! The program starts itself for each run, so that memory, threads and processor time are those of the server alone, and
//! none of them inherits the heap of the run before. A child reports on its standard output. It ends when its
//! standard input ends, which also happens when the parent is killed.

use std::{
    env, fs,
    io::{self, BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::service::Carrier;

/// What a child process does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// Serves over TCP. Says where it listens, and at the end how many requests the gate has held.
    Serve {
        carrier: Carrier,
        workers: usize,
        addresses: u8,
        back_end: BackEnd,
    },
    /// Serves over TCP on threads that block. Says where it listens.
    Pool { threads: usize, millis: u32 },
    /// Serves and calls in memory, on one thread. Says how that went.
    Crowd {
        carrier: Carrier,
        connections: u32,
        rounds: u32,
    },
}

/// What the back end takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BackEnd {
    Millis(u32),
    /// As long as it takes until this number of requests wait at the gate.
    Gate(u32),
}

impl BackEnd {
    fn arguments(self) -> [String; 2] {
        let (kind, number) = match self {
            Self::Millis(millis) => ("millis", millis),
            Self::Gate(requests) => ("gate", requests),
        };
        [kind.to_owned(), number.to_string()]
    }

    fn parse(kind: &str, number: &str) -> Option<Self> {
        let number = number.parse().ok()?;
        match kind {
            "millis" => Some(Self::Millis(number)),
            "gate" => Some(Self::Gate(number)),
            _ => None,
        }
    }
}

impl Role {
    fn arguments(self) -> Vec<String> {
        match self {
            Self::Serve {
                carrier,
                workers,
                addresses,
                back_end,
            } => {
                let [kind, number] = back_end.arguments();
                vec![
                    "serve".to_owned(),
                    carrier.name().to_owned(),
                    workers.to_string(),
                    addresses.to_string(),
                    kind,
                    number,
                ]
            }
            Self::Pool { threads, millis } => vec!["pool".to_owned(), threads.to_string(), millis.to_string()],
            Self::Crowd {
                carrier,
                connections,
                rounds,
            } => vec![
                "crowd".to_owned(),
                carrier.name().to_owned(),
                connections.to_string(),
                rounds.to_string(),
            ],
        }
    }

    pub(crate) fn parse(arguments: &[String]) -> Option<Self> {
        let words: Vec<_> = arguments.iter().map(String::as_str).collect();
        match *words {
            ["serve", carrier, workers, addresses, kind, number] => Some(Self::Serve {
                carrier: Carrier::named(carrier)?,
                workers: workers.parse().ok()?,
                addresses: addresses.parse().ok()?,
                back_end: BackEnd::parse(kind, number)?,
            }),
            ["pool", threads, millis] => Some(Self::Pool {
                threads: threads.parse().ok()?,
                millis: millis.parse().ok()?,
            }),
            ["crowd", carrier, connections, rounds] => Some(Self::Crowd {
                carrier: Carrier::named(carrier)?,
                connections: connections.parse().ok()?,
                rounds: rounds.parse().ok()?,
            }),
            _ => None,
        }
    }
}

/// A child process that plays a role.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(role: Role) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(role.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().expect("it is piped");
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    pub(crate) fn read_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err(io::Error::other("a child process has ended too early")),
            _ => Ok(line),
        }
    }

    /// Where a server listens, which is the first thing that it says.
    pub(crate) fn addresses(&mut self) -> io::Result<Vec<SocketAddr>> {
        let line = self.read_line()?;
        let addresses = line.split_whitespace().map(str::parse);
        addresses.collect::<Result<_, _>>().map_err(io::Error::other)
    }

    pub(crate) fn usage(&self) -> io::Result<Usage> {
        Usage::of(self.child.id())
    }

    pub(crate) fn processor_time(&self) -> io::Result<Duration> {
        processor_time(&self.child.id().to_string())
    }

    /// Lets it end, and returns what it has said since.
    pub(crate) fn finish(mut self) -> io::Result<String> {
        self.input = None;
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(rest)
        } else {
            Err(io::Error::other(format!("a child process has failed: {status}")))
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail if it has ended, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process has used, as the kernel counts it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// The most memory that was resident at one moment, in KiB (`VmHWM`).
    pub(crate) resident: u32,
    /// The most address space that was mapped, in KiB (`VmPeak`): stacks count whole, touched or not.
    pub(crate) mapped: u32,
    pub(crate) threads: u32,
}

impl Usage {
    fn of(process: u32) -> io::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let field = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name))?;
            value.trim_start_matches(':').split_whitespace().next()?.parse().ok()
        };
        let field = |name| field(name).ok_or_else(|| io::Error::other(format!("/proc/{process}/status has no {name}")));
        Ok(Self {
            resident: field("VmHWM")?,
            mapped: field("VmPeak")?,
            threads: field("Threads")?,
        })
    }
}

/// The time for which the threads of `process` (a number, or `self`) have run, in user and in kernel
/// mode. To the nanosecond: `/proc/<pid>/stat` counts in hundredths of a second.
pub(crate) fn processor_time(process: &str) -> io::Result<Duration> {
    let mut total = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let times = fs::read_to_string(thread?.path().join("schedstat"))?;
        let ran = times
            .split_whitespace()
            .next()
            .and_then(|nanos| nanos.parse::<u64>().ok());
        total += ran.ok_or_else(|| io::Error::other("schedstat has no times"))?;
    }
    Ok(Duration::from_nanos(total))
}

/// The time for which the processors of the machine were busy, for all processes and for other guests of a hypervisor.
pub(crate) fn machine_time() -> io::Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().unwrap_or_default();
    let hundredths: Vec<u64> = line.split_whitespace().skip(1).flat_map(str::parse).collect();
    match *hundredths {
        [user, nice, system, _idle, _iowait, interrupt, soft_interrupt, steal, ..] => {
            let busy = user + nice + system + interrupt + soft_interrupt + steal;
            Ok(Duration::from_millis(busy * 10))
        }
        _ => Err(io::Error::other(format!("/proc/stat begins with `{line}`"))),
    }
}

/// Files that a process has open besides its connections.
const OTHER_FILES: u32 = 100;

/// How many TCP connections fit the machine: files that a process may open, ports that an address has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Server and callers are processes of their own, with a file for each connection.
    pub(crate) connections: u32,
    /// Loopback addresses to listen on, so that no two connections want the same port.
    pub(crate) addresses: u8,
}

impl Limits {
    pub(crate) fn read() -> io::Result<Self> {
        let connections = open_files()?.saturating_sub(OTHER_FILES);
        // Other programs have ports too, and those of connections just closed rest for a minute.
        let ports_to_use = ports()? / 2;
        let addresses = connections.div_ceil(ports_to_use.max(1));
        let addresses = u8::try_from(addresses).unwrap_or(u8::MAX).clamp(1, 254);
        Ok(Self {
            connections: connections.min(u32::from(addresses) * ports_to_use),
            addresses,
        })
    }
}

fn open_files() -> io::Result<u32> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = files.and_then(|line| line.split_whitespace().next());
    match soft {
        Some("unlimited") => Ok(u32::MAX),
        Some(files) => files.parse().map_err(io::Error::other),
        None => Err(io::Error::other("/proc/self/limits says nothing of open files")),
    }
}

fn ports() -> io::Result<u32> {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")?;
    let ends = range
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<Vec<u32>, _>>();
    match ends.as_deref() {
        Ok(&[first, last]) if first <= last => Ok(last - first + 1),
        _ => Err(io::Error::other(format!("a range of ports that is `{}`", range.trim()))),
    }
}
