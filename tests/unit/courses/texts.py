"""Small course files for tests."""

COURSE = """
schema = 1
code = "sample-course"
title = {zh = "样例课程", en = "Sample course"}
summary = {zh = "用于测试", en = "For tests"}
licence = "Apache-2.0"

[[for]]
contest = "jilin-5"
events = ["welding"]

[[lessons]]
key = "see"
kind = "video"
title = {zh = "看", en = "See"}
video = "media/see.mp4"
captions = {zh = "media/see.zh.vtt"}
text = "texts/see.md"

[[lessons]]
key = "read"
kind = "text"
title = {zh = "读", en = "Read"}
text = "texts/read.md"

[[lessons]]
key = "ask"
kind = "quiz"
title = {zh = "测", en = "Ask"}
bank = "work-safety"
topics = ["law"]
count = 3

[[lessons]]
key = "do"
kind = "drill"
title = {zh = "练", en = "Do"}
drill = "drills/do.toml"
"""

ORDER = """
kind = "order"
title = {zh = "停机检修", en = "Stop and mend"}
situation = {zh = "机器要检修。", en = "A machine needs mending."}
sources = ["GB/T 33579"]

[[steps]]
key = "stop"
text = {zh = "停机", en = "Stop it"}
reason = {zh = "先停机。", en = "First of all."}

[[steps]]
key = "lock"
text = {zh = "上锁", en = "Lock it"}
reason = {zh = "CANARY-REASON", en = "Nobody can start it."}

[[extras]]
key = "wave"
text = {zh = "挥手示意", en = "Wave"}
reason = {zh = "示意不能代替上锁。", en = "A wave locks nothing."}
"""

HAZARDS = """
kind = "hazards"
title = {zh = "找隐患", en = "Find hazards"}
situation = {zh = "看图。", en = "Look."}
sources = ["GB 15630"]
picture = "media/shop.png"
picture_text = {zh = "一间车间", en = "A workshop"}

[[areas]]
key = "exit"
box = [60, 20, 15.5, 40]
label = {zh = "安全出口", en = "Exit"}
is_hazard = true
reason = {zh = "被堵", en = "Blocked"}

[[areas]]
key = "floor"
box = [10, 70, 20, 20]
label = {zh = "地面", en = "Floor"}
is_hazard = true
reason = {zh = "有油", en = "Oil"}

[[areas]]
key = "lamp"
box = [40, 0, 10, 10]
label = {zh = "灯", en = "Lamp"}
is_hazard = false
reason = {zh = "完好", en = "Fine"}
"""

SETTINGS = """
kind = "settings"
title = {zh = "按压", en = "Press"}
situation = {zh = "设定数值。", en = "Set the values."}
sources = ["textbook"]

[[settings]]
key = "rate"
label = {zh = "频率", en = "Rate"}
unit = {zh = "次/分", en = "per minute"}
min = 60
max = 160
step = 5
start = 80
target = 110
tolerance = 10
reason = {zh = "100～120", en = "100-120"}

[[settings]]
key = "depth"
label = {zh = "深度", en = "Depth"}
unit = {zh = "厘米", en = "cm"}
min = 2
max = 8
step = 0.5
start = 3
target = 5.5
tolerance = 0.5
reason = {zh = "5～6", en = "5-6"}
"""
