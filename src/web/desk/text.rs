//! All that the pages say, in English and in Chinese. A message that one language lacks does not build.

use std::fmt::{self, Display, Formatter};

mod names;

pub(in crate::web::desk) use names::CATEGORIES;

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) struct M(&'static str);

impl M {
    pub(in crate::web) const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// As it is written.
    pub(in crate::web) fn get(self) -> &'static str {
        self.0
    }

    /// Says `n` for `{n}`. What has a form for one has it before a `|`.
    pub(in crate::web) fn text(self, n: i64) -> String {
        let (one, many) = self.0.split_once('|').unwrap_or((self.0, self.0));
        let form = if n == 1 { one } else { many };
        form.replace("{n}", &n.to_string())
    }
}

impl Display for M {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! messages {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        /// The messages of one language.
        pub(in crate::web) struct Text {
            /// The language, as HTML names it.
            pub(in crate::web) lang: &'static str,
            $(pub(in crate::web) $name: M,)*
        }

        pub(in crate::web) static ENGLISH: Text = Text {
            lang: "en",
            $($name: M::new($english),)*
        };

        pub(in crate::web) static CHINESE: Text = Text {
            lang: "zh-Hans",
            $($name: M::new($chinese),)*
        };

        #[cfg(test)]
        const PAIRS: &[(&str, &str, &str)] = &[$((stringify!($name), $english, $chinese),)*];
    };
}

messages! {
    // Around every page.
    skip: "Skip to the content", "跳到正文";
    navigation: "Pages", "页面";
    preferences: "Preferences", "偏好设置";
    language: "Language", "语言";
    theme: "Theme", "主题";
    theme_system: "System", "跟随系统";
    theme_light: "Light", "浅色";
    theme_dark: "Dark", "深色";
    pictures: "Pictures", "画面";
    greyscale: "Grey", "灰度";
    blur: "Blur", "模糊";
    keyboard: "Single-key shortcuts", "单键快捷键";
    on: "On", "开";
    off: "Off", "关";
    help: "Help", "帮助";
    account: "Account", "账户";
    users: "Users", "用户";
    audit: "Audit log", "审计日志";
    log_out: "Log out", "退出登录";
    close: "Close", "关闭";
    pages: "More pages", "翻页";
    next_page: "Older", "更早";
    first_page: "Newest", "最新";
    streams_before: "Previous", "上一页";
    streams_after: "Next", "下一页";
    // The queue.
    queue: "Queue", "队列";
    filters: "Filters", "筛选";
    saved_filters: "Saved filters", "已存筛选";
    remove_filter: "Remove the filter", "删除筛选";
    search: "Search", "搜索";
    search_hint: "payload, payee, host", "内容、收款方、主机";
    review_state: "Review", "审核";
    verdict: "Verdict", "判定";
    severity: "Severity", "严重程度";
    category: "Category", "类别";
    state: "Showing", "画面状态";
    more_filters: "More filters", "更多筛选";
    scheme: "Scheme", "类型";
    stream: "Stream", "直播流";
    host: "Host", "主播";
    label: "Label", "标签";
    from: "From (UTC)", "起（UTC）";
    until: "Until (UTC)", "止（UTC）";
    apply: "Apply", "应用";
    reset: "Reset", "重置";
    save_as: "Save as", "另存为";
    save: "Save", "保存";
    any: "Any", "全部";
    waiting: "Waiting", "待审核";
    overdue_ones: "Overdue", "超时";
    review_next: "Review next", "审核下一条";
    arrived: "{n} new incident|{n} new incidents", "{n} 条新事件";
    nothing_here: "Nothing is waiting here.", "这里没有待处理的事件。";
    nothing_here_hint: "What comes in appears by itself.", "新事件会自动出现。";
    others_one: "in {n} more stream|in {n} more streams", "另有 {n} 个直播流";
    seconds_visible: "{s} s in view", "可见 {s} 秒";
    due_in: "due in {t}", "剩余 {t}";
    overdue: "late by {t}", "超时 {t}";
    claimed_by_you: "yours", "您已领取";
    unread_code: "A code that could not be read", "无法识读的码";
    // An incident.
    decision: "Decision", "处置";
    evidence: "Evidence", "证据";
    open_now: "in view now", "正在出现";
    back_to_queue: "Back to the queue", "返回队列";
    appealed: "Appealed", "已申诉";
    original_decision: "Original decision", "原处置";
    claimed_by_other: "{who} is looking at this incident just now.", "{who} 正在查看此事件。";
    decided_already: "Decided", "已处置";
    reason: "Reason", "理由";
    reason_needed: "(needed)", "（必填）";
    reason_for: "(needed for: {what})", "（{what}时必填）";
    optional: "(optional)", "（可选）";
    reason_missing: "This decision needs a reason.", "此处置需要填写理由。";
    registry_change: "Change of the registry", "注册表变更";
    skip_this: "Leave it, take the next", "跳过，看下一条";
    may_not_decide: "Your role may read this incident and not decide on it.", "您的角色可查看此事件，但不能处置。";
    leads_to: "Leads to", "指向";
    may_lead_to: "May also lead to", "也可能指向";
    chain: "On the way there", "跳转路径";
    why: "Why", "判定依据";
    policy: "Policy", "策略";
    payload: "What the code holds", "码的内容";
    notes: "Notes and history", "备注与记录";
    note: "Note", "备注";
    note_hint: "For whoever comes after you", "写给后来的审核员";
    add_note: "Add note", "添加备注";
    reverse: "Reverse this decision", "撤销此处置";
    reverse_do: "Reverse", "确认撤销";
    reverse_into: "Into", "改为";
    reverse_open: "Back to the queue", "退回队列";
    settle_into: "If overturned, into", "若推翻则改为";
    appeal_file: "File an appeal", "提交申诉";
    appeal_means: "The case is open again, and a lead settles it. The decision stands until then.", "案件将重新打开并由组长裁定，在此之前原处置有效。";
    appeal_do: "File it", "提交";
    appeal_reference: "What the platform calls it", "平台申诉编号";
    golden_make: "Test reviewers with it", "用作标准题";
    golden_means: "Now and then it is given to reviewers, who cannot tell it from others. Their answer is held against this decision.", "不时混入队列交给审核员（无法识别），其答案与本处置比对。";
    golden_do: "Use it", "启用";
    golden_used: "Reviewers are tested with it.", "已用作标准题。";
    golden_stop: "Use it no more", "停用";
    uphold: "Uphold the decision", "维持原处置";
    overturn: "Overturn it", "推翻原处置";
    same_destination: "The same destination elsewhere", "其他位置的相同指向";
    nowhere_else: "It was seen in no other stream.", "未在其他直播流中出现。";
    host_history: "Earlier incidents of this host", "该主播的历史事件";
    no_earlier: "There are none.", "没有。";
    details: "Details", "详情";
    seen: "In view", "可见";
    looks_many: "{n} look|{n} looks", "{n} 次扫描";
    first_time: "First seen at", "首次出现于";
    read_by: "Read by", "识读器";
    two_readers: "{readers}, who agree", "{readers}，结果一致";
    kind: "Kind of symbol", "码制";
    valid: "Well formed", "格式校验";
    yes: "yes", "通过";
    no: "no", "不通过";
    flags: "Signs of deception", "欺骗迹象";
    latency_of: "From picture to verdict", "从画面到判定";
    amount: "Amount", "金额";
    payee: "Payee", "收款方";
    payee_name: "Name given", "所示名称";
    reference: "Reference", "参考号";
    incident: "Incident", "事件";
    hash: "Hash of the code", "码的哈希";
    not_read_why: "Not read, because", "未能识读，原因";

    campaign_of: "The whole campaign: {n} incident|The whole campaign: {n} incidents", "整个团伙：{n} 条事件";
    picture_of: "Best frame of the stream; the code in it is covered", "直播流的最佳画面；其中的码已遮盖";
    frame_at: "at {t}", "位于 {t}";
    hold_to_reveal: "Hold to reveal", "按住查看";
    open_uncovered: "Open the frame uncovered", "打开未遮盖的画面";
    annotated: "Marked", "标注";
    no_picture: "There is no picture: none was written, or it is kept no more.", "没有画面：未写入，或已过保存期。";
    clip: "Clip", "片段";
    clip_covered: "Covered: hold to reveal", "已遮盖：按住查看";
    open_clip: "Open the clip uncovered", "打开未遮盖的片段";
    clip_says: "Red is where the code was in view", "红色为码可见的时段";
    play: "Play", "播放";
    step_back: "One picture back", "后退一帧";
    step_on: "One picture on", "前进一帧";
    position: "Position", "位置";
    undo: "Undo", "撤回";
    second_person: "A second person must confirm this.", "需要第二人确认。";
    // What a code says, in plain words.
    say_pays: "Pays {who} by {app}", "通过{app}向 {who} 付款";
    say_pays_nobody: "Takes a payment by {app}", "通过{app}收款";
    say_amount: "{say}, {amount}", "{say}，金额 {amount}";
    say_no_amount: "{say}; amount not set", "{say}，金额未设定";
    say_sends: "Sends crypto to {who}: {app}", "向 {who} 转加密货币：{app}";
    say_sends_nobody: "Asks for crypto: {app}", "索要加密货币：{app}";
    say_gives: "Gives money to {who} by {app}", "通过{app}向 {who} 打赏";
    say_gives_nobody: "Asks for a donation by {app}", "通过{app}索要打赏";
    say_adds: "Adds the contact {who}: {app}", "添加联系人 {who}：{app}";
    say_adds_nobody: "Adds a contact: {app}", "添加联系人：{app}";
    say_joins: "Joins the group {who}: {app}", "加入群聊 {who}：{app}";
    say_joins_nobody: "Joins a group: {app}", "加入群聊：{app}";
    say_shop: "Opens another shop: {app}", "打开其他店铺：{app}";
    say_mini: "Opens a mini-program: {app}", "打开小程序：{app}";
    say_installs: "Installs an app: {app}", "安装应用：{app}";
    say_leads_on: "Leads on to somewhere else: {app}", "跳转到别处：{app}";
    say_logs_in: "Logs in as whoever scans it: {app}", "以扫码者身份登录：{app}";
    say_receipt: "Shows a receipt: {app}", "票据：{app}";
    say_wifi: "Joins the Wi-Fi network {who}", "连接 Wi-Fi {who}";
    say_wifi_nobody: "Joins a Wi-Fi network", "连接 Wi-Fi";
    say_card: "Saves the address card of {who}", "保存 {who} 的名片";
    say_card_nobody: "Saves an address card", "保存名片";
    say_calls: "Calls {who}", "拨打 {who}";
    say_calls_nobody: "Calls a number", "拨打电话";
    say_texts: "Writes a text message to {who}", "向 {who} 发短信";
    say_texts_nobody: "Writes a text message", "发短信";
    say_mails: "Writes an e-mail to {who}", "向 {who} 发邮件";
    say_mails_nobody: "Writes an e-mail", "发邮件";
    say_place: "Shows a place", "显示地点";
    say_calendar: "Adds a calendar entry", "添加日历事项";
    say_otp: "Sets up one-time passwords", "设置动态口令";
    say_opens: "Opens {where}", "打开 {where}";
    say_text: "Says something that leads nowhere", "一段无指向的文字";
    say_other: "Holds {app}", "内容为{app}";
    // Campaigns.
    campaigns: "Campaigns", "团伙";
    campaign: "Campaign", "团伙";
    campaigns_hint: "The same place in several incidents", "多条事件指向同一处";
    grouped_by: "Grouped by", "分组";
    by_destination: "Destination", "指向";
    by_payee: "Payee", "收款方";
    by_domain: "Domain", "域名";
    no_campaigns: "Nothing was seen more than once.", "没有重复出现的指向。";
    open_incidents: "Waiting", "待审核";
    incidents: "Incidents", "事件";
    streams: "Streams", "直播流";
    hosts: "Hosts", "主播";
    first_seen: "First seen", "首次出现";
    last_seen: "Last seen", "最近出现";
    timeline: "Days", "按天分布";
    chart_says: "Incidents a day", "每日事件数";
    on_day: "{day}: {n}", "{day}：{n}";
    decide_all: "One decision for all of it", "一次处置全部";
    preview: "Settles {n} waiting incident. One undo takes it back.|Settles {n} waiting incidents. One undo takes all of them back.", "将处置 {n} 条待审核事件，可一次撤回。";
    preview_first: "Settles the first {n} waiting incident: more wait.|Settles the first {n} waiting incidents: more wait. One undo takes all of them back.", "将处置最早的 {n} 条待审核事件，其余需再次处置；可一次撤回。";
    proposed_many: "{n} waits for a second person|{n} wait for a second person", "{n} 条待第二人确认";
    left_many: "{n} left as it was|{n} left as they were", "{n} 条未处置";
    settled: "{n} incident settled|{n} incidents settled", "已处置 {n} 条事件";
    all_decided: "Everything in it was decided.", "全部已处置。";
    may_not_decide_many: "Deciding on many at once is for leads.", "批量处置仅限组长。";
    hosts_involved: "Hosts involved", "涉及主播";
    no_hosts: "No stream names its host.", "没有直播流标明主播。";
    back_to_campaigns: "Back to the campaigns", "返回团伙列表";
    show_all: "Show all ({n} character)|Show all ({n} characters)", "显示全部（{n} 字）";
    // The wall.
    wall: "Wall", "墙";
    no_streams: "No stream is being watched.", "当前没有监看的直播流。";
    no_streams_hint: "Add one through the API, or attach an ingest server.", "请通过 API 添加，或接入推流服务器。";
    last_evidence: "Last evidence, the code covered", "最近证据，码已遮盖";
    nothing_seen: "Nothing was found here", "未发现码";
    blind: "Blind", "漏看";
    latency: "Latency", "延迟";
    cut: "Cut", "切断";
    cut_do: "Cut the stream", "切断直播流";
    cut_sure: "Disconnect the host now", "立即断开主播";
    cut_unsure: "Say that you are sure.", "请勾选确认。";
    cut_done: "{stream} was cut.", "已切断 {stream}。";
    cut_failed: "{stream} is banned, and could not be disconnected: {why}", "{stream} 已封禁，但未能断开：{why}";
    minutes: "Minutes until it may be published again", "禁播分钟数";
    // The scan desk.
    scan_desk: "Scan desk", "扫描台";
    scan_hint: "See what Waylay says of a picture, a short clip or a text.", "查看 Waylay 对图片、短片或文字的判定。";
    drop_here: "Drop a picture or a short clip here", "将图片或短片拖到这里";
    paste_here: "Or paste what a code says, or a link", "或粘贴码的内容或链接";
    read_as: "Read it as", "按何种方式识读";
    as_code: "the text of a code", "码的内容";
    as_line: "writing in the picture", "画面文字";
    look: "Look", "查看";
    looking: "Looking …", "正在查看…";
    found: "What was found", "结果";
    found_n: "{n} thing found|{n} things found", "发现 {n} 项";
    found_none: "No code was found.", "未发现码。";
    scan_limits: "At most {n} MiB; of a clip the first {s} s", "最大 {n} MiB；短片取前 {s} 秒";
    scan_nothing: "Give a file or a text.", "请提供文件或文字。";
    scan_too_large: "The file is too large.", "文件过大。";
    scan_unreadable: "The file cannot be read as a picture or a clip.", "无法将文件读作图片或短片。";
    scan_busy: "Too many are scanning just now. Try again in a moment.", "当前扫描过多，请稍后再试。";
    // Quality.
    quality: "Quality", "质量";
    period: "Period", "时段";
    days_n: "{n} day|{n} days", "{n} 天";
    of_all: "{part} of {n}", "{n} 中的 {part}";
    oldest: "the oldest for {t}", "最久已等 {t}";
    decisions: "Decisions", "处置数";
    late_decisions: "{n} decision came late|{n} decisions came late", "{n} 次处置超时";
    appeals_n: "{n} appeal settled|{n} appeals settled", "{n} 件申诉已结";
    time_to_decide: "Time to decide", "处置用时";
    ninety: "90 % within {t}", "90% 在 {t} 内";
    overturned: "Overturned", "被推翻";
    kappa: "Agreement (Cohen's kappa)", "一致性（Cohen's kappa）";
    seconds_note: "{part} of {n} second reviews agree", "{n} 次复核中 {part} 次一致";
    golden_right: "Known answers right", "标准题正确率";
    per_reviewer: "By reviewer", "按审核员";
    per_rule: "By rule and fact", "按规则与依据";
    per_decision: "By decision", "按处置";
    reviewer: "Reviewer", "审核员";
    median: "Median time", "用时中位数";
    late: "Late", "超时";
    rule: "Rule or fact", "规则或依据";
    confirmed_n: "Confirmed", "确认";
    rejected_n: "Rejected", "否定";
    precision: "Precision", "精确率";
    no_figures: "Nothing to show for this time.", "该时段无数据。";
    // Deliveries.
    deliveries: "Deliveries", "投递";
    deliveries_hint: "What webhooks were not told yet", "尚未送达 Webhook 的内容";
    no_deliveries: "Everything was delivered.", "已全部送达。";
    endpoints: "Endpoints", "端点";
    endpoint: "Endpoint", "端点";
    all_endpoints: "All endpoints", "全部端点";
    pending: "Pending", "待投递";
    given_up: "Given up", "已放弃";
    oldest_pending: "Oldest pending", "最早待投递";
    delivery: "Delivery", "投递";
    event_of: "Event", "事件消息";
    last_try: "Last changed", "最近变更";
    tries: "Attempts", "尝试次数";
    answer: "Answer", "应答";
    none_of_these: "There are none of these.", "没有此类投递。";
    bring_back: "Replay", "重新投递";
    bring_all_back: "Replay all", "全部重新投递";
    brought_back: "{n} delivery is tried again.|{n} deliveries are tried again.", "{n} 项将重新投递。";
    more: "More", "更多";
    from_the_first: "From the first", "回到开头";
    // The help sheet.
    help_title: "Keys", "快捷键";
    keys_everywhere: "Everywhere", "通用";
    keys_lists: "Lists", "列表";
    keys_incident: "An incident", "事件";
    keys_media: "Picture and clip", "画面与片段";
    key_help: "this sheet", "本页";
    key_search: "search", "搜索";
    key_leave: "leave a field, close, cover", "离开输入框、关闭、遮盖";
    key_move: "down and up", "下移、上移";
    key_open: "open", "打开";
    key_next: "review the next", "审核下一条";
    key_arrived: "show what is new", "显示新事件";
    key_older: "older ones", "更早";
    key_pages: "pages of the wall", "墙的前后页";
    key_cut: "cut a stream (asks)", "切断直播流（需确认）";
    key_allow: "allow a seller, the platform (shows the change)", "放行商家、平台（显示变更）";
    key_skip: "leave it, take the next", "跳过";
    key_back: "back", "返回";
    key_reveal: "hold to reveal the code", "按住查看码";
    key_marked: "clean or marked", "原图或标注";
    key_grey: "grey, blurred", "灰度、模糊";
    key_play: "play or pause", "播放或暂停";
    key_step: "one picture back or on", "后退、前进一帧";
    help_safety_title: "Your own phone", "您自己的手机";
    help_safety: "Codes are covered on the server, so that no camera near your screen can read one by accident. Hold the key or the button to see it; let go and it is covered again. Destinations are written so that nothing makes a link of them.", "码在服务器端已遮盖，屏幕旁的摄像头不会误扫。按住按键或按钮方可查看，松开即恢复遮盖。指向地址均以不可点击的形式书写。";
    help_decisions_title: "What the decisions mean", "各处置的含义";
    // Decisions.
    confirm: "Off platform: confirm", "确认站外导流";
    confirm_means: "It leads off the platform and may not.", "导向站外，违规。";
    allow_once: "Allow this once", "放行一次";
    allow_once_means: "It may stay this time.", "本次可保留。";
    misread: "Misread", "误读";
    misread_means: "It was read or judged wrongly.", "识读或判定有误。";
    allow_seller: "Allow for this seller", "对该商家放行";
    allow_seller_means: "The destination belongs to the seller of this stream. From the next look on it is on the platform there.", "该指向属于本直播流的商家，下次扫描起在该商家处视为站内。";
    allow_platform: "Allow for the platform", "对全平台放行";
    allow_platform_means: "The destination belongs to the platform. From the next look on it is on the platform in every stream.", "该指向属于平台，下次扫描起在所有直播流中视为站内。";
    escalate: "Escalate", "上报";
    escalate_means: "Somebody else is to decide.", "交由他人处置。";
    allow_do: "Allow and add to the registry", "放行并加入注册表";
    registry_platform: "registry of the platform", "平台注册表";
    registry_seller: "registry of the seller of {who}", "{who} 的商家注册表";
    // Reasons that are offered.
    reason_payment: "Takes payment off the platform", "站外收款";
    reason_contact: "Gets viewers to a private chat", "引导至私聊";
    reason_ours: "Belongs to us", "属于本平台";
    reason_goods: "Printed on goods or a parcel", "印在商品或包裹上";
    reason_unclear: "Not clear from the evidence", "证据不清";
    // What happened, in the history.
    was_opened: "Seen", "发现";
    was_updated: "Updated", "更新";
    was_reclassified: "Judged anew", "重新判定";
    was_ended: "Gone from view", "不再出现";
    was_proposed: "Confirmed by one of two", "两人之一已确认";
    was_decided: "Decided", "处置";
    was_undone: "Undone", "撤回";
    was_reversed: "Reversed", "推翻";
    was_escalated: "Escalated", "上报";
    was_seconded: "Reviewed a second time", "复核";
    was_noted: "Note", "备注";
    was_appealed: "Appealed", "申诉";
    was_settled: "Appeal settled", "申诉已结";
    was_acted: "Action", "动作";
    was_reverted: "Action taken back", "动作已撤回";
    // Time.
    just_now: "just now", "刚刚";
    ago_s: "{n} s ago", "{n} 秒前";
    ago_min: "{n} min ago", "{n} 分钟前";
    ago_h: "{n} h ago", "{n} 小时前";
    ago_d: "{n} day ago|{n} days ago", "{n} 天前";
    span_s: "{n} s", "{n} 秒";
    span_min: "{n} min", "{n} 分钟";
    span_h: "{n} h", "{n} 小时";
    span_d: "{n} d", "{n} 天";
    // What goes wrong.
    problem_wrong: "Something that was sent is wrong or missing.", "提交的内容有误或缺失。";
    problem_forbidden: "Your role may not do this, or the page is out of date: load it again.", "您的角色无权执行此操作，或页面已过期，请刷新后重试。";
    problem_missing: "It is not there, or not any more.", "内容不存在或已被移除。";
    problem_conflict: "It stands otherwise by now: somebody else may have been faster.", "状态已发生变化，可能他人已先行处理。";
    problem_large: "It is too large.", "内容过大。";
    problem_often: "It was tried too often, or too much is asked for just now: try again later.", "操作过于频繁或系统繁忙，请稍后再试。";
    problem_internal: "The service could not do it; its log says why.", "服务未能完成操作，原因见日志。";
    not_found: "There is nothing here", "这里什么都没有";
    went_wrong: "That did not work", "操作未成功";
    not_allowed: "You may not do this", "您无权执行此操作";
    not_allowed_hint: "Your role does not go so far, or the page was out of date. Nothing was changed.", "您的角色无此权限，或页面已过期。未作任何更改。";
}

impl Text {
    /// The language that a browser asks for (RFC 9110 section 12.5.4), or that a person chose.
    pub(in crate::web) fn of(chosen: Option<&str>, accepted: Option<&str>) -> &'static Self {
        match chosen {
            Some("zh") => return &CHINESE,
            Some("en") => return &ENGLISH,
            _ => {}
        }
        let mut best = (0.0, &ENGLISH);
        for range in accepted.unwrap_or_default().split(',').take(20) {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            let tag = tag.trim().to_ascii_lowercase();
            let text = match tag.split('-').next() {
                Some("zh") => &CHINESE,
                Some("en") => &ENGLISH,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, text);
            }
        }
        best.1
    }

    pub(in crate::web) fn is_english(&self) -> bool {
        self.lang == "en"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_places_to_fill() {
        for (name, english, chinese) in PAIRS {
            let places = |text: &str| {
                let form = text.rsplit('|').next().unwrap_or(text);
                let mut places: Vec<_> = form
                    .match_indices('{')
                    .map(|(at, _)| form[at..].split('}').next().unwrap_or_default().to_owned())
                    .collect();
                places.sort();
                places
            };
            assert_eq!(places(english), places(chinese), "{name}");
            assert!(!english.is_empty() && !chinese.is_empty(), "{name}");
            assert!(english.is_ascii() || english.contains('…'), "{name}");
            assert!(chinese.chars().any(|c| c >= '\u{2e80}'), "{name}");
        }
    }

    #[test]
    fn one_has_a_form_of_its_own() {
        assert_eq!(ENGLISH.arrived.text(1), "1 new incident");
        assert_eq!(ENGLISH.arrived.text(2), "2 new incidents");
        assert_eq!(ENGLISH.arrived.text(0), "0 new incidents");
        assert_eq!(CHINESE.arrived.text(1), "1 条新事件");
    }

    #[test]
    fn the_browser_is_asked_and_a_choice_comes_first() {
        for (chosen, accepted, lang) in [
            (None, None, "en"),
            (None, Some("zh-CN,zh;q=0.9,en;q=0.8"), "zh-Hans"),
            (None, Some("de,en-GB;q=0.7,zh;q=0.3"), "en"),
            (None, Some("de"), "en"),
            (None, Some("zh;q=0,en;q=0.1"), "en"),
            (None, Some(";;q=,,,zh;q=x"), "en"),
            (Some("en"), Some("zh"), "en"),
            (Some("zh"), Some("en"), "zh-Hans"),
            (Some("xx"), Some("zh"), "zh-Hans"),
        ] {
            assert_eq!(
                Text::of(chosen, accepted).lang,
                lang,
                "{chosen:?} {accepted:?}"
            );
        }
    }
}
