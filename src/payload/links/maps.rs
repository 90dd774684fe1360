//! Places on the map services. They lead to a place and to nobody.

use super::{Link, link};

pub(super) const LINKS: &[Link] = &[link(
    "geo",
    &[
        "maps.app.goo.gl|*.g.page",
        "goo.gl/maps",
        "maps.google.com",
        "www.google.com/maps",
        "maps.apple.com|maps.apple",
        "*.amap.com",
        "map.baidu.com|j.map.baidu.com|api.map.baidu.com|maps.baidu.com",
        "map.qq.com|apis.map.qq.com",
        "waze.com|www.waze.com|ul.waze.com",
        "yandex.ru|yandex.com|yandex.com.tr|yandex.kz/maps",
        "2gis.ru|2gis.com|go.2gis.com|2gis.kz",
        "map.naver.com|map.kakao.com|place.map.kakao.com",
        "www.openstreetmap.org|osm.org",
        "www.bing.com|bing.com/maps",
        "w3w.co|what3words.com|wego.here.com|share.here.com",
        "iosamap|androidamap|amapuri|baidumap|bdapp|qqmap|comgooglemaps|maps|waze|nmap|kakaomap://*",
        "yandexmaps|yandexnavi|dgis://*",
    ],
)];
