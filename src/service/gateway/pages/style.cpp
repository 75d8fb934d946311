#include "service/gateway/pages/page_parts.h"

namespace orgo::gateway::page {

const std::string_view kStyle =
    R"css(:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--paper:#fff;--ground:#f4f6f8;
  --accent:#0b5fa5;--on-accent:#fff;
--urgent:#b3261e;--high:#9a5300;--ok:#1d6b37;--chip:#e8edf3}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#a3aebc;--line:#343d49;--paper:#1b2129;--ground:#12161c;
  --accent:#7ab8f0;--on-accent:#0c1420;
--urgent:#ff8a80;--high:#ffb866;--ok:#7fd49b;--chip:#2a323d}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
  font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,
  textarea:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
time{white-space:nowrap}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;
  z-index:1}
.bar{display:flex;gap:1rem;align-items:center;justify-content:space-between;padding:.6rem 1rem;
  background:var(--paper);border-bottom:1px solid var(--line)}
.bar .brand{font-weight:700;font-size:1.15rem;text-decoration:none;color:var(--ink)}
.bar nav{margin-right:auto}
.bar form{display:flex;gap:.75rem;align-items:center;margin:0;color:var(--soft);min-width:0}
.bar .who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
main{max-width:72rem;margin:0 auto;padding:1rem}
main.narrow{max-width:26rem}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 .75rem}
h2{font-size:1.1rem;margin:1.75rem 0 .5rem}
.card>h2:first-child{margin-top:0}
.card{background:var(--paper);border:1px solid var(--line);border-radius:.6rem;padding:1rem}form.card{margin-top:1rem}
label{display:block;font-size:.85rem;color:var(--soft)}
input,select,textarea,button{font:inherit;color:inherit}
input,select,textarea{width:100%;min-height:2.6rem;padding:.45rem .6rem;border:1px solid var(--line);
  border-radius:.4rem;background:var(--ground)}
textarea{min-height:5rem;resize:vertical}
button{padding:.45rem .9rem;border:1px solid var(--line);border-radius:.4rem;background:var(--chip);cursor:pointer;
  white-space:nowrap}
a.button{display:inline-block;padding:.45rem .9rem;border:1px solid var(--line);border-radius:.4rem;
  background:var(--chip);color:inherit;text-decoration:none}
.files{margin:0 0 .75rem}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600}
.filter{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin-bottom:1rem}
.filter div{flex:1 1 9rem}.filter .words{flex-grow:2}.found{overflow-wrap:anywhere}.filter .go{flex:0 0 auto}
table{width:100%;border-collapse:collapse;background:var(--paper);border:1px solid var(--line);border-radius:.6rem;
  overflow:hidden}
caption,.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;vertical-align:top;padding:.55rem .75rem;border-top:1px solid var(--line)}
thead th{overflow-wrap:normal;word-break:normal;border-top:0;font-size:.8rem;color:var(--soft);font-weight:600}
td.keep,th.keep{white-space:nowrap;overflow-wrap:normal}
td.who{min-width:9.5rem}td.title{min-width:12rem}td.title a{display:inline-block}.when{display:block;font-size:.875rem}
tbody tr:hover{background:var(--ground)}
.chip{display:inline-block;padding:.05rem .55rem;border-radius:1rem;background:var(--chip);font-size:.85rem;
  white-space:nowrap}
.urgent{color:var(--urgent);font-weight:700}.high{color:var(--high);font-weight:600}.done{color:var(--ok)}
.soft{color:var(--soft)}
.alert{border-left:4px solid var(--urgent);background:var(--paper);padding:.75rem 1rem;margin:0 0 1rem;
  border-radius:.3rem}
.notice{border-left:4px solid var(--ok);background:var(--paper);padding:.75rem 1rem;margin:0 0 1rem;border-radius:.3rem}
form.notice{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}.notice p{margin:0}
.two{display:grid;grid-template-columns:minmax(0,2fr) minmax(16rem,1fr);grid-template-rows:auto auto 1fr;gap:0 1rem;
  align-items:start}
.two .side{grid-column:2;grid-row:1/span 3}.two .rest{grid-column:1;grid-row:3}
.answer{margin-top:1rem;border-top:4px solid var(--accent)}.answer h2{margin:0}.answer .to{margin:.15rem 0 .75rem}
.answer textarea{min-height:9rem}.answer form>.soft{font-size:.875rem;margin:0}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));gap:.5rem .75rem;
  align-items:end;margin:.5rem 0 .75rem}
.check{display:flex;gap:.5rem;align-items:center;margin:0 0 .75rem}.check input{width:1.2rem;min-height:1.2rem;
  height:1.2rem;margin:0;flex:none;accent-color:var(--accent)}.check label{font-size:1rem;color:inherit}
td input[type=checkbox]{width:1.5rem;height:1.5rem;min-height:1.5rem;margin:0;accent-color:var(--accent)}
.ours>p{margin:.5rem 0 0}.mail.ours{border-left:4px solid var(--accent)}.mail.note{border-left:4px solid var(--high)}
.copies{list-style:none;margin:.75rem 0 0;padding:0;font-size:.9rem}
dl{display:grid;grid-template-columns:minmax(7rem,auto) minmax(0,1fr);gap:.25rem 1rem;margin:0}
dl+dl{margin-top:.25rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}dd time{white-space:normal}
.buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 .75rem}.buttons form{margin:0}
.row{display:flex;gap:.5rem;align-items:end;margin:0 0 .75rem}.row div{flex:1;min-width:0}
.history{list-style:none;margin:0;padding:0}
.history.card{padding:0 1rem}
.history li{padding:.5rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
  .history li:first-child{border-top:0}
.history .fold,.tasks .fold{display:inline-block;margin:0 0 0 .5rem}
.history blockquote{margin:.35rem 0 0;padding:.35rem .75rem;border-left:3px solid var(--line);white-space:pre-wrap}
.mail{margin-bottom:1rem}.mail header{margin-bottom:.5rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0 0;font:inherit}
pre.story{font:.85rem/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
.pages{margin-top:1rem}
form.many{position:sticky;top:0;z-index:1;padding:.25rem 1rem;margin:0 0 1rem}.many .check{margin:.5rem 0}
@media(max-width:46rem){.two{display:block}.two .side{margin-top:1rem}
.tasks thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.tasks,.tasks tbody,.tasks tr,.tasks td{display:block;width:100%}
.tasks tr{padding:.6rem .75rem;border-top:1px solid var(--line)}.tasks tbody tr:first-child{border-top:0}
.tasks td{border:0;padding:0}.tasks td.inline{display:inline-block;width:auto;min-width:0;margin-right:.75rem;
  font-size:.9rem}
.tasks td.inline:empty{display:none}.tasks .when{display:inline}
.bar{flex-wrap:wrap;gap:.25rem .5rem}.bar .who{max-width:4.5rem}.bar button{padding:.45rem .5rem}main{overflow-x:auto}}
iframe.mail{width:100%;height:65vh;min-height:18rem;border:1px solid var(--line);border-radius:.4rem;background:#fff;
  resize:vertical}
.fold{margin:.5rem 0}.fold>summary,.tools{font-size:.875rem;color:var(--soft)}.fold>summary{cursor:pointer}
.signed{color:var(--ok);font-weight:600}
.invite{border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:.4rem;padding:.5rem .75rem;
  margin:.5rem 0}
.invite dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .75rem;margin:.35rem 0 0}
  .invite dt{color:var(--soft)}.invite dd{margin:0}
.attached{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:.75rem 0 0}
.attached li{background:var(--chip);border-radius:.4rem;padding:.3rem .6rem;font-size:.9rem}
mark{background:#ffe08a;color:#1c2430;border-radius:.2rem;padding:0 .1rem}
.rules{padding-left:2.25rem}.rules>li{padding:.5rem 0}.rules>li.chosen{border-left:4px solid #e0a800;
  padding-left:.6rem;margin-left:-.85rem}
.rules ul{list-style:none;margin:.35rem 0 0;padding:0}.rules ul li{padding:.1rem 0 .1rem 1.4rem;position:relative}
.rules ul li::before{position:absolute;left:.2rem}.rules .well::before{content:"\2713";color:var(--ok)}
  .rules .not::before{content:"\2013";color:var(--soft)}
.rules code{font:.875rem/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
)css";

const std::string_view kIcon = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">)"
                               R"(<rect width="32" height="32" rx="7" fill="#0b5fa5"/>)"
                               R"(<circle cx="16" cy="16" r="8" fill="none" stroke="#fff" stroke-width="4"/></svg>)";

}  // namespace orgo::gateway::page
