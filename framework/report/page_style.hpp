// How the report looks: light or dark as the reader's system is, from a phone to a wide screen, and
// on paper. Wide tables scroll sideways in their own boxes, whose edges are dim where more is to
// come; the page itself never does. In the dark the figures' colours are made brighter.
#pragma once

namespace steppe::report {

inline constexpr auto page_style = R"css(
:root{color-scheme:light dark;--ground:#fdfdfc;--ink:#1b1d20;--soft:#5c636b;--line:#d9dcdf;
--shade:#f2f3f2;--dim:#0003;--good:#1a6b3c;--bad:#b3261e;--link:#23608f}
@media(prefers-color-scheme:dark){:root{--ground:#15171a;--ink:#e4e6e8;--soft:#9aa2aa;
--line:#363b41;--shade:#1e2125;--dim:#000b;--good:#6fcf97;--bad:#ff8a80;--link:#8ab8e0}
figure svg{filter:brightness(1.4)}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem clamp(1rem,3vw,3rem) 4rem;max-width:100rem;background:var(--ground);
color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;
overflow-wrap:anywhere}
h1{font-size:1.8rem;line-height:1.2;margin:.2rem 0 .4rem;max-height:8rem;overflow:auto}
h2{font-size:1.15rem;margin:2.6rem 0 .8rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3,summary{font-size:.95rem;font-weight:600;color:var(--soft);margin:0 0 .4rem}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.6rem 0 1rem;font-size:.92rem}
a{color:var(--link)}
.by{color:var(--soft);margin:.3rem 0}
.files{font-weight:400;white-space:nowrap}
.status{margin:.8rem 0;padding:.5rem .9rem;border-left:4px solid var(--good);background:var(--shade)}
.status.bad{border-color:var(--bad)}
.status ul{margin:.2rem 0;padding-left:1.2rem}
.answer{font-size:1.06rem;max-width:64rem}
.answer ul{padding-left:1.2rem}.answer li{margin:.35rem 0}.answer b{white-space:nowrap}
.tables{display:flex;flex-wrap:wrap;align-items:flex-start;gap:1.8rem 2.4rem}
.table{min-width:0;max-width:100%}.tables figure{flex:1 1 24rem;max-width:36rem}
.box{width:fit-content;max-width:100%;overflow-x:auto;border:1px solid var(--line);border-radius:4px;
background:linear-gradient(90deg,var(--ground) 30%,#0000) 0/3rem 100% no-repeat local,
linear-gradient(270deg,var(--ground) 30%,#0000) 100%/3rem 100% no-repeat local,
linear-gradient(90deg,var(--dim),#0000) 0/.9rem 100% no-repeat scroll,
linear-gradient(270deg,var(--dim),#0000) 100%/.9rem 100% no-repeat scroll}
table{border-collapse:collapse;font-size:.92rem}
th,td{padding:.34rem .8rem;text-align:left;vertical-align:top;border-top:1px solid var(--line);
unicode-bidi:isolate;overflow-wrap:normal}
@media(max-width:40rem){th,td{padding:.3rem .45rem}}
thead th{border-top:0;border-bottom:1px solid var(--soft);font-weight:600;vertical-align:bottom}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .n{white-space:normal}
.w{min-width:16rem;max-width:32rem;overflow-wrap:anywhere}
.p{display:block;color:var(--soft);font-size:.82em}
.long,pre,.text{white-space:pre-wrap;max-height:12rem;overflow:auto}
.reason{margin:.3rem 0;width:0;min-width:100%;color:var(--soft);font-size:.9rem}
.figures{display:grid;gap:1.4rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr))}
figure{margin:0;padding:.6rem .5rem .8rem;border:1px solid var(--line);border-radius:4px;min-width:0;
max-width:48rem}
figure svg{display:block;width:100%;height:auto}
figcaption{color:var(--soft);font-size:.88rem;padding:.3rem .4rem 0}
svg :is([fill=black],[fill="rgb(  0,   0,   0)"]){fill:var(--ink)}
svg :is([stroke=black],[stroke="rgb(  0,   0,   0)"]){stroke:var(--ink)}
svg :is([color=black],[color="rgb(  0,   0,   0)"]){color:var(--ink)}
svg :is([stroke=gray],[stroke="rgb(190, 190, 190)"]){stroke:var(--line)}
svg :is([color=gray],[color="rgb(190, 190, 190)"]){color:var(--line)}
details{min-width:0;max-width:100%;margin:.7rem 0}summary{cursor:pointer}
pre{max-height:32rem;padding:.8rem;background:var(--shade);border:1px solid var(--line);
border-radius:4px;font:.85rem/1.45 ui-monospace,Menlo,Consolas,monospace}
dl{display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);gap:.25rem 1.2rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0}
@media print{body{max-width:none;padding:0}.box,.long,pre{max-height:none;overflow:visible}
figure,tr{break-inside:avoid}nav{display:none}}
)css";

}  // namespace steppe::report
