//! Hosts whose links are short for another, which only asking them tells. Hosts that have a scheme of
//! their own stand in the tables before this one.
//!
//! From the warning list of URL shorteners of MISP (CC0) and other lists under permissive terms, with
//! additions of our own; sorted.

use super::{Link, link};

pub(super) const LINKS: &[Link] = &[link(
    "shortener",
    &[
        "0rz.tw|1drv.ms|1url.com|2h.ae|2ly.link|2no.co|2u.lc|2uuu.me|3.cn|3c5.com|4.ly",
        "42url.com|4x.si|6.ly|6du.in|7x.qa|980.so|985.so|9lick.me|a.co|abre.ai|abre.bio",
        "abrv.in|acesse.dev|acesse.one|adcraft.co|adcrun.ch|adf.ly|adflav.com|adfoc.us|adj.st",
        "aiy.ooo|aka.gr|aka.ms|alturl.com|amzn.asia|amzn.eu|amzn.id|amzn.to|app.link",
        "artist.link|atomicurl.com|b.link|b23.tv|b2n.ir|bbc.in|bc.vc|bcl.ink|bee4.biz",
        "belea.link|bfy.tw|binged.it|bit.do|bit.ly|bit.ly.kr|bitly.com|bitly.com.vn|bitly.lc",
        "bitly.ws|bl.ink|bom.so|bom.to|budurl.com|buff.ly|buzurl.com|bx.ms|c.cli.im|c.tb.cn",
        "c1n.cn|cal.link|cektkp.com|chatg.pt|chilp.it|ci.ci|clc.li|clck.ru|clewm.net|cli.co",
        "cli.re|clik.is|clik.now|clk.sh|cml.lol|coki.me|conta.cc|cort.as|cszone.hu|cur.lv",
        "cut.by|cutt.eu|cutt.ly|cutt.us|cuty.io|d.to|db.tt|deb.li|delivr.com|dft.ba|did.li",
        "dik.si|dlvr.it|dpurl.cn|dub.co|dub.link|dub.sh|dwz.cn|dwz.date|dwz.mk|dwz.win",
        "dwz1.cc|dyo.gs|e.tb.cn|e.vg|encr.pw|encurtador.com.br|encurtador.dev|etd.bz|ez.gl",
        "fig.page|filoops.info|flip.it|flow.page|flowcode.com|flowto.it|fon.gs|for.edu.sg",
        "for.sg|forms.gle|ft12.com|fun.ly|fzy.co|g.shrinkrl.com|gg-l.xyz|gg.gg|ggl.link",
        "git.new|go.gov.sg|go.ly|gog.li|golinks.co|goo-gl.me|goo.by|goo.gd|goo.gl|goo.su",
        "gplinks.co|h5.clewm.net|han.gl|hit.my|hov.to|hubs.la|hubs.ly|hyp.ae|hyperurl.co",
        "i3l.ir|ic9.in|id.tl|idm.in|ift.tt|iii.im|iiil.io|ilang.in|inlnk.co|ino.to|insprl.com",
        "iplogger.com|iplogger.org|is.gd|ito.mx|ity.im|iurl.vip|j.gs|j.mp|jii.li|kaywa.me",
        "kl.am|komin.fo|kortlink.dk|kurl.jd.com|kurzelinks.de|kutt.it|kutt.to|kutti.co",
        "l.ead.me|l1nk.co|l1nk.dev|l1nq.com|lc.cx|lihi.cc|lihi.io|lihi.vip|lihi1.cc|lihi2.cc",
        "lihi3.cc|lin.ee|link.zip.net|link1s.com|linkd.in|linksshortcut.com|linkto.im",
        "linktr.ee|linkvertise.com|litby.us|lkme.cc|lm.do|ln.is|ln.run|lnk.co|lnk.direct",
        "lnk.ink|lnk.pw|lnk.to|lnk.ua|lnkd.in|lnkfi.re|long.af|longurl.in|lstu.fr|ltl.cx",
        "m.tb.cn|maps.app.goo.gl|maxiurl.com|mcaf.ee|me-qr.com|me2.do|merky.de|metamark.net",
        "migre.me|minlink.com.br|mjt.lu|moourl.com|mrw.so|msi.gm|mt.cn|mtr.bio|mub.me|mv3.cn",
        "my-qr.com|my5353.com|mylinks.ai|myqrcode.mobi|n.pr|n9.cl|nanourly.in|naver.me",
        "neya.io|nov.io|nyti.ms|o2o.to|odesli.co|on.soundcloud.com|onelink.me|onelink.to",
        "onx.la|ouo.io|ouo.press|ouvaton.link|ow.ly|p6l.org|page.link|pic.gd|picsee.io",
        "picz.us|po.st|postly.link|ppt.cc|ppurl.com|prettylinkpro.com|pros.is|ps.tc|psce.pw",
        "pse.is|psee.io|q-r.to|q.gs|qps.ru|qr-codes.io|qr.ae|qr.io|qr.net|qr1.be|qr61.cn",
        "qr71.cn|qrco.de|qrcodedynamic.com|qrcodes.pro|qrd.by|qrfy.com|qrfy.io|qrkit.co|rb.gy",
        "rebrand.ly|rebrandly.com|rebrandly.info|relink.is|reurl.cc|ricardo.news|rlu.ru",
        "rotf.lol|rrd.me|rrx.cn|rutgon.me|s.devh.in|s.ee|s.gy|s.id|s.pro.vn|s.rlp.de|s.tb.cn",
        "s.yam.com|s2r.co|s3r.io|s59.site|scan.page|scanned.page|scrnch.me|sh.st|shly.link",
        "shope.ee|short.cm|short.gy|short.io|shorte.st|shorten.asia|shorten.ee|shorten.is",
        "shorten.tv|shorter.me|shortlink.de|shortquik.com|shorturl.ae|shorturl.asia",
        "shorturl.at|shorturl.com|shorturl.gg|shorturl.vn|shre.ink|shrinkrl.com",
        "shrt.bonosmles.ec|shrtcnl.com|shrtco.de|sht.ac|sina.lt|sk.gy|sl8.in|smarturl.eu",
        "smarturl.it|smurl.fr|sn.rs|sng.link|snip.ly|snipr.com|snurl.com|song.link|soo.gd",
        "sourl.cn|spoo.me|spr.ly|sprl.in|sptfy.com|spti.fi|srink.co|su.pr|suo.im|suo.nz",
        "suo.yt|suowo.cn|surl.li|surl.org.cn|sut.cx|t.cn|t.co|t.hk.uy|t.ly|t1p.de|t2m.io",
        "t9y.me|tb.cn|tcrn.ch|temporary-url.com|tg.pe|tinu.be|tiny.cc|tiny.one|tiny.pl",
        "tinyarrows.com|tinylink.in|tinyurl.com|tinyurl.is|tinyurl.mobi|tny.im|tota2.com",
        "tr.ee|tr.im|trib.al|trimz.me|tt.vg|tw.gs|tweetl.com|tweez.me|twitthis.com|twixar.com",
        "twixar.me|twurl.nl|tyny.to|u.bb|u.jd.com|u.pw|u.to|u6.gg|u7.gg|uqr.to|url.cn|url.ie",
        "url.kr|url.sg|urlbae.com|urlbit.us|urlc.cn|urlcut.com|urldn.com|urled.cc|urled.pro",
        "urless.com|urlr.me|urlshort.dev|urlshortx.com|urltin.com|urluck.com|urlz.fr",
        "urlzs.com|urz.dk|utm.io|ux9.de|v.douyin.com|v.gd|v.ht|v.kuaishou.com|viid.me|vk.cc",
        "vm.tiktok.com|vo.la|vt.tiktok.com|vtaurl.com|vurl.com|vzturl.com|w.url.cn|waa.ai",
        "webz.cc|wp.me|x.co|x.gd|xhslink.com|xlinkz.info|xshort.co|xso.to|xtu.me|xurl.es",
        "xy2.eu|y2u.be|yep.it|yeumoney.com|yirra.net|ykm.de|yourl.cc|yourls.org|youtu.be",
        "yu2.it|yu3.io|z.douyin.com|zip.net|zipansion.com|zpag.es|zpr.io|zurl.to|zws.im",
        "zzb.bz",
    ],
)
.flags(&["needs-resolve"])];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_sorted() {
        let hosts: Vec<&str> = LINKS
            .iter()
            .flat_map(|link| link.at)
            .flat_map(|place| place.split('|'))
            .collect();
        assert!(hosts.len() > 300);
        assert!(hosts.windows(2).all(|pair| pair[0] < pair[1]), "{hosts:?}");
    }
}
