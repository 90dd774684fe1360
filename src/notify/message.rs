//! What is sent of one event: its body, and the head that tells who sent it.

use super::Secret;

/// An event on its way to an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The event's id: the same with every attempt, so that whoever receives it twice can tell.
    pub id: &'a str,
    /// When it is sent, s since 1970 in UTC.
    pub timestamp_s: i64,
    /// The event as it was recorded (JSON).
    pub body: &'a str,
}

impl Message<'_> {
    /// Its signature with each of `secrets`, in their order: whoever knows one of them can check it.
    ///
    /// The id holds a full stop, and none but our own: nobody can move a part of one into the body of another.
    pub fn signature(&self, secrets: &[Secret]) -> String {
        let content = format!("{}.{}.{}", self.id, self.timestamp_s, self.body);
        let signatures = secrets.iter().map(|secret| secret.sign(content.as_bytes()));
        signatures.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// The example of the Standard Webhooks libraries; the signature was computed with another implementation of HMAC.
    const MESSAGE: Message<'_> = Message {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp_s: 1_614_265_330,
        body: "{\"test\": 2432232314}",
    };
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_signature_is_the_one_that_others_compute() {
        let secret = Secret::parse(SECRET).unwrap();
        assert_eq!(MESSAGE.signature(&[secret]), SIGNATURE);
    }

    #[test]
    fn two_secrets_make_two_signatures() {
        let private = format!("whsk_{}", STANDARD.encode([7; 32]));
        let secrets = [SECRET, &private].map(|text| Secret::parse(text).unwrap());
        let signed = MESSAGE.signature(&secrets);
        let (shared, asymmetric) = signed.split_once(' ').unwrap();
        assert_eq!(shared, SIGNATURE);
        let signature = STANDARD
            .decode(asymmetric.strip_prefix("v1a,").unwrap())
            .unwrap();
        let content = format!("{}.{}.{}", MESSAGE.id, MESSAGE.timestamp_s, MESSAGE.body);
        let public = secrets[1].public().unwrap();
        assert!(public.has_signed(content.as_bytes(), &signature));
    }
}
