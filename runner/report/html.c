/* SPDX-License-Identifier: MIT */
#include "report/html.h"

#include "base/limit.h"
#include "base/mem.h"

static const char *const style[] = {
    ":root{color-scheme:light dark;--bg:#fff;--fg:#1b2127;--muted:#55606c;--line:#d5dbe1;",
    "--soft:#f5f7f9;--accent:#0b5394;--pass:#17653a;--fail:#a8201a;--warn:#7d5200;--idle:#55606c}",
    "@media(prefers-color-scheme:dark){:root{--bg:#11161b;--fg:#e4e8ec;--muted:#9fabb7;",
    "--line:#2d363f;--soft:#182027;--accent:#74b3f0;--pass:#66c691;--fail:#ff918a;--warn:#e2b24a;",
    "--idle:#9fabb7}}",
    "*{box-sizing:border-box}",
    "body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.55 system-ui,-apple-system,",
    "\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif;font-variant-numeric:tabular-nums}",
    "main{max-width:1120px;margin:0 auto;padding:40px 32px 64px}",
    "h1{font-size:30px;line-height:1.2;margin:0 0 4px;font-weight:650;overflow-wrap:anywhere}",
    "h2{font-size:19px;line-height:1.3;margin:48px 0 12px;font-weight:620}",
    "h3{font-size:15px;margin:20px 0 6px;font-weight:620}",
    "p{margin:0 0 8px;max-width:78ch}",
    ".eyebrow{color:var(--muted);font-size:13px;letter-spacing:.06em;text-transform:uppercase;",
    "margin:0 0 6px}",
    ".lead,.note{color:var(--muted)}",
    ".note{font-size:13.5px}",
    "code,.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,",
    "\"Liberation Mono\",monospace;",
    "font-size:.87em;overflow-wrap:anywhere}",
    ".rehearsal{max-width:none;border:2px solid var(--warn);border-radius:4px;",
    "padding:10px 16px;margin:0 0 28px;",
    "background:var(--soft)}",
    ".rehearsal strong{color:var(--warn);letter-spacing:.05em}",
    ".verdict{border-left:5px solid var(--idle);background:var(--soft);padding:14px 20px;",
    "margin:20px 0 24px}",
    ".verdict p{margin:0}.verdict .word{font-size:21px;font-weight:650;line-height:1.35}",
    ".passed{border-color:var(--pass)}.passed .word{color:var(--pass)}",
    ".failed{border-color:var(--fail)}.failed .word{color:var(--fail)}",
    ".unfinished,.going{border-color:var(--warn)}",
    ".unfinished .word,.going .word{color:var(--warn)}",
    "dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:14px 28px;",
    "margin:0 0 8px}",
    "dl.facts div{min-width:0}",
    "dt{color:var(--muted);font-size:13px}dd{margin:0;overflow-wrap:anywhere}",
    "dl.list{margin:0}dl.list div{display:grid;grid-template-columns:170px 1fr;gap:4px 20px;",
    "padding:5px 0;border-bottom:1px solid var(--line)}dl.list dt{font-size:14px}",
    "table{border-collapse:collapse;width:100%;font-size:14px}",
    "caption{text-align:left;color:var(--muted);font-size:13.5px;padding:0 0 8px}",
    "th,td{text-align:left;vertical-align:top;padding:9px 18px 9px 0;",
    "border-bottom:1px solid var(--line)}",
    "thead th{color:var(--muted);font-weight:500;font-size:13px;white-space:nowrap;",
    "border-bottom:1px solid var(--muted)}",
    "tbody th{font-weight:600;overflow-wrap:break-word;min-width:9em}",
    "td small,th small{display:block;color:var(--muted);font-size:13px;font-weight:400}",
    ".nowrap{white-space:nowrap}",
    ".state{font-weight:600;white-space:nowrap}.state.ok{color:var(--pass)}",
    ".state.bad{color:var(--fail)}.state.odd{color:var(--warn)}.state.idle{color:var(--idle)}",
    "tr.chosen td,tr.chosen th{background:var(--soft)}",
    "details{border-bottom:1px solid var(--line);padding:10px 0}",
    "summary{cursor:pointer;font-weight:600;overflow-wrap:anywhere}",
    "summary span{font-weight:400;color:var(--muted)}",
    "summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px}",
    ".problem{border-left:3px solid var(--fail);padding:2px 0 2px 16px;margin:0 0 20px}",
    ".problem h3{margin-top:0}.problem ul{margin:0 0 8px;padding-left:20px}",
    ".problem li,.problem p{overflow-wrap:anywhere}",
    "svg.timeline{display:block;width:100%;font-size:13px}",
    "svg text{fill:var(--fg);paint-order:stroke;stroke:var(--bg);stroke-width:4px}",
    "svg .axis{fill:var(--muted);font-size:12px}",
    "svg .grid{stroke:var(--line)}svg .wait{stroke:var(--muted);stroke-dasharray:2 3}",
    "svg .bar{fill:var(--muted);opacity:.55}svg .bar.critical{fill:var(--accent);opacity:1}",
    "svg .bar.bad{fill:var(--fail);opacity:1}svg .name{font-weight:600}",
    "svg .more{fill:var(--muted)}",
    ".key{display:flex;flex-wrap:wrap;gap:4px 24px;list-style:none;margin:10px 0 0;padding:0;",
    "font-size:13px;color:var(--muted)}",
    ".key i{display:inline-block;width:22px;height:9px;margin-right:8px;background:var(--muted);",
    "opacity:.55}.key .critical{background:var(--accent);opacity:1}",
    ".key .bad{background:var(--fail);opacity:1}",
    ".key .wait{height:0;background:none;border-top:1px dashed var(--muted);opacity:1;",
    "vertical-align:middle}",
    "pre{background:var(--soft);padding:12px 16px;overflow-x:auto;font-size:13px;line-height:1.45}",
    "footer{margin-top:56px;padding-top:12px;border-top:1px solid var(--line);color:var(--muted);",
    "font-size:13px}",
    "@media(max-width:760px){main{padding:24px 18px 48px}h1{font-size:25px}",
    "h2{margin-top:38px}dl.facts{grid-template-columns:1fr 1fr;gap:12px 18px}",
    "dl.list div{grid-template-columns:1fr;gap:0}",
    "table,tbody,tr,th,td{display:block}thead{position:absolute;width:1px;height:1px;",
    "overflow:hidden;clip-path:inset(50%)}caption{display:block}",
    "tr{border-bottom:1px solid var(--muted);padding:10px 0}tbody th,td{border:0;padding:2px 0}",
    "td::before{content:attr(data-label) \": \";color:var(--muted);font-size:13px}",
    "td small{display:inline;margin-left:4px}dd .nowrap{white-space:normal}",
    ".verdict{padding:12px 16px}.verdict .word{font-size:18px}}",
    "@media print{:root{--bg:#fff;--fg:#000;--muted:#444;--line:#bbb;--soft:#f3f3f3;",
    "--accent:#0b5394;--pass:#17653a;--fail:#a8201a;--warn:#7d5200;--idle:#444}",
    "body{font-size:10.5pt}main{max-width:none;padding:0}h2{margin-top:24pt;break-after:avoid}",
    "tr,.problem,.verdict,.rehearsal{break-inside:avoid}",
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}",
};

void html_begin(struct buf *page, const char *title)
{
    buf_append_text(page,
                    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" "
                    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
    html_text(page, title);
    buf_append_text(page, "</title>\n<style>\n");
    for (size_t i = 0; i < sizeof(style) / sizeof(style[0]); i++) {
        buf_append_text(page, style[i]);
        buf_append_char(page, '\n');
    }
    buf_append_text(page, "</style>\n</head>\n<body>\n<main>\n");
}

void html_end(struct buf *page)
{
    buf_append_text(page, "</main>\n</body>\n</html>\n");
}

static const char *entity(char c)
{
    static const char *const entities[][2] = {
        {"&",  "&amp;" },
        {"<",  "&lt;"  },
        {">",  "&gt;"  },
        {"\"", "&quot;"},
        {"'",  "&#39;" },
    };
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (c == entities[i][0][0]) {
            return entities[i][1];
        }
    }
    return NULL;
}

void html_str(struct buf *page, struct str text)
{
    AUTO(buf) struct buf printable = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&printable, text);
    for (size_t i = 0; i < printable.len; i++) {
        const char *name = entity(printable.data[i]);
        if (name != NULL) {
            buf_append_text(page, name);
        } else {
            buf_append_char(page, printable.data[i]);
        }
    }
}

void html_text(struct buf *page, const char *text)
{
    html_str(page, str_from(text));
}

void html_element(struct buf *page, const char *tag, const char *name, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    buf_format(page, "<%s", tag);
    if (name != NULL) {
        buf_format(page, " class=\"%s\"", name);
    }
    buf_append_char(page, '>');
    html_text(page, text);
    buf_format(page, "</%s>", tag);
}

void html_table_begin(struct buf *page, const char *caption, const char *const *heads)
{
    buf_append_text(page, "<table>\n");
    html_element(page, "caption", NULL, caption);
    buf_append_text(page, "<thead><tr>");
    for (const char *const *head = heads; *head != NULL; head++) {
        buf_append_text(page, "<th scope=\"col\">");
        html_text(page, *head);
        buf_append_text(page, "</th>");
    }
    buf_append_text(page, "</tr></thead>\n<tbody>\n");
}

void html_table_end(struct buf *page)
{
    buf_append_text(page, "</tbody>\n</table>\n");
}

void html_row_begin(struct buf *page, const char *name)
{
    if (name == NULL) {
        buf_append_text(page, "<tr>");
    } else {
        buf_format(page, "<tr class=\"%s\">", name);
    }
}

void html_row_end(struct buf *page)
{
    buf_append_text(page, "</tr>\n");
}

void html_cell_begin(struct buf *page, const char *head, bool is_first)
{
    if (is_first) {
        buf_append_text(page, "<th scope=\"row\">");
        return;
    }
    buf_append_text(page, "<td data-label=\"");
    html_text(page, head);
    buf_append_text(page, "\">");
}

void html_cell_end(struct buf *page, bool is_first)
{
    buf_append_text(page, is_first ? "</th>" : "</td>");
}

void html_cell(struct buf *page, const char *head, const char *text)
{
    html_cell_begin(page, head, false);
    html_text(page, text == NULL || text[0] == '\0' ? "-" : text);
    html_cell_end(page, false);
}

void html_fact(struct buf *page, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        buf_append_text(page, "<div>");
        html_element(page, "dt", NULL, name);
        html_element(page, "dd", NULL, text);
        buf_append_text(page, "</div>\n");
    }
}
