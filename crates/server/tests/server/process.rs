//! Starts the built binary on a data directory and a free port, and ends it.

use crate::http::{Answer, Connection};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub address: String,
    errors: Receiver<String>,
}

impl Server {
    /// Starts `dirigent dev` on `data` without samples.
    pub fn start(data: &Path) -> Self {
        Server::start_with(data, &["--no-samples"], &[], &[])
    }

    /// Starts it with more arguments and environment, behind a command such as `strace …` where `before` names one.
    pub fn start_with(
        data: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        before: &[&str],
    ) -> Self {
        Server::try_start(data, arguments, environment, before).unwrap_or_else(|why| panic!("{why}"))
    }

    /// The same, or what the server said where it did not start.
    pub fn try_start(
        data: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        before: &[&str],
    ) -> Result<Self, String> {
        let binary = env!("CARGO_BIN_EXE_dirigent");
        let mut command = match before.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        command.args(["dev", "--port", "0", "--data"]).arg(data).args(arguments);
        command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let (sender, errors) = channel();
        let stderr = child.stderr.take().expect("a pipe");
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = BufReader::new(stderr).read_to_string(&mut text);
            let _ = sender.send(text);
        });
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        // Whatever else it prints is read, so that it never waits for room in the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        match first.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()) {
            Some(address) => Ok(Server { child, address: address.to_owned(), errors }),
            None => {
                let _ = child.wait();
                Err(errors.recv().unwrap_or_default())
            }
        }
    }

    pub fn connect(&self) -> Connection {
        Connection::open(&self.address).expect("the server listens")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGKILL and waits until the process is gone.
    pub fn kill(mut self) {
        self.end();
    }

    /// Ends the server; where it runs behind another command, that one ends with it.
    fn end(&mut self) {
        let own = self.child.id().to_string();
        let behind = Command::new("pkill").args(["-9", "-P", &own]).status();
        if !behind.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }

    /// Sends SIGTERM and waits for an orderly end; gives what it wrote to standard error.
    pub fn stop(mut self) -> String {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill");
        assert!(status.success());
        let end = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait().expect("a status").is_none() {
            assert!(Instant::now() < end, "the server does not stop");
            std::thread::yield_now();
        }
        self.errors.recv().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// A process `p` with one service task of type `work`.
pub const ONE_TASK: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.org">
  <process id="p" isExecutable="true"><startEvent id="s"/>
  <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements></serviceTask><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="e"/></process></definitions>"#;

/// Uploads one file.
pub fn deploy(connection: &mut Connection, name: &str, content: &str) -> Answer {
    deploy_files(connection, &[(name, content)])
}

pub fn deploy_files(connection: &mut Connection, files: &[(&str, &str)]) -> Answer {
    let boundary = "boundary-of-the-test";
    let part = |(name, content): &(&str, &str)| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"resources\"; filename=\"{name}\"\r\nContent-Type: text/xml\r\n\r\n{content}\r\n"
        )
    };
    let body = files.iter().map(part).collect::<String>() + &format!("--{boundary}--\r\n");
    let kind = format!("multipart/form-data; boundary={boundary}");
    connection
        .send("POST", "/v2/deployments", &[("content-type", &kind)], body.as_bytes())
        .expect("an answer")
}

/// Waits until `probe` gives something, at most 20 seconds.
pub fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < end, "it never happened: {what}");
        std::thread::yield_now();
    }
}
