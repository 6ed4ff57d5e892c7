//! The processor that the figures are from: ratios hold from second to second, and not from one processor to another.

use std::{fs, thread};

/// Its name, its family and model, and how many there are.
pub(crate) fn description() -> String {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    format!("{cpus} × {}", described(&info))
}

/// What `/proc/cpuinfo` says of the first one.
fn described(info: &str) -> String {
    let field = |name: &str| {
        info.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim())
        })
    };
    let Some(name) = field("model name") else {
        return format!("a processor without a name, {}", std::env::consts::ARCH);
    };
    match (field("cpu family"), field("model")) {
        (Some(family), Some(model)) => format!("{name}, family {family}, model {model}"),
        _ => name.to_owned(),
    }
}
