//! What the `OpenAPI` document says of access: written from the same list that is held to.

use std::collections::BTreeSet;

use utoipa::Modify;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder};

use super::{Needs, ROUTES};

/// Adds how to be known, and what is answered to who is not.
pub(in crate::web) struct Secured;

impl Modify for Secured {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A token, made at /users or named by `serve.token_file`.",
            ))
            .build();
        let cookie = ApiKeyValue::with_description(
            "waylay_session",
            "A session, as /login begins one; `__Host-waylay_session` where `accounts.public_url` is https. What changes \
             something then also carries `X-CSRF-Token`, which `GET /api/v1/me` tells.",
        );
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        for (method, route, needs) in ROUTES {
            let Some(item) = document.paths.paths.get_mut(*route) else {
                continue;
            };
            secure(item, method, *needs);
        }
    }
}

fn secure(item: &mut PathItem, method: &str, needs: Needs) {
    let operation = match method {
        "GET" => &mut item.get,
        "POST" => &mut item.post,
        "PUT" => &mut item.put,
        "PATCH" => &mut item.patch,
        "DELETE" => &mut item.delete,
        _ => return,
    };
    let Some(operation) = operation else { return };
    let scopes: BTreeSet<&str> = match needs {
        Needs::Nothing => {
            operation.security = Some(Vec::new());
            return;
        }
        Needs::Somebody => BTreeSet::new(),
        Needs::May(permission) => BTreeSet::from([permission.as_str()]),
    };
    operation.security = Some(vec![
        SecurityRequirement::new("bearer", scopes.iter().copied()),
        SecurityRequirement::new("cookie", scopes.iter().copied()),
    ]);
    let forbidden = match needs {
        Needs::May(permission) => format!(
            "It takes the permission `{}`; or a page of another site asked",
            permission.as_str()
        ),
        Needs::Nothing | Needs::Somebody => "A page of another site asked".to_owned(),
    };
    let answers = &mut operation.responses.responses;
    for (status, why) in [
        ("401", "It is not known who asks".to_owned()),
        ("403", forbidden),
    ] {
        answers
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(problem(why)));
    }
}

fn problem(why: String) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(why)
        .content("application/problem+json", content)
        .build()
}
