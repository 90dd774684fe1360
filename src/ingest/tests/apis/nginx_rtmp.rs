//! The API of nginx-rtmp.

use super::*;

const STAT: &str = r#"<?xml version="1.0" encoding="utf-8" ?>
<?xml-stylesheet type="text/xsl" href="stat.xsl" ?>
<rtmp><nginx_version>1.22.1</nginx_version><uptime>9</uptime><server>
<application><name>live</name><live>
<stream><name>room</name><time>9</time><bw_in>1</bw_in>
<client><id>12</id><address>127.0.0.1</address><time>2</time><flashver>LNX</flashver><active/></client>
<client><id>7</id><address>203.0.113.9</address><time>9</time><publishing/><active/></client>
<meta><video><width>640</width></video></meta><nclients>2</nclients><publishing/><active/></stream>
<stream><name>wanted</name><client><id>9</id></client><nclients>1</nclients></stream>
<stream><name>odd "&amp;&lt;&#8;</name><publishing/></stream>
<nclients>3</nclients></live></application>
<application><name>vod</name><play><nclients>0</nclients></play></application>
</server></rtmp>"#;

fn nginx(asked: &Asked, _: usize) -> Response {
    match asked.what.as_str() {
        // A control character as it is, and as no XML may say it.
        "GET /stat" => STAT.replace("&#8;", "\u{8}").into_response(),
        "GET /control/drop/publisher?app=live&name=room"
        | "GET /control/drop/publisher?app=live&clientid=9" => "1".into_response(),
        // It holds names against the query as it is written.
        what if what.starts_with("GET /control/drop/publisher?") => "0".into_response(),
        _ => status(404),
    }
}

#[tokio::test]
async fn nginx_lists_those_that_publish_and_drops_by_name() {
    let fake = Fake::start(nginx).await;
    let server = fake.server("nginx-rtmp");
    let streams = server.list().await.unwrap();
    assert_eq!(shown(&streams), ["live/odd \"&<\u{fffd} -", "live/room 7"]);
    assert_eq!(server.kick(&key("room"), None).await, Ok(Kicked::Done));
    assert_eq!(server.kick(&key("gone"), None).await, Ok(Kicked::Gone));
    // One that has to be encoded is never found.
    for name in ["a&b", "a b", "直播", "a%20b"] {
        let kicked = server.kick(&key(name), Some("9")).await;
        assert_eq!(kicked, Ok(Kicked::Done), "{name}");
        let kicked = server.kick(&key(name), Some("8")).await;
        assert_eq!(kicked, Ok(Kicked::Gone), "{name}");
    }
    let odd = key("odd \"&<\u{fffd}");
    for publisher in [None, Some("1&app=other"), Some("")] {
        let kicked = server.kick(&odd, publisher).await;
        assert_eq!(kicked, Err(ApiError::NoPublisher));
    }
    let app = StreamKey::new("live room", "a");
    assert_eq!(server.kick(&app, Some("9")).await, Ok(Kicked::Gone));
    let last = fake.whats().into_iter().rev().nth(1);
    let expected = "GET /control/drop/publisher?clientid=9";
    assert_eq!(last.as_deref(), Some(expected));
}

#[tokio::test]
async fn who_is_still_listed_was_not_disconnected() {
    let fake = Fake::start(|asked, _| match asked.what.as_str() {
        "GET /stat" => STAT.replace("&#8;", "").into_response(),
        _ => "0".into_response(),
    })
    .await;
    let server = fake.server("nginx-rtmp");
    let kicked = server.kick(&key("room"), None).await;
    assert_eq!(kicked, Err(ApiError::StillListed));
}

#[test]
fn nginx_shows_some_names_otherwise() {
    let server = server("nginx-rtmp", "");
    for (name, shown) in [
        ("room-1", "room-1"),
        ("a b#&<", "a b#&<"),
        ("直播", "      "),
        ("é1", "  1"),
    ] {
        assert_eq!(server.shown(&key(name)), key(shown));
    }
    assert_eq!(
        super::super::server("srs", "").shown(&key("直播")),
        key("直播")
    );
}

#[test]
fn a_document_that_would_grow_is_refused() {
    let server = server("nginx-rtmp", "");
    let call = server.adapter.list(0);
    for body in [
        "<!DOCTYPE rtmp [<!ENTITY a \"b\">]><rtmp>&a;</rtmp>",
        "<html></html>",
        "<rtmp>",
        "",
    ] {
        let listed = server.adapter.listed(&call, body.as_bytes(), 0);
        assert_eq!(listed, Err(ApiError::Malformed), "{body}");
    }
}

/// The streams that nginx lists in `stat`.
fn listed(stat: &str) -> Result<Vec<String>, ApiError> {
    let server = server("nginx-rtmp", "");
    let call = server.adapter.list(0);
    let listed = server.adapter.listed(&call, stat.as_bytes(), 0);
    listed.map(|listed| shown(&listed.streams))
}

#[test]
fn a_document_that_takes_long_is_refused() {
    let with = |inside: &str| {
        let name = "a='1' ".repeat(1_000);
        format!(
            "<?xml version='1.0'?><!-- ' --><rtmp {inside}><server><application><name>live</name><live><stream><name>\
             {name}</name><publishing/></stream></live></application></server></rtmp>"
        )
    };
    let many = |count: usize| {
        let all: Vec<_> = (0..count).map(|n| format!("a{n}='>' ")).collect();
        all.concat()
    };
    // What stands in a text is a publisher's, and no attribute.
    assert_eq!(listed(&with("")).unwrap().len(), 1);
    assert_eq!(listed(&with(&many(200))).unwrap().len(), 1);
    assert_eq!(listed(&with(&many(300))), Err(ApiError::Malformed));
    let namespaces: Vec<_> = (0..300).map(|n| format!("<a xmlns:b{n}='c'>")).collect();
    let namespaces = namespaces.concat();
    let ends = "</a>".repeat(300);
    let nested = format!("<rtmp>{namespaces}{ends}</rtmp>");
    assert_eq!(listed(&nested), Err(ApiError::Malformed));
    for open in ["<", "<!--", "<a '", "<![CDATA[", "<?"] {
        let never_ends = format!("<rtmp>{}", open.repeat(1_000_000));
        assert_eq!(listed(&never_ends), Err(ApiError::Malformed), "{open}");
    }
}

#[test]
fn an_application_inside_of_another_is_none() {
    let stream =
        |name: &str| format!("<live><stream><name>{name}</name><publishing/></stream></live>");
    let inner = format!(
        "<application><name>b</name>{}</application>",
        stream("inner")
    );
    let (outer, next) = (stream("outer"), stream("next"));
    let stat = format!(
        "<rtmp><server><application><name>a</name>{outer}{inner}</application>\
         <application><name>c</name>{next}</application></server></rtmp>"
    );
    assert_eq!(listed(&stat).unwrap(), ["a/outer -", "c/next -"]);
}
