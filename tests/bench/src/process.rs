//! Processes: ended when they are no longer needed, and what they have used, as the kernel tells it.

use std::{
    fs,
    process::{Child, Command},
    time::Duration,
};

use anyhow::Context as _;

use crate::machine::{field, kibibytes};

/// The unit of times in `/proc`, which is the same on every Linux (proc(5), `USER_HZ`).
const TICKS_A_SECOND: u64 = 100;

/// A process that is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.spawn();
        let child =
            child.with_context(|| format!("cannot start {}", command.get_program().display()))?;
        Ok(Self(child))
    }

    /// Fails if it has ended.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        match self.0.try_wait()? {
            Some(status) => anyhow::bail!("the process has ended: {status}"),
            None => Ok(()),
        }
    }

    /// The processor time that it has used.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu(self.0.id())
    }

    /// The most memory that it has had resident at once, in KiB.
    pub(crate) fn peak_resident(&self) -> anyhow::Result<u64> {
        peak_resident(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The processor time that this process has used.
pub(crate) fn own_cpu() -> anyhow::Result<Duration> {
    cpu(std::process::id())
}

/// The processor time that a process has used, in user and kernel mode together.
fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let file = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    let ticks = ticks(&stat).with_context(|| format!("{file} is not as proc(5) says"))?;
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND))
}

/// The most memory that a process has had resident at once, in KiB.
fn peak_resident(pid: u32) -> anyhow::Result<u64> {
    let file = format!("/proc/{pid}/status");
    let peak = field(&file, "VmHWM");
    let peak = peak.as_deref().and_then(kibibytes);
    peak.with_context(|| format!("{file} does not say VmHWM"))
}

/// The sum of the fields `utime` and `stime`. The second field, the name, may hold spaces and parentheses.
fn ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "7 (a) (b) S 1 2 3 4 5 6 7 8 9 10 110 25 0 0 20 0 1";
        assert_eq!(ticks(stat), Some(135));
    }
}
