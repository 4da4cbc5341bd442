//! A client that costs next to nothing: HTTP/1.1 on one kept connection, one request at a time.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    request: Vec<u8>,
    response: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Connection { stream, address, request: Vec::new(), response: Vec::new() })
    }

    /// Sends JSON and gives status and body of the answer.
    pub async fn post(&mut self, path: &str, body: &str) -> Result<(u16, &str), String> {
        self.send("POST", path, "application/json", body).await
    }

    /// Sends a request and gives status and body of the answer.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        content_type: &str,
        body: &str,
    ) -> Result<(u16, &str), String> {
        self.request.clear();
        let (address, length) = (self.address, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
        );
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body.as_bytes());
        self.stream.write_all(&self.request).await.map_err(|error| error.to_string())?;
        self.receive().await
    }

    async fn receive(&mut self) -> Result<(u16, &str), String> {
        self.response.clear();
        loop {
            let count = self.stream.read_buf(&mut self.response).await.map_err(|error| error.to_string())?;
            if count == 0 {
                return Err("the server closed the connection".to_owned());
            }
            let Some(head) = find(&self.response, b"\r\n\r\n") else { continue };
            let (status, length) = read_head(&self.response[..head])?;
            let end = head + 4 + length;
            if self.response.len() >= end {
                let body =
                    std::str::from_utf8(&self.response[head + 4..end]).map_err(|error| error.to_string())?;
                return Ok((status, body));
            }
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Status and length of the body.
fn read_head(head: &[u8]) -> Result<(u16, usize), String> {
    let head = std::str::from_utf8(head).map_err(|error| error.to_string())?;
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        return Err("the answer is chunked, which this client does not read".to_owned());
    }
    Ok((status.ok_or("the answer has no status")?, length.unwrap_or(0)))
}

/// All values of the text field `name` in a JSON text, in order.
pub fn values<'a>(json: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find(name)?;
            let before = rest[..at].ends_with('"');
            rest = &rest[at + name.len()..];
            let Some(value) = rest.strip_prefix("\":\"").filter(|_| before) else { continue };
            let end = value.find('"')?;
            rest = &value[end..];
            return Some(&value[..end]);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let json = r#"{"jobs":[{"jobKey":"1","rootProcessInstanceKey":"9","processInstanceKey":"2"},{"jobKey":"3","processInstanceKey":"4"}]}"#;
        assert_eq!(values(json, "jobKey").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(values(json, "processInstanceKey").collect::<Vec<_>>(), ["2", "4"]);
        assert_eq!(values(json, "none").count(), 0);
    }

    #[test]
    fn a_head_gives_status_and_length() {
        let head = b"HTTP/1.1 204 No Content\r\ndate: now";
        assert_eq!(read_head(head), Ok((204, 0)));
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 17";
        assert_eq!(read_head(head), Ok((200, 17)));
    }
}
