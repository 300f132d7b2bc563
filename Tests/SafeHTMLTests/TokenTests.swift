import SafeHTML
import Testing

struct TokenTests {
  @Test(arguments: [
    Case("a<b>c</b>", "a<b>c</b>"),
    Case("<B\tTITLE = 'x y'\n>c</b foo=1>", "<b title=\"x y\">c</b>"),
    Case("<b title=x/y>c", "<b title=\"x/y\">c</b>"),
    Case("<b/title=1>c", "<b title=\"1\">c</b>"),
    Case("<b title=1 title=2 TITLE=3>c", "<b title=\"1\">c</b>"),
    Case("<b title>c", "<b title=\"\">c</b>"),
    Case("<b title=>c", "<b title=\"\">c</b>"),
    Case("<b =title=1>c", "<b>c</b>"),
    Case("<b title=\"a>b\">c", "<b title=\"a&gt;b\">c</b>"),
    Case("<b title='\"'>c", "<b title=\"&quot;\">c</b>"),
    Case("<b title=`x`>c", "<b title=\"&#96;x&#96;\">c</b>"),
    Case("a < b <3 <> </> </ x>c", "a &lt; b &lt;3 &lt;&gt;  c"),
    Case("a<", "a&lt;"),
    Case("a</", "a&lt;/"),
    Case("a<b title='x", "a"),
    Case("a<b title", "a"),
    Case("a</b", "a"),
    Case("<b\u{0}r>c", "c"),
  ])
  func `Tags and attributes are read as a browser reads them`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test(arguments: [
    Case("a<!-- b -->c", "ac"), Case("a<!-->b", "ab"), Case("a<!--->b", "ab"), Case("a<!-- x --!>b", "ab"),
    Case("a<!-- <!-- -->b", "ab"), Case("a<!----!>b", "ab"), Case("a<!-- x ->b-->c", "ac"),
    Case("a<!-- b", "a"), Case("a<!b>c", "ac"), Case("a<?php b > c", "a c"),
    Case("a<![CDATA[<b>]]>c", "a]]&gt;c"),
    Case("<!DOCTYPE html PUBLIC '-//W3C'>a", "a"), Case("a<![if !mso]>b<![endif]>c", "abc"),
    Case("a<!--[if mso]><b>x</b><![endif]-->c", "ac"),
  ])
  func `Comments, declarations and instructions are left out`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test(arguments: [
    Case("&lt;b&gt; &amp;amp; &quot;", "&lt;b&gt; &amp;amp; \""),
    Case("&copy &copy; &notit; &notin; &Copy; &nosuch;", "© © ¬it; ∉ &amp;Copy; &amp;nosuch;"),
    Case("&#60;&#x3C;&#X3c;&#x3c", "&lt;&lt;&lt;&lt;"),
    Case("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    Case("&#128;&#x99;&#1;&#127;&#129;x", "€™x"),
    Case("&#;&#x;&;& &", "&amp;#;&amp;#x;&amp;;&amp; &amp;"),
    Case("&NotEqualTilde;&CounterClockwiseContourIntegral;", "≂̸∳"),
    Case("<b title='?a&copy=1&copyx&copy;&copy'>", "<b title=\"?a&amp;copy=1&amp;copyx©©\"></b>"),
    Case("a&#13;b&#13;&#10;c\rd\r\ne", "a\nb\nc\nd\ne"),
  ])
  func `Character references are decoded once, and what is none is escaped`(_ example: Case) {
    #expect(SafeHTML(example.source).html == example.html)
  }

  @Test(
    arguments: [
      (Array("a\u{0}\u{1}\u{8}\u{B}\u{C}\u{1F}\u{7F}\u{85}\u{9F}\u{FEFF}b".utf8), "a b"),
      ([0x61, 0xFF, 0x62, 0xC0, 0xBC, 0x63], "a\u{FFFD}b\u{FFFD}\u{FFFD}c"),
      ([0x61, 0xE2, 0x82], "a\u{FFFD}"),
      (Array("\u{FEFF} \n\t<p>a".utf8), "<p>a</p>"),
      (Array("<\u{301}b>&lt;\u{301}".utf8), "&lt;\u{301}b&gt;&lt;\u{301}"),
      (Array("<b title=\"&quot;\u{301}\">".utf8), "<b title=\"&quot;\u{301}\"></b>"),
    ] as [([UInt8], String)])
  func `Bytes that are no text do not come out`(_ source: [UInt8], _ html: String) {
    #expect(SafeHTML(source).html.unicodeScalars.elementsEqual(html.unicodeScalars))
  }
}
