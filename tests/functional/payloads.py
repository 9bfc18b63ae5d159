"""Two hundred texts that would run a script or a request, were they ever taken for markup."""

MARK = "x09ran"
CODE = f"window.{MARK}=1"

BEFORE = ("", '">', "'>", "</textarea>", "</script>", "</title>", "<b>", "--><!-- -->")
VECTORS = (
    f"<script>{CODE}</script>",
    f"<ScRiPt src=data:,{CODE}></sCrIpT>",
    f"<img src=x onerror={CODE}>",
    f'<img src="x" OnErRoR="{CODE}">',
    f"<svg onload={CODE}>",
    f"<svg><script>{CODE}</script></svg>",
    f"<svg><animate onbegin={CODE} attributeName=x dur=1s>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={CODE}></style></mglyph></math>",
    f"<iframe srcdoc='<script>parent.{MARK}=1</script>'></iframe>",
    f'<iframe src="javascript:parent.{MARK}=1"></iframe>',
    f'<a href="javascript:{CODE}">甲</a>',
    f'<a href="java\tscript:{CODE}">乙</a>',
    f"<body onload={CODE}>",
    f"<details open ontoggle={CODE}>",
    f"<input autofocus onfocus={CODE}>",
    f"<video><source onerror={CODE}></video>",
    f'<form action="javascript:{CODE}"><button>丙</button></form>',
    f'<object data="javascript:{CODE}"></object>',
    f"<style>@import 'javascript:{CODE}';*{{color:red}}</style>",
    f'<meta http-equiv="refresh" content="0;url=javascript:{CODE}">',
    f'<base href="//{MARK}.example/">',
    f'<div hx-get="/sign-out?{MARK}" hx-trigger="load">丁</div>',
    f'<div data-hx-post="/sign-out?{MARK}" data-hx-trigger="load">戊</div>',
    f'<b hx-on:click="{CODE}" hx-on::load="{CODE}" data-hx-on="load:{CODE}">己</b>',
    f"<p style=\"background:url('javascript:{CODE}')\" hx-vals='js:{{a:{CODE}}}'>{{{{ {MARK} }}}}</p>",
)
PAYLOADS = tuple(before + vector for before in BEFORE for vector in VECTORS)
assert len(PAYLOADS) == 200
