//! What streams show all day and nobody is to be called for: no line and no code of it may be taken for
//! a payment, an address of a chain, a contact, a telephone number or a log-in.

use waylay::payload::{self, Category};

/// Numbers that are the same on every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + self.roll(10) as u8))
            .collect()
    }

    fn code(&mut self, count: usize, letters: &[u8]) -> String {
        (0..count)
            .map(|_| char::from(letters[self.roll(letters.len())]))
            .collect()
    }

    /// `template` with its slots filled: `#` is a digit, `^` a capital, `~` a small letter, and `{name}` a
    /// word.
    fn fill(&mut self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '#' => text.push_str(&self.digits(1)),
                '^' => text.push(char::from(b'A' + self.roll(26) as u8)),
                '~' => text.push(char::from(b'a' + self.roll(26) as u8)),
                '{' => {
                    let (name, after) = rest.split_once('}').unwrap();
                    let word = match name {
                        "n" => (self.roll(98) + 2).to_string(),
                        "price" => format!("{}.{}", self.roll(400) + 1, self.digits(2)),
                        "hour" => format!("{:02}:{:02}", self.roll(24), self.roll(12) * 5),
                        "date" => format!(
                            "{}-{:02}-{:02}",
                            2_024 + self.roll(4),
                            self.roll(12) + 1,
                            self.roll(28) + 1
                        ),
                        "gtin" => gtin(&self.digits(12)),
                        "year" => (1_880 + self.roll(147)).to_string(),
                        "number" => {
                            let count = self.roll(6) + 2;
                            format!("{}{}", self.roll(9) + 1, self.digits(count))
                        }
                        "count" => format!("{},{}", self.roll(989) + 10, self.digits(3)),
                        "hex" => self.code(40, HEX),
                        "hex64" => self.code(64, HEX),
                        "b64" => self.code(44, BASE64),
                        _ => self.one(words(name)).to_owned(),
                    };
                    text.push_str(&word);
                    rest = after;
                }
                _ => text.push(c),
            }
        }
        text
    }
}

const HEX: &[u8] = b"0123456789abcdef";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// An article number with its check digit (GS1 General Specifications 7.9).
fn gtin(digits: &str) -> String {
    let weighed = digits.bytes().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighed.map(|(d, w)| u32::from(d - b'0') * w).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn words(name: &str) -> &'static [&'static str] {
    match name {
        "zh" => &[
            "苹果",
            "羽绒服",
            "牛肉面",
            "绿茶",
            "口红",
            "手机壳",
            "洗发水",
            "大米",
            "运动鞋",
            "保温杯",
        ],
        "en" => &[
            "jacket",
            "green tea",
            "sneakers",
            "lipstick",
            "phone case",
            "rice cooker",
            "lamp",
        ],
        "pt" => &[
            "camiseta",
            "bolo de cenoura",
            "tênis",
            "café",
            "panela",
            "batom",
        ],
        "es" => &[
            "camiseta",
            "tortilla",
            "zapatos",
            "café de olla",
            "bolso",
            "crema",
        ],
        "th" => &["เสื้อยืด", "ชาเขียว", "รองเท้า", "ข้าวผัด", "ลิปสติก"],
        "hi" => &["साड़ी", "चाय", "जूते", "चावल", "साबुन"],
        "ja" => &["りんご", "緑茶", "靴", "ラーメン", "口紅"],
        "ko" => &["사과", "녹차", "운동화", "라면", "립스틱"],
        "vi" => &["áo thun", "trà xanh", "giày", "phở bò", "son môi"],
        "id" => &["kaos", "teh hijau", "sepatu", "nasi goreng", "sabun"],
        "team" => &[
            "Leões", "Tigers", "Eagles", "湖人", "勇士", "Real", "Rovers",
        ],
        "file" => &[
            "main.rs",
            "readme.md",
            "setup.py",
            "run.sh",
            "index.js",
            "Node.js",
            "report.pdf",
            "a.out",
            "Cargo.toml",
        ],
        "ru" => &["сумка", "шапка", "кофе", "часы"],
        "ar" => &["حقيبة", "قهوة", "ساعة"],
        "host" => &["李明", "王芳", "张伟", "陈静", "刘洋", "赵敏"],
        "user" => &["Emma", "Liam", "Noah", "Dana", "Grace", "Chase", "Robin"],
        "town" => &["杭州", "成都", "西安", "沈阳", "南宁", "昆明"],
        "city" => &[
            "Lyon", "Osaka", "Recife", "Pune", "Lagos", "Medan", "Kyiv", "Hue",
        ],
        "month" => &["Jan", "Mar", "May", "Jul", "Oct", "Dec"],
        "currency" => &[
            "$", "€", "£", "¥", "₹", "R$", "Rp ", "฿", "₫", "₩", "HK$", "NT$",
        ],
        _ => panic!("no words `{name}`"),
    }
}

const LINES: &[&str] = &[
    // Chinese
    "微信支付很方便，这款{zh}只要{price}元",
    "微信红包{n}个，先到先得",
    "支付宝到账{price}元",
    "支付宝和微信支付都可以",
    "微信小程序里也能看回放",
    "支持微信、支付宝、银行卡付款",
    "微信 8.0.## 版本更新了",
    "微信用户超过 1# 亿",
    "我们不会让你加微信的",
    "请勿添加微信私下交易，谨防诈骗",
    "切勿加QQ群，平台外交易没有保障",
    "不要相信加微信返现的骗局",
    "第{n}届 2025-2026 赛季 {hour} 开播",
    "今天{date} {hour} 上新{zh}",
    "{zh}原价¥{price}，现价¥##.9",
    "订单号 20251124###########",
    "快递单号：SF1############",
    "运单 7#############",
    "库存只剩{n}件，{zh}限购{n}件",
    "每天{hour}-{hour}营业，周一休息",
    "{team} ##:## {team} 全场比赛结束",
    "净含量 ###ml 保质期 18 个月",
    "批准文号 国药准字Z########",
    "身份证号不要告诉别人",
    "电话会议改到{hour}",
    "手机号段 1## 已上线",
    "本期{n}分钟，播放量####万",
    "一二三四五，上山打老虎",
    "卫星发射成功，轨道高度 ###公里",
    "他在村里很有威信",
    "企鹅岛有#####只企鹅",
    "坐飞机要提前{n}小时",
    "银行早上九点开门",
    "银行利率 3.##%",
    "水 ###克 面粉 ###克 鸡蛋 {n} 个",
    "抖音热榜第{n}名",
    "打开窗户，通风{n}分钟",
    "油管上有很多教程",
    "这首歌在QQ音乐和网易云都有",
    "QQ 音乐 2025 年度榜单",
    "编号 ########## 的选手",
    "房间号 ##########",
    "条形码 {gtin}",
    "尺码 165/88A 身高 1##cm",
    "湖人 1##-1## 勇士 第四节 0#:##",
    "满 300 减 50，上不封顶",
    "会员卡号 6##############",
    "土豆 ####g 切块",
    // English
    "We accept PayPal, Visa and Apple Pay",
    "PayPal, cards and bank transfer are fine at checkout",
    "WeChat Pay is popular in China",
    "Pay with WhatsApp? Meta is testing it in {n} countries",
    "WhatsApp: Meta rolls out a new feature",
    "Telegram founder speaks in Paris",
    "Instagram stories are down again",
    "Discord Nitro is now $#.99",
    "Follow us on Instagram and YouTube for more recipes",
    "Snapchat launched {n} new filters",
    "Line {n} of the metro is delayed until {hour}",
    "The finish line is {n} km away",
    "The signal was weak at {hour}",
    "Was $##.99, now only ${price}",
    "The {en} costs ${price} plus tax",
    "$AAPL up #.#% , $TSLA down #%",
    "I gave a tip of $5 to the driver",
    "Send help, it is {n} degrees",
    "Tip: use $HOME instead of ~",
    "Open {hour} to {hour}, Monday to Friday",
    "Order no. ############ shipped on {date}",
    "Order 1##########",
    "Tracking 1Z999AA1##########",
    "Tracking number 9400 1000 0000 0000 0000 00",
    "USPS 94001#################",
    "ISBN 978-3-16-148410-0",
    "ISBN 978##########",
    "Serial: ^^#^-##^#-^^##-####",
    "S/N ^^##########",
    "Model XJ-#### rev. 1.2.#",
    "version 1.2.## released, see {file}",
    "edit {file} and run cargo build",
    "open {file} in the editor",
    "e.g. a {en}, i.e. something from the U.S.A.",
    "at {n}.5 a.m. we start",
    "Flight LH#### gate ^## boarding {hour}",
    "Seat ##^ row ## gate ##",
    "{team} {n} - {n} {team} final score",
    "Bake {n} minutes at ### degrees, add ### g flour",
    "#{en} #live #sale",
    "New personal best: ##.## seconds",
    "{n}% off everything until {date}",
    "Call of duty ranked, game {n}",
    "Call me maybe, track {n}",
    "text me when you arrive",
    "Contact support inside the app",
    "My phone has ### GB of storage",
    "The card has ## GB of memory",
    "Bank holiday on Monday",
    "Insta360 camera, ##### frames",
    "GPU: RTX 40## , ##### MHz",
    "1080p60 H.264 #### kbps",
    "score 1,###,### new high",
    "population ##,###,###",
    "Never add strangers on WhatsApp",
    "we chat every evening at {hour}",
    "the wx forecast: ## C, wind {n} km/h",
    "UPI crossed ## billion transactions in 2025",
    "Google Pay and PhonePe are accepted here",
    "M-Pesa has ## million users",
    "the shop is open till {hour}",
    "till ##### people had signed up",
    "a BLIK payment takes {n} seconds",
    "GPS 52.5####, 13.4####",
    "IP 192.168.1.##",
    "MAC 00:1A:2B:##:##:##",
    "casualties: 1# dead",
    "batch ########, best before {date}",
    "ref. 2025/########",
    "RGB(###, ###, ###)",
    "#ff##ab",
    "UID 1########",
    "room 1#########",
    "lightning strikes {n} times",
    "git commit 3f2a####bc9e1d7a8890aabbccddeeff00112233",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852####",
    // Portuguese
    "Pagamento via Pix com {n}% de desconto",
    "Aceitamos Pix, cartão e boleto",
    "Pix na hora, frete grátis acima de R$ ###",
    "Só R$ {price} no Pix, aproveita",
    "{pt} por apenas R$ {price}",
    "Receita de {pt}: ### g de farinha, {n} ovos",
    "{team} {n} x {n} {team} fim de jogo",
    "Não mandem mensagem no WhatsApp, é golpe",
    "O WhatsApp mudou a cor do ícone",
    "Pedido nº ########## saiu para entrega",
    "Código de rastreio ^^#########BR",
    "Aberto das {hour} às {hour}",
    "arroz.com feijão fica ótimo",
    "terminou.Com açúcar fica melhor",
    "CPF na nota?",
    // Spanish
    "Aceptamos tarjeta, Bizum y PayPal",
    "{es} por solo ${price}",
    "Receta de {es}: ### g de harina",
    "{team} {n} - {n} {team} final del partido",
    "Horario de {hour} a {hour}",
    "Pedido ########## en camino",
    "WhatsApp estrena función nueva",
    "Nunca des tu tarjeta a desconocidos",
    // Thai, Hindi, Japanese, Korean, Vietnamese, Indonesian, Russian
    "{th} ราคา ### บาท ลด {n}%",
    "เปิด {hour} ถึง {hour} น.",
    "จ่ายผ่านพร้อมเพย์ได้เลยค่ะ",
    "ไลน์แมนส่งอาหารเร็วมาก",
    "หมายเลขคำสั่งซื้อ ############",
    "{hi} सिर्फ ₹{price} में",
    "UPI से पेमेंट करें और {n}% बचाएं",
    "सुबह {hour} बजे खुलता है",
    "व्हाट्सएप का नया फीचर आया",
    "{ja}が{n}個で####円",
    "営業時間 {hour}〜{hour}",
    "LINEの新しいスタンプが出た",
    "注文番号 ############",
    "PayPayで払えます",
    "{ko} {n}개 #####원",
    "영업시간 {hour}~{hour}",
    "카카오톡 업데이트가 나왔어요",
    "우리 {n}명 모두 왔어요",
    "주문번호 ############",
    "국민은행 앞에서 {hour}에 만나요",
    "{vi} giá ###.000đ",
    "mở cửa từ {hour} đến {hour}",
    "mã đơn ############",
    "thanh toán bằng MoMo hoặc ZaloPay",
    "{id} cuma Rp ##.###",
    "buka jam {hour} sampai {hour}",
    "bayar pakai DANA atau OVO bisa",
    "no pesanan ############",
    "скидка {n}% до {date}",
    "счёт {n}:{n}, второй тайм",
    "заказ ########## доставлен",
];

const CODES: &[&str] = &[
    "{gtin}",
    "########",
    "WIFI:T:WPA;S:Home-##;P:secret####;;",
    "M1DOE/JO  ^^^^## BERMUCLH #### 1##C0##A00## 100",
    "TICKET-^^##-##########",
    "SN:^^^##########",
    "^^-####-####",
    "978##########",
    "LOT ######## EXP {date}",
    "Table {n}",
    "https://museum.example/guide/{n}",
    "Seat ##^, gate ##, {hour}",
    "00##############",
    "1Z999AA1##########",
    "ID:########-####-####",
    "A-{n}-B-{n}",
    "^^^^^^########",
    "RFID 04:A2:##:##:##:80",
    "https://menu.example/t/{n}",
    "{date} {hour}",
    "Visitor ^^^^ badge ####",
    "PO-2025-######",
    "#############^^",
    "geo:52.5,13.4",
];

/// What a platform would act on.
fn is_harm(category: Category) -> bool {
    matches!(
        category,
        Category::Payment
            | Category::WalletCrypto
            | Category::Donation
            | Category::Contact
            | Category::GroupInvite
            | Category::Tel
            | Category::Login
    )
}

/// More of it, one template a line: numbers on goods, tickets and papers, prices, scores, code, sentences
/// of encyclopedias and of news, and all that stands on the screen of a show.
const MORE: &str = include_str!("harmless.txt");

/// What is wrongly said of `text`, as a line and as a code.
fn alarms(text: &str) -> Vec<String> {
    let found = payload::find_in_line(text);
    let line = found.iter().filter(|found| is_harm(found.category));
    let mut wrong: Vec<_> = line
        .map(|f| format!("line {text:?} is {} {:?}", f.scheme, f.fields.payee))
        .collect();
    let code = payload::parse(text.as_bytes());
    if is_harm(code.category) {
        wrong.push(format!("code {text:?} is {}", code.scheme));
    }
    wrong
}

fn fill_all<'a>(templates: impl Iterator<Item = &'a str>, rounds: usize) -> Vec<String> {
    let mut dice = Dice(20_251_124);
    templates
        .flat_map(|template| std::iter::repeat_n(template, rounds))
        .map(|template| dice.fill(template))
        .collect()
}

#[test]
fn everyday_writing_is_let_be() {
    let mut texts = fill_all(LINES.iter().chain(CODES).copied(), 20);
    texts.extend(fill_all(MORE.lines(), 6));
    assert!(texts.len() >= 10_000, "{}", texts.len());
    let wrong: Vec<_> = texts.iter().flat_map(|text| alarms(text)).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        texts.len(),
        wrong.join("\n")
    );
}
