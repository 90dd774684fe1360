//! What the codes say. Every account, token and host is invented: reserved `.example` hosts, a reserved
//! telephone number, tokens of the right shape that nobody was given.

use std::fmt::Write;

/// Off the platform: an ordinary shop.
pub(crate) const SHOP: &str = "https://pay.side-door.example/u/4821";
/// On the platform, by `policy.toml`.
pub(crate) const PLATFORM_ITEM: &str = "https://shop.example.live/item/1042";
/// On the platform: a subdomain of it.
pub(crate) const PLATFORM_ROOM: &str = "https://m.example.live/room/77";
pub(crate) const WECHAT_CONTACT: &str = "https://u.wechat.com/MJx4nQe7kVd2TzR0aYwpLs8";
pub(crate) const WECHAT_CONTACT_2: &str = "https://u.wechat.com/EDq9vB3mTfW6hKs1cZxyN0Q";
pub(crate) const WECHAT_PAY: &str = "wxp://f2f0Qm7TzK2vXnR9wLd4HsYpB6cJ8uEgA1oN3iVtM5kDxZw";
pub(crate) const ALIPAY: &str = "HTTPS://QR.ALIPAY.COM/FKX0913274Q7MZLD5TNB2A";
pub(crate) const TELEGRAM_GROUP: &str = "https://t.me/+Qz7Lk2VnXw81Rm0y";
/// 555-0142 is set aside for fiction by the North American Numbering Plan.
pub(crate) const WHATSAPP: &str = "https://wa.me/12025550142";
pub(crate) const LINE: &str = "https://line.me/ti/p/Zk3_Tq8vWx";
pub(crate) const UPI: &str =
    "upi://pay?pa=craftstall.7710@examplebank&pn=Craft%20Stall&am=499.00&cu=INR";
pub(crate) const FLASH_A: &str = "https://flash.side-door.example/a7";
pub(crate) const FLASH_B: &str = "https://flash.side-door.example/b9";
pub(crate) const SMALL_SHOP: &str = "https://tiny.side-door.example/q";
/// Beyond ASCII; the sample holds it in GBK.
pub(crate) const CHINESE: &str = "https://dian.side-door.example/店铺/今日特价优惠";
/// Shown where nobody can read it.
pub(crate) const HIDDEN: &str = "https://hidden.side-door.example/cannot-be-read/0001";

/// A static PIX code: EMV QRCPS merchant-presented mode with the template of the Banco Central do Brasil.
pub(crate) fn pix() -> String {
    let account = tlv(0, "br.gov.bcb.pix") + &tlv(1, "4b1d7a52-0c9e-4f36-9a8e-5d2f7c61b0aa");
    let fields = [
        (0, "01"),
        (26, account.as_str()),
        (52, "0000"),
        (53, "986"),
        (54, "89.90"),
        (58, "BR"),
        (59, "LOJA DA ESQUINA"),
        (60, "RECIFE"),
        (62, "0508LIVE0042"),
    ];
    let mut text: String = fields.iter().map(|(tag, value)| tlv(*tag, value)).collect();
    // The checksum covers its own tag and length (EMV QRCPS MPM 1.1, 4.7.3).
    text += "6304";
    let sum = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(text.as_bytes());
    // Writing into a string cannot fail.
    let _ = write!(text, "{sum:04X}");
    text
}

fn tlv(tag: u8, value: &str) -> String {
    format!("{tag:02}{:02}{value}", value.chars().count())
}
