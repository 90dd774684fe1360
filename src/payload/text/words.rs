//! The words of the cues. One more spelling is one more word here; nothing else knows them.

use super::cues::Cue;

/// The words of each cue, in small letters. `~` is any one sign that people put between two letters so
/// that no filter finds them, or nothing.
#[rustfmt::skip]
pub(super) const WORDS: &[(Cue, &[&str])] = &[
    (
        Cue::Nothing,
        &[
            "微信支付", "微信付款", "微信收款", "微信到账", "微信转账", "微信红包", "微信小程序",
            "微信小游戏", "微信读书", "微信运动", "微信登录", "微信分享", "微信朋友圈", "微信版",
            "微信团队", "微信输入法", "微信视频号", "微信钱包", "微信零钱", "微信扫码支付",
            "微信扫一扫", "微信表情", "微信电脑版", "微信网页版", "微信聊天", "微信官方", "微信生态",
            "微信用户", "微信平台", "微信通知", "微信消息", "微信步数", "微信生日", "微信头像",
            "微信名", "wechat pay", "wechatpay", "wechat mini", "wechat moments", "wechat users",
            "卫星电视", "卫星发射", "卫星云图", "卫星图", "卫星导航", "卫星通信", "卫星城", "卫星轨道",
            "颗卫星", "人造卫星", "气象卫星", "北斗卫星", "通信卫星", "威信扫地", "的威信", "有威信",
            "企鹅队", "帝企鹅", "小企鹅", "只企鹅", "飞机票", "飞机场", "飞机餐", "坐飞机", "飞机起飞",
            "架飞机", "打飞机票", "纸飞机折", "折纸飞机", "土豆片", "qq音乐", "qq空间", "qq邮箱",
            "qq浏览器", "qq飞车", "qq阅读", "qq农场", "qq游戏", "qq糖", "会员卡号", "储值卡号",
            "礼品卡号", "学生卡号", "cartão de visita", "whatsapp business app", "line break",
            "line up", "discord nitro", "pix art", "pixart", "line of", "line at", "line in",
            "line for", "finish line", "telegram app", "instagram stories", "instagram live",
            "phone case", "phone holder", "phone stand", "手机壳", "手机膜", "手机支架", "手机套",
            "电话会议", "电话卡", "电话手表", "手机号段",
        ],
    ),
    (
        Cue::Wechat,
        &[
            "微~信", "薇~信", "徽~信", "维~信", "葳~信", "巍~信", "溦~信", "徵~信", "威~芯", "薇~芯",
            "微~芯", "微亻言", "亻言", "微~❤", "威~❤", "薇~❤", "徽~❤", "维~❤", "微~♥", "威~♥", "薇~♥",
            "微💗", "微💕", "微🌟", "微星号", "v~信", "v~❤", "v~♥", "v💗", "v我❤", "微~xin", "wei~xin",
            "微~x", "薇~x", "威~x", "we~chat", "wechat id", "v~x", "w~x", "＋v", "+~v", "➕~v", "加~v",
            "加~微", "加~薇", "加~威", "加v信", "迦~v", "迦~薇", "伽~薇", "+~薇", "➕~薇", "+~微",
            "➕~微", "+~威", "➕~威", "微信号", "薇号", "v号", "微号", "绿泡泡", "加微~信", "加薇~信",
            "加威~信", "加徽~信", "加维~信", "加v~信", "迦微信", "迦薇信", "+微~信", "+薇~信", "+威信",
            "+v~信", "➕微信", "➕薇信", "➕v信", "加微❤", "加薇❤", "加威❤", "加v❤", "+微❤", "+v❤",
            "绿色软件", "微信公众号", "公众号", "公號", "企业微信", "企微", "微訊", "加wx", "加vx",
            "+vx", "+wx", "➕vx", "➕wx", "🛰", "vx同号", "vx号", "wx号", "วีแชท", "위챗",
            "ウィーチャット", "微 信 号", "微~信~号",
        ],
    ),
    (
        Cue::MaybeWechat,
        &[
            "威~信", "卫~星", "加卫星", "v", "微", "薇", "w信", "为信", "围信", "位信",
        ],
    ),
    (
        Cue::Qq,
        &[
            "q~q", "扣~扣", "蔻~蔻", "抠~抠", "企~鹅", "🐧", "qq群", "qq号", "q群", "扣群", "扣扣群",
            "群号", "裙号", "裙", "加q", "+q", "➕q", "加扣", "+扣", "企鹅群", "企鹅号", "鹅群",
            "加群", "加裙", "进群", "交流群", "粉丝群", "福利群", "秋秋", "球球", "叩叩", "寇寇",
            "q号",
        ],
    ),
    (
        Cue::Phone,
        &[
            "电话", "電話", "热线", "熱線", "手机", "手機", "拨打", "致电", "座机", "联系方式", "订购",
            "☎", "📞", "📱", "tel", "telephone", "phone", "call", "call us", "hotline", "helpline",
            "mobile", "cell", "dial", "ring us", "text us at", "text", "contact", "order line",
            "toll free", "toll-free", "customer service", "telefone", "fone", "ligue", "celular",
            "cel", "contato", "teléfono", "telefono", "llama", "llámanos", "llame", "llamar", "móvil",
            "โทร", "เบอร์โทร", "ติดต่อ", "फोन", "फ़ोन", "कॉल", "मोबाइल", "संपर्क", "điện thoại", "đt",
            "sđt", "gọi", "hotline", "전화", "연락처", "문의", "휴대폰", "お電話", "携帯",
            "フリーダイヤル", "お問い合わせ", "telepon", "telp", "no hp", "hp", "hubungi", "телефон",
            "звоните", "тел", "téléphone", "appelez", "telefon", "anrufen", "ফোন", "মোবাইল", "اتصل",
            "هاتف",
        ],
    ),
    (
        Cue::Serial,
        &[
            "订单", "单号", "編號", "编号", "运单", "快递", "流水号", "货号", "条码", "条形码",
            "序列号", "批号", "批准文号", "许可证", "备案", "型号", "执照", "身份证", "order no",
            "order number", "order id", "order #", "order", "tracking", "serial", "s/n", "sku", "isbn",
            "issn", "ean", "upc", "gtin", "imei", "lot", "invoice", "ref", "reference", "barcode",
            "booking", "ticket", "pnr", "flight", "part no", "item no", "model", "batch", "pedido",
            "rastreio", "protocolo", "nota fiscal", "código de barras", "codigo", "código", "factura",
            "guía", "seguimiento", "주문번호", "운송장", "注文番号", "追跡番号", "伝票番号", "品番",
            "หมายเลขคำสั่งซื้อ", "เลขพัสดุ", "ऑर्डर", "उत्पाद", "mã đơn", "mã vận đơn", "resi",
            "no pesanan", "заказ", "артикул", "uid", "房间号", "直播间号", "会员号", "会员卡",
            "chassis", "vin", "registration",
        ],
    ),
    (
        Cue::Card,
        &[
            "卡号", "卡號", "银行卡", "銀行卡", "打款", "汇款", "匯款", "转账", "轉賬", "card number",
            "card no", "bank card", "debit card", "card", "transfer to", "cartão", "tarjeta",
            "номер карты", "карта", "карту", "на карту", "số thẻ", "카드번호", "カード番号", "เลขบัตร",
            "kartu", "carte",
        ],
    ),
    (
        Cue::Account,
        &[
            "账号", "帐号", "賬號", "账户", "帐户", "对公账户", "a/c", "a/c no", "account no",
            "account number", "account", "acc no", "acc", "acct", "conta", "cuenta", "n.º de conta",
            "số tài khoản", "stk", "계좌", "계좌번호", "口座", "口座番号", "普通", "เลขบัญชี",
            "เลขที่บัญชี", "บัญชี", "खाता", "rekening", "no rek", "norek", "счет", "счёт", "konto",
            "kontonummer",
        ],
    ),
    (
        Cue::Bank,
        &[
            "开户行", "開戶行", "开户银行", "开户", "收款银行", "银行", "銀行", "支行", "工行", "建行",
            "农行", "中行", "招行", "交行", "邮储", "信用社", "bank", "ifsc", "sort code", "swift",
            "bic", "routing", "aba", "banco", "agência", "agencia", "ag", "bsb", "ธนาคาร", "กรุงเทพ",
            "बैंक", "ngân hàng", "банк", "支店", "입금", "송금", "예금주", "은행",
        ],
    ),
    (
        Cue::KoreanBank,
        &[
            "국민은행", "신한은행", "우리은행", "하나은행", "농협은행", "농협", "기업은행",
            "카카오뱅크", "토스뱅크", "케이뱅크", "새마을금고", "새마을", "우체국", "수협은행", "수협",
            "sc제일은행", "제일은행", "부산은행", "대구은행", "광주은행", "경남은행", "전북은행",
            "제주은행", "산업은행", "씨티은행", "신협", "카뱅", "toss뱅크", "ibk기업은행",
            "kb국민은행", "nh농협", "국민kb", "외환은행", "아이엠뱅크", "im뱅크",
        ],
    ),
    (
        Cue::MaybeKoreanBank,
        &[
            "국민", "신한", "우리", "하나", "기업", "토스", "부산", "대구", "광주", "카카오",
        ],
    ),
    (
        Cue::Holder,
        &[
            "户名", "戶名", "开户名", "姓名", "收款人", "账户名", "账户名称", "持卡人", "account name",
            "acc name", "name", "holder", "beneficiary", "titular", "nome", "nombre", "예금주",
            "ชื่อบัญชี", "名義", "口座名義", "chủ tk", "chủ tài khoản", "a.n", "a/n", "получатель",
        ],
    ),
    (
        Cue::AccountAt,
        &[
            "vietcombank", "vcb", "mb bank", "mbbank", "techcombank", "bidv", "vietinbank", "agribank",
            "acb", "vpbank", "tpbank", "sacombank", "bca", "bri", "bni", "mandiri", "bsi", "cimb",
            "maybank", "clabe", "cbu", "cvu", "กสิกร", "กสิกรไทย", "ไทยพาณิชย์", "กรุงไทย", "kbank",
            "scb", "ktb", "bdo", "bpi",
        ],
    ),
    (Cue::Iban, &["iban"]),
    (
        Cue::Pix,
        &[
            "pix", "chave pix", "chave", "p~i~x", "chave pix cpf", "chave pix cnpj",
        ],
    ),
    (
        Cue::Coin,
        &[
            "usdt", "usdc", "trc20", "trc-20", "erc20", "erc-20", "bep20", "bep-20", "btc", "bitcoin",
            "eth", "ethereum", "tron", "trx", "bnb", "sol", "solana", "ltc", "litecoin", "doge",
            "dogecoin", "xrp", "ripple", "ton", "xmr", "monero", "ada", "cardano", "dash", "bch",
            "wallet", "wallet address", "crypto", "钱包地址", "钱包", "充币", "打币", "泰达币",
            "比特币", "以太坊", "u地址", "carteira", "billetera", "кошелек", "кошелёк", "지갑",
            "กระเป๋าเงิน", "ví", "airdrop",
        ],
    ),
    (
        Cue::Lightning,
        &[
            "⚡", "lightning", "lightning address", "ln address", "lnurl", "sats", "zap me", "zaps",
            "alby", "wallet of satoshi",
        ],
    ),
    (
        Cue::Site,
        &[
            "官网", "官網", "网址", "網址", "网站", "網站", "登录", "登陆", "访问", "打开", "浏览器",
            "输入", "搜索", "下单", "商城", "地址", "website", "web site", "site", "web", "visit",
            "link", "url", "go to", "shop at", "order at", "buy at", "order", "acesse", "entre em",
            "loja", "compre", "visita", "visite", "entra en", "tienda", "página", "เว็บ", "เว็บไซต์",
            "สั่งซื้อ", "वेबसाइट", "홈페이지", "사이트", "주소", "公式サイト", "サイト",
            "ホームページ", "trang web", "truy cập", "situs", "kunjungi", "сайт", "ссылка", "www",
        ],
    ),
    (
        Cue::Alipay,
        &[
            "支付宝", "支付寶", "zfb", "吱口令", "红包码", "支fu宝", "支付饱", "口令红包", "alipay",
        ],
    ),
    (
        Cue::Tip,
        &[
            "tip", "tips", "tip jar", "donate", "donation", "donations", "support me", "send",
            "cash me", "gift", "pay me", "buy me a coffee", "cash",
        ],
    ),
    (
        Cue::Ask,
        &[
            "add me on", "add me in", "add us on", "add my", "message me on", "message us on",
            "msg me on", "text me on", "text us on", "dm me on", "pm me on", "dm on", "hit me up on",
            "hmu on", "contact me on", "contact me via", "contact us on", "contact us via",
            "contact us through", "contact me through", "reach me on", "reach us on", "talk to me on",
            "chat with me on", "chat with us on", "find me on", "inbox me on", "write me on",
            "write to me on", "order via", "order on", "order through", "ping me on", "come to my",
            "join my", "join our", "join me on", "me chama no", "me chame no", "chame no", "chama no",
            "chama a gente no", "chame a gente no", "chama lá no", "chama la no", "fale comigo no",
            "fala comigo no", "fale conosco no", "fale no", "me add no", "me adiciona no",
            "adiciona no", "manda mensagem no", "mande mensagem no", "me manda no", "peça pelo",
            "pede pelo", "pedidos pelo", "entre no grupo", "entra no grupo", "compre pelo",
            "escríbeme al", "escríbeme por", "escribeme al", "escribeme por", "escríbenos al",
            "escríbenos por", "escribanos al", "mándame", "agrégame", "agregame al", "contáctame por",
            "contactame por", "contáctanos por", "háblame al", "háblame por", "hablame por",
            "pide por", "pídelo por", "únete a mi", "แอด", "ทัก", "ทักแชท", "เพิ่มเพื่อน", "kết bạn",
            "liên hệ", "nhắn", "nhắn tin", "inbox", "ib", "hubungi", "chat via", "chat saya di",
            "kontak saya", "pesan via", "order lewat", "추가해", "친추", "추가하세요", "로 연락",
            "으로 연락", "로 문의", "으로 문의", "로 오세요", "追加して", "で連絡", "に連絡",
            "追加お願い", "友だち追加", "友達追加", "登録して", "пиши в", "пишите в", "напиши в",
            "напишите в", "пишите мне в", "добавь в", "добавляй в", "करें", "करो", "कीजिए", "मैसेज",
            "जोड़ें", "जुड़ें", "par message", "pe message", "par aao", "pe aao", "加我", "迦我",
            "伽我", "加一下", "加个", "加下", "添加", "加我们", "联系我", "私聊我", "私我", "私信我",
            "找我", "详聊", "私聊", "拉你", "拉群", "拉进群", "联系客服", "加客服", "加老师", "加主播",
            "扫码加", "领取", "领福利", "发你", "扣我", "留个", "加賴", "加好友", "賴我", "➕我",
            "+我",
        ],
    ),
    (
        Cue::Warning,
        &[
            "请勿", "切勿", "不要", "别加", "勿加", "谨防", "警惕", "禁止", "不得", "严禁", "不会",
            "不加", "没有", "never", "do not", "don't", "beware", "avoid", "não", "nunca", "golpe",
            "no te", "estafa", "อย่า", "ห้าม", "注意", "しない", "禁止です", "マセン", "하지 마",
            "주의", "मत", "सावधान", "не ", "đừng", "jangan", "取消", "防骗", "诈骗",
        ],
    ),
    (
        Cue::Gamble,
        &[
            "casino", "cassino", "bet365", "1xbet", "22bet", "melbet", "betano", "mostbet",
            "pin-up bet", "stake.com", "sportsbook", "slot gacor", "gacor", "togel", "judi online",
            "slot online", "jackpot slot", "nhà cái", "cờ bạc", "lô đề", "tài xỉu", "jogo do tigrinho",
            "tigrinho", "fortune tiger", "apostas", "aviator bet", "皇冠体育", "皇冠投注", "皇冠网",
            "开元棋牌", "棋牌游戏", "真人荷官", "百家乐", "六合彩", "时时彩", "北京赛车", "pk10",
            "幸运飞艇", "澳门赌场", "澳门新葡京", "澳门威尼斯人", "新葡京", "澳门娱乐城", "线上娱乐城",
            "网上赌场", "博彩", "投注", "彩票平台", "下注", "บาคาร่า", "สล็อต", "คาสิโน", "แทงบอล",
            "카지노", "바카라", "토토사이트", "먹튀", "オンラインカジノ", "ऑनलाइन सट्टा", "सट्टा मटका",
            "казино", "ставки на спорт",
        ],
    ),
];
