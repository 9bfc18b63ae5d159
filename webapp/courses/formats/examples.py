"""A small drill of each kind to begin from. They are right as they stand (a test reads them)."""

ORDER = """kind = "order"
title = {zh = "停机检修", en = "Stop and mend"}
situation = {zh = "传送带卡住了，要打开护罩检修。", en = "A conveyor is stuck and its guard must be opened."}
debrief = {zh = "先断能量，再动手。", en = "Cut the energy first, then reach in."}
sources = ["GB/T 33579"]

# In the right order; shown shuffled / 按正确顺序写，显示时会打乱
[[steps]]
key = "stop"
text = {zh = "按停止按钮停机", en = "Stop the machine"}
reason = {zh = "运转中不得检修。", en = "Nothing is mended while it runs."}

[[steps]]
key = "lock"
text = {zh = "切断电源并上锁挂牌", en = "Cut the power, lock and tag it"}
reason = {zh = "防止别人误送电。", en = "Nobody can switch it on by mistake."}

# Looks like a step but must not be done / 看似步骤，其实不该做
[[extras]]
key = "wave"
text = {zh = "请同事看住开关", en = "Ask a colleague to watch the switch"}
reason = {zh = "人看不能代替上锁。", en = "A watcher is no lock."}
"""

HAZARDS = """kind = "hazards"
title = {zh = "车间找隐患", en = "Find the hazards"}
situation = {zh = "这是下班前的车间，哪些地方有隐患？", en = "The workshop before closing: what is dangerous?"}
debrief = {zh = "通道畅通，地面干净。", en = "Ways stay free, floors stay dry."}
sources = ["GB 15630"]
picture = "media/workshop.png"
picture_text = {zh = "一间车间，右侧有门，地面有水", en = "A workshop with a door on the right and a wet floor"}

# Rectangles in percent: left, top, width, height / 方框按百分比：左、上、宽、高
[[areas]]
key = "exit"
box = [62, 20, 14, 40]
label = {zh = "安全出口", en = "Emergency exit"}
is_hazard = true
reason = {zh = "出口被货物堵住。", en = "Goods block the exit."}

[[areas]]
key = "floor"
box = [10, 70, 30, 20]
label = {zh = "地面", en = "Floor"}
is_hazard = true
reason = {zh = "积水未清理。", en = "Water was left standing."}

[[areas]]
key = "lamp"
box = [40, 2, 12, 8]
label = {zh = "照明灯", en = "Lamp"}
is_hazard = false
reason = {zh = "灯具完好。", en = "The lamp is sound."}
"""

SETTINGS = """kind = "settings"
title = {zh = "胸外按压", en = "Chest compressions"}
situation = {zh = "成人心搏骤停，设定按压数值。", en = "An adult's heart has stopped: set the values."}
debrief = {zh = "快而有力，充分回弹。", en = "Fast and hard, with full recoil."}
sources = ["在这里写教材或标准 / name your textbook or standard"]

# Right is target ± tolerance / 目标值加减允差都算对
[[settings]]
key = "rate"
label = {zh = "按压频率", en = "Rate"}
unit = {zh = "次/分", en = "per minute"}
min = 60
max = 160
step = 5
start = 80
target = 110
tolerance = 10
reason = {zh = "每分钟 100～120 次。", en = "100 to 120 a minute."}

[[settings]]
key = "depth"
label = {zh = "按压深度", en = "Depth"}
unit = {zh = "厘米", en = "cm"}
min = 2
max = 8
step = 0.5
start = 3
target = 5.5
tolerance = 0.5
reason = {zh = "5～6 厘米。", en = "5 to 6 cm."}
"""

EXAMPLES = {"order": ORDER, "hazards": HAZARDS, "settings": SETTINGS}
