"""A generated shop: products and the keywords that buyers type, from word material written for copykit, by a seed.

    python -m bench.shop 5000 products.csv words.csv --seed 7

Weights fall off with rank as searches do, short keywords before long ones; some keywords are of no use to an honest
seller (other brands, promotion, past years, claims), and most are true of some products only.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from copykit.model import Product, ShopWord, Sku

BRANDS = ("禾木", "青野", "小满里", "山止")
FOREIGN = ("波司登", "优衣库", "戴森", "飞利浦", "无印良品", "李宁")
USELESS = ("清仓", "特价", "包邮", "2023新款", "国家级", "顶级", "爆款", "网红", "第一名")


@dataclass(frozen=True)
class Kind:
    """One kind of goods: what it is called, where it is sold, what its columns may say, what its sellers tell."""

    head: str
    also: tuple[str, ...]
    path: str
    columns: dict[str, tuple[str, ...]]
    soft: tuple[str, ...]
    points: tuple[str, ...]
    price: tuple[int, int]
    sizes: tuple[str, ...] = ()
    many: dict[str, tuple[str, ...]] = field(default_factory=dict)  # columns that hold several values


CLOTHES = ("显瘦", "百搭", "通勤", "休闲", "小个子", "学生", "日常", "韩版", "气质", "上班", "洋气", "复古")
HOME = ("家用", "宿舍", "客厅", "卧室", "简约", "北欧", "ins风", "办公室", "租房", "学生")
KINDS = (
    Kind(
        "羽绒服",
        ("外套", "冬装"),
        "女装/女士精品>>羽绒服",
        {
            "颜色": ("黑色", "米白色", "灰色", "粉色", "军绿色"),
            "材质": ("白鸭绒", "灰鸭绒", "白鹅绒"),
            "衣长": ("短款", "中长款", "长款"),
            "领型": ("连帽", "立领", "翻领"),
            "版型": ("宽松", "修身", "直筒"),
            "适用季节": ("冬季",),
            "厚薄": ("加厚", "轻薄", "常规"),
        },
        CLOTHES,
        (
            "帽子可拆，天暖了单穿也行",
            "袖口有螺纹，风不往里灌",
            "充绒量{n}克",
            "口袋里加了绒，手伸进去是暖的",
            "洗后平铺晾干，拍一拍就蓬",
        ),
        (199, 899),
        ("S", "M", "L", "XL"),
    ),
    Kind(
        "连衣裙",
        ("裙子", "长裙"),
        "女装/女士精品>>连衣裙",
        {
            "颜色": ("黑色", "杏色", "蓝色", "红色", "绿色"),
            "材质": ("雪纺", "纯棉", "亚麻", "针织"),
            "裙长": ("长款", "中长款", "短款"),
            "领型": ("圆领", "V领", "方领"),
            "腰型": ("高腰", "松紧腰"),
            "适用季节": ("夏季", "春夏", "春秋"),
            "图案": ("碎花", "纯色", "条纹", "波点"),
        },
        CLOTHES,
        ("裙摆到小腿肚，骑车不卷", "腰上是松紧，吃饱了也不勒", "里面有一层衬，不透", "裙子有口袋，放得下手机"),
        (69, 329),
        ("S", "M", "L"),
    ),
    Kind(
        "牛仔裤",
        ("裤子", "长裤"),
        "男装>>牛仔裤",
        {
            "颜色": ("深蓝色", "浅蓝色", "黑色", "灰色"),
            "版型": ("直筒", "宽松", "修身", "阔腿"),
            "腰型": ("高腰", "中腰"),
            "裤长": ("长款", "九分"),
            "适用季节": ("春秋", "四季", "冬季"),
            "厚薄": ("加厚", "常规", "薄款"),
            "里料": ("加绒", "单层"),
        },
        CLOTHES,
        ("裤脚收得住，雨天不拖地", "后腰加高，蹲下不露", "水洗过两遍，掉色少", "口袋深，手机不会滑出来"),
        (79, 269),
        ("29", "30", "31", "32"),
    ),
    Kind(
        "运动鞋",
        ("鞋子", "跑步鞋", "休闲鞋"),
        "运动鞋new>>跑步鞋",
        {
            "颜色": ("白色", "黑色", "灰色", "粉色"),
            "性别": ("女", "男", "男女"),
            "鞋底": ("软底", "厚底", "防滑底"),
            "鞋面材质": ("网面", "皮革", "飞织"),
            "适用季节": ("四季", "夏季", "冬季"),
            "闭合方式": ("系带", "一脚蹬", "魔术贴"),
        },
        CLOTHES,
        ("鞋底有纹路，地砖上不打滑", "鞋头宽，脚趾伸得开", "单只 {n} 克，拿着轻", "鞋垫能拿出来洗"),
        (89, 459),
        ("36", "38", "40", "42"),
        {"功能": ("防滑", "透气", "轻便", "减震", "耐磨")},
    ),
    Kind(
        "保温杯",
        ("水杯", "杯子"),
        "餐饮具>>水具水壶>>保温杯",
        {
            "颜色": ("白色", "黑色", "绿色", "粉色"),
            "材质": ("316不锈钢", "304不锈钢", "陶瓷内胆"),
            "容量": ("350ml", "500ml", "750ml", "1000ml"),
            "性别": ("女", "男", "男女"),
        },
        ("学生", "办公室", "出行", "上班", "可爱", "简约", "情侣"),
        ("倒过来晃也不漏", "早上装的水，晚上还烫嘴", "杯口圆，喝着不磕牙", "杯盖能拆开洗，没有死角"),
        (39, 169),
        (),
        {"功能": ("便携", "防漏", "大容量", "保温", "吸管")},
    ),
    Kind(
        "台灯",
        ("灯", "学习灯"),
        "家装灯饰光源>>台灯",
        {
            "颜色": ("白色", "黑色", "绿色", "木色"),
            "供电": ("充电式", "插电", "USB"),
            "风格": ("简约", "北欧", "中古风"),
        },
        ("学习", "宿舍", "卧室", "床头", "办公", "书房", "学生", "阅读"),
        (
            "灯臂能弯，光能打到书页中间",
            "亮度分 {s} 档，记得住上次的亮度",
            "底座沉，碰一下不倒",
            "充一次电够用 {s} 个晚上",
        ),
        (49, 299),
        (),
        {"功能": ("护眼", "调光", "充电", "触控", "无线", "折叠")},
    ),
    Kind(
        "四件套",
        ("床上用品", "被套"),
        "床上用品>>床品套件",
        {
            "颜色": ("灰色", "粉色", "蓝色", "米色"),
            "材质": ("纯棉", "亚麻", "磨毛", "天丝", "法兰绒"),
            "图案": ("纯色", "格子", "碎花", "条纹"),
            "适用季节": ("四季", "冬季", "夏季"),
            "厚薄": ("加厚", "常规", "薄款"),
        },
        ("家用", "宿舍", "简约", "ins风", "北欧", "学生"),
        ("洗过十次，手感更软", "被套四角有绑带，被子不跑", "枕套是信封口，没有拉链硌脸"),
        (99, 499),
        ("1.5米床", "1.8米床"),
        {"功能": ("可机洗", "不起球", "透气")},
    ),
    Kind(
        "双肩包",
        ("背包", "书包", "包包"),
        "箱包皮具>>双肩背包",
        {
            "颜色": ("黑色", "灰色", "蓝色", "粉色"),
            "材质": ("尼龙", "帆布", "牛皮"),
            "性别": ("女", "男", "男女"),
            "容量": ("20升", "25升", "35升"),
        },
        ("通勤", "学生", "旅行", "上班", "百搭", "户外", "出差", "简约", "复古"),
        ("有电脑隔层，15.6寸放得下", "肩带里是海绵，背满了也不勒", "侧袋放得下一升的水壶", "能套在拉杆箱上"),
        (79, 399),
        (),
        {"功能": ("防泼水", "大容量", "轻便", "减震", "反光")},
    ),
    Kind(
        "狗窝",
        ("宠物窝", "狗床"),
        "宠物/宠物食品及用品>>狗窝",
        {
            "颜色": ("灰色", "棕色", "粉色"),
            "材质": ("珊瑚绒", "灯芯绒", "帆布"),
            "适用季节": ("四季", "冬季", "夏季"),
            "大小": ("小号", "中号", "大号"),
        },
        ("家用", "客厅", "简约", "可爱", "ins风"),
        ("四面都能拆，整个丢进洗衣机", "底下有防滑颗粒，跳上去不跑", "围边厚，头能枕着"),
        (39, 199),
        (),
        {"功能": ("可拆洗", "防滑", "保暖", "透气", "耐磨")},
    ),
    Kind(
        "炒锅",
        ("锅", "不粘锅"),
        "厨房/烹饪用具>>炒锅",
        {
            "颜色": ("黑色", "白色", "绿色"),
            "材质": ("铸铁", "碳钢", "304不锈钢", "铝合金"),
            "尺寸": ("28cm", "30cm", "32cm", "34cm"),
        },
        ("家用", "厨房", "宿舍", "租房", "简约"),
        ("锅身 {s} 毫米厚，放着不转", "煎蛋不用等油热", "手柄离火远，不烫手", "电磁炉和明火都能用"),
        (69, 399),
        (),
        {"功能": ("不粘", "轻便", "少油烟", "可立盖")},
    ),
    Kind(
        "充电宝",
        ("移动电源",),
        "3C数码配件>>移动电源",
        {
            "颜色": ("白色", "黑色", "蓝色", "粉色"),
            "容量": ("5000mAh", "10000mAh", "20000mAh"),
            "接口": ("Type-C", "USB"),
        },
        ("学生", "出行", "旅行", "出差", "可爱", "简约"),
        ("能带上飞机，额定能量印在机身上", "自带两根线，出门少带一样", "屏上看得见还剩百分之几"),
        (49, 219),
        (),
        {"功能": ("快充", "便携", "大容量", "轻薄", "磁吸", "无线")},
    ),
    Kind(
        "挂耳咖啡",
        ("咖啡", "黑咖啡"),
        "咖啡/麦片/冲饮>>挂耳咖啡",
        {
            "口味": ("中度烘焙", "深度烘焙", "浅度烘焙"),
            "产地": ("云南", "哥伦比亚", "埃塞俄比亚"),
            "包装": ("10包", "20包", "40包"),
            "糖": ("无糖",),
        },
        ("办公室", "上班", "学生", "出差", "送礼"),
        ("研磨后两天内装袋", "滤袋挂得稳，宽口杯也能用", "一包 {s} 克，浓一点就少放水"),
        (29, 159),
    ),
)


def keywords(seed: int = 7, each: int = 140) -> list[ShopWord]:
    """Return what buyers type for all kinds, heaviest first."""
    rng = random.Random(seed)
    words: dict[str, float] = {}
    for kind in KINDS:
        found: dict[str, float] = {}
        telling = [value for values in (*kind.columns.values(), *kind.many.values()) for value in values]
        telling = [value for value in telling if value not in ("常规", "单层")]
        gender = (
            ["女", "男"]
            if "性别" in kind.columns
            else ["女"]
            if kind.path.startswith("女")
            else ["男"]
            if kind.path.startswith("男")
            else []
        )
        while len(found) < each:
            size = rng.choices((0, 1, 2, 3), (4, 48, 34, 14))[0]
            chosen = rng.sample([*telling, *telling, *kind.soft], min(size, 6))
            name = kind.head if rng.random() < 0.7 else rng.choice(kind.also)
            tail = rng.choice(gender) if gender and rng.random() < 0.3 else ""
            before = rng.random() < 0.75
            text = "".join([*chosen, name, tail] if before else [name, tail, *chosen])
            if len(set(chosen)) == len(chosen):
                found.setdefault(text, rng.random() * (1 + size))
        for text in (f"{rng.choice(FOREIGN)}{kind.head}", *(f"{rng.choice(USELESS)}{kind.head}" for _ in range(4))):
            found.setdefault(text, rng.random() * 2)
        level = rng.uniform(0.4, 1.6)
        for rank, text in enumerate(sorted(found, key=found.__getitem__), 1):
            words[text] = max(words.get(text, 0), round(2000 * level / rank**0.85 * rng.lognormvariate(0, 0.25), 1))
    return sorted(
        (ShopWord(text, weight) for text, weight in words.items()), key=lambda word: (-word.weight, word.text)
    )


def products(count: int, seed: int = 7) -> Iterator[Product]:
    """Yield products; a third of them have a title in use, half of those have been found by search."""
    rng = random.Random(seed)
    for number in range(count):
        kind = rng.choice(KINDS)
        attributes = {name: rng.choice(values) for name, values in kind.columns.items() if rng.random() < 0.9}
        for name, values in kind.many.items():
            attributes[name] = "、".join(rng.sample(values, rng.randint(1, min(3, len(values)))))
        telling = [value for value in attributes.values() if "、" not in value and value not in ("常规", "单层")]
        named = rng.sample(telling, min(len(telling), rng.randint(1, 2)))
        points = [
            point.format(n=rng.randrange(120, 400, 10), s=rng.randint(3, 9))
            for point in rng.sample(kind.points, min(3, len(kind.points)))
        ]
        brand = rng.choice(BRANDS[:1]) if rng.random() < 0.8 else ""
        price = float(rng.randrange(*kind.price))
        name = "".join([*named, kind.head])
        title, searched = "", None
        if rng.random() < 0.33:
            words = [*named, kind.head, *rng.sample(kind.soft, 2), *rng.sample(telling, min(2, len(telling)))]
            title = "".join(dict.fromkeys(words))
            searched = float(rng.choice((0, rng.randrange(10, 900))))
        identifier = f"{6_800_000_000_000 + number * 37}"
        skus = (
            tuple(
                Sku(f"{identifier}-{place}", {"尺码": size}, price, float(rng.randrange(0, 200)))
                for place, size in enumerate(kind.sizes, 1)
            )
            if rng.random() < 0.5
            else ()
        )
        yield Product(
            identifier,
            name,
            row=number + 2,
            category=kind.path,
            brand=brand,
            attributes=attributes,
            selling_points=tuple(points),
            current_title=title,
            searched=searched,
            price=price,
            skus=skus,
        )


COLUMNS = (
    "颜色",
    "材质",
    "衣长",
    "裙长",
    "裤长",
    "领型",
    "版型",
    "腰型",
    "适用季节",
    "厚薄",
    "里料",
    "图案",
    "性别",
    "鞋底",
    "鞋面材质",
    "闭合方式",
    "容量",
    "供电",
    "风格",
    "大小",
    "尺寸",
    "接口",
    "口味",
    "产地",
    "包装",
    "糖",
    "功能",
)
HEADER = ("货号", "品名", "牌子", "类目", "现标题", "搜索访客", "卖点", *COLUMNS, "价格", "规格编码", "尺码", "库存")


def rows(found: Iterator[Product]) -> Iterator[Sequence[str]]:
    """Yield the lines of a table, a line a version, as an operator keeps them."""
    for product in found:
        lead = [
            product.id,
            product.name,
            product.brand,
            product.category,
            product.current_title,
            "" if product.searched is None else f"{product.searched:g}",
            "；".join(product.selling_points),
            *(product.attributes.get(name, "") for name in COLUMNS),
        ]
        for sku in product.skus or (Sku("", {}, product.price),):
            stock = "" if sku.stock is None else f"{sku.stock:g}"
            yield [*lead, f"¥{product.price:g}", sku.id, sku.options.get("尺码", ""), stock]


def write(count: int, table: Path, words: Path, seed: int = 7) -> None:
    """Write a shop's table of products and its table of keywords."""
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(products(count, seed)))
    with words.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("关键词", "搜索价值"))
        writer.writerows((word.text, f"{word.weight:g}") for word in keywords(seed))


def main() -> None:
    """Write the two tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("products", type=Path)
    parser.add_argument("words", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    write(given.count, given.products, given.words, given.seed)


if __name__ == "__main__":
    main()
