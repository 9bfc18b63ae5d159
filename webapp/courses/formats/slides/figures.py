"""The drawings slides may name, each with the words that stand for it when it is not seen.

They are drawn in `typst/figures/`; a name here without a drawing there fails the tests."""

FIGURES = {
    # safety at work
    "hierarchy-of-controls": "倒金字塔：从上到下依次是消除、替代、工程控制、管理控制、个体防护，越往上越可靠",
    "four-sources": "事故的四方面原因：人的不安全行为、物的不安全状态、环境的不良因素、管理的缺陷",
    "ppe-person": "一名工人穿戴防护用品：安全帽、防护眼镜、耳塞、防护手套、防护服、安全鞋",
    "helmet-parts": "安全帽的剖面：帽壳、帽衬、缓冲空间、下颏带",
    "report-chain": "事故报告：现场人员立即报告本单位负责人，单位负责人一小时内报告县级以上应急管理部门和有关部门",
    "lock-and-tag": "断开的开关上挂着锁具和“禁止合闸，有人工作”的牌子",
    "rights-shield": "盾牌：知情、建议、批评检举控告、拒绝、紧急撤离、工伤保险和赔偿",
    # fire
    "fire-triangle": "着火三角形：可燃物、助燃物、点火源三条边围着火焰",
    "break-triangle": "四种灭火方法：隔离、窒息、冷却、抑制",
    "fire-classes": "六类火灾：A 固体、B 液体、C 气体、D 金属、E 带电、F 烹饪",
    "extinguisher-parts": "干粉灭火器：保险销、压把、压力表、喷管、喷嘴、筒体",
    "extinguisher-gauge": "压力表的三个区：红色压力不足，绿色正常，黄色压力过高",
    "aim-low": "站在上风方向，对准火焰根部喷射，背后留着退路",
    "evacuation-route": "楼层疏散图：沿走道走向两端的安全出口，不乘电梯",
    "smoke-low": "烟气在上，人弯腰沿墙向出口走",
    # electricity
    "current-effects": "电流对人体的作用：约 0.5 毫安有感觉，约 10 毫安难以摆脱，数十毫安可致心室颤动",
    "rcd-balance": "剩余电流保护器：进出电流相等时不动作，有电流从人体流入大地时断开",
    "tn-s": "TN-S 系统：三根相线、一根中性线和一根专用保护线，设备外壳接保护线",
    "step-voltage": "断落的导线在地面形成电位分布，人应并脚小步离开八米以外",
    "three-plugs": "单相三孔插座：左零右相上接地",
    "touch-ways": "三种触电方式：单相触电、两相触电、跨步电压触电",
    # first aid
    "survival-chain": "生存链：识别与呼救、心肺复苏、尽早除颤、专业救治",
    "hand-position": "按压位置：胸骨下半部，两手交叠，掌根着力",
    "compress-side": "施救者跪在一侧，双臂伸直，垂直向下按压 5 至 6 厘米",
    "aed-pads": "除颤器电极片：一片贴右锁骨下方，一片贴左乳头外侧",
    "press-wound": "用敷料直接压住伤口，抬高并加压包扎",
    "burn-water": "流动的凉水冲洗烫伤处十五至二十分钟",
    "dust-noise": "职业危害的来源、传播途径和接触的人：先管来源，再管途径，最后护人",
}
