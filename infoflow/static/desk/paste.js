/* Pasting into the body: headings, lists and tables of Word, WPS, Excel or a web page become
   the lines that a person would type. Without it the browser pastes the plain text. */
(function () {
  "use strict";

  var SKIPPED = /^(SCRIPT|STYLE|TITLE|META|LINK|NOSCRIPT|TEMPLATE|SVG|XML|IFRAME|OBJECT)$/;
  var BLOCK = /^(P|DIV|SECTION|ARTICLE|UL|OL|LI|DL|DT|DD|BLOCKQUOTE|PRE|HR|HEADER|FOOTER|FIGURE|FIGCAPTION|CENTER|CAPTION)$/;
  var NUMBERED = /^([一二三四五六七八九十百]+、|[(（][一二三四五六七八九十百]+[)）])/;

  function squeezed(text) {
    return text.replace(/[\u200b\ufeff]/g, "").replace(/\s+/g, " ").trim();
  }

  function Writer() {
    this.lines = [];
    this.line = "";
    this.mark = "";
  }

  Writer.prototype.flush = function () {
    var text = squeezed(this.line);
    this.line = "";
    if (text) {
      this.lines.push(this.mark && !NUMBERED.test(text) ? this.mark + text : text);
    }
  };

  Writer.prototype.table = function (table) {
    var below = {};
    this.flush();
    Array.prototype.forEach.call(table.rows, function (row) {
      var cells = [];
      function fill() {
        while (below[cells.length]) {
          var from = below[cells.length];
          from.left -= 1;
          if (!from.left) {
            delete below[cells.length];
          }
          cells.push(from.text);
        }
      }
      Array.prototype.forEach.call(row.cells, function (cell) {
        fill();
        for (var at = 0; at < Math.min(cell.colSpan || 1, 50); at += 1) {
          var text = at ? "" : squeezed(cell.textContent);
          if (cell.rowSpan > 1) {
            below[cells.length] = { left: Math.min(cell.rowSpan, 50) - 1, text: text };
          }
          cells.push(text);
        }
      });
      fill();
      if (cells.join("")) {
        cells[0] = cells[0] || "\u3000";
        this.lines.push(cells.join("\t"));
      }
    }, this);
  };

  Writer.prototype.walk = function (node) {
    for (var child = node.firstChild; child; child = child.nextSibling) {
      if (child.nodeType === 3) {
        this.line += child.nodeValue;
      } else if (child.nodeType === 1 && !SKIPPED.test(child.tagName.toUpperCase())) {
        this.element(child, child.tagName.toUpperCase());
      }
    }
  };

  Writer.prototype.element = function (element, name) {
    var heading = /^H([1-6])$/.exec(name);
    if (name === "TABLE") {
      this.table(element);
    } else if (name === "BR") {
      this.flush();
    } else if (heading || BLOCK.test(name)) {
      this.flush();
      this.mark = heading ? (heading[1] < "3" ? "# " : "## ") : this.mark;
      this.walk(element);
      this.flush();
      this.mark = heading ? "" : this.mark;
    } else {
      this.walk(element);
    }
  };

  /* Empty when the browser's own way serves as well: no structure, or too much of it. */
  function linesOf(html) {
    if (html.length > 3000000 || !/<(table|h[1-6]|li)[\s>]/i.test(html)) {
      return "";
    }
    /* Looks and handlers are not needed, and the page's policy would complain of each. */
    var bare = html
      .replace(/<style[\s\S]*?<\/style>/gi, "")
      .replace(/<([a-z][^\s<>\/"']*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/gi, function (tag, name, rest) {
        var spans = rest.match(/\b(?:col|row)span\s*=\s*["']?\d{1,2}["']?/gi) || [];
        return "<" + [name].concat(spans).join(" ") + ">";
      });
    var page = new DOMParser().parseFromString(bare, "text/html");
    if (page.querySelector("table table")) {
      return "";
    }
    var writer = new Writer();
    writer.walk(page.body);
    writer.flush();
    return writer.lines.join("\n");
  }

  var body = document.getElementById("id_body");
  if (!body || !window.DOMParser) {
    return;
  }
  body.addEventListener("paste", function (event) {
    var text = "";
    try {
      text = linesOf(event.clipboardData.getData("text/html"));
    } catch (error) {
      text = "";
    }
    if (!text) {
      return;
    }
    event.preventDefault();
    /* insertText keeps the browser's own "undo". */
    if (!document.execCommand("insertText", false, text)) {
      body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}());
