"""What people paste, each with what must become of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paste:
    """One paste: the source as a browser gives it, and the plain lines it must become.

    `lines` is None for attacks, where only "nothing active, no fault" counts; `says` are
    words of the refusal when it is not taken at all.
    """

    title: str
    source: str
    lines: tuple[str, ...] | None = None
    says: str = ""


WORD = Paste(
    "Word 2019",
    """<html xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator
content="Microsoft Word 15"><style><!--
 @font-face {font-family:仿宋;} p.MsoNormal {margin:0cm; background:url("http://x/a.png")}
--></style><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument>
</xml><![endif]--></head><body lang=ZH-CN style='tab-interval:21.0pt'><!--StartFragment-->
<h1><span lang=EN-US>一、</span>基本情况</h1>
<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:
2.0'><span style='font-size:16.0pt;font-family:"仿宋"'>全县备耕<b>12</b>万亩。<o:p></o:p></span></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;
</span></span>
<![endif]>建立台账。</p>
<table class=MsoTableGrid border=1><tr><td width=100 rowspan=2><p>单位</p></td><td colspan=2>
<p>报送</p>
</td></tr><tr><td><p>本月</p></td><td><p>全年</p></td></tr><tr><td><p>南关镇</p></td>
<td><p>3</p></td>
<td><p>7</p></td></tr></table><!--EndFragment--></body></html>""",
    (
        "一、基本情况",
        "全县备耕12万亩。",
        "1. 建立台账。",
        "单位\t报送\t",
        "单位\t本月\t全年",
        "南关镇\t3\t7",
    ),
)
WPS = Paste(
    "WPS 文字",
    """<!--StartFragment--><p class=MsoNormal align=center><b><span style="mso-spacerun:'yes';
font-family:方正小标宋简体;font-size:22.0000pt;">关于春耕的报告</span></b><b><span><o:p></o:p></span></b></p>
<h2 style="mso-outline-level:2"><span>（一）面积</span></h2><p class=MsoNormal><span>备耕顺利。<font
face="仿宋_GB2312">共</font>3处</span><img src="file:///C:/Users/a/wps1.png" width=10></p>
<p class=MsoNormal><span><o:p>&nbsp;</o:p></span></p><!--EndFragment-->""",
    ("关于春耕的报告", "（一）面积", "备耕顺利。共3处"),
)
EXCEL = Paste(
    "Excel",
    """<html><head><style>.xl65{mso-number-format:"0\\.00"}</style></head><body><table border=0
 cellpadding=0 style='border-collapse:collapse'><!--StartFragment--><col width=72><tr height=20>
<td height=20 class=xl65>单位</td><td class=xl65>得分</td></tr><tr><td>南关镇</td><td align=right
 x:num>7.5</td></tr><tr><td></td><td>3</td></tr><!--EndFragment--></table></body></html>""",
    ("单位\t得分", "南关镇\t7.5", "\u3000\t3"),
)
EXCEL_MERGED = Paste(
    "Excel 合并单元格",
    "<table><tr><td rowspan='2'>单位</td><td colspan=\"2\">本级</td></tr>"
    "<tr><td>条</td><td>分</td></tr>"
    "<tr><td>甲</td><td>1</td><td>2</td></tr></table>",
    ("单位\t本级\t", "单位\t条\t分", "甲\t1\t2"),
)
WECHAT = Paste(
    "微信公众号",
    """<section data-tools="135编辑器"><section style="text-align:center"><span>
<strong>春耕在行动</strong>
</span></section><section><p style="line-height:2em"><span>全镇<span>备耕</span>
顺利。</span></p></section>
<section><img data-src="https://mmbiz.qpic.cn/a?wx_fmt=jpeg" src="data:image/gif;base64,R0lGOD">
</section>
<mpvoice></mpvoice><section><p>据介绍<br>第二行。</p></section></section>""",
    ("春耕在行动", "全镇备耕 顺利。", "据介绍", "第二行。"),
)
WEB = Paste(
    "网页",
    """<!DOCTYPE html><html><head><title>页面标题</title><link rel=stylesheet href=//x/a.css>
<script src=https://x/a.js></script></head><body><nav><a href="/">首页</a></nav><article>
<h1>通知</h1>
<div>第一段<a href="javascript:alert(1)" onclick="alert(2)">链接</a>。</div><div>第二段。</div>
<blockquote>引文。</blockquote><pre>代码
第二行</pre></article><iframe src="https://x/"></iframe><noscript><img src=https://x/t.gif></noscript>
</body></html>""",
    ("首页", "# 通知", "第一段链接。", "第二段。", "引文。", "代码 第二行"),
)
LISTS = Paste(
    "嵌套列表",
    "<ol><li>甲<ul><li>甲之一</li><li>甲之二</li></ul></li><li><p>乙</p></li><li><h3>丙</h3></li></ol>尾",
    ("1. 甲", "甲之一", "甲之二", "2. 乙", "## 3. 丙", "尾"),
)
HEADINGS = Paste(
    "六级标题",
    "".join(f"<h{n}>标题{n}</h{n}>" for n in range(1, 7)),
    ("# 标题1", "# 标题2", "## 标题3", "## 标题4", "## 标题5", "## 标题6"),
)
TABLES = Paste(
    "表中有表",
    "<table><tr><td>版式<table><tr><td>单位</td><td>得分</td></tr><tr><td>甲</td><td>1</td></tr></table>"
    "后面</td></tr></table>",
    ("版式", "单位\t得分", "甲\t1", "后面"),
)
QUOTED = Paste(
    "属性里有尖括号",
    """<p title="a>b" data-x='<p>'>字</p><p title='没有闭合>又一段""",
)
MSO_COMMENTS = Paste(
    "条件注释",
    "<p>前</p><!--[if mso]><p>只给 Word 看</p><script>alert(1)</script><![endif]--><p>后</p>"
    "<![if !mso]><p>都看</p><![endif]>",
    ("前", "后", "都看"),
)
PLAIN = Paste(
    "纯文本", "一、情况\r\n第一段\r\n甲\t1\r\n乙\t2", ("一、情况", "第一段", "甲\t1", "乙\t2")
)
TEXT_WITH_SIGNS = Paste("有尖括号的文字", "增长3<5且a>b，<附件>见后", ("增长3<5且a>b，<附件>见后",))

USUAL = [
    WORD, WPS, EXCEL, EXCEL_MERGED, WECHAT, WEB, LISTS, HEADINGS, TABLES, MSO_COMMENTS, PLAIN,
    TEXT_WITH_SIGNS,
]  # fmt: skip

_ALERT = "alert(document.domain)"
ATTACKS = [
    QUOTED,
    Paste("脚本", f"<p>字</p><script>{_ALERT}</script>", ("字",)),
    Paste(
        "事件", f"<p onclick={_ALERT} onmouseover={_ALERT}>字</p><body onload={_ALERT}>", ("字",)
    ),
    Paste("图片事件", f"<p>字</p><img src=x onerror={_ALERT}>", ("字",)),
    Paste("SVG", f"<p>字</p><svg onload={_ALERT}><script>{_ALERT}</script></svg>", ("字",)),
    Paste("MathML", f"<p>字</p><math><mtext><img src=x onerror={_ALERT}></mtext></math>", ("字",)),
    Paste("框架", f"<p>字</p><iframe srcdoc='<script>{_ALERT}</script>'></iframe>", ("字",)),
    Paste("链接协议", f"<p><a href=' java\tscript:{_ALERT}'>字</a></p>", ("字",)),
    Paste("数据链接", f"<p><a href='data:text/html,<script>{_ALERT}</script>'>字</a></p>"),
    Paste("样式", "<p style='background:url(https://evil.example/a)'>字</p>", ("字",)),
    Paste("样式表", "<style>@import 'https://evil.example/a'</style><p>字</p>", ("字",)),
    Paste("远程图片", "<p>字</p><img src=https://evil.example/a.png>", ("字",)),
    Paste(
        "基址与刷新", "<base href=//evil.example><meta http-equiv=refresh content=0><p>字", ("字",)
    ),
    Paste("表单", "<form action=//evil.example><input name=a><button>点</button></form>"),
    Paste("拆开的脚本", f"<p>字<scr<script>ipt>{_ALERT}</scr</script>ipt>"),
    Paste("注释逃逸", f"<!--><img src=x onerror={_ALERT}>--><p>字</p>"),
    Paste("模板逃逸", f"<noscript><p title='</noscript><img src=x onerror={_ALERT}>'>字"),
    Paste("外来元素", f"<math><mi><table><mglyph><style><img src=x onerror={_ALERT}></style>"),
    Paste("转义的标签", f"<p>&lt;img src=x onerror={_ALERT}&gt;</p>"),
    Paste("两次转义", f"<p>&amp;lt;script&amp;gt;{_ALERT}&amp;lt;/script&amp;gt;</p>"),
    Paste("零宽", f"<\u200bscript>{_ALERT}</script><p>字</p>"),
    Paste("全角", f"＜script＞{_ALERT}＜/script＞<p>字</p>"),
    Paste("模板语法", "<p>{{ 7*7 }} {% load x %} ${7*7}</p>", ("{{ 7*7 }} {% load x %} ${7*7}",)),
    Paste(
        "五兆图片", "<p>字</p><img src='data:image/png;base64," + "A" * 4_900_000 + "'>", ("字",)
    ),
    Paste(
        "五兆超限", "<p>字</p><img src='data:image/png;base64," + "A" * 5_400_000 + "'>", says="5兆"
    ),
    Paste("很深的块", "<div>" * 10_000 + "字", ("字",)),
    Paste("很深的列表", "<ul><li>" * 10_000 + "字", ("字",)),
    Paste("很深的表格", "<table><tr><td>" * 5_000 + "字", ("字",)),
    Paste("二十万属性", "<p " + " ".join(f"a{n}=x" for n in range(200_000)) + ">字</p>", ("字",)),
    Paste("没有闭合的引号", '<p a="' * 100_000 + "字", says="不能超过5万字"),
    Paste("没有闭合的注释", "<p>字</p>" + "<!--" * 200_000, ("字",)),
    Paste("一百万个小于号", "<p>字</p>" + "<" * 1_000_000, says="不能超过5万字"),
    Paste("三十万段", "<p>字</p>" * 300_000, says="不能超过5万字"),
    Paste("一百万字", "字" * 1_000_000, says="1000000字，不能超过5万字"),
    Paste("六万字", "字" * 60_000, says="60000字，不能超过"),
    Paste("很宽的表", "a" + "\t" * 50_000 + "b\n" + "c\td\n" * 2_000, says="不能超过5万字"),
    Paste("标签后的空白", "<p a" + " " * 200_000),
    Paste("空字符", "<p>字\x00</p>", says="特殊字符"),
    Paste("方向控制", "<p>字\u202edcba</p>", says="特殊字符"),
    Paste("异体字", "<p>𠮷野家👨‍👩‍👧</p>"),
]
PASTES = [*USUAL, *ATTACKS]
