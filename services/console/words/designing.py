"""The texts of the page that shows the design system: key -> (Chinese, English)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "design.title": ("设计系统", "Design system"),
    "design.lead": (
        "页面由这些元素组成。颜色和字号都是样式表里的自定义属性；页面不从任何别处取东西，关掉脚本也能用。",
        "What pages are made of. Colours and sizes are custom properties of one style sheet; nothing comes from elsewhere, and all works without scripts.",
    ),
    "design.colours": ("颜色", "Colours"),
    "design.colours.lead": ("每格左为浅色、右为深色。", "Of each the left half is light, the right half dark."),
    "design.contrast": ("对比度", "Contrast"),
    "design.contrast.lead": (
        "文字与底色至少 4.5 比 1（WCAG 2.2 AA），由测试逐对核对。",
        "Text stands out from its ground by 4.5 to 1 at least (WCAG 2.2 AA); a test computes every pair.",
    ),
    "design.on": ("文字 / 底色", "Text / ground"),
    "design.type": ("字与版式", "Type"),
    "design.type.lead": ("大字和深浅色随账号保存，在哪台机器登录都一样。", "Large type and the theme are kept with the account, at whichever machine."),
    "design.heading": ("小标题", "A small heading"),
    "design.hint": ("补充说明用这种字。", "What is said beside the point looks like this."),
    "design.buttons": ("按钮", "Buttons"),
    "design.buttons.lead": ("每页只有一个主要按钮；不能办的事不藏起来，说明何时能办。", "One main button on a page; what cannot be done is not hidden, but says when it can."),
    "design.main": ("主要", "Main"),
    "design.other": ("其他", "Other"),
    "design.plain": ("次要", "Plain"),
    "design.link": ("去另一页", "To another page"),
    "design.fields": ("表单", "Forms"),
    "design.fields.lead": ("选项一律写全，不用缩写；没办成时，已填的留在原处。", "Choices are written out; what was typed stays when something is refused."),
    "design.text": ("填写", "Typed"),
    "design.list": ("下拉", "List"),
    "design.choices": ("选择", "Choices"),
    "design.notes": ("结果提示", "What came of it"),
    "design.chips": ("状态", "States"),
    "design.chips.lead": ("状态总有文字，颜色只是辅助。", "A state is always written; colour only helps."),
    "design.chart": ("责任链图", "The custody chart"),
    "design.chart.lead": ("粗细、虚实和编号区分含义，黑白打印也能看懂；图后有同样内容的表格。", "Thickness, dashes and numbers tell things apart, so it reads in black and white; a table with the same content follows."),
    "design.grey": ("黑白打印时", "In black and white"),
    "design.keys": ("键盘", "Keyboard"),
    "design.keys.1": ("Tab 逐项移动，焦点有粗框；第一项可跳到正文。", "Tab goes from one to the next with a thick frame; the first leads straight to the content."),
    "design.keys.2": ("工作台：j、k 或上下键逐行移动，回车打开。", "Worklist: j, k or the arrows go from line to line, Enter opens."),
    "design.keys.3": ("表单：空格勾选，回车提交。", "Forms: space chooses, Enter sends."),
}  # fmt: skip
"""Key -> (Chinese, English)."""
