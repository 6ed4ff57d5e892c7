//! How many TCP connections fit the machine: files that a process may open, ports that an address has.

use std::{fs, io};

/// Files that a process has open besides its connections.
const OTHER_FILES: u32 = 100;

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
