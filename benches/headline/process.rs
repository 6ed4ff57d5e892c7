//! A child process that plays a role.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::{
    role::Role,
    usage::{self, Usage},
};

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
        usage::processor_time(&self.child.id().to_string())
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
