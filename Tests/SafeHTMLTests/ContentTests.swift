import SafeHTML
import Testing

struct ContentTests {
  @Test(arguments: [
    Case("a<script>b</script>c", "ac"), Case("a<script><!--<b>//--></script>c", "ac"),
    Case("a<style>b{}</style >c", "ac"), Case("a<style></styles></style>c", "ac"),
    Case("a<title><b></title>c", "ac"), Case("a<iframe src=x><p>b</iframe>c", "ac"),
    Case("a<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "a<img>\"&gt;"),
    Case("a<noembed><p>b</noembed>c<noframes>d</noframes>", "ac"),
    Case("a<object><p>b<object>c</object></object>d", "ad"), Case("a<template><b>c</template>d", "ad"),
    Case("a<object><script></object></script>b</object>c", "ac"),
    Case("a<svg><p>b</svg>c", "ac"), Case("a<svg/>b<math><svg></svg><mi>c</math>d", "abd"),
    Case("a<svg><![CDATA[</svg>]]><style></svg>c", "ac"), Case("a<svg><svg></svg>b</svg>c", "ac"),
    Case("a<svg>b", "a"), Case("a<embed src=x>b<base href=x><meta http-equiv=refresh><link rel=x>c", "abc"),
    Case("a<script>b", "a"), Case("a<audio src=x>b</audio><video>c</video><canvas>d</canvas>e", "ae"),
    Case(
      "<form action=x><input value=a><button>b</button><select><option>c</select><label>d</label></form>",
      "bcd"),
    Case("<textarea><b>&lt;</textarea>a", "&lt;b&gt;&lt;a"),
    Case("<fieldset><legend>a</legend>b</fieldset>", "ab"),
    Case("<o:p>a</o:p><x-y onclick=b>c</x-y><marquee>d</marquee>", "acd"),
    Case("<frameset><frame src=x></frameset>a", "a"), Case("<map><area href=x></map>a", "a"),
    Case("<picture><source srcset=x><img srcset=y alt=a></picture>", "<img alt=\"a\">"),
  ])
  func `Active content is left out, and what only has text keeps it`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test(arguments: [
    Case("<p id=a name=b class=c onclick=d data-e=f align=LEFT>g", "<p align=\"left\">g</p>"),
    Case("<td>", ""), Case("<p align=x dir=RTL lang=de-CH lang2=x>a", "<p dir=\"rtl\" lang=\"de-ch\">a</p>"),
    Case(
      "<table width=100% border=1 cellpadding=0 bgcolor=ffffff background=http://x/ height=5px><td colspan=2 rowspan=99999 nowrap width=-1 bgcolor=red>a",
      "<table width=\"100%\" border=\"1\" cellpadding=\"0\" bgcolor=\"#ffffff\" height=\"5\"><tbody><tr><td colspan=\"2\" nowrap=\"\" bgcolor=\"red\">a</td></tr></tbody></table>"
    ),
    Case(
      "<font color=#F00 face='Arial, \"X Y\"' size=+1>a</font>",
      "<font color=\"#f00\" face=\"arial, &quot;x y&quot;\" size=\"+1\">a</font>"),
    Case("<font color=expression(1) face=a;b size=99>a</font>", "<font>a</font>"),
    Case(
      "<ol start=3 type=A reversed><li value=-7>a",
      "<ol start=\"3\" type=\"a\" reversed=\"\"><li value=\"-7\">a</li></ol>"),
    Case("<blockquote type=cite cite=http://x/>a", "<blockquote type=\"cite\">a</blockquote>"),
    Case("<details open ontoggle=alert(1)><summary>a", "<details open=\"\"><summary>a</summary></details>"),
    Case("<p title=\"a'b`c\u{0}\" contenteditable tabindex=1 accesskey=x>", "<p title=\"a'b&#96;c\"></p>"),
  ])
  func `Attributes are kept by the table`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test(arguments: [
    Case("color:RED;Color:#FFF", "color: red; color: #fff"),
    Case("margin: 0 auto; margin:-5px;padding:1.5em .5em", "margin: 0 auto; padding: 1.5em .5em"),
    Case("background:#fff url(http://x/) no-repeat; background-image:url(x)", "background-color: #fff"),
    Case("position:fixed;top:0;z-index:9;color:red!important", "color: red"),
    Case("width:expression(alert(1));width:10px", "width: 10px"),
    Case("c\\6flor:red;color:r\\65 d;/**/color/**/:/**/blue/**/", "color: blue"),
    Case(
      "color:rgb( 1, 2 ,3 );background:rgba(0,0,0,.5)",
      "color: rgb( 1, 2 ,3 ); background-color: rgba(0,0,0,.5)"),
    Case("color:rgb(var(--x));color:var(--x);--x:red;width:calc(1px)", ""),
    Case(
      "font:bold 12px/1.5 'Segoe UI',Arial , sans-serif",
      "font: bold 12px / 1.5 'Segoe UI', arial, sans-serif"),
    Case("font-family:'a;b';font-family:\"MS Gothic\"", "font-family: 'MS Gothic'"),
    Case("font-family:'a\\'b', c; color: red", "color: red"),
    Case("background:url(data:image/png;base64,AA);color:red", "color: red"),
    Case(
      "border:1px solid #ccc;border-left:none;border:1px solid red blue",
      "border: 1px solid #ccc; border-left: none"),
    Case("width:99999px;width:10001px;width:1e9px;width:1vw;width:+5px", "width: 5px"),
    Case("@import 'x';color:red", "color: red"), Case("color:red}body{color:blue", ""),
    Case("{color:red}", ""),
    Case("color;color:;:red;;;color:blue", "color: blue"), Case("color:'red", ""),
    Case("color:red/*", "color: red"),
    Case("display:none;display:flex;mso-hide:all;behavior:url(x);-moz-binding:url(x)", "display: none"),
    Case("color:red;</style><script>", "color: red"), Case("content:'x';filter:x;cursor:url(x)", ""),
    Case("font-family:&quot;A B&quot;", "font-family: 'A B'"),
  ])
  func `Styles are kept by the table of properties and their values`(_ example: Case) {
    let quoted = example.source.split(separator: "\"", omittingEmptySubsequences: false).joined(
      separator: "&quot;")
    let expected = example.html.isEmpty ? "<p></p>" : "<p style=\"\(example.html)\"></p>"
    #expect(SafeHTML("<p style=\"\(quoted)\">").html == expected)
  }

  @Test func `Counts say what was left out`() {
    let safe = SafeHTML(
      "<script>a</script><img src=http://x/a><img src=//x/b><img src='cid:c'><svg><script></svg><input>")
    #expect(safe.html == "<img><img><img>")
    #expect(safe.blockedImages == 2)
    #expect(safe.removedElements == 3)
    #expect(SafeHTML("<p>a<o:p>b").removedElements == 0)
  }
}
