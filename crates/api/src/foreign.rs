//! Requests that a web page of someone else sends with the help of a browser.
//!
//! Without a login, being on this machine is all the proof that development mode asks for. A page from anywhere can
//! make the browser on this machine send requests (forms need no permission to send), and a name of the page's own
//! domain can be made to point here, so that the page may read answers too. Both are refused.

use crate::problem::Problem;
use crate::state::{AppState, Mode};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

/// Refuses what comes from a page of another origin, and in development mode what was sent to another name.
pub(crate) async fn refuse_foreign(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    check(app.mode, request.method(), request.uri(), request.headers())?;
    Ok(next.run(request).await)
}

fn check(mode: Mode, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).or_else(|| uri.authority().map(|authority| authority.as_str()));
    if let Some(host) = host.filter(|host| mode == Mode::Development && !is_loopback(host)) {
        let text = format!(
            "A server in development mode is reached by localhost or 127.0.0.1 only, not by '{host}': a name of \
             another page's domain could point here."
        );
        return Err(Problem::new(403, "FORBIDDEN", text));
    }
    if method.is_safe() {
        return Ok(());
    }
    // A developer's own tools (the studio's development server) are pages of this machine.
    let same = |origin: &str| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let of_machine = authority.is_some_and(|name| mode == Mode::Development && is_loopback(name));
        of_machine || (authority.is_some() && authority == host)
    };
    let foreign = match text(header::ORIGIN) {
        Some(origin) => !same(origin),
        None => headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site"),
    };
    if foreign {
        let text =
            "The request comes from a web page of another origin; call the API from a program instead.";
        return Err(Problem::new(403, "FORBIDDEN", text));
    }
    Ok(())
}

/// `localhost`, a name below it, or an address of this machine; with or without a port.
fn is_loopback(authority: &str) -> bool {
    let name = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let address = name.parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(mode: Mode, method: Method, headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        check(mode, &method, &Uri::from_static("/v2/topology"), &map).is_err()
    }

    #[test]
    fn a_page_of_another_origin_cannot_change_anything() {
        for mode in [Mode::Development, Mode::Locked] {
            let post = |headers: &[(&'static str, &str)]| refused(mode, Method::POST, headers);
            let host = ("host", "localhost:8080");
            assert!(!post(&[host]));
            assert!(!post(&[host, ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]));
            assert!(post(&[host, ("origin", "http://evil.example")]));
            assert_eq!(post(&[host, ("origin", "http://localhost:9999")]), mode == Mode::Locked);
            assert!(post(&[host, ("origin", "null")]));
            assert!(post(&[host, ("sec-fetch-site", "cross-site")]));
            assert!(!refused(mode, Method::GET, &[host, ("sec-fetch-site", "cross-site")]));
        }
    }

    #[test]
    fn development_mode_knows_only_names_of_this_machine() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "[::1]:8080", "a.localhost:1"] {
            assert!(!refused(Mode::Development, Method::GET, &[("host", host)]), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:8080", "10.0.0.1", "[::2]", "[", ""] {
            assert!(refused(Mode::Development, Method::GET, &[("host", host)]), "{host}");
            assert!(!refused(Mode::Locked, Method::GET, &[("host", host)]), "{host}");
        }
        assert!(!refused(Mode::Development, Method::GET, &[]));
    }
}
