"""How people are shown to those who need not know everything.

Document numbers: `documents.mask`. Phones: `phones.mask`. The public board has its own rule for
names, because it must tell people of one name apart."""

_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛
尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容
仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 呼延 百里 东郭 西门
轩辕 纳兰 第五 左丘 梁丘 南门 拓跋
"""
COMPOUND = frozenset(_COMPOUND.split())


def masked_name(name: str) -> str:
    """A name with the family name left: '王*', '欧阳**', 'A***'. Each other character becomes a star,
    at most three, so that the length of long names stays hidden; the dot · ends the part that is shown."""
    if "·" in name:
        return name.split("·", 1)[0][:1] + "***"
    if name[:1].isascii():
        return name[:1] + "***"
    family = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return name[:family] + "*" * min(len(name) - family, 3)
