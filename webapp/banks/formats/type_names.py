"""The names of question types that people and programs use."""

from webapp.banks.rules.schema import QuestionType

TYPE_NAMES = {
    QuestionType.SINGLE: ("单选题", "单项选择题", "单选", "选择题", "single", "single choice",
        "single select", "radio", "单项选择", "单项", "最佳选择题", "A型题", "A1型题", "A2型题",

    ),
    QuestionType.MULTIPLE: ("多选题", "多项选择题", "多选", "不定项选择题", "不定项", "多选项题",
        "checkbox", "multi choice", "multi select", "multiple select", "multiple response",
        "multiple", "multiple choice", "多项选择", "多项", "X型题", "multi", "multi single",
    ),
    QuestionType.TRUE_FALSE: ("判断题", "判断", "是非题", "对错题", "判断对错", "判断正误",
        "判断正误题", "正误判断题", "正误题", "是非", "tf", "true_false", "true/false", "judge",
        "judgment", "judgement", "boolean",
    ),
    QuestionType.FILL: ("填空题", "填空", "完形填空", "完型填空", "选词填空", "fill", "fill-in",
        "fill in the blank", "fill in blank", "fill blank", "fill blanks", "completion", "blank",
        "cloze",
    ),
    QuestionType.MATCHING: ("匹配题", "连线题", "配对题", "匹配", "连线", "配对", "matching",
        "match",
    ),
    QuestionType.ORDERING: ("排序题", "排列题", "排序", "ordering", "order", "sorting"),
    QuestionType.NUMERIC: ("数值题", "数值", "数字题", "数字填空题", "numeric", "numerical",
        "number",
    ),
    QuestionType.PASSAGE: ("材料题", "材料", "材料分析题", "综合题", "组合题", "阅读理解",
        "阅读理解题", "passage",
    ),
    QuestionType.ESSAY: ("简答题", "简答", "问答题", "问答", "论述题", "论述", "案例题",
        "案例分析题", "案例分析", "名词解释", "名词解释题", "主观题", "简述题", "解答题", "分析题",
        "辨析题", "改错题", "情景题", "情景分析题", "应用题", "开放题", "操作题", "实操题",
        "作文题", "essay", "open ended", "short answer",
    ),
}  # fmt: skip
