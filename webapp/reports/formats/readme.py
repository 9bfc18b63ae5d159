"""README.txt of an archive, in both languages."""

from collections.abc import Mapping

_ZH = """{title_zh}
赛项归档文件

这是本赛项在归档时的全部记录。每个文件的 SHA-256 和字节数列在 MANIFEST.json 中；MANIFEST.json 自身的 SHA-256
显示在归档页面并记入审计。

怎样核对
  安装本系统后：jiangsai archive verify 文件.zip --digest 页面上的摘要值
  不安装也可以：解压后逐个运行 sha256sum，与 MANIFEST.json 比较，再对 MANIFEST.json 运行 sha256sum。
  状态不变时，再次归档除制作时间外逐字节相同；content_sha256 不含制作时间，可直接比较。

里面有什么
  contest/       竞赛规则的每个版本（TOML）及其公布的摘要值
  event/         赛项、阶段、公示、异议、通报的记录和摘要值
  boards/        每一份冻结、公示和最终名单
  exams/         每场考试：组卷方案、抽题密钥的摘要值（公开后含密钥）、每份试卷和收据；考试结束后含试题
  practical/     实操：盲号抽取、评分表、裁判长签字的摘要值
  results/       成绩文件，可用 scripts/recompute.py 独立重算
  awards/        奖项名单和每一行的理由
  certificates/  证书编号和摘要值
  participants/  选手（以加盐的代号表示，不含姓名）
  audit/         与本赛项有关的审计记录摘录和封存链
  names/         仅在“含姓名”的归档中：姓名、公示和通报原文、异议和理由原文、完整审计记录

每行一个 JSON 对象的文件以 .jsonl 结尾。person、by 是加盐的代号：同一人在本归档内相同，在别处没有意义。
时间均为 UTC。请至少保存一年。
"""
_EN = """{title_en}
Archive of an event

This is the whole record of the event as it stood when the archive was made. MANIFEST.json lists the SHA-256 and the
size of every file; the SHA-256 of MANIFEST.json itself stands on the page of the archive and in the audit trail.

How to check it
  With this system installed:  jiangsai archive verify FILE.zip --digest DIGEST-OF-THE-PAGE
  Without it: unpack, run sha256sum on each file, compare with MANIFEST.json, then run sha256sum on MANIFEST.json.
  While nothing changes, another archive has the same bytes apart from the time of making; content_sha256 leaves
  that time out and can be compared directly.

What is in it
  contest/       every version of the contest's rules (TOML) with its published digest
  event/         records and digests of the event, its stages, notices, objections, circulars
  boards/        every frozen, posted and final list
  exams/         each exam: blueprint, digest of the draw secret (the secret once it is public), every paper and
                 receipt; the questions once the exam is over
  practical/     practical tests: blind numbers, sheets, digests of the chief judges' signatures
  results/       the results; scripts/recompute.py works them out anew on its own
  awards/        award lists and the reason of every line
  certificates/  serial numbers and digests
  participants/  contestants by salted codes, without names
  audit/         what the audit trail says of this event, and the chain it is sealed in
  names/         only in an archive "with names": names, notices and circulars in full, objections and reasons in
                 full, whole rows of the audit trail

Files ending in .jsonl hold one JSON object a line. person and by are salted codes: equal for one person within this
archive, without meaning elsewhere. Times are UTC. Keep it for at least one year.
"""


def readme(title: Mapping[str, str], contest: Mapping[str, str]) -> str:
    """The text for an event of a contest; the same for the same event."""
    said = {
        "title_zh": f"{contest['zh']} · {title['zh']}",
        "title_en": f"{contest.get('en') or contest['zh']} · {title.get('en') or title['zh']}",
    }
    return _ZH.format(**said) + "\n" + "-" * 72 + "\n\n" + _EN.format(**said)
