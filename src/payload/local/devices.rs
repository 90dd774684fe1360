//! What sets a device up: wireless networks, telephone profiles, smart homes and tunnels; and proofs of
//! health. The keys and passwords in them are nobody's business and are no fields.

use super::super::contact::{ends, value};
use super::super::input::{Input, decode};
use super::super::schemes::Scheme;
use super::super::{Payload, base64};

/// One format: what it begins with, its scheme, and who reads the rest into the payload and says whether
/// it holds.
type Format = (&'static str, Scheme, fn(&str, &mut Payload) -> bool);

const PROXY: Scheme = Scheme::named("shadowsocks-proxy");

const FORMATS: &[Format] = &[
    ("WIFI:", Scheme::named("wifi"), wifi),
    ("DPP:", Scheme::named("dpp"), easy_connect),
    ("LPA:", Scheme::named("esim"), esim),
    ("MT:", Scheme::named("matter-homekit"), matter),
    ("X-HM://", Scheme::named("matter-homekit"), homekit),
    ("HC1:", Scheme::named("health-travel"), health),
    ("shc:/", Scheme::named("health-travel"), health_card),
    ("ss://", PROXY, shadowsocks),
    ("ssr://", PROXY, shadowsocks_r),
    ("vmess://", PROXY, vmess),
    ("vless://", PROXY, tunnel),
    ("trojan://", PROXY, tunnel),
    ("hysteria://", PROXY, tunnel),
    ("hysteria2://", PROXY, tunnel),
    ("hy2://", PROXY, tunnel),
    ("tuic://", PROXY, tunnel),
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let (rest, scheme, read) = FORMATS
        .iter()
        .find_map(|(prefix, scheme, read)| Some((input.after(prefix)?, *scheme, read)))?;
    let mut payload = input.payload(scheme);
    let holds = read(rest, &mut payload);
    if !holds && payload.flags.is_empty() {
        payload.flags.push("malformed");
    }
    if scheme == PROXY {
        payload.flags.push("secret");
    }
    payload.valid = Some(holds);
    Some(payload)
}

/// WPA3 specification section 7: `T:WPA;S:name;P:secret;;` in any order; a name has up to 32 bytes.
fn wifi(rest: &str, payload: &mut Payload) -> bool {
    let name = value(rest, "S").map(|name| name.trim_matches('"').to_owned());
    let kind = value(rest, "T").unwrap_or_default().to_ascii_uppercase();
    let open = matches!(kind.as_str(), "" | "NOPASS");
    let known = open || ["WEP", "WPA", "SAE"].iter().any(|k| kind.starts_with(k));
    let secret = ["P", "I", "A", "E", "K"]
        .iter()
        .any(|key| value(rest, key).is_some());
    payload.fields.payee = name;
    let named = payload
        .fields
        .payee
        .as_deref()
        .is_some_and(|n| n.len() <= 32);
    ends(rest, payload) && named && known && (open || secret)
}

/// Wi-Fi Easy Connect section 5.2.1: the public key of a device, in DER.
fn easy_connect(rest: &str, payload: &mut Payload) -> bool {
    payload.fields.payee = value(rest, "M");
    payload.fields.payee_name = value(rest, "I");
    let key = value(rest, "K").and_then(|key| base64::decode(&key));
    ends(rest, payload) && key.is_some_and(|key| key.first() == Some(&0x30))
}

/// GSMA SGP.22 section 4.1: version, server, matching id, and perhaps an object identifier and whether
/// a code must be typed.
fn esim(rest: &str, payload: &mut Payload) -> bool {
    let mut parts = rest.split('$');
    let version = parts.next() == Some("1");
    let server = parts.next().unwrap_or_default();
    let id = parts.next().unwrap_or_default();
    let object = parts.next().unwrap_or_default();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let host = |b: u8| fits(b) || b == b'.';
    payload.fields.target = Some(server.to_owned()).filter(|s| !s.is_empty());
    payload.fields.reference = Some(id.to_owned()).filter(|id| !id.is_empty());
    version
        && server.contains('.')
        && server.bytes().all(host)
        && id.bytes().all(fits)
        && object.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Matter core specification section 5.1.3: base 38, five signs for three bytes; the first eleven bytes
/// are always there. Several devices stand with `*` in between.
fn matter(rest: &str, _: &mut Payload) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.";
    rest.split('*').all(|device| {
        device.len() >= 19
            && matches!(device.len() % 5, 0 | 2 | 4)
            && device.as_bytes().chunks(5).all(|signs| {
                let most = match signs.len() {
                    5 => 0xff_ffff,
                    4 => 0xffff,
                    _ => 0xff,
                };
                number(ALPHABET, signs).is_some_and(|bytes| bytes <= most)
            })
    })
}

/// `HomeKit` Accessory Protocol: nine digits of base 36 and the four signs of the setup id.
fn homekit(rest: &str, _: &mut Payload) -> bool {
    let sign = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    matches!(rest.len(), 9 | 13) && rest.bytes().all(sign)
}

/// EU Digital COVID Certificate: base 45 (RFC 9285) over a compressed object, which begins with 0x78.
fn health(rest: &str, _: &mut Payload) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut words = rest.as_bytes().chunks(3).map(|signs| {
        let most = if signs.len() == 3 { 0xffff } else { 0xff };
        number(ALPHABET, signs).filter(|bytes| *bytes <= most && signs.len() > 1)
    });
    let first = words.next().flatten();
    rest.len() >= 3
        && first.is_some_and(|first| first >> 8 == 0x78)
        && words.all(|word| word.is_some())
}

/// The number that `signs` write, the least significant first.
fn number(alphabet: &[u8], signs: &[u8]) -> Option<usize> {
    signs.iter().rev().try_fold(0, |number, sign| {
        let value = alphabet.iter().position(|own| own == sign)?;
        Some(number * alphabet.len() + value)
    })
}

/// SMART Health Cards: two digits for each sign of a signed token, perhaps `part/parts/` in front.
fn health_card(rest: &str, _: &mut Payload) -> bool {
    let digits = rest.rsplit('/').next().unwrap_or_default().as_bytes();
    !digits.is_empty()
        && digits.len().is_multiple_of(2)
        && digits.iter().all(u8::is_ascii_digit)
        && digits.chunks(2).all(|pair| pair <= b"77".as_slice())
}

/// SIP002: `base64(method:password)@host:port`, or all of it in base 64, and a name behind `#`.
fn shadowsocks(rest: &str, payload: &mut Payload) -> bool {
    let (rest, name) = rest.split_once('#').unwrap_or((rest, ""));
    payload.fields.payee_name = Some(decode(name)).filter(|name| !name.is_empty());
    let rest = rest.split(['?', '/']).next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((user, server)) => {
            let user = decode(user);
            let known =
                user.contains(':') || readable(&user).is_some_and(|user| user.contains(':'));
            at_server(server, payload) && known
        }
        None => readable(&decode(rest)).is_some_and(|all| {
            all.rsplit_once('@')
                .is_some_and(|(_, s)| at_server(s, payload))
        }),
    }
}

/// `ShadowsocksR`: `host:port:protocol:method:...` in base 64.
fn shadowsocks_r(rest: &str, payload: &mut Payload) -> bool {
    readable(rest).is_some_and(|text| {
        let mut parts = text.splitn(3, ':');
        let server = [parts.next(), parts.next()]
            .map(Option::unwrap_or_default)
            .join(":");
        at_server(&server, payload)
    })
}

/// `V2RayN`: an object of JSON in base 64.
fn vmess(rest: &str, payload: &mut Payload) -> bool {
    let Some(object) =
        readable(rest).and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
    else {
        return tunnel(rest, payload);
    };
    let text = |key: &str| match &object[key] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    payload.fields.payee_name = Some(text("ps")).filter(|name| !name.is_empty());
    at_server(&format!("{}:{}", text("add"), text("port")), payload)
}

/// `secret@host:port?...#name`.
fn tunnel(rest: &str, payload: &mut Payload) -> bool {
    let (rest, name) = rest.split_once('#').unwrap_or((rest, ""));
    payload.fields.payee_name = Some(decode(name)).filter(|name| !name.is_empty());
    let rest = rest.split(['?', '/']).next().unwrap_or_default();
    let (secret, server) = rest.rsplit_once('@').unwrap_or(("", rest));
    at_server(server, payload) && !secret.is_empty()
}

/// The text that `text` is in base 64.
fn readable(text: &str) -> Option<String> {
    base64::decode_text(text.trim())
}

/// Takes `host:port` as the target where it is that.
fn at_server(server: &str, payload: &mut Payload) -> bool {
    let holds = server.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if holds {
        payload.fields.target = Some(server.to_owned());
    }
    holds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read() {
        for (text, scheme, valid, payee, target) in [
            ("WIFI:T:WPA;S:Home;P:x;;", "wifi", true, Some("Home"), None),
            (
                "WIFI:S:a\\;b\\\\c;T:WPA;P:P\\:S;;",
                "wifi",
                true,
                Some("a;b\\c"),
                None,
            ),
            (
                "WIFI:T:nopass;S:\"Guests\";;",
                "wifi",
                true,
                Some("Guests"),
                None,
            ),
            ("wifi:T:WPA", "wifi", false, None, None),
            ("WIFI:T:WPA;S:Home;;", "wifi", false, Some("Home"), None),
            ("WIFI:T:XYZ;S:Home;P:1;;", "wifi", false, Some("Home"), None),
            (
                "DPP:C:81/1;M:525400001122;K:MDkwEwYHKoZIzj0=;;",
                "dpp",
                true,
                Some("525400001122"),
                None,
            ),
            ("DPP:K:!!;;", "dpp", false, None, None),
            (
                "LPA:1$smdp.example.com$OUR-ID-1",
                "esim",
                true,
                None,
                Some("smdp.example.com"),
            ),
            ("LPA:2$smdp$OUR ID", "esim", false, None, Some("smdp")),
            ("MT:Y.K9042C00KA0648G00", "matter-homekit", true, None, None),
            ("MT:short", "matter-homekit", false, None, None),
            ("X-HM://0023ISYWYABCD", "matter-homekit", true, None, None),
            ("X-HM://0023isywy", "matter-homekit", false, None, None),
            // 0x789c in base 45.
            ("HC1:NCFA", "health-travel", false, None, None),
            ("HC1:6BF", "health-travel", true, None, None),
            ("HC1:hello", "health-travel", false, None, None),
            ("shc:/1/2/56762909", "health-travel", true, None, None),
            ("shc:/5676290", "health-travel", false, None, None),
            ("shc:/99", "health-travel", false, None, None),
            (
                "ss://YWVzLTI1Ni1nY206c2VjcmV0@vpn.example:8388#Our%20One",
                "shadowsocks-proxy",
                true,
                None,
                Some("vpn.example:8388"),
            ),
            (
                "ss://YWVzLTI1Ni1nY206c2VjcmV0QHZwbi5leGFtcGxlOjgzODg#x",
                "shadowsocks-proxy",
                true,
                None,
                Some("vpn.example:8388"),
            ),
            ("ss://nothing", "shadowsocks-proxy", false, None, None),
            (
                "vmess://eyJhZGQiOiJ2cG4uZXhhbXBsZSIsInBvcnQiOjQ0MywicHMiOiJPdXJzIn0=",
                "shadowsocks-proxy",
                true,
                None,
                Some("vpn.example:443"),
            ),
            (
                "ssr://dnBuLmV4YW1wbGU6ODM4ODpvcmlnaW46YWVz",
                "shadowsocks-proxy",
                true,
                None,
                Some("vpn.example:8388"),
            ),
            (
                "trojan://secret@vpn.example:443?sni=a#x",
                "shadowsocks-proxy",
                true,
                None,
                Some("vpn.example:443"),
            ),
            (
                "vless://vpn.example:0",
                "shadowsocks-proxy",
                false,
                None,
                None,
            ),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(
                (payload.scheme, payload.valid),
                (scheme, Some(valid)),
                "{text}"
            );
            assert_eq!(payload.fields.payee.as_deref(), payee, "{text}");
            assert_eq!(payload.fields.target.as_deref(), target, "{text}");
        }
        assert!(parse(&Input::new("hello")).is_none());
    }
}
