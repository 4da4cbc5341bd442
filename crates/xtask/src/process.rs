//! Runs a command, shows what it prints as it comes, and counts the tests in it.

use crate::count::{Counter, Counts};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// One command of a stage.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it does, for people.
    pub title: String,
    pub program: String,
    pub arguments: Vec<String>,
    pub directory: PathBuf,
    pub environment: Vec<(String, String)>,
    /// True where it runs tests and says how many; otherwise the step itself counts as one.
    pub counts_tests: bool,
}

impl Step {
    pub fn new(root: &Path, title: &str, command: &str) -> Self {
        let mut words = command.split_whitespace().map(str::to_owned);
        Step {
            title: title.to_owned(),
            program: words.next().unwrap_or_default(),
            arguments: words.collect(),
            directory: root.to_owned(),
            environment: Vec::new(),
            counts_tests: false,
        }
    }

    /// Runs in a folder below the root.
    pub fn in_folder(mut self, folder: &str) -> Self {
        self.directory.push(folder);
        self
    }

    /// Says that the step runs tests.
    pub fn tests(mut self) -> Self {
        self.counts_tests = true;
        self
    }

    /// Sets an environment variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs the step and gives its counts. It counts at least one failure where it failed, ran no test though it
    /// should, or was still running at the deadline.
    pub fn run(&self, deadline: Instant) -> Counts {
        println!("\n== {}: {} {}", self.title, self.program, self.arguments.join(" "));
        let (succeeded, counted) = match self.execute(deadline) {
            Ok(outcome) => outcome,
            Err(message) => {
                println!("failed: {}: {message}", self.title);
                return Counts::failed(1);
            }
        };
        match (succeeded, self.counts_tests) {
            (true, false) => Counts::passed(1),
            (false, false) => {
                println!("failed: {}", self.title);
                Counts::failed(1)
            }
            (true, true) if counted.is_empty() => {
                println!("failed: {}: it ran no test", self.title);
                Counts::failed(1)
            }
            (false, true) if counted.failed == 0 => {
                println!("failed: {}: it ended with an error", self.title);
                let mut counts = counted;
                counts += Counts::failed(1);
                counts
            }
            (_, true) => counted,
        }
    }

    fn execute(&self, deadline: Instant) -> Result<(bool, Counts), String> {
        let (reader, writer) = std::io::pipe().map_err(|error| error.to_string())?;
        let errors = writer.try_clone().map_err(|error| error.to_string())?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.directory).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdout(writer).stderr(errors);
        let mut child =
            command.spawn().map_err(|error| format!("{} cannot be started: {error}", self.program))?;
        // The command holds the write ends; without them the reader sees the end when the child is gone.
        drop(command);

        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    break;
                }
            }
        });
        let mut counter = Counter::default();
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    println!("{line}");
                    counter.line(&line);
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err("it was still running long after its time and was ended".to_owned());
                }
            }
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        Ok((status.success(), counter.total()))
    }
}

/// A deadline no step is to reach.
pub fn far() -> Instant {
    Instant::now() + Duration::from_secs(24 * 3600)
}

/// What a command prints, where it succeeds.
pub fn output(directory: &Path, program: &str, arguments: &[&str]) -> Result<String, String> {
    let result = Command::new(program).args(arguments).current_dir(directory).stdin(Stdio::null()).output();
    let output = result.map_err(|error| format!("{program} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} {} failed: {}", arguments.join(" "), errors.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Step {
        let mut step = Step::new(Path::new("."), "test", "sh -c");
        step.arguments.push(script.to_owned());
        step
    }

    #[test]
    fn a_step_counts_itself_or_its_tests() {
        assert_eq!(shell("true").run(far()), Counts::passed(1));
        assert_eq!(shell("exit 3").run(far()), Counts::failed(1));
        let tests = shell("echo '2 passed, 0 failed, 1 skipped' >&2").tests();
        assert_eq!(tests.run(far()), Counts { passed: 2, failed: 0, skipped: 1 });
    }

    #[test]
    fn a_runner_that_fails_silently_or_runs_nothing_is_a_failure() {
        assert_eq!(shell("exit 101").tests().run(far()), Counts::failed(1));
        assert_eq!(shell("true").tests().run(far()), Counts::failed(1));
        let died = shell("echo '2 passed, 0 failed, 0 skipped'; exit 1").tests();
        assert_eq!(died.run(far()), Counts { passed: 2, failed: 1, skipped: 0 });
        let absent = Step::new(Path::new("."), "test", "no-such-program-anywhere");
        assert_eq!(absent.run(far()), Counts::failed(1));
    }

    #[test]
    fn a_step_that_hangs_is_ended() {
        let step = shell("exec sleep 600");
        assert_eq!(step.run(Instant::now() + Duration::from_millis(50)), Counts::failed(1));
    }

    #[test]
    fn output_is_given_or_the_error_said() {
        assert_eq!(output(Path::new("."), "echo", &["hello"]), Ok("hello\n".to_owned()));
        let error = output(Path::new("."), "sh", &["-c", "echo broken >&2; exit 1"]).unwrap_err();
        assert!(error.contains("broken"), "{error}");
    }
}
