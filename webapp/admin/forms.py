"""The form of the style guide: one field of every kind."""

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.core.forms import BaseForm


class SampleForm(BaseForm):
    """Sample words are Chinese, as on the rest of the style guide."""

    name = StringField("姓名", [InputRequired("请填写姓名。")], description="与证件一致，生僻字也可以填写。")
    event = SelectField(
        "赛项", choices=[SelectChoice("welding", "焊工"), SelectChoice("electrician", "电工")]
    )
    kind = RadioField(
        "类别",
        choices=[SelectChoice("worker", "在职职工"), SelectChoice("student", "学生")],
        default="worker",
    )
    born_on = DateField("出生日期", [Optional()])
    years = IntegerField("工龄", [Optional(), NumberRange(0, 60)], description="整年数。")
    password = PasswordField("密码", [Optional()])
    note = TextAreaField("备注", [Optional()])
    agree = BooleanField("我已阅读并同意竞赛规则")
