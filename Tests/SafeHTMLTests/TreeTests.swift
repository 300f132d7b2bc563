import SafeHTML
import Synchronization
import Testing

struct TreeTests {
  @Test(arguments: [
    Case("<p>a<p>b", "<p>a</p><p>b</p>"),
    Case("<p>a<div>b</div>c</p>d", "<p>a</p><div>b</div>c<p></p>d"),
    Case("<p><b>a<p>b</b>c", "<p><b>a</b></p><p><b>b</b>c</p>"),
    Case("<p>a<table><td>b", "<p>a</p><table><tbody><tr><td>b</td></tr></tbody></table>"),
    Case("<ul><li>a<li>b<ul><li>c</ul><li>d", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>"),
    Case("<li>a<div><li>b", "<li>a<div></div></li><li>b</li>"),
    Case("<dl><dt>a<dd>b<dt>c", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
    Case("<h1>a<h2>b</h1>c", "<h1>a</h1><h2>b</h2>c"),
    Case("<h1><b>a<h2>c", "<h1><b>a</b></h1><h2><b>c</b></h2>"),
    Case("<ruby>a<rt>b<rp>c</ruby>d", "<ruby>a<rt>b</rt><rp>c</rp></ruby>d"),
    Case("a</p>b</br>c</div></span>", "a<p></p>b<br>c"),
    Case("<div>a<span>b</div>c</span>", "<div>a<span>b</span></div>c"),
    Case("<p>a<hr>b<br/>c<wbr></wbr>", "<p>a</p><hr>b<br>c<wbr>"),
    Case("<pre>\n\na\n</pre>", "<pre>a\n</pre>"),
    Case("<listing>a</listing><xmp>b<i>&amp;</xmp>c", "<pre>a</pre><pre>b&lt;i&gt;&amp;amp;</pre>c"),
    Case("a<plaintext>b<i></plaintext>", "a<pre>b&lt;i&gt;&lt;/plaintext&gt;</pre>"),
    Case("<html><head></head><body><p>a</body></html>b", "<p>ab</p>"),
    Case(
      "<html><body bgcolor=\"#FFF\" text=navy style='font-size:12px'>a</div>b</body>",
      "<div style=\"background-color: #fff; color: navy; font-size: 12px\">ab</div>"),
    Case("<image title=a>", "<img title=\"a\">"),
  ])
  func `Missing tags are added and misplaced ones mended`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test(arguments: [
    Case("<b>1<i>2</b>3</i>4", "<b>1<i>2</i></b><i>3</i>4"),
    Case("<b>1<p>2</b>3</p>4", "<b>1</b><p><b>2</b>3</p>4"),
    Case("<b>1<i>2<p>3</b>4</i>5", "<b>1<i>2</i></b><i></i><p><i><b>3</b>4</i>5</p>"),
    Case("<a href=http://a/>1<a href=http://b/>2", link("a", "1") + link("b", "2")),
    Case(
      "<a href=http://a/>1<div>2<a href=http://b/>3",
      link("a", "1") + "<div>\(link("a", "2"))\(link("b", "3"))</div>"),
    Case(
      "<font color=red>1<div>2</font>3</div>",
      "<font color=\"red\">1</font><div><font color=\"red\">2</font>3</div>"),
    Case("<p><b><b><b><b>1<p>2", "<p><b><b><b><b>1</b></b></b></b></p><p><b><b><b>2</b></b></b></p>"),
    Case("<b><table><td>1</b>2</table>3", "<b><table><tbody><tr><td>12</td></tr></tbody></table>3</b>"),
  ])
  func `Formatting elements are nested`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test(arguments: [
    Case(
      "<table><tr><td>a<td>b<tr><th>c</table>d",
      "<table><tbody><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></tbody></table>d"),
    Case("<table>a<tr><td>b", "<table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table>"),
    Case("<table><div>a</div><b>b</b></table>", "<table><tbody><tr><td>a<b>b</b></td></tr></tbody></table>"),
    Case(
      "<table> <tbody> <tr> <td>a </td> </tr></table>", "<table><tbody><tr><td>a </td></tr></tbody></table>"),
    Case("<table><form><tr><td>a</form><td>b", "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"),
    Case(
      "<table><col width=5><caption>a<tr><td>b",
      "<table><colgroup><col width=\"5\"></colgroup><caption>a</caption><tbody><tr><td>b</td></tr></tbody></table>"
    ),
    Case(
      "<table><tr><td><table><tr><td>a</table>b</table>c",
      "<table><tbody><tr><td><table><tbody><tr><td>a</td></tr></tbody></table>b</td></tr></tbody></table>c"),
    Case("<table><table><td>a", "<table></table><table><tbody><tr><td>a</td></tr></tbody></table>"),
    Case("<table><td><p>a</table>b", "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>b"),
    Case(
      "<table><tr><img alt=a><td>b",
      "<table><tbody><tr><td><img alt=\"a\"></td><td>b</td></tr></tbody></table>"),
    Case(
      "<table><td>a</tr>b</table>", "<table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table>"),
    Case("<tr><td>a</td></tr>b</table>", "ab"),
    Case(
      "<table><thead><td>a<tfoot><td>b",
      "<table><thead><tr><td>a</td></tr></thead><tfoot><tr><td>b</td></tr></tfoot></table>"),
  ])
  func `Tables have groups, rows and cells, and nothing between them`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test func `Elements deeper than the limit lose their tags, and what follows stands where it stood`() {
    let depth = 256
    let count = 1000
    let source =
      String(repeating: "<div>", count: count) + "a" + String(repeating: "</div>", count: count) + "b"
    #expect(
      SafeHTML(source).html
        == String(repeating: "<div>", count: depth) + "a" + String(repeating: "</div>", count: depth) + "b")
  }

  @Test func `A link ends before the next one, however many blocks have begun in it`() {
    let blocks = 40
    let html = SafeHTML("<a href=tel:1>" + String(repeating: "<div>b", count: blocks) + "<a href=tel:2>c")
      .html
    var links = 0
    for tag in html.split(separator: "<") {
      links += tag.hasPrefix("a ") ? 1 : tag.hasPrefix("/a>") ? -1 : 0
      #expect((0...1).contains(links))
    }
    #expect(html.split(separator: "tel:2").count == 2)
  }

  @Test func `What is beyond a limit is missing, and the result says so`() {
    var limits = SafeHTML.Limits()
    limits.elements = 3
    let few = SafeHTML("<p>a<p>b<p>c<p>d", options: SafeHTML.Options(limits: limits))
    #expect(few.html == "<p>a</p><p>b</p><p></p>" && few.isTruncated)
    limits = SafeHTML.Limits()
    limits.bytes = 5000
    let long = SafeHTML(
      String(repeating: "<b>&amp;é</b>", count: 1000), options: SafeHTML.Options(limits: limits))
    #expect(long.isTruncated && long.html.utf8.count <= 5000 && long.html.hasSuffix("</b>"))
    #expect(SafeHTML(long.html).html == long.html)
    #expect(!SafeHTML("<p>a").isTruncated)
  }

  @Test func `An image that is shown again and again is asked for until the limit is reached`() {
    let asked = Mutex(0)
    var options = SafeHTML.Options { (_: String) in
      asked.withLock { $0 += 1 }
      return "data:image/png;base64," + String(repeating: "A", count: 10_000)
    }
    options.limits.resultBytes = 100_000
    let safe = SafeHTML(String(repeating: "<img src=cid:a>", count: 1000), options: options)
    #expect(safe.isTruncated && safe.html.utf8.count <= 100_000 && safe.html.utf8.count > 80_000)
    #expect(asked.withLock { $0 } < 12)
  }
}

private func link(_ host: String, _ text: String) -> String {
  "<a href=\"http://\(host)/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">\(text)</a>"
}
