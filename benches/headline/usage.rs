//! What a process has used, as the kernel counts it.

use std::{fs, io, time::Duration};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// The most memory that was resident at one moment, in KiB (`VmHWM`).
    pub(crate) resident: u32,
    /// The most address space that was mapped, in KiB (`VmPeak`): stacks count whole, touched or not.
    pub(crate) mapped: u32,
    pub(crate) threads: u32,
}

impl Usage {
    pub(crate) fn of(process: u32) -> io::Result<Self> {
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

/// The time for which the processors of the machine were busy, for whomever, a hypervisor's other
/// guests included.
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
