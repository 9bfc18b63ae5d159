"""Bank files for the tests of this folder."""

import csv
import io

from webapp.banks.formats.template import headings

HEADINGS = headings(4)
GOOD = (
    {"题型": "单选题", "题干": "灭火器应当多久检查一次？", "选项A": "每月", "选项B": "每年", "正确答案": "A",
     "知识点": "消防安全", "难度": "易", "外部编号": "fire-1"},
    {"题型": "多选题", "题干": "哪些属于劳动防护用品？", "选项A": "安全帽", "选项B": "手套", "选项C": "西装",
     "正确答案": "AB", "知识点": "防护用品", "外部编号": "ppe-1"},
    {"题型": "判断题", "题干": "电气设备着火可以用水扑救。", "正确答案": "错误", "知识点": "消防安全",
     "外部编号": "fire-2"},
    {"题型": "填空题", "题干": "安全生产方针是____第一、____为主、综合治理。", "正确答案": "安全|预防",
     "知识点": "法律法规", "外部编号": "law-1", "解析": "见安全生产法第三条。"},
)  # fmt: skip


def table(*rows: dict[str, str]) -> bytes:
    """Rows of our template as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
