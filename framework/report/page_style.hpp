// How the report looks: light or dark as the reader's system is, from a phone to a wide screen, and
// on paper. Wide tables and long texts scroll in their own boxes, never the page.
#pragma once

namespace steppe::report {

inline constexpr auto page_style = R"css(
:root{color-scheme:light dark;--ground:#fdfdfc;--ink:#1b1d20;--soft:#5c636b;--line:#d9dcdf;
--shade:#f2f3f2;--good:#1a6b3c;--bad:#b3261e;--link:#23608f}
@media(prefers-color-scheme:dark){:root{--ground:#15171a;--ink:#e4e6e8;--soft:#9aa2aa;
--line:#363b41;--shade:#1e2125;--good:#6fcf97;--bad:#ff8a80;--link:#8ab8e0}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem clamp(1rem,4vw,3rem) 4rem;max-width:84rem;background:var(--ground);
color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;
overflow-wrap:anywhere}
h1{font-size:1.8rem;line-height:1.2;margin:.2rem 0 .4rem;max-height:8rem;overflow:auto}
h2{font-size:1.15rem;margin:2.6rem 0 .8rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.6rem 0 1rem;font-size:.92rem}
a{color:var(--link)}
.by{color:var(--soft);margin:0}
.status{margin:.8rem 0;padding:.5rem .9rem;border-left:4px solid var(--good);background:var(--shade)}
.status.bad{border-color:var(--bad)}
.status ul{margin:.2rem 0;padding-left:1.2rem}
.answer{font-size:1.06rem;max-width:60rem}
.answer li{margin:.35rem 0}
.box{overflow:auto;max-height:34rem;margin:1.1rem 0 .4rem;border:1px solid var(--line);border-radius:4px}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;padding:.55rem .8rem;color:var(--soft);font-weight:600}
th,td{padding:.34rem .8rem;text-align:left;vertical-align:top;border-top:1px solid var(--line);
unicode-bidi:isolate;min-width:4.5rem;max-width:24rem}
thead th{position:sticky;top:0;background:var(--shade);font-weight:600}
tbody tr:hover{background:var(--shade)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.p{display:block;color:var(--soft);font-size:.82em}
.long,pre,.text{white-space:pre-wrap;max-height:12rem;overflow:auto}
.reason{margin:.2rem 0;color:var(--soft);font-size:.9rem}
.figures{display:grid;gap:1.4rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr))}
figure{margin:0;padding:.6rem .6rem .8rem;border:1px solid var(--line);border-radius:4px;min-width:0}
figure svg{display:block;width:100%;height:auto}
figcaption{color:var(--soft);font-size:.88rem;padding:.3rem .4rem 0}
svg [fill=black]{fill:var(--ink)}svg [stroke=black]{stroke:var(--ink)}svg [color=black]{color:var(--ink)}
svg [stroke=gray]{stroke:var(--line)}svg [color=gray]{color:var(--line)}
details{margin:.7rem 0}summary{cursor:pointer;font-weight:600}
pre{max-height:32rem;padding:.8rem;background:var(--shade);border:1px solid var(--line);
border-radius:4px;font:.85rem/1.45 ui-monospace,Menlo,Consolas,monospace}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) minmax(0,1fr);gap:.25rem 1.2rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0}
@media print{body{max-width:none;padding:0}.box,.long,pre{max-height:none;overflow:visible}
figure,tr{break-inside:avoid}nav{display:none}}
)css";

}  // namespace steppe::report
