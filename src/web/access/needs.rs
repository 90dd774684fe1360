//! What each route asks of whoever calls it. A route that is not listed answers nobody: it is forgotten to nobody's harm.

use axum::http::Method;

use crate::account::Permission;

/// What a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Needs {
    /// Nothing.
    Nothing,
    /// Somebody who is known, whatever the role.
    Somebody,
    /// Somebody who may this.
    May(Permission),
}

use Needs::{May, Nothing, Somebody};
use Permission::{
    Audit, Cut, Decide, DecideMany, Deliveries, Quality, Read, ReadEvidence, Streams, Users,
};

/// Method, route and what it asks for, by their routes.
pub(in crate::web) const ROUTES: &[(&str, &str, Needs)] = &[
    ("GET", "/", May(Read)),
    ("GET", "/account", Somebody),
    ("POST", "/account/password", Somebody),
    ("POST", "/account/sessions/end", Somebody),
    ("POST", "/account/sessions/{id}/end", Somebody),
    ("GET", "/api/v1/audit", May(Audit)),
    ("GET", "/api/v1/audit/export", May(Audit)),
    ("GET", "/api/v1/bans", May(Read)),
    ("DELETE", "/api/v1/bans/{id}", May(Cut)),
    ("GET", "/api/v1/campaigns", May(Read)),
    (
        "POST",
        "/api/v1/campaigns/decisions/{id}/undo",
        May(DecideMany),
    ),
    ("GET", "/api/v1/campaigns/{id}", May(Read)),
    ("POST", "/api/v1/campaigns/{id}/decision", May(DecideMany)),
    ("GET", "/api/v1/campaigns/{id}/preview", May(Read)),
    ("GET", "/api/v1/deliveries", May(Deliveries)),
    ("POST", "/api/v1/deliveries/{id}/replay", May(Deliveries)),
    ("GET", "/api/v1/docs", Somebody),
    ("GET", "/api/v1/docs.css", Somebody),
    ("GET", "/api/v1/export/decisions", May(Quality)),
    ("GET", "/api/v1/export/incidents", May(Read)),
    ("GET", "/api/v1/feed", May(Read)),
    ("GET", "/api/v1/filters", May(Read)),
    ("POST", "/api/v1/filters", May(Decide)),
    ("DELETE", "/api/v1/filters/{id}", May(Decide)),
    ("POST", "/api/v1/frames", May(Streams)),
    ("GET", "/api/v1/golden", May(Quality)),
    ("PUT", "/api/v1/golden/{id}", May(Quality)),
    ("DELETE", "/api/v1/golden/{id}", May(Quality)),
    ("GET", "/api/v1/incidents", May(Read)),
    ("GET", "/api/v1/incidents/{id}", May(Read)),
    ("POST", "/api/v1/incidents/{id}/action", May(Cut)),
    ("GET", "/api/v1/incidents/{id}/appeals", May(Read)),
    ("POST", "/api/v1/incidents/{id}/appeals", May(Decide)),
    (
        "POST",
        "/api/v1/incidents/{id}/appeals/settlement",
        May(Quality),
    ),
    ("POST", "/api/v1/incidents/{id}/claim", May(Decide)),
    ("POST", "/api/v1/incidents/{id}/decision", May(Decide)),
    ("POST", "/api/v1/incidents/{id}/escalate", May(Decide)),
    ("GET", "/api/v1/incidents/{id}/events", May(Read)),
    ("POST", "/api/v1/incidents/{id}/notes", May(Decide)),
    ("GET", "/api/v1/incidents/{id}/preview", May(Read)),
    ("POST", "/api/v1/incidents/{id}/release", May(Decide)),
    ("POST", "/api/v1/incidents/{id}/renew", May(Decide)),
    ("POST", "/api/v1/incidents/{id}/reversal", May(Quality)),
    ("POST", "/api/v1/incidents/{id}/undo", May(Decide)),
    ("GET", "/api/v1/me", Somebody),
    ("GET", "/api/v1/openapi.json", Somebody),
    ("GET", "/api/v1/quality", May(Quality)),
    ("GET", "/api/v1/queue/counts", May(Read)),
    ("POST", "/api/v1/queue/next", May(Decide)),
    ("GET", "/api/v1/registry", May(Read)),
    ("DELETE", "/api/v1/registry/{id}", May(DecideMany)),
    ("GET", "/api/v1/sessions", Somebody),
    ("DELETE", "/api/v1/sessions", Somebody),
    ("DELETE", "/api/v1/sessions/{id}", Somebody),
    ("GET", "/api/v1/streams", May(Read)),
    ("POST", "/api/v1/streams", May(Streams)),
    ("GET", "/api/v1/streams/{id}", May(Read)),
    ("PATCH", "/api/v1/streams/{id}", May(Streams)),
    ("DELETE", "/api/v1/streams/{id}", May(Streams)),
    ("POST", "/api/v1/streams/{id}/boost", May(Decide)),
    ("POST", "/api/v1/streams/{id}/cut", May(Cut)),
    ("GET", "/api/v1/tokens", May(Users)),
    ("POST", "/api/v1/tokens", May(Users)),
    ("DELETE", "/api/v1/tokens/{id}", May(Users)),
    ("GET", "/api/v1/users", May(Users)),
    ("POST", "/api/v1/users", May(Users)),
    ("GET", "/api/v1/users/{id}", May(Users)),
    ("PATCH", "/api/v1/users/{id}", May(Users)),
    ("POST", "/api/v1/users/{id}/invite", May(Users)),
    ("GET", "/api/v1/worker", May(Read)),
    ("GET", "/assets/{file}", Nothing),
    ("GET", "/audit", May(Audit)),
    ("GET", "/campaigns", May(Read)),
    ("GET", "/campaigns/{id}", May(Read)),
    ("POST", "/campaigns/{id}/decide", May(DecideMany)),
    ("POST", "/campaigns/{id}/undo", May(DecideMany)),
    ("GET", "/deliveries", May(Deliveries)),
    ("POST", "/deliveries/replay", May(Deliveries)),
    ("POST", "/deliveries/{id}/replay", May(Deliveries)),
    ("GET", "/evidence/{incident}/{file}", May(ReadEvidence)),
    ("POST", "/filters", May(Decide)),
    ("POST", "/filters/remove", May(Decide)),
    ("GET", "/health", Nothing),
    ("GET", "/help", Somebody),
    ("POST", "/hooks/{id}", Nothing),
    ("POST", "/hooks/{id}/{secret}", Nothing),
    ("GET", "/incidents/{id}", May(Read)),
    ("POST", "/incidents/{id}/appeal", May(Decide)),
    ("POST", "/incidents/{id}/claim", May(Decide)),
    ("POST", "/incidents/{id}/decide", May(Decide)),
    ("POST", "/incidents/{id}/golden", May(Quality)),
    ("POST", "/incidents/{id}/note", May(Decide)),
    ("POST", "/incidents/{id}/release", May(Decide)),
    ("POST", "/incidents/{id}/reverse", May(Decide)),
    ("POST", "/incidents/{id}/settle", May(Decide)),
    ("POST", "/incidents/{id}/undo", May(Decide)),
    ("GET", "/invite", Nothing),
    ("POST", "/invite", Nothing),
    ("GET", "/login", Nothing),
    ("POST", "/login", Nothing),
    ("GET", "/login/oidc", Nothing),
    ("GET", "/login/oidc/callback", Nothing),
    ("POST", "/logout", Somebody),
    ("GET", "/metrics", May(Read)),
    ("POST", "/next", May(Decide)),
    ("POST", "/preferences", Nothing),
    ("GET", "/quality", May(Quality)),
    ("GET", "/scan", May(Read)),
    ("POST", "/scan", May(Read)),
    ("GET", "/setup", Nothing),
    ("POST", "/setup", Nothing),
    ("POST", "/streams/{id}/cut", May(Cut)),
    ("POST", "/tokens", May(Users)),
    ("POST", "/tokens/{id}/revoke", May(Users)),
    ("GET", "/users", May(Users)),
    ("POST", "/users", May(Users)),
    ("POST", "/users/{id}", May(Users)),
    ("POST", "/users/{id}/invite", May(Users)),
    ("GET", "/wall", May(Read)),
];

/// How the route can be called, as the header `Allow` has it; empty where it cannot be.
pub(in crate::web) fn allowed(route: &str) -> String {
    let listed = ROUTES.iter().filter(|(_, r, _)| *r == route);
    let methods = listed.flat_map(|(method, _, _)| match *method {
        "GET" => &["GET", "HEAD"][..],
        _ => std::slice::from_ref(method),
    });
    methods.copied().collect::<Vec<_>>().join(", ")
}

/// What the route asks of whoever calls it so; `None` where it is not listed.
pub(in crate::web) fn needs(method: &Method, route: &str) -> Option<Needs> {
    // A HEAD is answered by whatever answers a GET.
    let method = match method.as_str() {
        "HEAD" => "GET",
        other => other,
    };
    let found = ROUTES.iter().find(|(m, r, _)| *m == method && *r == route);
    found.map(|(_, _, needs)| *needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_stands_there_once_and_in_order() {
        let routes: Vec<_> = ROUTES
            .iter()
            .map(|(method, route, _)| (*route, *method))
            .collect();
        let mut names: Vec<_> = routes.iter().map(|(route, _)| *route).collect();
        names.sort_unstable();
        assert!(
            routes.iter().map(|(route, _)| *route).eq(names),
            "by their names"
        );
        for (at, route) in routes.iter().enumerate() {
            assert!(!routes[..at].contains(route), "{route:?}");
        }
    }

    /// The matrix of the integration tests follows this list: what must not stand in it is said here.
    #[test]
    fn nothing_is_changed_by_whoever_may_only_read() {
        for (method, route, needs) in ROUTES {
            let is_own = route.starts_with("/api/v1/sessions");
            if route.starts_with("/api/") && *method != "GET" && !is_own {
                let May(permission) = needs else {
                    panic!("{method} {route} asks for no permission");
                };
                assert!(*permission != Read, "{method} {route}");
            }
            if ["users", "tokens"].iter().any(|what| route.contains(what)) {
                assert_eq!(*needs, May(Users), "{method} {route}");
            }
            if route.contains("audit") {
                assert_eq!(*needs, May(Audit), "{method} {route}");
            }
        }
    }

    #[test]
    fn what_is_not_listed_is_for_nobody() {
        assert_eq!(needs(&Method::GET, "/api/v1/streams"), Some(May(Read)));
        assert_eq!(needs(&Method::HEAD, "/api/v1/streams"), Some(May(Read)));
        assert_eq!(needs(&Method::POST, "/api/v1/streams"), Some(May(Streams)));
        assert_eq!(needs(&Method::DELETE, "/api/v1/streams"), None);
        assert_eq!(needs(&Method::GET, "/api/v1/strea"), None);
        assert_eq!(allowed("/api/v1/streams"), "GET, HEAD, POST");
        assert_eq!(allowed("/api/v1/strea"), "");
    }
}
